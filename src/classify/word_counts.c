#include "classify/word_counts.h"

#include "base/utf8.h"
#include "classify/explanation.h"
#include "classify/worker.h"

/* A term whose figures are within a twentieth of what it needs is near. */
static const double near_margin = 0.05;

/* Matches that may stand before one and still reach over it. */
enum { BACKWARDS_MOST = 16 };

void word_counts_init(struct word_counts *counts, const struct taxonomies *taxonomies) {
    size_t count = 0;
    for (size_t i = 0; i < taxonomies->count; i++)
        count += taxonomies->items[i].word_count;
    *counts = (struct word_counts){.taxonomies = taxonomies, .words = memory_new_array(count, sizeof *counts->words)};
}

void word_counts_release(struct word_counts *counts) {
    free(counts->words);
    map_release(&counts->numbers);
    arena_release(&counts->arena);
    vec_release(&counts->events);
    vec_release(&counts->near_misses);
    *counts = (struct word_counts){0};
}

struct word_count *word_count_of(const struct word_counts *counts, size_t taxonomy, const struct word *word) {
    size_t at = 0;
    for (size_t i = 0; i < taxonomy; i++)
        at += counts->taxonomies->items[i].word_count;
    return &counts->words[at + (size_t)(word - counts->taxonomies->items[taxonomy].words)];
}

/* --- events ------------------------------------------------------------------------------------------------- */

static void add_event(struct word_counts *counts, struct word_event event) {
    const uintptr_t key[] = {(uintptr_t)event.kind, (uintptr_t)event.fate, (uintptr_t)event.word,
                             (uintptr_t)event.other, event.character};
    struct slice bytes = {(const char *)key, sizeof key};
    uint64_t number = map_get(&counts->numbers, bytes, UINT64_MAX);
    if (number == UINT64_MAX) {
        number = counts->events.count;
        (void)map_set(&counts->numbers, arena_copy(&counts->arena, bytes), number);
        vec_push(&counts->events, event);
        return;
    }
    struct word_event *known = &counts->events.items[number];
    known->count += event.count;
    known->first = event.first < known->first ? event.first : known->first;
}

static bool is_live(const struct match *match) {
    return match->fate == MATCH_COUNTED || match->fate == MATCH_CAPPED || match->fate == MATCH_ADMITS;
}

static bool is_in_text(const struct match *match) {
    return match->field <= FIELD_BODY;
}

/* Letters and Han characters; others are no part of any word. */
static bool is_letter(uint32_t character) {
    return text_is_han(character) || (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
}

static void add_neighbour(struct word_counts *counts, const struct match *match, enum word_event_kind kind,
                          uint32_t character, uint32_t place) {
    if (is_letter(character))
        add_event(counts, (struct word_event){
                              .kind = kind, .word = match->word, .character = character, .count = 1, .first = place});
}

static void add_neighbours(struct word_counts *counts, const struct classifier_worker *worker,
                           const struct match *match, uint32_t place) {
    struct slice folded = classify_folded(worker, match->field);
    uint32_t character = 0;
    size_t at = match->begin;
    if (match->word->kind != WORD_LITERAL || match->end > folded.size ||
        utf8_count(match->word->folded) > NEIGHBOURED_CHARACTERS)
        return;
    while (at > 0 && ((unsigned char)folded.data[--at] & 0xC0) == 0x80)
        ;
    if (match->begin > 0 && utf8_decode(folded, at, &character))
        add_neighbour(counts, match, EVENT_BEFORE, character, place);
    if (match->end < folded.size && utf8_decode(folded, match->end, &character))
        add_neighbour(counts, match, EVENT_BEHIND, character, place);
}

/* --- one article -------------------------------------------------------------------------------------------- */

static void add_match(struct word_counts *counts, const struct classifier_worker *worker, size_t taxonomy,
                      const struct match *match, uint32_t place) {
    struct word_count *count = word_count_of(counts, taxonomy, match->word);
    if (is_live(match)) {
        count->live++;
        count->articles += count->last != place + 1;
        count->last = place + 1;
        if (is_in_text(match))
            add_neighbours(counts, worker, match, place);
        return;
    }
    count->dead++;
    add_event(counts, (struct word_event){.kind = match->fate == MATCH_CONSUMED ? EVENT_EATEN : EVENT_VOIDED,
                                          .fate = match->fate,
                                          .word = match->word,
                                          .other = match->by,
                                          .count = 1,
                                          .first = place});
}

/* Strictly within one that is live? Both ascend by field and begin. */
static bool is_inside(const struct match *inner, const struct match *outer) {
    return is_live(outer) && outer->field == inner->field && outer->begin <= inner->begin && outer->end >= inner->end &&
           outer->end - outer->begin > inner->end - inner->begin;
}

static bool stands_before(const struct match *a, const struct match *b) {
    return a->field != b->field ? a->field < b->field : a->begin <= b->begin;
}

/* Words of `inner` that count inside words of `outer`. */
static void add_insides(struct word_counts *counts, const struct decision *inner, const struct decision *outer,
                        uint32_t place) {
    size_t at = 0;
    for (size_t i = 0; i < inner->matches.count; i++) {
        const struct match *match = &inner->matches.items[i];
        while (at < outer->matches.count && stands_before(&outer->matches.items[at], match))
            at++;
        for (size_t k = at; is_live(match) && is_in_text(match) && k > 0 && k + BACKWARDS_MOST > at; k--) {
            const struct match *other = &outer->matches.items[k - 1];
            if (!is_inside(match, other))
                continue;
            add_event(counts,
                      (struct word_event){
                          .kind = EVENT_INSIDE, .word = match->word, .other = other->word, .count = 1, .first = place});
            break;
        }
    }
}

/* A strong word that stands although an elsewhere of its term does; once an article and term. */
static void add_held(struct word_counts *counts, const struct state *state, const struct decision *decision,
                     uint32_t place) {
    for (size_t term = 0; state->has_elsewhere && term < decision->taxonomy->term_count; term++) {
        if (!state->elsewhere[term] || !(state->flags[term] & TERM_FIRM))
            continue;
        const struct match *strong = NULL;
        for (size_t i = 0; i < decision->matches.count && !strong; i++) {
            const struct match *match = &decision->matches.items[i];
            if (match->term == term && match->word->role == ROLE_STRONG && is_live(match))
                strong = match;
        }
        if (strong)
            add_event(counts, (struct word_event){.kind = EVENT_HELD,
                                                  .word = strong->word,
                                                  .other = state->elsewhere[term],
                                                  .count = 1,
                                                  .first = place});
    }
}

/* Labels have the last word: what the figures say is then of no account. */
static bool follows_figures(const struct term_decision *term) {
    return term->verdict == VERDICT_STANDS || term->verdict == VERDICT_BELOW_MIN ||
           term->verdict == VERDICT_BELOW_SHARE || term->verdict == VERDICT_BELOW_BEST;
}

static void add_near_misses(struct word_counts *counts, const struct decision *decision, size_t taxonomy,
                            uint32_t place) {
    for (size_t term = 0; term < decision->taxonomy->term_count; term++) {
        const struct term_decision *decided = &decision->terms[term];
        if (!follows_figures(decided) || decided->points <= 0)
            continue;
        double nearness = decision_nearness(decision, (uint16_t)term);
        if (nearness >= 1 - near_margin && nearness <= 1 + near_margin)
            vec_push(&counts->near_misses, (struct near_miss){.place = place,
                                                              .taxonomy = (uint16_t)taxonomy,
                                                              .term = (uint16_t)term,
                                                              .stands = decided->chosen,
                                                              .points = decided->points,
                                                              .nearness = nearness});
    }
}

void word_counts_add(struct word_counts *counts, const struct classifier_worker *worker,
                     const struct decision *decisions, uint32_t place) {
    counts->articles++;
    for (size_t i = 0; i < counts->taxonomies->count; i++) {
        const struct decision *decision = &decisions[i];
        for (size_t k = 0; k < decision->matches.count; k++)
            add_match(counts, worker, i, &decision->matches.items[k], place);
        for (size_t k = 0; k < counts->taxonomies->count; k++)
            if (k != i)
                add_insides(counts, decision, &decisions[k], place);
        add_held(counts, &worker->states[i], decision, place);
        add_near_misses(counts, decision, i, place);
    }
}

void word_counts_merge(struct word_counts *counts, const struct word_counts *others) {
    size_t word_count = 0;
    for (size_t i = 0; i < counts->taxonomies->count; i++)
        word_count += counts->taxonomies->items[i].word_count;
    for (size_t i = 0; i < word_count; i++) {
        counts->words[i].live += others->words[i].live;
        counts->words[i].dead += others->words[i].dead;
        counts->words[i].articles += others->words[i].articles;
    }
    for (size_t i = 0; i < others->events.count; i++)
        add_event(counts, others->events.items[i]);
    for (size_t i = 0; i < others->near_misses.count; i++)
        vec_push(&counts->near_misses, others->near_misses.items[i]);
    counts->articles += others->articles;
}
