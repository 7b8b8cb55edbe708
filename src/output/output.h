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
 * Order: output_open (lock, mark) → output_put or output_keep for every file, from any thread → output_finish (foreign
 * files, static folder, manifest, sync) → the caller's last checks → output_swap → output_close. Leaving without
 * output_swap leaves the served tree as it was.
 *
 * Manifests are read when they are first needed, so a run that finds nothing new costs a lock and an fstatat.
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
    /* Is this path one that nobody else uses? Where the manifest of our tree is lost, what stands there is ours. */
    bool (*is_own_path)(struct slice path); /* NULL: there are none */
};

/* All report into *diagnostics what went wrong. */
enum output_result output_open(const struct output_options *options, struct diagnostics *diagnostics,
                               struct output **ret_output);

/*
 * Which tree is being served at this moment, the new one after output_swap: what its manifest is on disk. Equal to that
 * of an earlier run, which ended well: it is the tree of that run. Costs one fstatat.
 */
struct output_identity {
    bool exists; /* false: no tree, no manifest, or it is not to be believed (a run came to no end, --full) */
    uint64_t inode, size;
    int64_t modified, changed; /* nanoseconds since 1970 */
};
struct output_identity output_identity(const struct output *output);
bool output_identity_equal(const struct output_identity *a, const struct output_identity *b); /* both must exist */

/*
 * hash64 of the bytes of the manifest of the tree that was served when the output was opened, and, after output_finish,
 * of the new one; never 0, so that 0 says: none, or (the served one) not to be believed. For telling whether a cache
 * describes this tree. The first call reads the manifest, and does not parse it.
 */
uint64_t output_served_hash(const struct output *output);
uint64_t output_new_hash(const struct output *output);

/*
 * The tree being served, as its manifest has it; empty when there is none, or it is broken (reported by output_finish).
 * The first call reads and parses it. Thread-safe; so is output_is_served.
 */
const struct tree *output_old_tree(const struct output *output);
/* Has the tree being served a file of ours at this path, by its manifest? */
bool output_is_served(const struct output *output, struct slice path);
/*
 * A tree is served of which nobody knows what is in it: its manifest is lost or damaged. An empty output_old_tree says
 * nothing then.
 */
bool output_is_unlisted(const struct output *output);
/* output_is_served; of an unlisted tree: does a file stand there on disk? It may be ours. Thread-safe. One fstatat. */
bool output_may_serve(const struct output *output, struct slice path);
/*
 * Does somebody else's file stand at this path of the served tree, or where a folder above it must be? What may give
 * way to one asks before it is put. Ask when all feeds were put, from one thread: where the manifest is lost, they tell
 * whose the tree is, as in output_finish, and of a tree that may be ours nothing is somebody else's.
 */
bool output_is_foreign(const struct output *output, struct slice path);
/* A file of the served tree, appended. false when it cannot be read. */
MUST_CHECK bool output_read_old(const struct output *output, struct slice path, struct buf *buf);
/* The same file, open for reading; -1 when it cannot be. */
int output_open_old(const struct output *output, struct slice path);

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

/*
 * The new tree has this file as the served one has it: bytes, type, entries. false, and nothing is kept, when that is
 * not known for sure without reading it: the served manifest does not list it or is not to be believed, or there is no
 * file of that size on disk. Then it must be put. Thread-safe. One fstatat.
 */
MUST_CHECK bool output_keep(struct output *output, struct slice path);
/* Would output_keep keep it? Nothing is kept yet. Thread-safe. */
bool output_can_keep(const struct output *output, struct slice path);

/* Nothing was put or kept yet: for a build that begins again, because a source changed while it was read. */
void output_begin_anew(struct output *output);

/* Removes what was not put, carries foreign files over, copies static:, writes the manifest, syncs. */
enum output_result output_finish(struct output *output, struct diagnostics *diagnostics);

struct output_counts {
    size_t written, unchanged, removed, foreign;
    size_t relinked; /* unchanged or foreign files that the stage did not have yet: linked, or copied */
    uint64_t bytes_written;
};
struct output_counts output_counts(const struct output *output);
/* The new tree, after output_finish. */
const struct tree *output_new_tree(const struct output *output);

/*
 * Nothing of the trees before the new one is to be left on disk: a text in them was withdrawn. Best said before
 * anything else is (the history, too): from then on the wish is on disk, and whatever run comes to its end first
 * carries it out, this one's output_swap or, after a crash, the next one's. After output_swap it is carried out at
 * once. Then there is nothing to roll back to, and the next run that changes something links anew. What others put into
 * the tree before is carried over first, as in output_swap.
 */
enum output_result output_forget_previous(struct output *output, struct diagnostics *diagnostics);

/* Exchanges the trees (nothing to do when no file changed) and syncs the parent. */
enum output_result output_swap(struct output *output, struct diagnostics *diagnostics);
/* Unlocks and frees; in --dry-run and after failures too. NULL is fine. */
void output_close(struct output *output);

#endif
