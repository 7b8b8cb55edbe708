#ifndef PINDAO_PUBLISH_PLAN_H
#define PINDAO_PUBLISH_PLAN_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/tree.h"

/*
 * What must happen at a place so that it holds the local tree: from two manifests. Uploads go by class: what others
 * refer to comes first, so that nothing that is there refers to what is not. Only upwards a new file may name one that
 * comes later: the page of an archive its feed (rel=current), a feed its page (rel=alternate).
 *
 * Killed at any moment, the next run must find what the place may hold, whichever machine it runs on: the manifest
 * there says it (model/tree.h, pending).
 *
 *   1. where there is anything to upload: the remote manifest again, with all these paths as pending. A changed file
 *      too: killed behind its upload, and the tree rolled back, the old manifest would say what is there no more. It
 *      names the run, so that no two are the same bytes: whoever finds it as it was knows that no other run has been
 *      there since (publish/journal.h).
 *   2. uploads, a class after the other
 *   3. the local manifest; where there is something to delete, with that as pending
 *   4. deletions
 *   5. where 3 had pending ones: the local manifest
 *
 * A manifest that is there already, byte for byte, is not written again. So a run of changed feeds costs their uploads
 * and two manifests, and one of an unchanged tree the reading of one.
 */
enum file_class {
    CLASS_ASSET,   /* styles, pictures: what refers to nothing of ours */
    CLASS_ARTICLE, /* pages of articles */
    CLASS_ARCHIVE, /* pages of archives: each refers to an older one of its folder */
    CLASS_FEED,    /* recent.json is one in its way: it names articles, and the page my/ reads it */
    CLASS_PAGE,    /* of channels, of lists of archives, my/ */
    CLASS_INDEX,   /* what lists channels: opml, sitemap, the first page, _headers */
    CLASSES,
};
/* By path and manifest entry. */
enum file_class file_class_of(const struct tree_file *file);

struct plan_upload {
    const struct tree_file *file; /* of the local tree */
    enum file_class class;
    bool is_new; /* the remote manifest does not know the path */
};

struct plan_deletion {
    struct slice path;
    enum file_class class; /* deleted in the opposite order of uploads */
    bool is_withdrawn;     /* must go whatever the cap */
};

struct publish_plan {
    struct arena arena;
    VEC(struct plan_upload) uploads;     /* by class, then path */
    VEC(struct plan_deletion) deletions; /* sorted */
    size_t new_paths;
    size_t withdrawn; /* of the deletions */
    uint64_t bytes;   /* of the uploads */
    bool is_nothing;  /* the remote manifest is the local one, byte for byte, and nothing was withdrawn */
};

/*
 * `remote` is empty where there is no manifest. What the plan names is in the two trees and in `withdrawn`, which
 * outlive it. `withdrawn` are paths that are to be deleted with their variants (.gz, .br) even where no manifest knows
 * them, unless the local tree has them.
 */
void publish_plan_make(const struct tree *local, const struct tree *remote, bool same_bytes,
                       const struct slice *withdrawn, size_t withdrawn_count, struct publish_plan *ret_plan);
void publish_plan_release(struct publish_plan *plan);
/* For --dry-run: a line for each step, "upload putuo/atom.xml 12345", "delete old/atom.xml". */
void publish_plan_append(const struct publish_plan *plan, struct buf *buf);

/*
 * The uploads from `begin` on that are one piece of work, done in order by one worker: the pages of one archive.
 * Returns the first behind them.
 */
size_t publish_plan_run(const struct publish_plan *plan, size_t begin);

/* The manifests of steps 1, by that run, and 3; the latter with only the deletions that are not of what was withdrawn,
 * for a run that may do no others. */
void publish_plan_announce(const struct publish_plan *plan, const struct tree *remote, struct slice run,
                           struct buf *manifest);
void publish_plan_close(const struct publish_plan *plan, const struct tree *local, bool with_withdrawn,
                        struct buf *manifest);

/*
 * What a host is told of a file: Cache-Control. What changes with every run minutes; pages of archives and articles and
 * all else an hour, since they too may be withdrawn.
 */
const char *cache_control_of(const struct tree_file *file);

#endif
