#include "base/hash_set.h"

enum { FILTER_BITS = 1 << 16 };

void hash_set_release(struct hash_set *set) {
    vec_release(&set->items);
    free(set->filter);
    *set = (struct hash_set){0};
}

void hash_set_add(struct hash_set *set, struct hash128 hash) {
    vec_push(&set->items, hash);
}

static int compare(const void *left, const void *right) {
    return hash128_compare(*(const struct hash128 *)left, *(const struct hash128 *)right);
}

void hash_set_seal(struct hash_set *set) {
    size_t kept = 0;
    if (set->items.count == 0)
        return;
    qsort(set->items.items, set->items.count, sizeof *set->items.items, compare);
    for (size_t i = 0; i < set->items.count; i++)
        if (kept == 0 || hash128_compare(set->items.items[kept - 1], set->items.items[i]) != 0)
            set->items.items[kept++] = set->items.items[i];
    set->items.count = kept;
    if (!set->filter)
        set->filter = memory_new_array(FILTER_BITS / 64, sizeof *set->filter);
    for (size_t i = 0; i < kept; i++) {
        size_t bit = set->items.items[i].low % FILTER_BITS;
        set->filter[bit / 64] |= (uint64_t)1 << bit % 64;
    }
}

size_t hash_set_find(const struct hash_set *set, struct hash128 hash) {
    size_t bit = hash.low % FILTER_BITS;
    if (!set->filter || !(set->filter[bit / 64] >> bit % 64 & 1))
        return SIZE_MAX;
    const struct hash128 *found = bsearch(&hash, set->items.items, set->items.count, sizeof *set->items.items, compare);
    return found ? (size_t)(found - set->items.items) : SIZE_MAX;
}
