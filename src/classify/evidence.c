#include "classify/worker.h"

/*
 * From candidates to evidence: what stands, minus what followed_by (RULES 4), the term's `not` (3), `elsewhere` (5) and
 * the conditions of `weak` (6) take away.
 */

static bool is_evidence(enum word_role role) {
    return role <= ROLE_SPAN || role == ROLE_HOST || role == ROLE_SOURCE;
}

static double field_weight(const struct score *score, enum field field) {
    switch (field) {
    case FIELD_TITLE:
        return score->title;
    case FIELD_LEAD:
        return score->lead;
    case FIELD_COLUMN:
        return 0;
    default:
        return score->body;
    }
}

static void evidence_add(struct state *state, const struct meaning *meaning, enum field field, uint32_t begin,
                         uint32_t end, enum match_fate fate, const struct word *by) {
    const struct score *score = &state->rules->taxonomy->score;
    vec_push(&state->evidence, (struct evidence){.word = meaning->word,
                                                 .by = by,
                                                 .worth = meaning->points * field_weight(score, field),
                                                 .begin = begin,
                                                 .end = end,
                                                 .counter = meaning->counter,
                                                 .term = meaning->term,
                                                 .role = meaning->role,
                                                 .field = (uint8_t)field,
                                                 .fate = (uint8_t)fate});
}

void state_add_misplaced(struct classifier_worker *worker, struct state *state, uint32_t entry, uint32_t begin,
                         uint32_t end) {
    const struct classifier *classifier = worker->classifier;
    const struct meaning *meaning = &classifier->meanings[classifier->entries[entry].first_meaning];
    for (uint32_t i = 0; worker->with_matches && i < classifier->entries[entry].meaning_count; i++, meaning++) {
        if (is_evidence(meaning->role)) {
            evidence_add(state, meaning, worker_field(worker, begin), begin, end, MATCH_NOT_HERE, NULL);
        }
    }
}

/* The word of `void` that takes away a match that ends at `end`; NULL. */
static const struct word *follower_void(const struct classifier_worker *worker, const struct rules *rules,
                                        uint32_t end) {
    struct slice folded = buf_slice(&worker->folded);
    struct slice rest = slice_from(folded, end);
    const struct follower *found = NULL;
    if (rest.size == 0 || rules->follower_count == 0) {
        return NULL;
    }
    unsigned bucket = follower_bucket(rest);
    for (unsigned i = rules->follower_begin[bucket]; i < rules->follower_begin[bucket + 1]; i++) {
        const struct follower *follower = &rules->followers[i];
        /* Longer ones come first, keep before void. */
        if (slice_starts_with(rest, follower->text) &&
            edges_fit(folded, end, end + follower->text.size, follower->edges)) {
            found = follower;
            break;
        }
    }
    return found != NULL && !found->keep ? found->word : NULL;
}

/* The word of the term's `not` that takes away [begin, end): it overlaps and is longer, or as long and not behind. */
static const struct word *not_over(const struct state *state, uint16_t term, uint32_t begin, uint32_t end,
                                   uint32_t characters) {
    size_t low = 0;
    size_t high = state->nots.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((uint64_t)state->nots.items[middle].begin + state->longest_not > begin) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    for (size_t i = low; i < state->nots.count && state->nots.items[i].begin < end; i++) {
        const struct not_match *excluder = &state->nots.items[i];
        if (excluder->word->term == term && excluder->end > begin &&
            (excluder->characters > characters || (excluder->characters == characters && excluder->begin <= begin))) {
            return excluder->word;
        }
    }
    return NULL;
}

static const struct word *not_over_candidate(const struct state *state, uint16_t term,
                                             const struct candidate *candidate) {
    if (!(state->flags[term] & TERM_HAS_NOT)) {
        return NULL;
    }
    if (candidate->pair == NO_INDEX) {
        return not_over(state, term, candidate->begin, candidate->end, candidate->characters);
    }
    const struct pair_match *pair = &state->pair_matches.items[candidate->pair];
    const struct word *by = not_over(state, term, pair->begin[0], pair->end[0], pair->characters[0]);
    return by != NULL ? by : not_over(state, term, pair->begin[1], pair->end[1], pair->characters[1]);
}

static uint32_t candidate_end(const struct state *state, const struct candidate *candidate) {
    return candidate->pair == NO_INDEX ? candidate->end : state->pair_matches.items[candidate->pair].end[1];
}

/* What a word that is no evidence does when it stands. */
static void note_other(struct state *state, const struct meaning *meaning, uint32_t begin, enum field field) {
    if (meaning->role == ROLE_SUPPORT) {
        vec_push(&state->supports, begin);
    } else if (meaning->role == ROLE_ELSEWHERE && field != FIELD_COLUMN && state->elsewhere[meaning->term] == NULL) {
        state->elsewhere[meaning->term] = meaning->word;
        state->has_elsewhere = true;
    }
}

static void candidate_collect(struct classifier_worker *worker, struct state *state,
                              const struct candidate *candidate) {
    const struct classifier *classifier = worker->classifier;
    const struct entry *entry = &classifier->entries[candidate->entry];
    const struct meaning *meaning = &classifier->meanings[entry->first_meaning];
    enum field field = worker_field(worker, candidate->begin);
    uint32_t end = candidate_end(state, candidate);
    const struct word *void_word = NULL;
    bool asked = false;
    for (uint32_t i = 0; i < entry->meaning_count; i++, meaning++) {
        enum match_fate fate = MATCH_COUNTED;
        const struct word *by = NULL;
        if (meaning->in != FIELD_ANY && meaning->in != field) {
            if (worker->with_matches && is_evidence(meaning->role)) {
                evidence_add(state, meaning, field, candidate->begin, end, MATCH_NOT_HERE, NULL);
            }
            continue;
        }
        if (!is_evidence(meaning->role)) {
            note_other(state, meaning, candidate->begin, field);
            continue;
        }
        if (!asked) {
            void_word = follower_void(worker, state->rules, end);
            asked = true;
        }
        if (void_word != NULL) {
            fate = MATCH_FOLLOWED;
            by = void_word;
        } else if (meaning->role != ROLE_SPAN && (by = not_over_candidate(state, meaning->term, candidate)) != NULL) {
            fate = MATCH_NOT;
        } else if (meaning->role == ROLE_STRONG && field != FIELD_COLUMN) {
            state->flags[meaning->term] |= TERM_FIRM;
        }
        evidence_add(state, meaning, field, candidate->begin, end, fate, by);
    }
}

/* With matches: evidence of a candidate that a winner consumed. */
static void consumed_collect(struct classifier_worker *worker, struct state *state, const struct candidate *candidate) {
    const struct classifier *classifier = worker->classifier;
    const struct entry *entry = &classifier->entries[candidate->entry];
    const struct word *by = NULL;
    if (candidate->winner != NO_INDEX) {
        by = classifier->meanings[classifier->entries[candidate->winner].first_meaning].word;
    }
    for (uint32_t i = 0; i < entry->meaning_count; i++) {
        const struct meaning *meaning = &classifier->meanings[entry->first_meaning + i];
        if (is_evidence(meaning->role)) {
            evidence_add(state, meaning, worker_field(worker, candidate->begin), candidate->begin,
                         candidate_end(state, candidate), MATCH_CONSUMED, by);
        }
    }
}

/* RULES 8: hosts and sources give one strong, however many of them fit. */
static void name_collect(struct state *state, const struct map *names, struct slice name, enum field field) {
    const struct taxonomy *taxonomy = state->rules->taxonomy;
    uint32_t index = (uint32_t)map_get(names, name, UINT32_MAX);
    for (; index != UINT32_MAX; index = state->rules->next_same[index]) {
        const struct word *word = &taxonomy->words[index];
        bool is_first = !(state->flags[word->term] & TERM_NAMED);
        state->flags[word->term] |= TERM_NAMED | TERM_FIRM | TERM_OWN;
        vec_push(&state->evidence, (struct evidence){.word = word,
                                                     .worth = word->has_points ? word->points : taxonomy->score.strong,
                                                     .end = (uint32_t)name.size,
                                                     .counter = NO_INDEX,
                                                     .term = word->term,
                                                     .role = (uint8_t)word->role,
                                                     .field = (uint8_t)field,
                                                     .fate = is_first ? MATCH_COUNTED : MATCH_CAPPED});
    }
}

static void host_collect(struct classifier_worker *worker, struct state *state, struct slice host) {
    if (state->rules->addresses.count == 0 || host.size == 0) {
        return;
    }
    buf_clear(&worker->name);
    text_fold(host, &worker->name, NULL);
    struct slice rest = buf_slice(&worker->name);
    while (rest.size > 0) {
        name_collect(state, &state->rules->addresses, rest, FIELD_ADDRESS);
        rest = slice_from(rest, slice_find_byte(rest, '.', 0) + 1);
    }
}

static void source_collect(struct classifier_worker *worker, struct state *state, struct slice source) {
    if (state->rules->sources.count == 0 || source.size == 0) {
        return;
    }
    buf_clear(&worker->name);
    text_fold(slice_trim(source), &worker->name, NULL);
    name_collect(state, &state->rules->sources, buf_slice(&worker->name), FIELD_SOURCE);
}

/* RULES 5, and who then has evidence of its own. */
static void elsewhere_apply(struct state *state) {
    for (size_t i = 0; i < state->evidence.count; i++) {
        struct evidence *evidence = &state->evidence.items[i];
        enum word_role role = evidence->role;
        if (evidence->fate != MATCH_COUNTED || role > ROLE_WEAK) {
            continue;
        }
        if (role != ROLE_STRONG && state->has_elsewhere && state->elsewhere[evidence->term] != NULL &&
            !(state->flags[evidence->term] & TERM_FIRM)) {
            evidence->fate = MATCH_ELSEWHERE;
            evidence->by = state->elsewhere[evidence->term];
        } else if (role != ROLE_WEAK && evidence->field != FIELD_COLUMN) {
            state->flags[evidence->term] |= TERM_OWN;
        }
    }
}

static bool is_stop(const struct buf *text, uint32_t at) {
    char byte = text->data[at];
    return byte == '\n' || byte == '!' || byte == '?' || byte == ';' ||
           (at + 3 <= text->size && memcmp(text->data + at, "。", 3) == 0);
}

/* Where the sentence that `at` stands in begins: behind a stop, which may have one byte or three. */
static uint32_t sentence_begin(const struct buf *text, uint32_t at) {
    while (at > 0 && !is_stop(text, at - 1) && !(at >= 3 && memcmp(text->data + at - 3, "。", 3) == 0)) {
        at--;
    }
    return at;
}

static uint32_t sentence_end(const struct buf *text, uint32_t at) {
    while (at < text->size && !is_stop(text, at)) {
        at++;
    }
    return at;
}

static bool has_support_between(const struct state *state, uint32_t begin, uint32_t end) {
    size_t low = 0;
    size_t high = state->supports.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (state->supports.items[middle] < begin) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < state->supports.count && state->supports.items[low] < end;
}

/* Is there a support word in the sentence that this match stands in? */
static bool is_supported(const struct classifier_worker *worker, struct state *state, const struct evidence *evidence) {
    if (state->supports.count == 0) {
        return false;
    }
    /* Remembered, so that a long text without a stop is gone through once. */
    if (evidence->begin < state->sentence_begin || evidence->end > state->sentence_end) {
        state->sentence_begin = sentence_begin(&worker->folded, evidence->begin);
        state->sentence_end = sentence_end(&worker->folded, evidence->end);
        state->sentence_supported = has_support_between(state, state->sentence_begin, state->sentence_end);
    }
    return state->sentence_supported;
}

/* RULES 6; and what remains in the column admits instead of counting. */
static void weak_apply(const struct classifier_worker *worker, struct state *state) {
    for (size_t i = 0; i < state->evidence.count; i++) {
        struct evidence *evidence = &state->evidence.items[i];
        if (evidence->fate != MATCH_COUNTED) {
            continue;
        }
        bool in_column = evidence->field == FIELD_COLUMN;
        if (evidence->role == ROLE_WEAK && (in_column || !(state->flags[evidence->term] & TERM_OWN)) &&
            !is_supported(worker, state, evidence)) {
            evidence->fate = MATCH_UNSUPPORTED;
        } else if (in_column) {
            evidence->fate = MATCH_ADMITS;
            if (evidence->term != TERM_NONE) {
                state->flags[evidence->term] |= TERM_ADMITTED;
            }
        }
    }
}

void state_collect(struct classifier_worker *worker, struct state *state, const struct classify_input *input) {
    for (size_t i = 0; i < state->candidates.count; i++) {
        const struct candidate *candidate = &state->candidates.items[i];
        if (candidate->second) {
            continue;
        }
        if (!candidate->consumed) {
            candidate_collect(worker, state, candidate);
        } else if (worker->with_matches) {
            consumed_collect(worker, state, candidate);
        }
    }
    host_collect(worker, state, input->host);
    source_collect(worker, state, input->source);
    elsewhere_apply(state);
    weak_apply(worker, state);
}
