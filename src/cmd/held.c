#include "cmd/held.h"

static const char cache_name[] = "held";

static int by_hash(const void *left, const void *right) {
    return hash128_compare(*(const struct hash128 *)left, *(const struct hash128 *)right);
}

static void recall(struct held *held, struct cache *cache) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    if (!cache_get(cache, cache_name, &bytes))
        return;
    for (size_t at = 0; at + sizeof(struct hash128) <= bytes.size; at += sizeof(struct hash128))
        memcpy(vec_add(&held->known), bytes.data + at, sizeof(struct hash128));
}

void held_init(struct held *held, const struct corrections *corrections, struct cache *cache) {
    *held = (struct held){.corrections = corrections};
    if (corrections->hold_count == 0)
        return;
    held->folded = memory_new_array(corrections->hold_count, sizeof *held->folded);
    for (size_t i = 0; i < corrections->hold_count; i++)
        held->folded[i] = corrections->hold[i].folded;
    held->words = literals_new(held->folded, corrections->hold_count);
    recall(held, cache);
}

void held_release(struct held *held) {
    literals_free(held->words);
    free(held->folded);
    vec_release(&held->known);
    *held = (struct held){0};
}

const struct hold_word *held_by(const struct held *held, struct slice folded) {
    size_t number = held->words ? literals_find(held->words, folded) : SIZE_MAX;
    return number == SIZE_MAX ? NULL : &held->corrections->hold[number];
}

bool held_is_known(const struct held *held, struct hash128 key) {
    return held->known.count && bsearch(&key, held->known.items, held->known.count, sizeof *held->known.items, by_hash);
}

void held_remember(const struct held *held, const struct index *index, struct cache *cache) {
    VEC(struct hash128) keys = {0};
    if (!held->words || !cache)
        return;
    for (size_t block = 0; block < index->blocks.count; block++)
        for (size_t i = 0; i < INDEX_BLOCK; i++)
            if (index->blocks.items[block][i].held)
                vec_push(&keys, index->blocks.items[block][i].key);
    size_t size = keys.count * sizeof *keys.items;
    if (keys.count)
        qsort(keys.items, keys.count, sizeof *keys.items, by_hash);
    /* As it was: the cache is not written. */
    if (keys.count != held->known.count || (keys.count && memcmp(keys.items, held->known.items, size) != 0))
        cache_set(cache, cache_name, (struct slice){(const char *)keys.items, size});
    vec_release(&keys);
}
