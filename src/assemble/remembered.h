#ifndef PINDAO_ASSEMBLE_REMEMBERED_H
#define PINDAO_ASSEMBLE_REMEMBERED_H

#include "assemble/places.h"
#include "base/buf.h"

/*
 * What an earlier run found: the hash of each place, and whom it joined. What stands before the first place that
 * differs was decided as it would be now. Behind the last one, decisions are the old ones again as soon as a window of
 * days has passed in which they were.
 */
struct remembered {
    uint64_t *hashes;  /* until they were compared */
    uint32_t *leaders; /* places then; NULL when none of them counts any more */
    size_t count;
};
void remembered_release(struct remembered *remembered);

/* Places have hashes, here and below, wherever something is remembered. Zeroed where the bytes are none of ours, of
 * another version, or made with another fingerprint. */
void remembered_read(struct slice bytes, uint64_t fingerprint, struct remembered *ret_remembered);
/* As the next run will see it: with what was found as given. Appends. */
void remembered_append(const struct places *places, uint64_t fingerprint, struct buf *buf);
/* The same for a run that begins again in the same process: with nothing given but what was. */
void remembered_take(const struct places *places, struct remembered *ret_remembered);

/* How a run goes on from an earlier one. */
struct resumption {
    const struct remembered *remembered;
    size_t same_until; /* places before this one are as they were, and so are their leaders */
    size_t same_from;  /* places from this one on are as they were, as many places off as there are more or fewer now */
};
/* Frees of *remembered what is of no more use: at a million articles each part of it counts. */
void resumption_make(const struct places *places, struct remembered *remembered, struct resumption *ret_resumption);
/* Nothing is as it was. */
bool resumption_is_void(const struct resumption *resumption, const struct places *places);

/* Takes over the leaders of the places before the one to begin at, a boundary, which is returned. */
size_t resumption_begin(const struct resumption *resumption, struct places *places);

/*
 * At a boundary: when all that may still matter is as it was then, takes over the leaders from here on; true: done.
 * `first`: of the window that ends here.
 */
bool resumption_finish(const struct resumption *resumption, struct places *places, size_t place, size_t first);

#endif
