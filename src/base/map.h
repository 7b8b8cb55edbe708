#ifndef PINDAO_BASE_MAP_H
#define PINDAO_BASE_MAP_H

#include "base/slice.h"

/*
 * From byte strings to 64-bit numbers (an index into somebody's array, most often). A zeroed struct is an empty map.
 * Keys are borrowed: they must outlive the map. Order of insertion is not kept; iterate the array that the
 * numbers point into instead, so that no output depends on a hash.
 */
struct map_slot;
struct map {
    struct map_slot *slots;
    size_t count;
    size_t capacity;
};

/* The number of `key`; `absent` when there is none. */
uint64_t map_get(const struct map *map, struct slice key, uint64_t absent);
/* Sets or replaces. true when the key is new. */
bool map_set(struct map *map, struct slice key, uint64_t number);
void map_release(struct map *map);

#endif
