#ifndef PINDAO_STORE_CACHE_H
#define PINDAO_STORE_CACHE_H

#include "base/buf.h"
#include "diag/diag.h"

/*
 * The cache, .pindao/cache.db (SQLite): what can be computed again. Deleting it changes the time of a run, not a byte of its output. A damaged
 * one, or one of another version, is set aside (cache.db.damaged), reported and begun anew. Without write permission pindao works
 * without it, silently.
 */
struct cache;

/* `folder` (".pindao") is created when missing. NULL when no cache can be had. */
struct cache *cache_open(const char *folder, struct diagnostics *diagnostics);
void cache_close(struct cache *cache); /* NULL is fine */

/* A value by name ("rules"); appended to *value. false when there is none. With cache NULL: false, or nothing. */
MUST_CHECK bool cache_get(struct cache *cache, const char *name, struct buf *value);
void cache_set(struct cache *cache, const char *name, struct slice value);

#endif
