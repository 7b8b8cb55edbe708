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
    for (size_t place = 0; pages.items.count && good && place < index->order_count; place++) {
        uint32_t number = index->order[place];
        struct hash128 key = index_entry_key(index, number);
        if (hash_set_has(&pages, article_page_begin(key)) && !index_entry_needs_page(index, number))
            good = add(corpus, number, now);
    }
    return good;
}
