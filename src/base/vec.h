#ifndef PINDAO_BASE_VEC_H
#define PINDAO_BASE_VEC_H

#include "base/memory.h"

#include <stddef.h>

/*
 * A growing array of one type: `struct { … } VEC(struct entry) entries;` A zeroed one is empty. Elements move
 * when it grows, so keep indexes, not pointers, across a push. vec_release frees the elements' memory only.
 */
#define VEC(type)                                                                                                      \
    struct {                                                                                                           \
        type *items;                                                                                                   \
        size_t count;                                                                                                  \
        size_t capacity;                                                                                               \
    }

/* A pointer to a new last element, not zeroed. */
#define vec_add(vec)                                                                                                   \
    ((vec)->count == (vec)->capacity ? ((vec)->items = memory_resize_array(                                            \
                                            (vec)->items, vec_next_capacity(&(vec)->capacity), sizeof *(vec)->items))  \
                                     : (vec)->items,                                                                   \
     &(vec)->items[(vec)->count++])

#define vec_push(vec, ...) (*vec_add(vec) = (__VA_ARGS__))
#define vec_release(vec) (free((vec)->items), (vec)->items = NULL, (vec)->count = (vec)->capacity = 0, (void)0)
#define vec_clear(vec) ((void)((vec)->count = 0))

size_t
vec_next_capacity(size_t *capacity); /* doubles *capacity up to 8, from 2 on, then grows it by half; returns it */

#endif
