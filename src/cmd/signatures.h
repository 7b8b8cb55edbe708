#ifndef PINDAO_CMD_SIGNATURES_H
#define PINDAO_CMD_SIGNATURES_H

#include "cmd/corpus.h"

#include <pthread.h>

/*
 * What each file of the served tree was made from, in eight bytes: a file whose signature is the old one is not made
 * again. They are believed only together with the very tree that they describe (the hash of its manifest) and the
 * configuration as it was, so that a crash between the swap and the cache, a rollback, or a lost cache cost time only.
 */
struct signature {
    struct slice path; /* "putuo/atom.xml" */
    uint64_t value;
};

/* A value for the cache that belongs to a file of the new tree. */
struct signature_note {
    struct slice name, value;
};

struct signatures {
    struct arena arena;
    bool is_believed; /* the cache describes the served tree, and was made with this configuration */
    struct map old;
    pthread_mutex_t mutex; /* guards what follows */
    struct arena new_arena;
    VEC(struct signature) items;
    VEC(struct signature_note) notes;
};

/* Of the cache (NULL: none). `tree`: hash of the served manifest, 0 for none; `fingerprint`: of all that shapes every
 * file alike: the configuration's files, the version of the program. */
void signatures_open(struct signatures *signatures, struct cache *cache, uint64_t tree, uint64_t fingerprint);
void signatures_release(struct signatures *signatures);
/* Begins anew: nothing was made yet. */
void signatures_clear(struct signatures *signatures);

/* Was the served file of this path made from this? Thread-safe. */
bool signatures_is_same(const struct signatures *signatures, struct slice path, uint64_t value);
/* Says of a file of the new tree, made or kept, what it is from. Thread-safe. */
void signatures_set(struct signatures *signatures, struct slice path, uint64_t value);
/* A value for the cache, which is true when the new tree is served: kept with what signatures_remember keeps.
 * Thread-safe. */
void signatures_note(struct signatures *signatures, struct slice name, struct slice value);
/* After the swap: for the next run. */
void signatures_remember(struct signatures *signatures, struct cache *cache, uint64_t tree, uint64_t fingerprint);

/* The parts of a signature, one after the other: order counts. */
uint64_t signature_add(uint64_t signature, uint64_t part);
uint64_t signature_add_text(uint64_t signature, struct slice text);

/*
 * Everything that an entry's rendering depends on, but the configuration: the bytes of all articles that it stands for,
 * their sources, dates, labels, and what of that has come at `now`. For the article at a place of index->order.
 */
uint64_t entry_signature(const struct corpus *corpus, uint32_t place, int64_t now);

#endif
