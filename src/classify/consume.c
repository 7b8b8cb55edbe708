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

struct ranking {
    const struct candidate *candidates;
    const struct entry *entries;
};

static bool goes_first(const struct ranking *ranking, uint32_t left, uint32_t right) {
    const struct candidate *a = &ranking->candidates[left];
    const struct candidate *b = &ranking->candidates[right];
    if (a->characters != b->characters) {
        return a->characters > b->characters;
    }
    if (a->begin != b->begin) {
        return a->begin < b->begin;
    }
    return ranking->entries[a->entry].order < ranking->entries[b->entry].order;
}

static int compare_order(const void *left, const void *right, void *context) {
    const uint32_t *a = left;
    const uint32_t *b = right;
    return goes_first(context, *a, *b) ? -1 : goes_first(context, *b, *a);
}

static void cluster_sort(struct classifier_worker *worker, struct ranking *ranking) {
    uint32_t *items = worker->order.items;
    size_t count = worker->order.count;
    if (count > 32) {
        qsort_r(items, count, sizeof *items, compare_order, ranking);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        uint32_t item = items[i];
        size_t at = i;
        for (; at > 0 && goes_first(ranking, item, items[at - 1]); at--) {
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

static bool is_dropped(const struct state *state, const struct candidate *candidate) {
    return candidate->pair != NO_INDEX && state->pair_matches.items[candidate->pair].dropped;
}

/* Explain wants to know who stands where a candidate would. Winners write their entry at each of their bytes. */
static void winners_note(struct classifier_worker *worker, struct state *state, uint32_t base, uint32_t size) {
    vec_clear(&worker->owners);
    for (uint32_t i = 0; i < size; i++) {
        vec_push(&worker->owners, NO_INDEX);
    }
    for (size_t i = 0; i < worker->order.count; i++) {
        const struct candidate *candidate = &state->candidates.items[worker->order.items[i]];
        for (uint32_t at = candidate->begin; !candidate->consumed && at < candidate->end; at++) {
            worker->owners.items[at - base] = candidate->entry;
        }
    }
    for (size_t i = 0; i < worker->order.count; i++) {
        struct candidate *candidate = &state->candidates.items[worker->order.items[i]];
        candidate->winner = NO_INDEX;
        for (uint32_t at = candidate->begin; candidate->consumed && at < candidate->end; at++) {
            if (worker->owners.items[at - base] != NO_INDEX) {
                candidate->winner = worker->owners.items[at - base];
                break;
            }
        }
    }
}

/* Candidates [first, last) overlap in a chain that ends before byte `end`. */
static void cluster_resolve(struct classifier_worker *worker, struct state *state, uint32_t first, uint32_t last,
                            uint32_t end) {
    struct candidate *items = state->candidates.items;
    uint32_t base = items[first].begin;
    struct ranking ranking = {items, worker->classifier->entries};
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
    cluster_sort(worker, &ranking);
    for (size_t i = 0; i < worker->order.count; i++) {
        struct candidate *candidate = &items[worker->order.items[i]];
        candidate->consumed = !bytes_take(worker->taken.items, candidate->begin - base, candidate->end - base);
    }
    if (worker->with_matches) {
        winners_note(worker, state, base, end - base);
    }
}

/*
 * The most common clusters by far: one word alone, and one word within another (普陀 in 普陀区).
 */
static bool cluster_is_simple(struct classifier_worker *worker, struct state *state, uint32_t first, uint32_t last) {
    struct candidate *a = &state->candidates.items[first];
    struct candidate *b = a + 1;
    if (last - first > 2 || state->pair_matches.count > 0) {
        return false;
    }
    a->consumed = false;
    if (last - first == 2) {
        struct ranking ranking = {state->candidates.items, worker->classifier->entries};
        a->consumed = !goes_first(&ranking, first, first + 1);
        b->consumed = !a->consumed;
        a->winner = a->consumed ? b->entry : NO_INDEX;
        b->winner = b->consumed ? a->entry : NO_INDEX;
    }
    return true;
}

static void clusters_resolve(struct classifier_worker *worker, struct state *state) {
    const struct candidate *items = state->candidates.items;
    uint32_t count = (uint32_t)state->candidates.count;
    for (uint32_t first = 0, last; first < count; first = last) {
        uint32_t end = items[first].end;
        for (last = first + 1; last < count && items[last].begin < end; last++) {
            end = items[last].end > end ? items[last].end : end;
        }
        if (!cluster_is_simple(worker, state, first, last)) {
            cluster_resolve(worker, state, first, last, end);
        }
    }
}

/* A pair that lost a piece no longer competes with the other one. How many were dropped? */
static size_t half_pairs_drop(struct state *state) {
    size_t dropped = 0;
    for (size_t i = 0; i < state->candidates.count; i++) {
        const struct candidate *candidate = &state->candidates.items[i];
        if (candidate->pair != NO_INDEX && candidate->consumed && !is_dropped(state, candidate)) {
            state->pair_matches.items[candidate->pair].dropped = true;
            dropped++;
        }
    }
    return dropped;
}

/* Explain shows a pair at its first piece: let that one say who consumed the pair. */
static void dropped_pairs_consume(struct state *state) {
    for (size_t i = 0; i < state->candidates.count; i++) {
        struct candidate *candidate = &state->candidates.items[i];
        if (is_dropped(state, candidate)) {
            candidate->consumed = true;
            if (candidate->winner != NO_INDEX) {
                state->pair_matches.items[candidate->pair].winner = candidate->winner;
            }
        }
    }
    for (size_t i = 0; i < state->candidates.count; i++) {
        struct candidate *candidate = &state->candidates.items[i];
        if (is_dropped(state, candidate)) {
            candidate->winner = state->pair_matches.items[candidate->pair].winner;
        }
    }
}

void state_consume(struct classifier_worker *worker, struct state *state) {
    for (int round = 0; round < ROUNDS_MOST; round++) {
        clusters_resolve(worker, state);
        if (state->pair_matches.count == 0 || half_pairs_drop(state) == 0) {
            break;
        }
    }
    if (state->pair_matches.count > 0) {
        dropped_pairs_consume(state);
    }
}
