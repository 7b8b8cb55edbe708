#include "classify/worker.h"

/* RULES 7 and 8: evidence → points. Evidence stands in the order of title, lead, body, so that the title counts first.
 */

/* Counts the evidence for its term, unless its word has counted `repeat` times or the title has given all it may. */
static void evidence_count(struct state *state, struct evidence *evidence) {
    const struct score *score = &state->rules->taxonomy->score;
    struct term_decision *term = &state->decision->terms[evidence->term];
    double points = evidence->worth;
    if (evidence->counter != NO_INDEX) {
        struct tally *tally = &state->tallies[evidence->counter];
        if (tally->count++ == 0) {
            vec_push(&state->touched, evidence->counter);
        }
        if (tally->count > score->repeat) {
            evidence->fate = MATCH_CAPPED;
            return;
        }
        if (evidence->field == FIELD_TITLE) {
            double left = score->title_cap - term->points_in_title;
            points = points < left ? points : left;
            evidence->fate = points > 0 || evidence->worth <= 0 ? MATCH_COUNTED : MATCH_CAPPED;
            term->points_in_title += points;
        }
        tally->points += points;
    }
    term->points += points;
    evidence->points = points;
}

static void words_count(struct state *state) {
    for (size_t i = 0; i < state->evidence.count; i++) {
        struct evidence *evidence = &state->evidence.items[i];
        if (evidence->term == TERM_NONE) {
            continue;
        }
        if (evidence->fate == MATCH_COUNTED) {
            evidence_count(state, evidence);
        } else if (evidence->fate == MATCH_NOT || evidence->fate == MATCH_FOLLOWED ||
                   evidence->fate == MATCH_ELSEWHERE) {
            state->decision->terms[evidence->term].voided += evidence->worth;
        }
    }
}

/* A span's match becomes evidence for number `which` of its terms. */
static void span_give(struct state *state, size_t at, size_t which) {
    struct evidence gift = state->evidence.items[at];
    const struct span *span = &state->rules->taxonomy->spans[gift.word->span];
    gift.counter = state->rules->span_counters[gift.counter + which];
    gift.term = span->terms[which];
    evidence_count(state, &gift);
    vec_push(&state->evidence, gift);
}

static bool is_voided(const struct state *state, uint16_t term) {
    return state->elsewhere[term] != NULL && !(state->flags[term] & TERM_FIRM);
}

/* RULES 7. Points that other spans gave are not a term's own. */
static void span_count(struct state *state, size_t at) {
    const struct span *span = &state->rules->taxonomy->spans[state->evidence.items[at].word->span];
    bool given = false;
    for (size_t i = 0; i < span->term_count; i++) {
        if (state->flags[span->terms[i]] & TERM_EARNED) {
            span_give(state, at, i);
            given = true;
        }
    }
    for (size_t i = 0; !given && i < span->term_count; i++) {
        if (span->terms[i] == span->starred && !is_voided(state, span->starred)) {
            span_give(state, at, i);
            given = true;
        }
    }
    if (!given) {
        state->evidence.items[at].fate = MATCH_SPAN_NOBODY;
    }
}

static void spans_count(struct state *state) {
    size_t count = state->evidence.count;
    for (size_t i = 0; i < state->rules->taxonomy->term_count; i++) {
        if (state->decision->terms[i].points > 0) {
            state->flags[i] |= TERM_EARNED;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct evidence *evidence = &state->evidence.items[i];
        if (evidence->term == TERM_NONE && evidence->fate == MATCH_COUNTED) {
            span_count(state, i);
        }
    }
}

/* The counter of this term that gave most and is not taken yet; of equals the one made first. */
static uint32_t best_tally(const struct state *state, uint16_t term) {
    uint32_t best = NO_INDEX;
    for (size_t i = 0; i < state->touched.count; i++) {
        uint32_t counter = state->touched.items[i];
        double points = state->tallies[counter].points;
        if (state->rules->counters[counter].term != term || points <= 0) {
            continue;
        }
        if (best == NO_INDEX || points > state->tallies[best].points ||
            (points >= state->tallies[best].points && counter < best)) {
            best = counter;
        }
    }
    return best;
}

/* Takes the points of words that are not among the best from their matches, for explain. */
static void rest_cap(struct state *state, uint16_t term) {
    for (size_t i = 0; i < state->evidence.count; i++) {
        struct evidence *evidence = &state->evidence.items[i];
        if (evidence->term == term && evidence->fate == MATCH_COUNTED && evidence->counter != NO_INDEX &&
            state->tallies[evidence->counter].points > 0) {
            evidence->fate = MATCH_CAPPED;
            evidence->points = 0;
        }
    }
}

/* Only a term's n best words count; what a host or source gave is no word. */
static void best_words_count(struct state *state, uint16_t term, unsigned most) {
    double sum = 0;
    double all = 0;
    for (size_t i = 0; i < state->touched.count; i++) {
        uint32_t counter = state->touched.items[i];
        all += state->rules->counters[counter].term == term ? state->tallies[counter].points : 0;
    }
    for (unsigned i = 0; i < most; i++) {
        uint32_t best = best_tally(state, term);
        if (best == NO_INDEX) {
            return;
        }
        sum += state->tallies[best].points;
        state->tallies[best].points = 0; /* taken */
    }
    if (best_tally(state, term) != NO_INDEX) {
        state->decision->terms[term].points += sum - all;
        rest_cap(state, term);
    }
}

static void tallies_clear(struct state *state) {
    for (size_t i = 0; i < state->touched.count; i++) {
        state->tallies[state->touched.items[i]] = (struct tally){0};
    }
    vec_clear(&state->touched);
}

void state_score(struct state *state) {
    const struct taxonomy *taxonomy = state->rules->taxonomy;
    words_count(state);
    if (taxonomy->span_count > 0) {
        spans_count(state);
    }
    for (size_t i = 0; state->rules->has_best_words && i < taxonomy->term_count; i++) {
        if (taxonomy->terms[i].best_words > 0) {
            best_words_count(state, (uint16_t)i, taxonomy->terms[i].best_words);
        }
    }
    tallies_clear(state);
}
