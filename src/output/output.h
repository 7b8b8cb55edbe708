#ifndef PINDAO_OUTPUT_OUTPUT_H
#define PINDAO_OUTPUT_OUTPUT_H

#include "diag/diag.h"
#include "model/tree.h"

/*
 * The tree on disk changes whole or not at all.
 *
 *     public/            what is served: a real directory, never replaced by a link
 *     .public.stage/     the next tree while it is made; after the swap the previous one, kept for rollback
 *     .public.lock       flock; never unlinked
 *     .public.dirty      there while the stage is being changed: after a crash nothing in the stage is believed
 *
 * Order: output_open (lock, old manifest, ready the stage) → output_put for every file, from any thread → output_finish
 * (foreign files, static folder, manifest, sync) → the caller's last checks → output_swap → output_close. Leaving
 * without output_swap leaves the served tree as it was.
 */
struct output;

enum output_result {
    OUTPUT_OK,
    OUTPUT_BUSY,          /* exit 75 */
    OUTPUT_CANNOT_CREATE, /* exit 73; permission: 77 */
    OUTPUT_NO_PERMISSION,
    OUTPUT_CLASH,  /* exit 73: somebody else's file stands in the way */
    OUTPUT_FAILED, /* exit 74: an I/O error; the old tree stands */
};

struct output_options {
    const char *directory;     /* "public" */
    bool wait;                 /* for the lock */
    bool full;                 /* believe nothing in the stage */
    const char *copied_folder; /* static:; NULL */
    bool dry_run;              /* write nothing but the lock: what would change is found out and counted */
};

/* All report into *diagnostics what went wrong. */
enum output_result output_open(const struct output_options *options, struct diagnostics *diagnostics,
                               struct output **ret_output);

/* The tree being served, as its manifest has it; empty when there is none (or it is broken, reported). */
const struct tree *output_old_tree(const struct output *output);
/* A file of the served tree, appended. false when it cannot be read. */
MUST_CHECK bool output_read_old(const struct output *output, struct slice path, struct buf *buf);

/*
 * The tree served before, as the stage has it: for a rollback, which is a build of these files. Empty when there is
 * none: at first, after a crash, after the per-file way. Read a file before putting it: the stage is where the new one
 * is made.
 */
const struct tree *output_previous_tree(const struct output *output);
MUST_CHECK bool output_read_previous(const struct output *output, struct slice path, struct buf *buf);

/*
 * One file of the new tree. The same bytes as in the old tree: the old file is linked (copied with its mtime where
 * links are refused). Else written anew, its mtime at least a second later than the old one's. Thread-safe. `type` must
 * outlive the output. Errors are remembered and reported by output_finish.
 */
void output_put(struct output *output, struct slice path, struct slice bytes, const char *type);
/* The same for a feed of a channel, which has so many entries. */
void output_put_feed(struct output *output, struct slice path, struct slice bytes, const char *type, uint32_t entries);

/* Removes what was not put, carries foreign files over, copies static:, writes the manifest, syncs. */
enum output_result output_finish(struct output *output, struct diagnostics *diagnostics);

struct output_counts {
    size_t written, unchanged, removed, foreign;
    uint64_t bytes_written;
};
struct output_counts output_counts(const struct output *output);
/* The new tree, after output_finish. */
const struct tree *output_new_tree(const struct output *output);

/* Exchanges the trees (nothing to do when no file changed) and syncs the parent. */
enum output_result output_swap(struct output *output, struct diagnostics *diagnostics);
/* Unlocks and frees; in --dry-run and after failures too. NULL is fine. */
void output_close(struct output *output);

#endif
