#ifndef PINDAO_OUTPUT_LISTING_H
#define PINDAO_OUTPUT_LISTING_H

#include "store/manifest.h"

#include <pthread.h>

/*
 * The manifest of a tree on disk, read when it is first asked for and parsed when its files are: a run without news
 * asks for nothing. Its text is let go when it is parsed: of large trees it is the largest part. Every call is
 * thread-safe, and the first one does the work for all. What the calls return is const and lives as long as the
 * listing.
 */
enum listing_state {
    LISTING_NONE,      /* no folder, or no manifest in it */
    LISTING_READ,      /* the only one with files */
    LISTING_DAMAGED,   /* it cannot be read, or not understood */
    LISTING_SOMEBODYS, /* manifest.json of something else */
};

struct listing;

/* `parent` and `folder` are borrowed: the tree is the folder of that name in the open one. */
struct listing *listing_new(int parent, const char *folder);
void listing_free(struct listing *listing); /* NULL is fine */

enum listing_state listing_state(struct listing *listing);
/* Why it is damaged, or somebody's. */
const char *listing_why(struct listing *listing);
/* The folder is there, its manifest is not. */
bool listing_lacks_manifest(struct listing *listing);
const struct tree *listing_tree(struct listing *listing);
/* NULL when it has no such file. */
const struct tree_file *listing_find(struct listing *listing, struct slice path);
/* hash64 of the manifest's bytes; 0 when there is none or it cannot be read. Does not parse it. */
uint64_t listing_hash(struct listing *listing);
/* Does the manifest stand on disk in exactly these bytes? */
bool listing_holds(struct listing *listing, struct slice bytes);

#endif
