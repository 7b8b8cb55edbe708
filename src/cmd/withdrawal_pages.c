#include "cmd/withdrawal_pages.h"

#include "cmd/withdrawals_parts.h"
#include "render/format.h"
#include "render/pages.h"

struct slice withdrawal_page_path(struct hash128 entry, struct arena *arena) {
    CLEANUP(buf_release) struct buf path = BUF(64);
    article_page_append_path(&path, entry);
    return arena_copy(arena, buf_slice(&path));
}

/* The history's order says nothing: by entry, and of one entry the line that came first. */
static int by_entry(const void *left, const void *right) {
    const struct withdrawal *a = *(const struct withdrawal *const *)left;
    const struct withdrawal *b = *(const struct withdrawal *const *)right;
    int order = hash128_compare(a->entry_hash, b->entry_hash);
    if (order == 0)
        order = (a->at > b->at) - (a->at < b->at);
    return order ? order : hash128_compare(a->hash, b->hash);
}

static bool stands_with_page(const struct withdrawal *line) {
    return !line->released && withdrawal_has_page(line);
}

void withdrawal_pages_list(const struct history *history, struct hash_set *entries) {
    for (size_t i = 0; i < history->withdrawals.count; i++)
        if (stands_with_page(&history->withdrawals.items[i]))
            hash_set_add(entries, history->withdrawals.items[i].entry_hash);
    hash_set_seal(entries);
}

static void write_page(const struct tree_making *making, const struct withdrawal *line) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    const struct withdrawn_page withdrawn = {withdrawal_page_path(line->entry_hash, &arena), line->at};
    page_render_withdrawn(making->corpus->templates, &withdrawn, &page);
    output_put(making->output, withdrawn.path, buf_slice(&page), format_find(SLICE("html"))->served_type);
}

void withdrawal_pages_write(const struct tree_making *making) {
    const struct history *history = history_of(making->corpus->history);
    CLEANUP(hash_set_release) struct hash_set entries = {0};
    CLEANUP(hash_set_release) struct hash_set visible = {0};
    VEC(const struct withdrawal *) lines = {0};
    withdrawal_pages_list(history, &entries);
    for (size_t i = 0; i < history->withdrawals.count; i++)
        if (stands_with_page(&history->withdrawals.items[i]))
            vec_push(&lines, &history->withdrawals.items[i]);
    if (lines.count) {
        qsort(lines.items, lines.count, sizeof *lines.items, by_entry);
        withdrawals_list_visible(&making->corpus->index, &entries, &visible);
    }
    for (size_t i = 0; i < lines.count; i++) {
        struct hash128 entry = lines.items[i]->entry_hash;
        bool is_first = i == 0 || hash128_compare(lines.items[i - 1]->entry_hash, entry) != 0;
        if (is_first && !hash_set_has(&visible, entry))
            write_page(making, lines.items[i]);
    }
    vec_release(&lines);
}
