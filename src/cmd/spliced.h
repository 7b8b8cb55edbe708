#ifndef PINDAO_CMD_SPLICED_H
#define PINDAO_CMD_SPLICED_H

#include "cmd/signatures.h"
#include "output/output.h"

/*
 * One new article changes a feed of a thousand entries: the others are in the served feed already, byte for byte, and
 * need neither be read nor rendered again. The cache knows where in each feed which entry stands, by its signature; a
 * feed that is not what it was when that was noted (a hash of its bytes) is not used.
 */
struct spliced_piece {
    uint64_t signature; /* entry_signature, and how it is shown */
    uint32_t format;    /* as the caller numbers them */
    uint32_t file;      /* of `files` */
    uint32_t offset, size;
};

struct spliced {
    VEC(int) files; /* descriptors */
    VEC(struct spliced_piece) pieces;
};

enum { SPLICED_FILES_MOST = 512 }; /* descriptors are few */

/* Adds what the served feed at `path` has, if it can be used. */
void spliced_add(struct spliced *spliced, struct cache *cache, const struct output *output, struct slice path,
                 uint32_t format);
/* When all are added. */
void spliced_sort(struct spliced *spliced);
void spliced_release(struct spliced *spliced);

/* NULL for none. Thread-safe. */
const struct spliced_piece *spliced_find(const struct spliced *spliced, uint64_t signature, uint32_t format);

/*
 * What the cache shall know of a feed (signatures_note): `entries` stand in `feed` in their order, one of them for each
 * signature; those of signature 0 (stubs) are passed over. Appends.
 */
void spliced_describe(struct slice feed, const struct slice *entries, const uint64_t *signatures, size_t count,
                      struct buf *buf);
/* Under this name; appended. */
void spliced_append_name(struct slice path, struct buf *name);

#endif
