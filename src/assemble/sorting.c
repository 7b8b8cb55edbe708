#include "assemble/sorting.h"

enum { DIGIT_BITS = 11, DIGITS = 3, VALUES = 1 << DIGIT_BITS };

static bool are_in_order(const struct ranked *items, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (items[i - 1].rank > items[i].rank)
            return false;
    return true;
}

static size_t digit_of(uint32_t rank, unsigned digit) {
    return rank >> (digit * DIGIT_BITS) & (VALUES - 1);
}

static void count_digits(const struct ranked *items, size_t count, uint32_t counts[DIGITS][VALUES]) {
    memset(counts, 0, DIGITS * sizeof *counts);
    for (size_t i = 0; i < count; i++)
        for (unsigned digit = 0; digit < DIGITS; digit++)
            counts[digit][digit_of(items[i].rank, digit)]++;
}

static void move_by_digit(const struct ranked *from, struct ranked *to, size_t count, unsigned digit,
                          uint32_t *counts) {
    uint32_t begin = 0;
    for (size_t value = 0; value < VALUES; value++) {
        uint32_t own = counts[value];
        counts[value] = begin;
        begin += own;
    }
    for (size_t i = 0; i < count; i++)
        to[counts[digit_of(from[i].rank, digit)]++] = from[i];
}

void ranked_sort(struct ranked *items, struct ranked *spare, size_t count) {
    uint32_t counts[DIGITS][VALUES];
    struct ranked *from = items;
    struct ranked *to = spare;
    if (are_in_order(items, count))
        return;
    count_digits(items, count, counts);
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        if (counts[digit][digit_of(from[0].rank, digit)] == count)
            continue;
        move_by_digit(from, to, count, digit, counts[digit]);
        struct ranked *emptied = from;
        from = to;
        to = emptied;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
}
