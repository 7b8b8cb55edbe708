#include "model/page.h"

#include <inttypes.h>

void article_page_append_path(struct buf *buf, struct hash128 key) {
    buf_append_format(buf, "article/%016" PRIx64 "%04x.html", key.high, (unsigned)(key.low >> 48));
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
