#include "cmd/entry_list.h"

#include "cmd/pieces.h"

void entry_list_release(struct entry_list *list) {
    buf_release(&list->bytes);
    vec_release(&list->entries);
    vec_release(&list->signatures);
    vec_release(&list->places);
}

bool entry_list_choose(struct entry_list *list, const struct tree_making *making, size_t most, int64_t seconds) {
    const struct index *index = &making->corpus->index;
    int64_t newest = 0;
    for (uint32_t place = 0; place < index->order_count; place++) {
        const struct record *record = index_record(index, index->order[place]);
        if (memberships_of(making->memberships, record->labels)->count == 0)
            continue;
        if (list->places.count == 0)
            newest = record->date;
        if (seconds && record->date <= newest - seconds)
            return true;
        if (list->places.count == most)
            return false;
        vec_push(&list->places, place);
    }
    return true;
}

static bool gather(struct entry_list *list, const struct pieces *pieces, int64_t now) {
    for (size_t i = 0; i < list->places.count; i++) {
        uint32_t place = list->places.items[i];
        size_t begin = list->bytes.size;
        if (!pieces_append(pieces, pieces_shown(pieces, place), 0, PIECE_ITEM, &list->bytes))
            return false;
        vec_push(&list->entries, (struct slice){NULL, list->bytes.size - begin});
        vec_push(&list->signatures, piece_signature(pieces->corpus, place, PIECE_ITEM, now));
    }
    /* The buffer has moved while it grew: only now do the entries have addresses. */
    const char *at = list->bytes.data;
    for (size_t i = 0; i < list->entries.count; at += list->entries.items[i++].size)
        list->entries.items[i].data = at;
    return true;
}

enum making_result entry_list_make(struct entry_list *list, const struct tree_making *making,
                                   const struct format *format, struct slice path, struct diagnostics *diagnostics) {
    const struct corpus *corpus = making->corpus;
    CLEANUP(memory_free) unsigned char *uses = memory_new(corpus->index.order_count);
    CLEANUP(spliced_release) struct spliced spliced = {0};
    struct pieces pieces;
    list->bytes = BUF(BUF_UNLIMITED);
    if (making->signatures->is_believed)
        spliced_add(&spliced, corpus->cache, making->output, path, 0);
    spliced_sort(&spliced);
    for (size_t i = 0; i < list->places.count; i++)
        uses[list->places.items[i]] = 1u << PIECE_ITEM;
    enum pieces_result made =
        pieces_make(corpus, uses, &format, 1, &spliced, making->options, making->spool_folder, diagnostics, &pieces);
    enum making_result result = made == PIECES_OK               ? MAKING_OK
                                : made == PIECES_SOURCE_CHANGED ? MAKING_SOURCE_CHANGED
                                                                : MAKING_FAILED;
    if (made == PIECES_OK && !gather(list, &pieces, making->options->now)) {
        diag_report(diagnostics, DIAGNOSTIC_OUTPUT_FAILED, (struct place){0}, "rendered entries cannot be read back");
        result = MAKING_FAILED;
    }
    pieces_release(&pieces);
    return result;
}

void entry_list_note(const struct entry_list *list, const struct tree_making *making, struct slice path,
                     struct slice bytes) {
    CLEANUP(buf_release) struct buf name = BUF(8192);
    CLEANUP(buf_release) struct buf row = BUF(BUF_UNLIMITED);
    if (!making->corpus->cache)
        return;
    spliced_append_name(path, &name);
    spliced_describe(bytes, list->entries.items, list->signatures.items, list->entries.count, &row);
    signatures_note(making->signatures, buf_slice(&name), buf_slice(&row));
}
