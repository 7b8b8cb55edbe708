#ifndef PINDAO_OUTPUT_PARTS_H
#define PINDAO_OUTPUT_PARTS_H

#include "base/walk.h"
#include "output/listing.h"
#include "output/mark.h"
#include "output/output.h"
#include "output/stage.h"

/* An output from the inside; for the files of this folder only. */

/* What may stand at a path of the new tree. */
enum expectation {
    EXPECT_NOTHING,
    EXPECT_FOLDER,
    EXPECT_FILE,    /* ours, new or changed */
    EXPECT_SAME,    /* ours, and the served one has its bytes */
    EXPECT_LINKED,  /* so, and the stage has it already: it is the same inode */
    EXPECT_FOREIGN, /* not ours, carried over */
};

struct plan {
    struct arena arena;
    struct map expected;  /* path → enum expectation and, for files of ours, their place in the new tree (plan.c) */
    VEC(uint64_t) inodes; /* of the new tree's files as plan_foreign found them in the served folder; 0: not there */
    VEC(struct walk_item) foreign;
    VEC(struct slice) adopted; /* of the served folder, not wanted any more: ours by their paths, whoever listed them */
    struct slice clash;        /* what stands in the way; empty: nothing */
    VEC(struct slice) special;
};
void plan_release(struct plan *plan);

struct output {
    struct output_options options; /* its strings are copies */
    struct arena arena;
    struct layout layout;
    int lock;
    int served;         /* the served folder; -1 when there is none. After the swap it is the previous one. */
    bool crashed;       /* the run before came to no end */
    bool suspicious;    /* so, or --full: the manifest is not believed, bytes are compared */
    bool unknown_owner; /* the manifest is damaged or lost: any file may be ours, so none is in the way */
    struct mark mark;
    struct listing *old, *previous; /* of the served tree, and of the stage as it was found */
    struct stage stage;
    /* What was put and kept; guarded by stage.mutex until output_finish, then sorted. */
    struct tree new_tree;
    VEC(struct slice) written;  /* paths of those that the served tree does not have, under this path, in these bytes */
    VEC(struct slice) left_out; /* of the copied folder: neither files nor folders */
    struct buf new_manifest;    /* until it is written */
    uint64_t new_hash;          /* hash64 of it */
    struct output_counts counts;
    struct plan plan; /* made by output_finish */
    bool changed;     /* the new tree is another one */
    bool finished;    /* output_finish succeeded */
    bool swapped;     /* and so did output_swap: what is served is this run's */
};

struct place output_place(const struct output *output);
/* Says what the stage remembers to have failed. */
enum output_result output_report_failure(struct output *output, enum diagnostic_id id, struct diagnostics *diagnostics);
enum output_result output_result_of(int error, enum output_result otherwise);

/* output_put, with the mtime that a new file gets (NULL: now). */
void output_put_dated(struct output *output, struct slice path, struct slice bytes, const char *type,
                      const struct timespec *mtime);
/* Remembers that the new tree has this file; `same`: the served tree has it, these bytes under this path. */
void output_note_put(struct output *output, const struct tree_file *file, bool same);

/* Puts every file of the folder `static:`. Failures are remembered in the stage. */
void copied_put(struct output *output);

enum expectation plan_expected(const struct plan *plan, struct slice path);
/* The new tree's own paths; it is sorted. Paths that cannot stand beside each other are a clash. */
void plan_own(struct plan *plan, const struct output *output);
/* Could the stage have names of files of the served tree? Then plan_linked may be asked. */
bool plan_can_link(const struct output *output);
/* Marks what the stage has already, by what was found in both folders, as EXPECT_LINKED. */
void plan_linked(struct plan *plan, const struct output *output, const struct walk_item *staged);
/* What in the served folder is not ours: to be carried, or in the way. false when it cannot be read (remembered). */
MUST_CHECK bool plan_foreign(struct plan *plan, struct output *output);
/* Is what stands there pindao's, as far as anybody knows? */
bool plan_is_ours(const struct output *output, struct slice path);
/* Somebody else's file or folder, to stand in the new tree. The path is in the plan's arena. */
void plan_expect_foreign(struct plan *plan, struct slice path, enum walk_kind kind);
/* Could it stand there, beside all that is expected? */
bool plan_has_room(const struct plan *plan, struct slice path);

/*
 * Nobody is kept from writing into the served folder while the next tree is made, nor, by a shell that stands in it,
 * into the tree that was swapped out. Such files would go with the old tree. Names of what was carried are appended to
 * *named.
 */
/* Before the stage is pruned: what was written into it since it was swapped out is kept. */
void latecomers_keep(struct output *output, const struct walk *staged, struct buf *named);
/*
 * After the exchange: what the tree swapped out has and the plan does not know is linked into the new one. false when
 * something failed (remembered).
 */
MUST_CHECK bool latecomers_carry(struct output *output, struct buf *named);
/*
 * Before a stage that was not swapped is removed: what was written into it since it was swapped out is linked into the
 * served folder. false when something failed (remembered).
 */
MUST_CHECK bool latecomers_rescue(struct output *output, struct buf *named);

/*
 * The per-file way, for filesystems that cannot exchange folders: every file that changed is made whole under another
 * name in the served folder and renamed. What is referred to comes before what refers to it, deletions come last in the
 * opposite order, and each step is on disk before the next begins. *ret_began is set when the served folder was
 * touched. false when it stopped; what failed is in the stage. The stage is then as the served tree, not the
 * previous one: there is nothing to roll back to.
 */
#define REPLACE_DRAFT ".pindao-new" /* the other name; a crash may leave it */
MUST_CHECK bool replace_files(struct output *output, bool *ret_began);

#endif
