#include "text/fold_compose.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <utf8proc.h>

enum { DECOMPOSITION_MOST = 32 }; /* characters; Unicode has 18 */

struct characters {
    utf8proc_int32_t *items;
    size_t count;
    size_t capacity;
};

static void characters_decompose(struct characters *characters, uint32_t character) {
    utf8proc_int32_t parts[DECOMPOSITION_MOST];
    utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)character, parts, DECOMPOSITION_MOST,
                                                     UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT, NULL);
    for (utf8proc_ssize_t i = 0; i < count && i < DECOMPOSITION_MOST; i++)
        vec_push(characters, parts[i]);
}

/* Combining class, place, character: in one number, so that plain comparison is the canonical, stable order. */
static uint64_t sort_key(utf8proc_int32_t character, size_t place) {
    uint64_t class = (uint64_t)utf8proc_get_property(character)->combining_class;
    return class << 53 | (uint64_t)(place & 0xFFFFFFFF) << 21 | (uint64_t)character;
}

static int compare_keys(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Every run of characters with a combining class, sorted by it; others never move. */
static void sort_marks(struct characters *characters) {
    CLEANUP(memory_free) uint64_t *keys = memory_new_array(characters->count, sizeof *keys);
    for (size_t i = 0; i < characters->count; i++)
        keys[i] = sort_key(characters->items[i], i);
    size_t begin = 0;
    for (size_t i = 0; i <= characters->count; i++) {
        if (i < characters->count && keys[i] >> 53 != 0)
            continue;
        if (i - begin > 1)
            qsort(keys + begin, i - begin, sizeof *keys, compare_keys);
        begin = i + 1;
    }
    for (size_t i = 0; i < characters->count; i++)
        characters->items[i] = (utf8proc_int32_t)(keys[i] & 0x1FFFFF);
}

size_t fold_compose(struct slice cluster, int32_t **ret_characters) {
    struct characters characters = {0};
    for (size_t at = 0; at < cluster.size;) {
        uint32_t character = 0;
        size_t size = utf8_decode(cluster, at, &character);
        if (size)
            characters_decompose(&characters, character);
        at += size ? size : 1;
    }
    sort_marks(&characters);
    utf8proc_ssize_t count = utf8proc_normalize_utf32(characters.items, (utf8proc_ssize_t)characters.count,
                                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    *ret_characters = characters.items;
    return count > 0 ? (size_t)count : 0;
}
