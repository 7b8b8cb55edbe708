#ifndef PINDAO_OUTPUT_STAGE_H
#define PINDAO_OUTPUT_STAGE_H

#include "base/map.h"
#include "base/walk.h"
#include "output/layout.h"
#include "output/listing.h"
#include "output/mark.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

/*
 * The next tree while it is made. It is the tree that was swapped out last, so most of it is right already: a file
 * whose inode is the served one's needs nothing. Nothing is touched before something is known to have changed
 * (stage_begin), so a run without news leaves the previous tree for a rollback.
 *
 * No file is ever written into: it may be, by a hard link, the one being served. What changes is unlinked and made
 * anew. Folders are checked one by one to be real folders before something is put below them; a link left by somebody
 * would lead the writing out of the stage.
 */
struct stage {
    const struct layout *layout;
    struct mark *mark;
    int served;               /* the tree being served; -1: none. Read only. Not the stage's to close. */
    int root;                 /* -1 before stage_begin */
    struct listing *previous; /* of the stage as it was found; set with `served` */
    bool distrusted;          /* emptied before its first use, whatever `previous` says */

    atomic_bool failed;
    pthread_mutex_t mutex; /* guards everything below, and `mark` and `root` up to stage_begin */
    struct arena arena;
    struct map folders; /* that were checked */
    size_t linked;      /* files linked or copied out of the served tree */
    bool links_refused;
    /* What is to be synced; once there are too many, only that. */
    VEC(struct slice) changed_files;
    VEC(struct slice) changed_folders;
    bool changed_many;
    /* The first thing that went wrong. */
    int error;
    const char *failed_to;
    struct slice failed_path;
};

/* Both are borrowed. `served` and `previous` are set later, before the first use. */
void stage_init(struct stage *stage, const struct layout *layout, struct mark *mark);
void stage_release(struct stage *stage);

/* Copied, with a NUL behind it. Thread-safe, as are stage_begin, stage_write and stage_fail. */
struct slice stage_keep_path(struct stage *stage, struct slice path);
/* Remembers errno, if nothing else failed before; returns false. `failed_to` is a literal: "write". */
bool stage_fail(struct stage *stage, const char *failed_to, struct slice path);

/* All return false when something failed, now or before, and remember it. */
MUST_CHECK bool stage_begin(struct stage *stage);

/*
 * A new file. Its mtime is `wanted`, or now when that is NULL, but a second later than the file that it replaces, be it
 * in the served tree or in the stage (the tree served before): a server's ETag may be no more than seconds and size.
 */
MUST_CHECK bool stage_write(struct stage *stage, struct slice path, struct slice bytes, const struct timespec *wanted);
/* The served file or link of that path. *ret_new: the stage had none. */
MUST_CHECK bool stage_link(struct stage *stage, struct slice path, bool *ret_new);
MUST_CHECK bool stage_make_folder(struct stage *stage, struct slice folder);
/* A file, a link or an empty folder. */
MUST_CHECK bool stage_drop(struct stage *stage, const struct walk_item *item);

/* Mode and owner of the served folder, then everything to the disk. */
MUST_CHECK bool stage_seal(struct stage *stage);

#endif
