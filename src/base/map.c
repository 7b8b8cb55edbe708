#include "base/map.h"

#include "base/hash.h"
#include "base/memory.h"

struct map_slot {
    struct slice key; /* data NULL: empty slot */
    uint64_t number;
};

/* The slot of `key`, or the empty one where it would go. Linear probing; at most three quarters full. */
static struct map_slot *find_slot(struct map_slot *slots, size_t capacity, struct slice key) {
    size_t at = hash64(key) & (capacity - 1);
    while (slots[at].key.data && !slice_equal(slots[at].key, key))
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

static void grow(struct map *map) {
    size_t capacity = map->capacity ? map->capacity * 2 : 16;
    struct map_slot *slots = memory_new_array(capacity, sizeof *slots);
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].key.data)
            *find_slot(slots, capacity, map->slots[i].key) = map->slots[i];
    free(map->slots);
    map->slots = slots;
    map->capacity = capacity;
}

uint64_t map_get(const struct map *map, struct slice key, uint64_t absent) {
    if (map->count == 0)
        return absent;
    const struct map_slot *slot = find_slot(map->slots, map->capacity, key);
    return slot->key.data ? slot->number : absent;
}

bool map_set(struct map *map, struct slice key, uint64_t number) {
    if ((map->count + 1) * 4 > map->capacity * 3)
        grow(map);
    struct map_slot *slot = find_slot(map->slots, map->capacity, key);
    bool is_new = !slot->key.data;
    /* An empty key needs an address too: NULL marks the empty slot. */
    if (is_new)
        slot->key = key.data ? key : SLICE("");
    slot->number = number;
    map->count += is_new;
    return is_new;
}

void map_release(struct map *map) {
    free(map->slots);
    *map = (struct map){0};
}
