#include "base/utf8.h"
#include "classify/worker.h"

#include <assert.h>

/*
 * One pass of vectorscan over title, text and column in one buffer (a line feed between them, which no word holds):
 * a scan of its own for each field costs more than the few matches that would be told apart.
 */

enum { PLACED_MOST = 4096 };

static int hit_add(unsigned id, unsigned long long begin, unsigned long long end, unsigned flags, void *context) {
    struct classifier_worker *worker = context;
    (void)begin;
    (void)flags;
    vec_push(&worker->hits, (struct hit){.pattern = id, .end = (uint32_t)end});
    return 0;
}

static void part_fold(struct classifier_worker *worker, int number, struct slice text, size_t original) {
    struct part *part = &worker->parts[number];
    part->begin = (uint32_t)worker->folded.size;
    part->original = original;
    part->origins.count = 0;
    if (text.size > 0) {
        text_fold(text, &worker->folded, worker->with_matches ? &part->origins : NULL);
    }
    part->end = (uint32_t)worker->folded.size;
}

/*
 * The lead and the rest are folded apart when a line ends between them. A lead that was cut inside a paragraph is
 * folded as one with the rest, so that nothing (a word, pinyin) is lost at the cut; folding it once more tells where it
 * ends.
 */
static void text_parts_fold(struct classifier_worker *worker, struct slice text, size_t lead_size) {
    if (lead_size >= text.size || text.data[lead_size] == '\n' || (lead_size > 0 && text.data[lead_size - 1] == '\n')) {
        part_fold(worker, PART_LEAD, slice_range(text, 0, lead_size), 0);
        part_fold(worker, PART_BODY, slice_from(text, lead_size), lead_size);
        worker->lead_end = worker->parts[PART_BODY].begin;
        return;
    }
    buf_clear(&worker->name);
    text_fold(slice_range(text, 0, lead_size), &worker->name, NULL);
    part_fold(worker, PART_LEAD, text, 0);
    part_fold(worker, PART_BODY, (struct slice){0}, text.size);
    worker->lead_end = worker->text_begin + (uint32_t)worker->name.size;
    if (worker->lead_end > worker->folded.size) {
        worker->lead_end = (uint32_t)worker->folded.size;
    }
}

void worker_fold(struct classifier_worker *worker, const struct classify_input *input) {
    buf_clear(&worker->folded);
    part_fold(worker, PART_TITLE, input->title, 0);
    worker->title_end = (uint32_t)worker->folded.size;
    buf_append_byte(&worker->folded, '\n');
    worker->text_begin = (uint32_t)worker->folded.size;
    text_parts_fold(worker, input->text, input->lead_size);
    worker->text_end = (uint32_t)worker->folded.size;
    buf_append_byte(&worker->folded, '\n');
    worker->column_begin = (uint32_t)worker->folded.size;
    part_fold(worker, PART_COLUMN, input->column, 0);
}

/* Can an entry with `in:` words stand in this field? One that cannot does not compete either. */
static bool entry_fits(const struct classifier *classifier, const struct entry *entry, enum field field) {
    if (!entry->restricted) {
        return true;
    }
    for (uint32_t i = 0; i < entry->meaning_count; i++) {
        enum field in = classifier->meanings[entry->first_meaning + i].in;
        if (in == FIELD_ANY || in == field) {
            return true;
        }
    }
    return false;
}

/* Keeps candidates ascending by begin. They come ascending by end, so the way back is no longer than a word. */
static void candidate_add(struct state *state, struct candidate candidate) {
    candidate.winner = NO_INDEX;
    (void)vec_add(&state->candidates);
    size_t at = state->candidates.count - 1;
    while (!state->unsorted && at > 0 && state->candidates.items[at - 1].begin > candidate.begin) {
        state->candidates.items[at] = state->candidates.items[at - 1];
        at--;
    }
    state->candidates.items[at] = candidate;
}

/* An entry stands at [begin, end). */
static void entry_add(struct classifier_worker *worker, struct state *state, uint32_t entry, uint32_t begin,
                      uint32_t end, uint32_t characters) {
    const struct classifier *classifier = worker->classifier;
    if (!entry_fits(classifier, &classifier->entries[entry], worker_field(worker, begin))) {
        state_add_misplaced(worker, state, entry, begin, end);
        return;
    }
    candidate_add(state, (struct candidate){
                             .begin = begin, .end = end, .entry = entry, .characters = characters, .pair = NO_INDEX});
}

static void not_add(struct state *state, const struct word *word, uint32_t begin, uint32_t end, uint32_t characters) {
    struct not_match match = {.begin = begin, .end = end, .characters = characters, .word = word};
    (void)vec_add(&state->nots);
    size_t at = state->nots.count - 1;
    while (!state->unsorted && at > 0 && state->nots.items[at - 1].begin > begin) {
        state->nots.items[at] = state->nots.items[at - 1];
        at--;
    }
    state->nots.items[at] = match;
    state->flags[word->term] |= TERM_HAS_NOT;
    if (end - begin > state->longest_not) {
        state->longest_not = end - begin;
    }
}

/* At most 20 characters, and no end of a sentence among them? */
static bool is_one_sentence(struct slice between) {
    size_t characters = 0;
    for (size_t i = 0; i < between.size; i++) {
        unsigned char byte = (unsigned char)between.data[i];
        if (byte == '\n' || byte == '!' || byte == '?' || byte == ';' ||
            (byte == 0xe3 && memcmp(between.data + i, "。", 3) == 0)) {
            return false;
        }
        characters += (byte & 0xc0) != 0x80;
    }
    return characters <= PAIR_MOST_CHARACTERS;
}

static void pair_add(struct classifier_worker *worker, const struct pair *pair, struct pair_match match) {
    struct state *state = &worker->states[pair->taxonomy];
    if (pair->term_not != NULL) {
        for (int piece = 0; piece < 2; piece++) {
            not_add(state, pair->term_not, match.begin[piece], match.end[piece], match.characters[piece]);
        }
        return;
    }
    const struct classifier *classifier = worker->classifier;
    if (!entry_fits(classifier, &classifier->entries[pair->entry], worker_field(worker, match.begin[0]))) {
        state_add_misplaced(worker, state, pair->entry, match.begin[0], match.end[1]);
        return;
    }
    uint32_t number = (uint32_t)state->pair_matches.count;
    vec_push(&state->pair_matches, match);
    for (int piece = 0; piece < 2; piece++) {
        candidate_add(state, (struct candidate){.begin = match.begin[piece],
                                                .end = match.end[piece],
                                                .entry = pair->entry,
                                                .characters = match.characters[piece],
                                                .pair = number,
                                                .second = piece == 1});
    }
}

/*
 * B stands at hit number `at`: the first A before it that is near enough. An A that has another B before this one was
 * looked at then; what stands before the end of the pair's last match is used up.
 */
static void pair_end(struct classifier_worker *worker, uint32_t number, size_t at, uint32_t begin) {
    const struct classifier *classifier = worker->classifier;
    const struct pair *pair = &classifier->pairs[number];
    const struct pattern *first = &classifier->patterns[pair->first];
    struct slice folded = buf_slice(&worker->folded);
    uint32_t end = worker->hits.items[at].end;
    struct pair_match match = {.characters = {first->characters, classifier->patterns[pair->second].characters},
                               .begin = {NO_INDEX, begin},
                               .end = {NO_INDEX, end},
                               .winner = NO_INDEX};
    while (at-- > 0 && worker->hits.items[at].end + PAIR_MOST_BYTES >= begin) {
        uint32_t first_end = worker->hits.items[at].end;
        uint32_t first_begin = first_end - (uint32_t)first->text.size;
        if (worker->hits.items[at].pattern != pair->first || first_end > begin ||
            first_begin < worker->pair_resume[number]) {
            continue;
        }
        if (edges_fit(folded, first_begin, first_end, first->edges) &&
            is_one_sentence(slice_range(folded, first_end, begin))) {
            match.begin[0] = first_begin;
            match.end[0] = first_end;
        }
    }
    if (match.begin[0] != NO_INDEX) {
        worker->pair_resume[number] = end;
        pair_add(worker, pair, match);
    }
}

static void hit_use(struct classifier_worker *worker, size_t at) {
    const struct classifier *classifier = worker->classifier;
    const struct pattern *pattern = &classifier->patterns[worker->hits.items[at].pattern];
    uint32_t end = worker->hits.items[at].end;
    uint32_t begin = end - (uint32_t)pattern->text.size;
    if (pattern->edges != 0 && !edges_fit(buf_slice(&worker->folded), begin, end, pattern->edges)) {
        return;
    }
    const struct use *use = &classifier->uses[pattern->first_use];
    for (uint32_t i = 0; i < pattern->use_count; i++, use++) {
        struct state *state = &worker->states[use->taxonomy];
        if (use->kind == USE_ENTRY) {
            entry_add(worker, state, use->index, begin, end, pattern->characters);
        } else if (use->kind == USE_TERM_NOT) {
            not_add(state, &state->rules->taxonomy->words[use->index], begin, end, pattern->characters);
        } else {
            pair_end(worker, use->index, at, begin);
        }
    }
}

static void expression_use(struct classifier_worker *worker, const struct expression *expression, uint32_t begin,
                           uint32_t end) {
    uint32_t characters = (uint32_t)utf8_count(slice_range(buf_slice(&worker->folded), begin, end));
    const struct use *use = &worker->classifier->uses[expression->first_use];
    for (uint32_t i = 0; i < expression->use_count; i++, use++) {
        struct state *state = &worker->states[use->taxonomy];
        /* A few are put in their places; where that would take long, all are sorted at the end. */
        state->unsorted |= state->candidates.count + state->nots.count > PLACED_MOST;
        if (use->kind == USE_ENTRY) {
            entry_add(worker, state, use->index, begin, end, characters);
        } else {
            not_add(state, &state->rules->taxonomy->words[use->index], begin, end, characters);
        }
    }
}

/* All matches in the field [begin, end), none over another. false when PCRE2 gave up. */
static bool expression_match(struct classifier_worker *worker, const struct expression *expression, uint32_t begin,
                             uint32_t end) {
    PCRE2_SPTR subject = (PCRE2_SPTR)worker->folded.data + begin;
    size_t at = 0;
    while (begin + at < end) {
        int result = pcre2_match(expression->code, subject, end - begin, at, PCRE2_NO_UTF_CHECK, worker->match_data,
                                 worker->classifier->match_limits);
        if (result < 0) {
            return result == PCRE2_ERROR_NOMATCH;
        }
        const size_t *ends = pcre2_get_ovector_pointer(worker->match_data);
        if (ends[1] <= ends[0] || ends[1] <= at) {
            /* \K and lookbehind can make a match empty after all. */
            at += utf8_offset(slice_range(buf_slice(&worker->folded), begin + at, end), 1);
            continue;
        }
        expression_use(worker, expression, begin + (uint32_t)ends[0], begin + (uint32_t)ends[1]);
        at = ends[1];
    }
    return true;
}

static void expressions_match(struct classifier_worker *worker, struct place place, struct diagnostics *diagnostics) {
    const struct classifier *classifier = worker->classifier;
    for (size_t i = 0; i < classifier->expression_count; i++) {
        const struct expression *expression = &classifier->expressions[i];
        if (!worker->expression_seen[i] && !expression->unfiltered) {
            continue;
        }
        worker->expression_seen[i] = false;
        bool good = expression_match(worker, expression, 0, worker->title_end);
        good &= expression_match(worker, expression, worker->text_begin, worker->text_end);
        good &= expression_match(worker, expression, worker->column_begin, (uint32_t)worker->folded.size);
        if (!good) {
            (void)diag_report(diagnostics, DIAGNOSTIC_RULE_GAVE_UP, place, "/%.*s/ (%.*s:%u)",
                              SLICE_ARGUMENTS(expression->word->folded), SLICE_ARGUMENTS(expression->word->place.file),
                              expression->word->place.line);
        }
    }
}

static int compare_candidates(const void *left, const void *right) {
    const struct candidate *a = left;
    const struct candidate *b = right;
    if (a->begin != b->begin) {
        return a->begin < b->begin ? -1 : 1;
    }
    if (a->end != b->end) {
        return a->end < b->end ? -1 : 1;
    }
    return a->entry < b->entry ? -1 : a->entry > b->entry;
}

static int compare_nots(const void *left, const void *right) {
    const struct not_match *a = left;
    const struct not_match *b = right;
    if (a->begin != b->begin) {
        return a->begin < b->begin ? -1 : 1;
    }
    return a->word < b->word ? -1 : a->word > b->word;
}

static void state_sort(struct state *state) {
    if (!state->unsorted) {
        return;
    }
    if (state->candidates.count > 1) {
        qsort(state->candidates.items, state->candidates.count, sizeof(struct candidate), compare_candidates);
    }
    if (state->nots.count > 1) {
        qsort(state->nots.items, state->nots.count, sizeof(struct not_match), compare_nots);
    }
    state->unsorted = false;
}

static int compare_hits(const void *left, const void *right) {
    const struct hit *a = left;
    const struct hit *b = right;
    if (a->end != b->end) {
        return a->end < b->end ? -1 : 1;
    }
    return a->pattern < b->pattern ? -1 : a->pattern > b->pattern;
}

/* vectorscan reports by end in practice but promises it for one pattern only. */
static void hits_sort(struct classifier_worker *worker) {
    for (size_t i = 1; i < worker->hits.count; i++) {
        if (worker->hits.items[i].end < worker->hits.items[i - 1].end) {
            qsort(worker->hits.items, worker->hits.count, sizeof(struct hit), compare_hits);
            return;
        }
    }
}

static void input_scan(struct classifier_worker *worker) {
    const struct classifier *classifier = worker->classifier;
    vec_clear(&worker->hits);
    if (classifier->database == NULL) {
        return;
    }
    hs_error_t result = hs_scan(classifier->database, worker->folded.data, (unsigned)worker->folded.size, 0,
                                worker->scratch, hit_add, worker);
    assert(result == HS_SUCCESS);
    (void)result;
    hits_sort(worker);
}

void worker_match(struct classifier_worker *worker, const struct classify_input *input, struct place place,
                  struct diagnostics *diagnostics) {
    const struct classifier *classifier = worker->classifier;
    worker_fold(worker, input);
    input_scan(worker);
    if (classifier->pair_count > 0) {
        memset(worker->pair_resume, 0, classifier->pair_count * sizeof *worker->pair_resume);
    }
    for (size_t i = 0; i < worker->hits.count; i++) {
        uint32_t number = worker->hits.items[i].pattern;
        if (number >= classifier->pattern_count) {
            worker->expression_seen[number - classifier->pattern_count] = true;
        } else {
            hit_use(worker, i);
        }
    }
    expressions_match(worker, place, diagnostics);
    for (size_t i = 0; i < classifier->taxonomies->count; i++) {
        state_sort(&worker->states[i]);
    }
}
