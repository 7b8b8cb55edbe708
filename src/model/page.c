#include "model/page.h"

#include <inttypes.h>

enum { LOW_DIGITS = 4, DIGITS = 16 + LOW_DIGITS, LOW_UNUSED = 64 - 4 * LOW_DIGITS };

void article_page_append_path(struct buf *buf, struct hash128 key) {
    buf_append_format(buf, "article/%016" PRIx64 "%04x.html", key.high, (unsigned)(key.low >> LOW_UNUSED));
}

/* As they are written: lower case. */
static bool parse_hex(struct slice digits, uint64_t *ret_value) {
    uint64_t value = 0;
    for (size_t i = 0; i < digits.size; i++) {
        char c = digits.data[i];
        bool is_decimal = c >= '0' && c <= '9';
        if (!is_decimal && (c < 'a' || c > 'f'))
            return false;
        value = value << 4 | (uint64_t)(is_decimal ? c - '0' : c - 'a' + 10);
    }
    *ret_value = value;
    return true;
}

bool article_page_parse_path(struct slice path, struct hash128 *ret_begin) {
    const struct slice folder = SLICE("article/");
    struct hash128 begin = {0};
    if (!slice_starts_with(path, folder))
        return false;
    struct slice name = slice_from(path, folder.size);
    bool is_whole = name.size == DIGITS || slice_equal(slice_from(name, DIGITS), SLICE(".html"));
    if (!is_whole || !parse_hex(slice_range(name, 0, DIGITS - LOW_DIGITS), &begin.high) ||
        !parse_hex(slice_range(name, DIGITS - LOW_DIGITS, DIGITS), &begin.low))
        return false;
    begin.low <<= LOW_UNUSED;
    *ret_begin = begin;
    return true;
}

struct hash128 article_page_begin(struct hash128 key) {
    return (struct hash128){key.high, key.low >> LOW_UNUSED << LOW_UNUSED};
}

bool article_page_is_of(struct hash128 begin, struct hash128 key) {
    return hash128_compare(begin, article_page_begin(key)) == 0;
}

/* By id alone: labels may repeat without harm. */
static bool has_id(const struct taxonomy *taxonomy, struct slice id) {
    for (size_t i = 0; i < taxonomy->term_count; i++)
        if (slice_equal(taxonomy->terms[i].id, id))
            return true;
    return false;
}

struct slice choice_key(const struct taxonomies *taxonomies, const struct taxonomy *taxonomy, size_t term,
                        struct arena *arena) {
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    struct slice id = taxonomy->terms[term].id;
    bool is_unique = true;
    for (size_t i = 0; i < taxonomies->count; i++)
        is_unique = is_unique && (&taxonomies->items[i] == taxonomy || !has_id(&taxonomies->items[i], id));
    if (is_unique)
        return id;
    buf_append_slice(&key, taxonomy->id);
    buf_append_byte(&key, '.');
    buf_append_slice(&key, id);
    return arena_copy(arena, buf_slice(&key));
}
