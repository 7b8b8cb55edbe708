#ifndef PINDAO_BASE_ARENA_H
#define PINDAO_BASE_ARENA_H

#include "base/slice.h"

/*
 * Memory that goes all at once. A zeroed struct is an empty arena. Arenas own the configuration, the rules,
 * the index's strings and the tree; whatever flows downstream points into one and is const.
 * Not thread-safe: one arena a thread, or fill it before the threads start.
 */
struct arena_block;
struct arena {
    struct arena_block *blocks; /* newest first */
    size_t total;               /* bytes held, for memory reports */
};

void *arena_new(struct arena *arena, size_t size); /* zeroed, aligned for anything */
void *arena_new_array(struct arena *arena, size_t count, size_t size);
struct slice arena_copy(struct arena *arena, struct slice slice); /* with a NUL behind it, not counted */
const char *arena_copy_string(struct arena *arena, const char *string);
/* Room for `size` bytes, not zeroed, not aligned: for text that is written into place. */
char *arena_reserve(struct arena *arena, size_t size);
/* Gives back the end of the newest arena_reserve of `size` bytes, of which `used` stay. */
void arena_shrink(struct arena *arena, char *reserved, size_t size, size_t used);

void arena_clear(struct arena *arena);   /* empty; keeps one block for reuse */
void arena_release(struct arena *arena); /* for CLEANUP */

#endif
