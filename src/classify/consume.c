#include "classify/worker.h"

/*
 * RULES 3: inside one taxonomy candidates compete for the text; the longer one first, then the leftmost, then the one
 * that stands first in the YAML file; who overlaps a winner is gone.
 *
 * Candidates are ascending by begin, so those that can touch each other stand together; each such cluster is resolved
 * by itself and is small, since words are short and texts name few things twice.
 */

/* Rounds of state_consume: every round drops at least one pair, and one or two are all that texts ever need. */
enum { ROUNDS_MOST = 8 };

struct arena_order {
    const struct candidate *candidates;
    const struct entry *entries;
};

static bool goes_first(const struct arena_order *order, uint32_t left, uint32_t right) {
    const struct candidate *a = &order->candidates[left];
    const struct candidate *b = &order->candidates[right];
    if (a->characters != b->characters) {
        return a->characters > b->characters;
    }
    if (a->begin != b->begin) {
        return a->begin < b->begin;
    }
    return order->entries[a->entry].order < order->entries[b->entry].order;
}

static int compare_order(const void *left, const void *right, void *context) {
    const uint32_t *a = left;
    const uint32_t *b = right;
    return goes_first(context, *a, *b) ? -1 : goes_first(context, *b, *a);
}

static void cluster_sort(struct classifier_worker *worker, const struct arena_order *order) {
    uint32_t *items = worker->order.items;
    size_t count = worker->order.count;
    if (count > 32) {
        qsort_r(items, count, sizeof *items, compare_order, (void *)(uintptr_t)order);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        uint32_t item = items[i];
        size_t at = i;
        for (; at > 0 && goes_first(order, item, items[at - 1]); at--) {
            items[at] = items[at - 1];
        }
        items[at] = item;
    }
}

/* Takes the bytes [begin, end) of the cluster; false when one of them is taken. */
static bool bytes_take(uint64_t *taken, uint32_t begin, uint32_t end) {
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t at = begin; at < end;) {
            uint32_t word_end = (at | 63U) + 1 < end ? (at | 63U) + 1 : end;
            uint64_t mask = (word_end - at == 64 ? UINT64_MAX : ((uint64_t)1 << (word_end - at)) - 1) << (at % 64);
            if (pass == 0 && (taken[at / 64] & mask) != 0) {
                return false;
            }
            if (pass == 1) {
                taken[at / 64] |= mask;
            }
            at = word_end;
        }
    }
    return true;
}

/* Who stands where this candidate would. Only for explain: it looks through the cluster. */
static uint32_t winner_of(const struct classifier_worker *worker, const struct state *state, uint32_t loser) {
    const struct candidate *lost = &state->candidates.items[loser];
    for (size_t i = 0; i < worker->order.count; i++) {
        const struct candidate *other = &state->candidates.items[worker->order.items[i]];
        if (other != lost && !other->consumed && other->begin < lost->end && other->end > lost->begin) {
            return other->entry;
        }
    }
    return NO_INDEX;
}

static bool is_dropped(const struct state *state, const struct candidate *candidate) {
    return candidate->pair != NO_INDEX && state->pair_matches.items[candidate->pair].dropped;
}

/* Candidates [first, last) overlap in a chain that ends before byte `end`. */
static void cluster_resolve(struct classifier_worker *worker, struct state *state, uint32_t first, uint32_t last,
                            uint32_t end) {
    struct candidate *items = state->candidates.items;
    uint32_t base = items[first].begin;
    struct arena_order order = {items, worker->classifier->entries};
    vec_clear(&worker->order);
    for (uint32_t i = first; i < last; i++) {
        if (!is_dropped(state, &items[i])) {
            vec_push(&worker->order, i);
        }
    }
    vec_clear(&worker->taken);
    for (uint32_t i = 0; i <= (end - base) / 64; i++) {
        vec_push(&worker->taken, 0);
    }
    cluster_sort(worker, &order);
    for (size_t i = 0; i < worker->order.count; i++) {
        struct candidate *candidate = &items[worker->order.items[i]];
        candidate->consumed = !bytes_take(worker->taken.items, candidate->begin - base, candidate->end - base);
    }
    for (size_t i = 0; worker->with_matches && i < worker->order.count; i++) {
        struct candidate *candidate = &items[worker->order.items[i]];
        candidate->winner = candidate->consumed ? winner_of(worker, state, worker->order.items[i]) : NO_INDEX;
    }
}

/* With matches, words that `in:` keeps out of this field were let in to be shown; they must not compete. */
static bool competes(const struct classifier_worker *worker, const struct candidate *candidate) {
    const struct classifier *classifier = worker->classifier;
    const struct entry *entry = &classifier->entries[candidate->entry];
    if (!entry->restricted) {
        return true;
    }
    enum field field = worker_field(worker, candidate->begin);
    for (uint32_t i = 0; i < entry->meaning_count; i++) {
        enum field in = classifier->meanings[entry->first_meaning + i].word->in;
        if (in == FIELD_ANY || in == field) {
            return true;
        }
    }
    return false;
}
