#ifndef PINDAO_STORE_MANIFEST_H
#define PINDAO_STORE_MANIFEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/tree.h"

/*
 * manifest.json: {"files": [{"path", "size", "sha256", "type", "entries"?}, …]}, sorted by the bytes of the paths,
 * itself not listed. A channel's feed is what has "entries", be they 0. A pure function of the tree, so it is compared
 * byte by byte. Behind the files, only at a place that is being published to and only where there are any, sorted too:
 * "pending": [path, …], and "run" (model/tree.h).
 */
#define MANIFEST_NAME "manifest.json"

enum manifest_state {
    MANIFEST_READ,
    MANIFEST_DAMAGED,   /* no JSON, or a list that we did not write so: unsorted, paths that lead outside … */
    MANIFEST_SOMEBODYS, /* JSON without a list of files: a web app's, say. Not ours to replace. */
};

void manifest_write(const struct tree *tree, struct buf *buf);
/* Strings go to the arena. *ret_tree is set for MANIFEST_READ, *ret_why (static or in the arena) for the others. */
MUST_CHECK enum manifest_state manifest_read(struct slice text, struct arena *arena, struct tree *ret_tree,
                                             const char **ret_why);

/*
 * The two ways of manifest_read; a test holds them together. The scanner takes nothing but what manifest_write writes,
 * and is quick; the parser takes any JSON with such a list of files, and says what is wrong with it.
 */
MUST_CHECK bool manifest_scan(struct slice text, struct arena *arena, struct tree *ret_tree);
MUST_CHECK enum manifest_state manifest_parse(struct slice text, struct arena *arena, struct tree *ret_tree,
                                              const char **ret_why);

#endif
