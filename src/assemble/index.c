#include "assemble/index.h"

void index_init(struct index *index) {
    *index = (struct index){0};
    pthread_mutex_init(&index->mutex, NULL);
}

void index_release(struct index *index) {
    index_forget_sketches(index);
    for (size_t i = 0; i < index->blocks.count; i++)
        free(index->blocks.items[i]);
    vec_release(&index->blocks);
    vec_release(&index->clashes);
    vec_release(&index->aside);
    vec_release(&index->taken_back);
    vec_release(&index->released);
    vec_release(&index->bonds);
    vec_release(&index->hosts);
    vec_release(&index->hidden_leaders);
    vec_release(&index->found);
    vec_release(&index->groups);
    vec_release(&index->members);
    vec_release(&index->joins);
    free(index->order);
    pthread_mutex_destroy(&index->mutex);
    *index = (struct index){0};
}

static void take_block(struct index *index, struct index_cursor *cursor) {
    struct record *block = memory_new_array(INDEX_BLOCK, sizeof *block);
    struct sketch *sketches = NULL;
    pthread_mutex_lock(&index->mutex);
    if (index->sketched && cursor->sketches)
        sketches = sketches_put_away(&index->sketches, (cursor->end - 1) / INDEX_BLOCK);
    else if (index->sketched)
        sketches = memory_new_array(INDEX_BLOCK, sizeof *sketches);
    cursor->next = (uint32_t)(index->blocks.count * INDEX_BLOCK);
    vec_push(&index->blocks, block);
    if (sketches)
        vec_push(&index->sketches.blocks, sketches);
    pthread_mutex_unlock(&index->mutex);
    cursor->end = cursor->next + INDEX_BLOCK;
    cursor->block = block;
    cursor->sketches = sketches;
}

struct record *index_record(const struct index *index, uint32_t number) {
    return &index->blocks.items[number / INDEX_BLOCK][number % INDEX_BLOCK];
}

struct record *index_add(struct index *index, struct index_cursor *cursor, struct index_runs *runs) {
    if (cursor->next == cursor->end)
        take_block(index, cursor);
    uint32_t number = cursor->next++;
    size_t last = runs->runs.count;
    if (last > 0 && runs->runs.items[last - 1].first + runs->runs.items[last - 1].count == number)
        runs->runs.items[last - 1].count++;
    else
        vec_push(&runs->runs, (struct index_run){number, 1});
    return &cursor->block[number % INDEX_BLOCK];
}

/* --- sketches, groups --------------------------------------------------------------------------------------- */

struct sketch *index_added_sketch(const struct index_cursor *cursor) {
    return cursor->sketches ? &cursor->sketches[(cursor->next - 1) % INDEX_BLOCK] : NULL;
}

void index_read_sketch(const struct index *index, uint32_t number, struct sketch *ret_sketch) {
    struct sketch_reader reader = {0};
    *ret_sketch = *sketches_at(&index->sketches, &reader, number);
    sketch_reader_release(&reader);
}

void index_forget_sketches(struct index *index) {
    sketches_release(&index->sketches);
}

static int by_host(const void *number, const void *host) {
    uint32_t a = *(const uint32_t *)number;
    uint32_t b = ((const struct index_host *)host)->number;
    return (a > b) - (a < b);
}

const struct index_host *index_host_of(const struct index *index, uint32_t number) {
    if (index->hosts.count == 0)
        return NULL;
    return bsearch(&number, index->hosts.items, index->hosts.count, sizeof *index->hosts.items, by_host);
}

struct hash128 index_entry_key(const struct index *index, uint32_t number) {
    const struct index_host *host = index_host_of(index, number);
    return host ? host->key_hash : index_record(index, number)->key;
}

static int by_leader(const void *leader, const void *group) {
    uint32_t a = *(const uint32_t *)leader;
    uint32_t b = ((const struct index_group *)group)->leader;
    return (a > b) - (a < b);
}

const struct index_group *index_group_of(const struct index *index, uint32_t leader) {
    if (index->groups.count == 0)
        return NULL;
    return bsearch(&leader, index->groups.items, index->groups.count, sizeof *index->groups.items, by_leader);
}

bool index_entry_needs_page(const struct index *index, uint32_t number) {
    const struct index_group *group = index_group_of(index, number);
    bool needs = index_record(index, number)->without_address;
    for (size_t i = 0; group && i < group->count; i++)
        needs = needs || index_record(index, index->members.items[group->first + i])->without_address;
    return needs || (index->permalinks && history_keeps_page(index->permalinks, index_entry_key(index, number)));
}

/* --- what corrections say ------------------------------------------------------------------------------------ */

static int by_key(const void *key, const void *join) {
    return hash128_compare(*(const struct hash128 *)key, ((const struct index_join *)join)->key);
}

static int compare_keys(const void *left, const void *right) {
    return hash128_compare(*(const struct hash128 *)left, *(const struct hash128 *)right);
}

bool index_is_released(const struct index *index, struct hash128 key) {
    return index->released.count &&
           bsearch(&key, index->released.items, index->released.count, sizeof *index->released.items, compare_keys);
}

const struct hash128 *index_leader(const struct index *index, struct hash128 key) {
    if (index->joins.count == 0)
        return NULL;
    const struct index_join *join =
        bsearch(&key, index->joins.items, index->joins.count, sizeof *index->joins.items, by_key);
    return join ? &join->leader : NULL;
}
