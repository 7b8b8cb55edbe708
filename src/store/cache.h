#ifndef PINDAO_STORE_CACHE_H
#define PINDAO_STORE_CACHE_H

#include "base/buf.h"
#include "diag/diag.h"

/*
 * The cache, .pindao/cache.db (SQLite, mode 0600): what can be computed again. Deleting it changes the time of a run,
 * not a byte of its output; so every value carries a hash of its own, and one that does not fit is not given out.
 *
 * A damaged cache, or one of another version, is set aside (cache.db.damaged, the last one only), reported and begun
 * anew, whenever that is found. Without permission to write, a cache that can be read is read; else pindao works
 * without one, silently. Nothing that goes wrong here is an error of the run.
 *
 * Values set are written together, when the cache is closed: a run that dies leaves the cache as it was. Two runs may
 * share one; who waits for the other longer than two seconds goes without. Not thread-safe.
 */
struct cache;

/* `folder` (".pindao") is created when missing. NULL when no cache can be had. `diagnostics` outlives the cache. */
struct cache *cache_open(const char *folder, struct diagnostics *diagnostics);
void cache_close(struct cache *cache); /* NULL is fine */

/* A value by name ("rules"); appended to *value. false when there is none. With cache NULL: false, or nothing. */
MUST_CHECK bool cache_get(struct cache *cache, const char *name, struct buf *value);
void cache_set(struct cache *cache, const char *name, struct slice value);

#endif
