#ifndef PINDAO_OUTPUT_PARTS_H
#define PINDAO_OUTPUT_PARTS_H

#include "output/manifest.h"
#include "output/mark.h"
#include "output/output.h"
#include "output/stage.h"

/* An output from the inside; for the files of this folder only. */

struct put {
    struct tree_file file;
    bool same; /* the served tree has it: these bytes under this path */
};

struct output {
    struct output_options options; /* its strings are copies */
    struct arena arena;
    struct layout layout;
    int lock;
    int served;         /* the served folder; -1 when there is none. After the swap it is the previous one. */
    bool suspicious;    /* --full, or a run came to no end: the manifest is not believed, bytes are compared */
    bool unknown_owner; /* the manifest is damaged: any file may be ours, so none is in the way */
    struct mark mark;
    struct buf old_manifest;
    struct tree old_tree;
    struct map old_paths; /* path → index in old_tree */
    struct stage stage;
    VEC(struct put) puts;       /* guarded by stage.mutex until output_finish; then sorted */
    VEC(struct slice) left_out; /* of the copied folder: neither files nor folders */
    struct buf new_manifest;
    struct tree new_tree;
    struct tree previous_tree;
    struct output_counts counts;
    bool changed;  /* the new tree is another one */
    bool finished; /* output_finish succeeded */
};

struct place output_place(const struct output *output);
/* Says what the stage remembers to have failed. */
enum output_result output_report_failure(struct output *output, enum diagnostic_id id, struct diagnostics *diagnostics);
enum output_result output_result_of(int error, enum output_result otherwise);

/* output_put, with the mtime that a new file gets (NULL: now). */
void output_put_dated(struct output *output, struct slice path, struct slice bytes, const char *type, uint32_t entries,
                      const struct timespec *mtime);
/* Remembers that the new tree has this file. */
void output_note_put(struct output *output, struct put put);

/* Puts every file of the folder `static:`. Failures are remembered in the stage. */
void copied_put(struct output *output);

/* What may stand at a path of the new tree. */
enum expectation {
    EXPECT_NOTHING,
    EXPECT_FOLDER,
    EXPECT_FILE,    /* ours, new or changed */
    EXPECT_SAME,    /* ours, and the served one has its bytes */
    EXPECT_FOREIGN, /* not ours, carried over */
};

struct plan {
    struct arena arena;
    struct map expected; /* path → enum expectation */
    VEC(struct walk_item) foreign;
    struct slice clash; /* what stands in the way; empty: nothing */
    VEC(struct slice) special;
};
void plan_release(struct plan *plan);
/* The new tree's own paths; `puts` are sorted. Paths that cannot stand beside each other are a clash. */
void plan_own(struct plan *plan, const struct output *output);
/* What in the served folder is not ours: to be carried, or in the way. false when it cannot be read (remembered). */
MUST_CHECK bool plan_foreign(struct plan *plan, struct output *output);

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
