#include "base/arena.h"

#include "base/memory.h"

#include <stdalign.h>

/* Thousands of arenas hold a single message each, so the first blocks are small. */
enum { FIRST_BLOCK = 512, SECOND_BLOCK = 4 * 1024, LAST_BLOCK = 64 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t capacity;
    size_t used;
    alignas(max_align_t) char bytes[];
};

/* Of the next block: the step behind the newest one, further on where `size` would be a large piece in it. */
static size_t standard_size(const struct arena_block *newest, size_t size) {
    size_t newest_size = newest ? newest->capacity : 0;
    if (newest_size == 0 && size <= FIRST_BLOCK / 4)
        return FIRST_BLOCK;
    return newest_size <= FIRST_BLOCK && size <= SECOND_BLOCK / 4 ? SECOND_BLOCK : LAST_BLOCK;
}

static struct arena_block *block_with_room(struct arena *arena, size_t size, size_t alignment) {
    struct arena_block *block = arena->blocks;
    size_t at = block ? (block->used + alignment - 1) / alignment * alignment : 0;
    if (block && at <= block->capacity && size <= block->capacity - at) {
        block->used = at;
        return block;
    }
    size_t standard = standard_size(block, size);
    size_t capacity = size > standard / 4 ? size : standard;
    struct arena_block *fresh = memory_resize(NULL, sizeof *fresh + capacity);
    *fresh = (struct arena_block){.older = block, .capacity = capacity};
    arena->total += capacity;
    /* A large piece goes behind the block that still has room, which stays the one to fill. */
    if (block && capacity != standard) {
        fresh->older = block->older;
        block->older = fresh;
    } else {
        arena->blocks = fresh;
    }
    return fresh;
}

static void *take(struct arena *arena, size_t size, size_t alignment) {
    struct arena_block *block = block_with_room(arena, size, alignment);
    void *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

void *arena_new(struct arena *arena, size_t size) {
    return memset(take(arena, size, alignof(max_align_t)), 0, size);
}

void *arena_new_array(struct arena *arena, size_t count, size_t size) {
    size_t product = 0;
    if (__builtin_mul_overflow(count, size, &product))
        memory_exhausted();
    return arena_new(arena, product);
}

struct slice arena_copy(struct arena *arena, struct slice slice) {
    char *copy = take(arena, slice.size + 1, 1);
    if (slice.size)
        memcpy(copy, slice.data, slice.size);
    copy[slice.size] = '\0';
    return (struct slice){copy, slice.size};
}

const char *arena_copy_string(struct arena *arena, const char *string) {
    return arena_copy(arena, slice_of(string)).data;
}

char *arena_reserve(struct arena *arena, size_t size) {
    return take(arena, size, 1);
}

void arena_shrink(struct arena *arena, char *reserved, size_t size, size_t used) {
    struct arena_block *block = arena->blocks;
    if (block && reserved + size == block->bytes + block->used)
        block->used -= size - used;
}

static void free_blocks(struct arena_block *block) {
    while (block) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
}

void arena_clear(struct arena *arena) {
    struct arena_block *block = arena->blocks;
    if (!block)
        return;
    free_blocks(block->older);
    block->older = NULL;
    block->used = 0;
    arena->total = block->capacity;
}

void arena_release(struct arena *arena) {
    free_blocks(arena->blocks);
    *arena = (struct arena){0};
}
