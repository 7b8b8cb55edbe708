#ifndef PINDAO_BASE_HASH_SET_H
#define PINDAO_BASE_HASH_SET_H

#include "base/hash.h"
#include "base/vec.h"

/*
 * Few hashes, of which is asked for many others: whether a hash is none of them is most often said by one bit. Filled
 * first, then sealed, then asked, from any thread. A zeroed one is empty and may be asked.
 */
struct hash_set {
    VEC(struct hash128) items;
    uint64_t *filter; /* a bit for each value of the low bits of a hash */
};
void hash_set_release(struct hash_set *set);

void hash_set_add(struct hash_set *set, struct hash128 hash);
/* Sorts, each once. May be added to and sealed again. */
void hash_set_seal(struct hash_set *set);
/* Its place among the items; SIZE_MAX when it is none of them. */
size_t hash_set_find(const struct hash_set *set, struct hash128 hash);
static inline bool hash_set_has(const struct hash_set *set, struct hash128 hash) {
    return hash_set_find(set, hash) != SIZE_MAX;
}

#endif
