#include "assemble/arranging.h"

#include <assert.h>

/* What index_arrange has in hand. */
struct arranging {
    struct index *index;
    struct index_counts counts;
    struct winners winners;
    uint32_t *numbers;   /* in source order, then newest first as sources say */
    size_t count;        /* of these */
    unsigned char *lost; /* bits: records that do not count, as another has their key, or whose date has not come */
};

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

static void turn_round(uint32_t *numbers, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        uint32_t number = numbers[i];
        numbers[i] = numbers[count - 1 - i];
        numbers[count - 1 - i] = number;
    }
}

/*
 * From source order to the order within one date, newest first: the first source before the second, and inside one as
 * it says.
 */
static void rank(struct arranging *arranging, const struct source *const *source_of_file) {
    const struct index *index = arranging->index;
    uint32_t *numbers = arranging->numbers;
    size_t count = arranging->count;
    for (size_t begin = 0, end; begin < count; begin = end) {
        const struct source *source = source_of_file[index_record(index, numbers[begin])->location.file];
        for (end = begin; end < count; end++)
            if (source_of_file[index_record(index, numbers[end])->location.file] != source)
                break;
        if (source->order != ORDER_NEWEST_FIRST)
            turn_round(numbers + begin, end - begin);
    }
}

/* --- one record a key --------------------------------------------------------------------------------------- */

static int64_t updated_by(const struct record *record, int64_t now) {
    return record->updated <= now ? record->updated : INT64_MIN;
}

/* Is `later`, which stands behind `earlier` in source order, the better one of two with the same key? */
static bool replaces(const struct record *later, const struct record *earlier, int64_t now) {
    return updated_by(later, now) >= updated_by(earlier, now);
}

static uint32_t *slot_of(const struct index *index, const struct winners *winners, struct hash128 key) {
    size_t at = key.low & (winners->capacity - 1);
    while (winners->slots[at] && hash128_compare(index_record(index, winners->slots[at] - 1)->key, key) != 0)
        at = (at + 1) & (winners->capacity - 1);
    return &winners->slots[at];
}

uint32_t winners_find(const struct index *index, const struct winners *winners, struct hash128 key) {
    uint32_t found = *slot_of(index, winners, key);
    for (size_t i = 0; found == 0 && i < winners->future.count; i++)
        if (hash128_compare(index_record(index, winners->future.items[i])->key, key) == 0)
            return winners->future.items[i];
    return found ? found - 1 : UINT32_MAX;
}

static void remember_clash(struct index *index, uint32_t kept, uint32_t lost) {
    const struct record *record = index_record(index, kept);
    bool same = record->content_hash == index_record(index, lost)->content_hash;
    if (record->derived && !record->withdrawn && !same && index->clashes.count < CLASHES_MOST)
        vec_push(&index->clashes, (struct index_clash){kept, lost});
}

static void lose(struct arranging *arranging, uint32_t number) {
    arranging->lost[number / 8] |= (unsigned char)(1u << number % 8);
}

static bool has_lost(const struct arranging *arranging, uint32_t number) {
    return arranging->lost[number / 8] >> number % 8 & 1;
}

static void note_date(struct arranging *arranging, int64_t date) {
    if (date > arranging->index->now && date < arranging->counts.next_date)
        arranging->counts.next_date = date;
}

static void wait_for(struct arranging *arranging, uint32_t number) {
    arranging->counts.future++;
    note_date(arranging, index_record(arranging->index, number)->date);
    lose(arranging, number);
}

static void compete(struct arranging *arranging, uint32_t number) {
    struct index *index = arranging->index;
    const struct record *record = index_record(index, number);
    note_date(arranging, record->updated);
    if (record->date > index->now) {
        wait_for(arranging, number);
        vec_push(&arranging->winners.future, number);
        return;
    }
    uint32_t *slot = slot_of(index, &arranging->winners, record->key);
    if (*slot == 0) {
        *slot = number + 1;
        return;
    }
    uint32_t earlier = *slot - 1;
    bool better = replaces(record, index_record(index, earlier), index->now);
    arranging->counts.duplicates++;
    if (better)
        *slot = number + 1;
    lose(arranging, better ? earlier : number);
    remember_clash(index, *slot - 1, better ? earlier : number);
}

static void choose(struct arranging *arranging) {
    enum { AHEAD = 16 };
    struct winners *winners = &arranging->winners;
    winners->capacity = 16;
    while (winners->capacity < arranging->count * 2)
        winners->capacity *= 2;
    winners->slots = memory_new_array(winners->capacity, sizeof *winners->slots);
    for (size_t i = 0; i < arranging->count; i++) {
        if (i + AHEAD < arranging->count) {
            const struct record *next = index_record(arranging->index, arranging->numbers[i + AHEAD]);
            __builtin_prefetch(&winners->slots[next->key.low & (winners->capacity - 1)]);
        }
        compete(arranging, arranging->numbers[i]);
    }
}

/* --- who is shown ------------------------------------------------------------------------------------------- */

/* Why the record, which has won its key, is not shown: the count to add to. NULL when it is. */
static size_t *why_hidden(const struct index *index, const struct record *record, struct index_counts *counts) {
    if (record->withdrawn)
        return &counts->withdrawn;
    if (record->held)
        return &counts->held;
    return index_leader(index, record->key) ? &counts->joined : NULL;
}

/* Leaves those that may be shown in `numbers`, in their order. */
static void leave_shown(struct arranging *arranging) {
    struct index *index = arranging->index;
    size_t kept = 0;
    for (size_t i = 0; i < arranging->count; i++) {
        uint32_t number = arranging->numbers[i];
        const struct record *record = index_record(index, number);
        if (has_lost(arranging, number))
            continue;
        size_t *hidden = why_hidden(index, record, &arranging->counts);
        if (hidden)
            (*hidden)++;
        if (hidden && hidden != &arranging->counts.held)
            vec_push(&index->aside, number);
        if (!hidden && record->date > index->now)
            wait_for(arranging, number); /* the date of the leader for which it stands */
        else if (!hidden)
            arranging->numbers[kept++] = number;
    }
    arranging->count = kept;
}

static void sort_newest_first(struct arranging *arranging) {
    size_t count = arranging->count;
    struct ranked *items = memory_new_array(count * 2, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i].number = arranging->numbers[i];
    records_sort_by_date(arranging->index, items, items + count, count, true);
    for (size_t i = 0; i < count; i++)
        arranging->numbers[i] = items[i].number;
    free(items);
}

void index_arrange(struct index *index, const struct index_runs *pieces, size_t piece_count,
                   const struct source *const *source_of_file, int64_t now, struct index_counts *ret_counts) {
    struct arranging arranging = {
        .index = index, .counts = {.next_date = INT64_MAX}, .count = count_records(pieces, piece_count)};
    assert(arranging.count < UINT32_MAX);
    arranging.numbers = memory_new_array(arranging.count, sizeof *arranging.numbers);
    arranging.lost = memory_new(index->blocks.count * INDEX_BLOCK / 8);
    vec_clear(&index->aside);
    vec_clear(&index->clashes);
    index->now = now;
    list_in_source_order(pieces, piece_count, arranging.numbers);
    choose(&arranging);
    bonds_make(index, &arranging.winners);
    free(arranging.winners.slots);
    vec_release(&arranging.winners.future);
    rank(&arranging, source_of_file);
    leave_shown(&arranging);
    free(arranging.lost);
    sort_newest_first(&arranging);
    free(index->order);
    index->order = arranging.numbers;
    index->order_count = arranging.counts.articles = arranging.count;
    *ret_counts = arranging.counts;
}
