#include "assemble/proposals.h"

#include "base/memory.h"

#include <assert.h>

enum {
    VALUES = 1 << 16,
    TITLE_BIN = SKETCH_BINS, /* titles are one bin more: the same one counts for as many bins as are wanted at least */
    BINS = SKETCH_BINS + 1,
    CAPACITY_FIRST = 1024,
};

/*
 * The newest number that holds the value, plus 1. When more than PROPOSALS_COMMON hold it: the oldest of the newest so
 * many, plus 1. Until that one is out of the window there are too many, and nobody need count them again.
 */
struct proposals_head {
    uint32_t newest;
    uint32_t common_until;
};

struct proposals_slot {
    struct sketch sketch;
    uint32_t older[BINS]; /* the number before it that holds the same value, plus 1 */
    uint32_t score;       /* while proposals are being found; 0 between */
};

void proposals_init(struct proposals *proposals) {
    *proposals = (struct proposals){
        .heads = memory_new_array((size_t)BINS * VALUES, sizeof *proposals->heads),
        .slots = memory_new_array(CAPACITY_FIRST, sizeof *proposals->slots),
        .capacity = CAPACITY_FIRST,
    };
}

void proposals_release(struct proposals *proposals) {
    free(proposals->heads);
    free(proposals->slots);
    *proposals = (struct proposals){0};
}

static struct proposals_slot *slot_at(const struct proposals *proposals, uint32_t number) {
    return &proposals->slots[number & (proposals->capacity - 1)];
}

/* NULL where the sketch has nothing in this bin. */
static struct proposals_head *head_of(const struct proposals *proposals, const struct sketch *sketch, size_t bin) {
    uint32_t value = bin == TITLE_BIN ? sketch->title : sketch->bins[bin];
    return value ? &proposals->heads[bin * VALUES + value % VALUES] : NULL;
}

void proposals_prefetch(const struct proposals *proposals, const struct sketch *sketch) {
    for (size_t bin = 0; bin < BINS; bin++) {
        const struct proposals_head *head = head_of(proposals, sketch, bin);
        if (head)
            __builtin_prefetch(head);
    }
}

/* --- finding ------------------------------------------------------------------------------------------------ */

struct touched {
    uint32_t numbers[BINS * PROPOSALS_COMMON];
    size_t count;
};

/* Returns whether the bin says anything of this article: one that is empty, or has what many share, does not. */
static bool count_bin(const struct proposals *proposals, const struct sketch *sketch, size_t bin,
                      struct touched *touched) {
    struct proposals_head *head = head_of(proposals, sketch, bin);
    uint32_t holders[PROPOSALS_COMMON];
    size_t count = 0;
    if (!head || head->common_until > proposals->first)
        return false;
    /* Chains run from the newest to the oldest; what is out of the window ends them. */
    for (uint32_t at = head->newest; at > proposals->first; at = slot_at(proposals, at - 1)->older[bin]) {
        if (count == PROPOSALS_COMMON) {
            head->common_until = at;
            return false;
        }
        holders[count++] = at;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t at = holders[i];
        struct proposals_slot *slot = slot_at(proposals, at - 1);
        if (bin == TITLE_BIN && slot->sketch.title != sketch->title)
            continue;
        if (slot->score == 0)
            touched->numbers[touched->count++] = at - 1;
        slot->score += bin == TITLE_BIN ? PROPOSALS_LEAST : 1;
    }
    return bin != TITLE_BIN;
}

/* Keeps the best, the earlier of two equals, sorted by number in the end. */
static size_t keep_best(struct proposal *kept, size_t count, struct proposal proposal) {
    if (count == PROPOSALS_MOST) {
        size_t worst = 0;
        for (size_t i = 1; i < count; i++)
            if (kept[i].score < kept[worst].score ||
                (kept[i].score == kept[worst].score && kept[i].number > kept[worst].number))
                worst = i;
        if (proposal.score < kept[worst].score ||
            (proposal.score == kept[worst].score && proposal.number > kept[worst].number))
            return count;
        memmove(kept + worst, kept + worst + 1, (count - worst - 1) * sizeof *kept);
        count--;
    }
    size_t at = count;
    for (; at > 0 && kept[at - 1].number > proposal.number; at--)
        kept[at] = kept[at - 1];
    kept[at] = proposal;
    return count + 1;
}

/*
 * Of texts of a and b letters, a ≤ b, that share c·a, the part c·a / (a + b − c·a) of all runs is common to both; the
 * same part of the bins that were asked should agree.
 */
static bool may_contain(const struct proposals_slot *slot, const struct sketch *sketch, size_t bins, double contained) {
    static const double room = 0.55;
    double a = slot->sketch.letters;
    double b = sketch->letters;
    double shared = contained * (a < b ? a : b);
    bool same_title = sketch->title && slot->sketch.title == sketch->title;
    return same_title || slot->score >= room * (double)bins * shared / (a + b - shared);
}

static uint32_t least_of(const struct proposals_slot *slot, const struct sketch *sketch) {
    bool is_short = sketch->letters < PROPOSALS_SHORT || slot->sketch.letters < PROPOSALS_SHORT;
    return is_short ? PROPOSALS_LEAST - 1 : PROPOSALS_LEAST;
}

size_t proposals_find(struct proposals *proposals, const struct sketch *sketch, double contained,
                      struct proposal *ret_proposals) {
    struct touched touched;
    size_t count = 0;
    touched.count = 0;
    size_t bins = 0;
    for (size_t bin = 0; bin < BINS; bin++)
        bins += count_bin(proposals, sketch, bin, &touched);
    for (size_t i = 0; i < touched.count; i++) {
        struct proposals_slot *slot = slot_at(proposals, touched.numbers[i]);
        if (slot->score >= least_of(slot, sketch) && may_contain(slot, sketch, bins, contained))
            count = keep_best(ret_proposals, count, (struct proposal){touched.numbers[i], slot->score});
        slot->score = 0;
    }
    return count;
}

/* --- who stands in it --------------------------------------------------------------------------------------- */

static void grow(struct proposals *proposals) {
    uint32_t capacity = proposals->capacity * 2;
    proposals->slots = memory_resize_array(proposals->slots, capacity, sizeof *proposals->slots);
    /* Numbers stay; those whose place is now in the second half move there. */
    for (uint32_t number = proposals->first; number < proposals->end; number++)
        if ((number & (capacity - 1)) >= proposals->capacity)
            proposals->slots[number & (capacity - 1)] = *slot_at(proposals, number);
    proposals->capacity = capacity;
}

uint32_t proposals_add(struct proposals *proposals, const struct sketch *sketch) {
    if (proposals->end - proposals->first == proposals->capacity)
        grow(proposals);
    uint32_t number = proposals->end++;
    struct proposals_slot *slot = slot_at(proposals, number);
    *slot = (struct proposals_slot){.sketch = *sketch};
    for (size_t bin = 0; bin < BINS; bin++) {
        struct proposals_head *head = head_of(proposals, sketch, bin);
        if (!head)
            continue;
        slot->older[bin] = head->newest;
        head->newest = number + 1;
    }
    return number;
}

void proposals_remove(struct proposals *proposals, uint32_t number) {
    struct proposals_slot *slot = slot_at(proposals, number);
    for (size_t bin = 0; bin < BINS; bin++) {
        struct proposals_head *head = head_of(proposals, &slot->sketch, bin);
        if (!head)
            continue;
        uint32_t *link = &head->newest;
        while (*link != number + 1) {
            assert(*link > number + 1);
            link = &slot_at(proposals, *link - 1)->older[bin];
        }
        *link = slot->older[bin];
        head->common_until = 0; /* it may be common no more: to be counted again */
    }
}

void proposals_expire(struct proposals *proposals, uint32_t first) {
    proposals->first = first;
}
