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
 * Values set are written together, when the cache is closed or committed: a run that dies leaves the cache as it was
 * then. Two runs may share one; who waits for the other longer than two seconds goes without. Not thread-safe.
 */
struct cache;

/* `folder` (".pindao") is created when missing. NULL when no cache can be had. `diagnostics` outlives the cache. */
struct cache *cache_open(const char *folder, struct diagnostics *diagnostics);
void cache_close(struct cache *cache); /* NULL is fine */
/* Writes what was set so far, which must be true whatever becomes of the run, and lets others in. NULL is fine. */
void cache_commit(struct cache *cache);
/*
 * Empties it: what earlier runs have left is not to be believed. What tells of those runs themselves stays: values
 * whose names begin with "past/".
 */
void cache_clear(struct cache *cache);

/* A value by name ("rules"); appended to *value. false when there is none. With cache NULL: false, or nothing. */
MUST_CHECK bool cache_get(struct cache *cache, const char *name, struct buf *value);
void cache_set(struct cache *cache, const char *name, struct slice value);

/*
 * Packs: what is known of the sources, several blobs in a row. A pack is known by two numbers that mean something to
 * the caller only.
 */
enum cache_blob {
    CACHE_FACTS,
    CACHE_RECORDS,
    CACHE_SKETCHES,
    CACHE_BLOBS,
};
struct cache_pack {
    uint64_t bucket;
    uint32_t part;
    struct slice blobs[CACHE_BLOBS];
};

/*
 * Every pack, in any order; its blobs live until `take` returns. What does not fit its hash ends it: the
 * cache is begun anew, and who has taken packs before must not believe them: false.
 */
MUST_CHECK bool cache_each_pack(struct cache *cache, void (*take)(void *context, const struct cache_pack *pack),
                                void *context);
/* The same of one pack, if it is there. */
void cache_get_pack(struct cache *cache, uint64_t bucket, uint32_t part,
                    void (*take)(void *context, const struct cache_pack *pack), void *context);
void cache_set_pack(struct cache *cache, const struct cache_pack *pack);
void cache_drop_pack(struct cache *cache, uint64_t bucket, uint32_t part);

#endif
