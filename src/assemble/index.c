#include "assemble/index.h"

#include <assert.h>
#include <limits.h>

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
    vec_release(&index->groups);
    vec_release(&index->members);
    vec_release(&index->joins);
    free(index->order);
    pthread_mutex_destroy(&index->mutex);
    *index = (struct index){0};
}

static void take_block(struct index *index, struct index_cursor *cursor) {
    struct record *block = memory_new_array(INDEX_BLOCK, sizeof *block);
    struct sketch *sketches = index->sketched ? memory_new_array(INDEX_BLOCK, sizeof *sketches) : NULL;
    pthread_mutex_lock(&index->mutex);
    cursor->next = (uint32_t)(index->blocks.count * INDEX_BLOCK);
    vec_push(&index->blocks, block);
    if (sketches)
        vec_push(&index->sketches, sketches);
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

struct sketch *index_sketch(const struct index *index, uint32_t number) {
    return &index->sketches.items[number / INDEX_BLOCK][number % INDEX_BLOCK];
}

void index_forget_sketches(struct index *index) {
    for (size_t i = 0; i < index->sketches.count; i++)
        free(index->sketches.items[i]);
    vec_release(&index->sketches);
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

/* --- source order ------------------------------------------------------------------------------------------- */

static size_t count_records(const struct index_runs *pieces, size_t piece_count) {
    size_t count = 0;
    for (size_t i = 0; i < piece_count; i++)
        for (size_t run = 0; run < pieces[i].runs.count; run++)
            count += pieces[i].runs.items[run].count;
    return count;
}

static void list_in_source_order(const struct index_runs *pieces, size_t piece_count, uint32_t *numbers) {
    size_t at = 0;
    for (size_t i = 0; i < piece_count; i++)
        for (size_t run = 0; run < pieces[i].runs.count; run++)
            for (uint32_t k = 0; k < pieces[i].runs.items[run].count; k++)
                numbers[at++] = pieces[i].runs.items[run].first + k;
}

/* Higher is newer: the first source before the second, and inside a source as it says. */
static void rank(const struct index *index, const uint32_t *numbers, size_t count,
                 const struct source *const *source_of_file) {
    for (size_t begin = 0, end; begin < count; begin = end) {
        const struct source *source = source_of_file[index_record(index, numbers[begin])->location.file];
        end = begin;
        while (end < count && source_of_file[index_record(index, numbers[end])->location.file] == source)
            end++;
        for (size_t i = begin; i < end; i++) {
            size_t place = source->order == ORDER_NEWEST_FIRST ? i : begin + (end - 1 - i);
            index_record(index, numbers[i])->order = (uint32_t)(count - 1 - place) & RECORD_ORDER_MOST;
        }
    }
}

/* --- who is shown ------------------------------------------------------------------------------------------- */

static int64_t updated_by(const struct record *record, int64_t now) {
    return record->updated <= now ? record->updated : INT64_MIN;
}

/* Is `later`, which stands behind `earlier` in source order, the better one of two with the same key? */
static bool replaces(const struct record *later, const struct record *earlier, int64_t now) {
    return updated_by(later, now) >= updated_by(earlier, now);
}

/*
 * Open addressing over record numbers: finds the slot of the record's key in `slots` (a power of two, never full).
 * Numbers are stored plus one, 0 is empty.
 */
static uint32_t *slot_of_key(const struct index *index, uint32_t *slots, size_t capacity, struct hash128 key) {
    size_t at = key.low & (capacity - 1);
    while (slots[at] && hash128_compare(index_record(index, slots[at] - 1)->key, key) != 0)
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

static int by_key(const void *key, const void *join) {
    return hash128_compare(*(const struct hash128 *)key, ((const struct index_join *)join)->key);
}

const struct hash128 *index_leader(const struct index *index, struct hash128 key) {
    if (index->joins.count == 0)
        return NULL;
    const struct index_join *join =
        bsearch(&key, index->joins.items, index->joins.count, sizeof *index->joins.items, by_key);
    return join ? &join->leader : NULL;
}

/* Why the record, which has won its key, is not shown: the count to add to. NULL when it is. */
static size_t *why_hidden(const struct index *index, const struct record *record, struct index_counts *counts) {
    if (record->withdrawn)
        return &counts->withdrawn;
    if (record->held)
        return &counts->held;
    return index_leader(index, record->key) ? &counts->joined : NULL;
}

struct sorted {
    int64_t date;
    uint32_t order;
    uint32_t number;
};

static void remember_clash(struct index *index, uint32_t kept, uint32_t lost) {
    const struct record *record = index_record(index, kept);
    bool same = record->content_hash == index_record(index, lost)->content_hash;
    if (record->derived && !record->withdrawn && !same && index->clashes.count < CLASHES_MOST)
        vec_push(&index->clashes, (struct index_clash){kept, lost});
}

/* Leaves one number for every key that may be shown, in any order; returns how many. */
static size_t choose(struct index *index, const uint32_t *numbers, size_t count, int64_t now, struct sorted *chosen,
                     struct index_counts *counts) {
    size_t capacity = 16;
    size_t kept = 0;
    while (capacity < count * 2)
        capacity *= 2;
    uint32_t *slots = memory_new_array(capacity, sizeof *slots);
    for (size_t i = 0; i < count; i++) {
        const struct record *record = index_record(index, numbers[i]);
        if (record->date > now) {
            counts->future++;
            counts->next_date = record->date < counts->next_date ? record->date : counts->next_date;
            continue;
        }
        uint32_t *slot = slot_of_key(index, slots, capacity, record->key);
        uint32_t earlier = *slot;
        counts->duplicates += earlier != 0;
        if (earlier == 0 || replaces(record, index_record(index, earlier - 1), now))
            *slot = numbers[i] + 1;
        if (earlier != 0)
            remember_clash(index, *slot - 1, *slot == earlier ? numbers[i] : earlier - 1);
    }
    for (size_t i = 0; i < capacity; i++) {
        const struct record *record = slots[i] ? index_record(index, slots[i] - 1) : NULL;
        size_t *hidden = record ? why_hidden(index, record, counts) : NULL;
        if (hidden) {
            (*hidden)++;
            if (hidden != &counts->held)
                vec_push(&index->aside, slots[i] - 1);
        }
        if (record && !hidden)
            chosen[kept++] = (struct sorted){record->date, record->order, slots[i] - 1};
    }
    free(slots);
    return kept;
}

static int newest_first(const void *left, const void *right) {
    const struct sorted *a = left;
    const struct sorted *b = right;
    if (a->date != b->date)
        return a->date > b->date ? -1 : 1;
    return (a->order < b->order) - (a->order > b->order);
}

void index_arrange(struct index *index, const struct index_runs *pieces, size_t piece_count,
                   const struct source *const *source_of_file, int64_t now, struct index_counts *ret_counts) {
    struct index_counts counts = {.next_date = INT64_MAX};
    size_t count = count_records(pieces, piece_count);
    assert(count <= RECORD_ORDER_MOST);
    uint32_t *numbers = memory_new_array(count, sizeof *numbers);
    list_in_source_order(pieces, piece_count, numbers);
    rank(index, numbers, count, source_of_file);
    struct sorted *chosen = memory_new_array(count, sizeof *chosen);
    vec_clear(&index->aside);
    vec_clear(&index->clashes);
    counts.articles = choose(index, numbers, count, now, chosen, &counts);
    qsort(chosen, counts.articles, sizeof *chosen, newest_first);
    for (size_t i = 0; i < counts.articles; i++)
        numbers[i] = chosen[i].number;
    free(chosen);
    free(index->order);
    index->order = numbers;
    index->order_count = counts.articles;
    *ret_counts = counts;
}
