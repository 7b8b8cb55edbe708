#include "cmd/signatures.h"

static const char cache_name[] = "signatures";

uint64_t signature_add(uint64_t signature, uint64_t part) {
    /* A multiply and two shifts a part (as in MurmurHash's end): entries are many. */
    uint64_t mixed = (signature ^ part) * 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93u;
    return mixed ^ (mixed >> 29);
}

uint64_t signature_add_text(uint64_t signature, struct slice text) {
    return signature_add(signature, hash64(text) + text.size);
}

/* --- of an entry -------------------------------------------------------------------------------------------- */

/* The bytes of one article, and whose they are. */
static uint64_t add_article(uint64_t signature, const struct corpus *corpus, uint32_t number) {
    const struct record *record = index_record(&corpus->index, number);
    signature = signature_add(signature, record->key.low);
    signature = signature_add(signature, record->key.high);
    signature = signature_add(signature, (uint64_t)record->content_hash << 32 | record->location.size);
    return signature_add(signature,
                         (uint64_t)(corpus->source_of_file[record->location.file] - corpus->settings->sources));
}

uint64_t entry_signature(const struct corpus *corpus, uint32_t place, int64_t now) {
    const struct index *index = &corpus->index;
    uint32_t number = index->order[place];
    const struct record *record = index_record(index, number);
    const struct index_group *group = index_group_of(index, number);
    const uint64_t *labels = label_table_set(&corpus->labels, record->labels);
    uint64_t signature = add_article((uint64_t)record->date, corpus, number);
    signature = signature_add(signature, index_entry_key(index, number).low);
    signature = signature_add(signature, record->updated <= now ? (uint64_t)record->updated : 0);
    signature = signature_add(signature, index_entry_key(index, number).low);
    for (size_t i = 0; i < corpus->labels.words; i++)
        signature = signature_add(signature, labels[i]);
    if (!group)
        return signature;
    /* Another member's `updated` may show, when it has come. */
    const struct record *shown = index_record(index, group->shown);
    signature = signature_add(signature, shown->updated <= now ? (uint64_t)shown->updated : 1);
    signature = add_article(signature, corpus, group->shown);
    for (size_t i = 0; i < group->count; i++)
        signature = add_article(signature, corpus, index->members.items[group->first + i]);
    return signature;
}

/* --- of files ----------------------------------------------------------------------------------------------- */

/* In the cache: the tree and the fingerprint, then path, a zero byte and eight bytes for each file. */
static bool take_number(struct slice *rest, uint64_t *ret_number) {
    if (rest->size < sizeof *ret_number)
        return false;
    memcpy(ret_number, rest->data, sizeof *ret_number);
    *rest = slice_from(*rest, sizeof *ret_number);
    return true;
}

static void append_number(struct buf *buf, uint64_t number) {
    buf_append_slice(buf, (struct slice){(const char *)&number, sizeof number});
}

static void recall(struct signatures *signatures, struct slice stored, uint64_t tree, uint64_t fingerprint) {
    uint64_t number = 0;
    if (!take_number(&stored, &number) || number != tree || !take_number(&stored, &number) || number != fingerprint)
        return;
    signatures->is_believed = true;
    while (stored.size) {
        size_t end = slice_find_byte(stored, '\0', 0);
        struct slice path = arena_copy(&signatures->arena, slice_range(stored, 0, end));
        stored = slice_from(stored, end + 1);
        if (!take_number(&stored, &number))
            return;
        map_set(&signatures->old, path, number);
    }
}

void signatures_open(struct signatures *signatures, struct cache *cache, uint64_t tree, uint64_t fingerprint) {
    CLEANUP(buf_release) struct buf stored = BUF(BUF_UNLIMITED);
    *signatures = (struct signatures){0};
    pthread_mutex_init(&signatures->mutex, NULL);
    if (tree && cache_get(cache, cache_name, &stored))
        recall(signatures, buf_slice(&stored), tree, fingerprint);
}

void signatures_clear(struct signatures *signatures) {
    vec_clear(&signatures->items);
    vec_clear(&signatures->notes);
    arena_clear(&signatures->new_arena);
}

void signatures_release(struct signatures *signatures) {
    pthread_mutex_destroy(&signatures->mutex);
    map_release(&signatures->old);
    vec_release(&signatures->items);
    vec_release(&signatures->notes);
    arena_release(&signatures->arena);
    arena_release(&signatures->new_arena);
    *signatures = (struct signatures){0};
}

bool signatures_is_same(const struct signatures *signatures, struct slice path, uint64_t value) {
    /* What is absent is any other value than this one. */
    return map_get(&signatures->old, path, value + 1) == value;
}

void signatures_set(struct signatures *signatures, struct slice path, uint64_t value) {
    pthread_mutex_lock(&signatures->mutex);
    vec_push(&signatures->items, (struct signature){arena_copy(&signatures->new_arena, path), value});
    pthread_mutex_unlock(&signatures->mutex);
}

void signatures_note(struct signatures *signatures, struct slice name, struct slice value) {
    pthread_mutex_lock(&signatures->mutex);
    vec_push(&signatures->notes, (struct signature_note){arena_copy(&signatures->new_arena, name),
                                                         arena_copy(&signatures->new_arena, value)});
    pthread_mutex_unlock(&signatures->mutex);
}

static int by_path(const void *left, const void *right) {
    return slice_compare(((const struct signature *)left)->path, ((const struct signature *)right)->path);
}

void signatures_remember(struct signatures *signatures, struct cache *cache, uint64_t tree, uint64_t fingerprint) {
    CLEANUP(buf_release) struct buf stored = BUF(BUF_UNLIMITED);
    if (!cache)
        return;
    if (signatures->items.count)
        qsort(signatures->items.items, signatures->items.count, sizeof *signatures->items.items, by_path);
    append_number(&stored, tree);
    append_number(&stored, fingerprint);
    for (size_t i = 0; i < signatures->items.count; i++) {
        buf_append_slice(&stored, signatures->items.items[i].path);
        buf_append_byte(&stored, '\0');
        append_number(&stored, signatures->items.items[i].value);
    }
    cache_set(cache, cache_name, buf_slice(&stored));
    for (size_t i = 0; i < signatures->notes.count; i++)
        cache_set(cache, signatures->notes.items[i].name.data, signatures->notes.items[i].value);
}
