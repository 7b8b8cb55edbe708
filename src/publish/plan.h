#ifndef PINDAO_PUBLISH_PLAN_H
#define PINDAO_PUBLISH_PLAN_H

#include "base/arena.h"
#include "model/tree.h"

/*
 * What must happen at a place so that it holds the local tree: from two manifests. Order of uploads: article pages,
 * feeds, other pages, indexes (what lists channels: opml, sitemap, the first page, recent.json), so that nothing that is
 * there refers to what is not. Then the manifest, then deletions.
 *
 * Killed at any moment, the next run must find what the place may hold, whichever machine it runs on: the manifest there
 * says it (model/tree.h, pending).
 *
 *   1. where paths will be uploaded that the remote manifest does not know: the remote manifest again, with these as
 *      pending
 *   2. uploads, a class after the other
 *   3. the local manifest; where there is something to delete, with that as pending
 *   4. deletions
 *   5. where 3 had pending ones: the local manifest
 *
 * So a run of changed feeds costs their uploads and one manifest, and one of an unchanged tree the reading of one.
 */
enum file_class {
    CLASS_ARTICLE,
    CLASS_FEED,
    CLASS_PAGE,
    CLASS_INDEX,
    CLASSES,
};
/* By path and manifest entry. */
enum file_class file_class_of(const struct tree_file *file);

struct plan_upload {
    const struct tree_file *file; /* of the local tree */
    enum file_class class;
    bool is_new; /* the remote manifest does not know the path */
};

struct publish_plan {
    struct arena arena;
    VEC(struct plan_upload) uploads;  /* in order */
    VEC(struct slice) deletions;      /* paths, sorted */
    size_t new_paths;
    uint64_t bytes; /* of the uploads */
    bool is_nothing; /* the remote manifest is the local one, byte for byte */
};

/* `remote` empty (no files) where there is no manifest. Both outlive the plan. */
void publish_plan_make(const struct tree *local, const struct tree *remote, bool same_bytes,
                       struct publish_plan *ret_plan);
void publish_plan_release(struct publish_plan *plan);
/* For --dry-run: a line for each step, "upload putuo/atom.xml 12345", "delete old/atom.xml". */
void publish_plan_append(const struct publish_plan *plan, struct buf *buf);

/* What a host is told of a file: Cache-Control. Feeds and pages minutes, finished archive pages and article pages longer. */
const char *cache_control_of(const struct tree_file *file);

#endif
