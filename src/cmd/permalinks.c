#include "cmd/permalinks.h"

#include "base/hash_set.h"
#include "model/page.h"

/* By the beginnings of their entries' keys, which is all that a path has. */
static void list_served_pages(const struct output *output, struct hash_set *pages) {
    const struct tree *tree = output_old_tree(output);
    for (size_t i = 0; i < tree->files.count; i++) {
        struct hash128 begin;
        if (article_page_parse_path(tree->files.items[i].path, &begin))
            hash_set_add(pages, begin);
    }
    hash_set_seal(pages);
}

static bool has_page(const struct output *output, const struct hash_set *pages, struct hash128 key) {
    CLEANUP(buf_release) struct buf path = BUF(64);
    if (!output_is_unlisted(output))
        return hash_set_has(pages, article_page_begin(key));
    article_page_append_path(&path, key);
    return output_may_serve(output, buf_slice(&path));
}

static bool add(const struct corpus *corpus, uint32_t number, int64_t now) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    const struct index_host *host = index_host_of(&corpus->index, number);
    struct article article = {0};
    if (host) {
        history_add_permalink(corpus->history, host->key, now);
        return true;
    }
    if (!corpus_read_again(corpus, index_record(&corpus->index, number), &arena, &article))
        return false;
    corrections_apply(&corpus->desk, &article, &key, &arena, NULL);
    history_add_permalink(corpus->history, buf_slice(&key), now);
    return true;
}

bool permalinks_note(const struct corpus *corpus, const struct output *output, int64_t now) {
    const struct index *index = &corpus->index;
    CLEANUP(hash_set_release) struct hash_set pages = {0};
    bool good = true;
    list_served_pages(output, &pages);
    bool may_have_any = pages.items.count || output_is_unlisted(output);
    for (size_t place = 0; may_have_any && good && place < index->order_count; place++) {
        uint32_t number = index->order[place];
        if (!index_entry_needs_page(index, number) && has_page(output, &pages, index_entry_key(index, number)))
            good = add(corpus, number, now);
    }
    return good;
}
