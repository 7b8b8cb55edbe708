#ifndef PINDAO_CMD_KNOWN_H
#define PINDAO_CMD_KNOWN_H

#include "diag/diag.h"
#include "store/cache.h"

/*
 * What earlier runs have reported: cron must not mail one broken article every ten minutes for ever. Two diagnostics
 * are the same when kind, file and detail are; lines move when somebody edits the file. As many as the last completed
 * run had are known, one more is new. Errors are never known.
 *
 * Of a kind with more than DIAGNOSTICS_MOST the rest is only counted, so there a problem that goes while another comes
 * may pass for the one that went.
 */
struct known {
    struct diagnostics reported; /* by the last completed run; none without a cache */
    VEC(int64_t) since;          /* of each of its items: when it was reported first, seconds */
};

/* With cache NULL, or one without a completed run, nothing is known. */
void known_read(struct known *ret_known, struct cache *cache);
void known_release(struct known *known);

/*
 * For a run that has read nothing, because nothing was new: what was reported still holds. Adds to *diagnostics what it
 * does not have of that.
 */
void known_recall(const struct known *known, struct diagnostics *diagnostics);

/* Marks in *diagnostics what is known. To be called once, when all are there. */
void known_mark(const struct known *known, struct diagnostics *diagnostics);

/* The run is complete: what it has reported replaces what was known. Written only where that changes anything. */
void known_remember(const struct known *known, const struct diagnostics *diagnostics, int64_t now, struct cache *cache);

#endif
