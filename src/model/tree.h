#ifndef PINDAO_MODEL_TREE_H
#define PINDAO_MODEL_TREE_H

#include "base/hash.h"
#include "base/vec.h"

/*
 * The files of an output tree, as in its manifest.json: a pure function of the tree. Paths are relative, without
 * "./" and "..", sorted by bytes; manifest.json itself is not listed.
 */
struct tree_file {
    struct slice path; /* "putuo/ic/atom.xml" */
    uint64_t size;     /* bytes */
    struct sha256 hash;
    struct slice type; /* media type, "application/atom+xml; charset=utf-8" */
    bool is_feed;      /* of a channel: people may have subscribed to it */
    uint32_t entries;  /* feeds: how many entries; else 0 */
};

struct tree {
    VEC(struct tree_file) files;
    /*
     * Only in the manifest at a place that is being published to (publish/plan.h): paths of which is not known what is
     * there, sorted: to be deleted, or being uploaded. `files` may list such a path too, and is not to be believed
     * then. None anywhere else.
     */
    VEC(struct slice) pending;
    /* Whose manifest it is, 16 hex digits: with pending ones, while they are uploaded, which run it is that does so; in
     * what is remembered of a command (publish/command.h) that command. Empty elsewhere. */
    struct slice run;
};

/* NULL: it has none of that path. */
const struct tree_file *tree_find(const struct tree *tree, struct slice path);
bool tree_has_pending(const struct tree *tree, struct slice path);

/* The lists, not what they point to. */
static inline void tree_release(struct tree *tree) {
    vec_release(&tree->files);
    vec_release(&tree->pending);
}

#endif
