#include "assemble/arranging.h"

/* --- by date ------------------------------------------------------------------------------------------------ */

enum { AHEAD = 16 }; /* records are anywhere in memory: they are fetched before they are looked at */

static void fetch_ahead(const struct index *index, const struct ranked *items, size_t at, size_t count) {
    if (at + AHEAD < count)
        __builtin_prefetch(index_record(index, items[at + AHEAD].number));
}

static int64_t date_of(const struct index *index, uint32_t number) {
    return index_record(index, number)->date;
}

void records_sort_by_date(const struct index *index, struct ranked *items, struct ranked *spare, size_t count,
                          bool newest_first) {
    enum { RANK_BITS = 32 };
    int64_t least = INT64_MAX;
    int64_t most = INT64_MIN;
    for (size_t i = 0; i < count; i++) {
        fetch_ahead(index, items, i, count);
        int64_t date = date_of(index, items[i].number);
        least = date < least ? date : least;
        most = date > most ? date : most;
    }
    uint64_t span = count ? (uint64_t)most - (uint64_t)least : 0;
    for (unsigned shift = 0; shift < 64 && span >> shift; shift += RANK_BITS) {
        for (size_t i = 0; i < count; i++) {
            fetch_ahead(index, items, i, count);
            uint64_t date = (uint64_t)date_of(index, items[i].number);
            uint64_t distance = newest_first ? (uint64_t)most - date : date - (uint64_t)least;
            items[i].rank = (uint32_t)(distance >> shift);
        }
        ranked_sort(items, spare, count);
    }
}

/* --- by date and key ---------------------------------------------------------------------------------------- */

static int by_date_and_key(const void *left, const void *right, void *context) {
    const struct record *a = index_record(context, *(const uint32_t *)left);
    const struct record *b = index_record(context, *(const uint32_t *)right);
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    return hash128_compare(a->key, b->key);
}

/* Those that the beginnings of their keys did not tell apart: hardly any. */
static void sort_alike(const struct index *index, uint32_t *numbers, size_t count) {
    for (size_t begin = 0, end; begin < count; begin = end) {
        const struct record *first = index_record(index, numbers[begin]);
        bool in_order = true;
        for (end = begin + 1; end < count; end++) {
            if (end + AHEAD < count)
                __builtin_prefetch(index_record(index, numbers[end + AHEAD]));
            const struct record *record = index_record(index, numbers[end]);
            if (record->date != first->date || record->key.high >> 32 != first->key.high >> 32)
                break;
            in_order = in_order && by_date_and_key(&numbers[end - 1], &numbers[end], (void *)(uintptr_t)index) <= 0;
        }
        if (!in_order)
            qsort_r(numbers + begin, end - begin, sizeof *numbers, by_date_and_key, (void *)(uintptr_t)index);
    }
}

void records_sort_by_date_and_key(const struct index *index, uint32_t *numbers, size_t count) {
    struct ranked *items = memory_new_array(count * 2, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count)
            __builtin_prefetch(index_record(index, numbers[i + AHEAD]));
        items[i] = (struct ranked){(uint32_t)(index_record(index, numbers[i])->key.high >> 32), numbers[i]};
    }
    ranked_sort(items, items + count, count);
    records_sort_by_date(index, items, items + count, count, false);
    for (size_t i = 0; i < count; i++)
        numbers[i] = items[i].number;
    free(items);
    sort_alike(index, numbers, count);
}
