#include "classify/explanation.h"

#include "base/utf8.h"
#include "base/vec.h"

/* --- figures ------------------------------------------------------------------------------------------------ */

double term_min_points(const struct taxonomy *taxonomy, uint16_t term) {
    return taxonomy->terms[term].has_min ? taxonomy->terms[term].min : taxonomy->score.min;
}

double term_least_of_best(const struct taxonomy *taxonomy, uint16_t term) {
    return taxonomy->terms[term].has_of_best ? taxonomy->terms[term].of_best : taxonomy->score.of_best;
}

static double ratio(double part, double whole) {
    return whole > 0 ? part / whole : 0;
}

/* A figure of 0 asks for nothing: whoever has points is as far from it as can be. */
static double reach(double has, double wanted) {
    static const double far = 1000;
    return wanted > 0 ? has / wanted : far;
}

struct slice term_name(const struct term *term) {
    enum { SHORT_ENOUGH = 6 /* characters */ };
    return utf8_count(term->label) <= SHORT_ENOUGH ? term->label : term->short_label;
}

double decision_nearness(const struct decision *decision, uint16_t term) {
    const struct taxonomy *taxonomy = decision->taxonomy;
    double points = decision->terms[term].points;
    if (points <= 0)
        return 0;
    double least = reach(points, term_min_points(taxonomy, term));
    double of_best = reach(points, term_least_of_best(taxonomy, term) * decision->best);
    /* Terms alongside others are no part of the sum that a share would be of. */
    double share = taxonomy->terms[term].alongside ? of_best : reach(points, taxonomy->score.share * decision->total);
    least = share < least ? share : least;
    return of_best < least ? of_best : least;
}

/* --- words around a match ----------------------------------------------------------------------------------- */

struct explaining {
    const struct classifier_worker *worker;
    const struct classify_input *input;
    const struct decision *decision;
    struct arena *arena;
};

static struct slice original_of(const struct classify_input *input, enum field field) {
    switch (field) {
    case FIELD_TITLE:
        return input->title;
    case FIELD_COLUMN:
        return input->column;
    case FIELD_ADDRESS:
        return input->host;
    case FIELD_SOURCE:
        return input->source;
    default:
        return input->text;
    }
}

static size_t character_before(struct slice text, size_t at) {
    while (at > 0 && ((unsigned char)text.data[--at] & 0xC0) == 0x80)
        ;
    return at;
}

static size_t character_behind(struct slice text, size_t at) {
    uint32_t character;
    size_t size = utf8_decode(text, at, &character);
    return at + (size ? size : 1);
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

/* Where the last character of the match ends: what the fold dropped behind it (pinyin, blanks) is no part of it. */
static size_t original_end(const struct explaining *explaining, const struct match *match, struct slice text,
                           size_t begin) {
    struct slice folded = classify_folded(explaining->worker, match->field);
    size_t last = match->end;
    /* A match in a cut lead may end beyond the field: bytes of one character have one origin, so any of them will do.
     */
    last = match->end <= folded.size ? character_before(folded, last) : last - 1;
    size_t origin = classify_origin(explaining->worker, match->field, last);
    return origin >= begin && origin < text.size ? character_behind(text, origin) : text.size;
}

static void set_around(struct reason *reason, struct slice text, size_t begin, size_t end) {
    size_t from = begin;
    size_t to = end;
    for (int i = 0; i < REASON_AROUND && from > 0 && text.data[from - 1] != '\n'; i++)
        from = character_before(text, from);
    for (int i = 0; i < REASON_AROUND && to < text.size && text.data[to] != '\n'; i++)
        to = character_behind(text, to);
    while (from < begin && is_blank(text.data[from]))
        from++;
    while (to > end && is_blank(text.data[to - 1]))
        to--;
    reason->before = slice_range(text, from, begin);
    reason->text = slice_range(text, begin, end);
    reason->after = slice_range(text, end, to);
}

static void place_in_original(const struct explaining *explaining, struct reason *reason) {
    const struct match *match = reason->match;
    struct slice text = original_of(explaining->input, match->field);
    if (match->field == FIELD_ADDRESS || match->field == FIELD_SOURCE) {
        reason->text = text;
        return;
    }
    size_t begin = classify_origin(explaining->worker, match->field, match->begin);
    set_around(reason, text, begin, original_end(explaining, match, text, begin));
}

/* --- what one match did to others --------------------------------------------------------------------------- */

static bool counts(const struct match *match) {
    return match->fate == MATCH_COUNTED || match->fate == MATCH_CAPPED || match->fate == MATCH_ADMITS;
}

/* Of an article that is one match after the other, only so many neighbours are looked at. */
enum { NEIGHBOURS_MOST = 64, EARLIER_MOST = 4096 };

static bool gave_way(const struct match *other, const struct match *winner) {
    return other->fate == MATCH_CONSUMED && other->field == winner->field && other->begin < winner->end &&
           other->end > winner->begin && other->term != winner->term && other->by &&
           slice_equal(other->by->folded, winner->word->folded);
}

/* A word of somebody else that would stand here, were it not for this match. Matches are in the order of the text. */
static const struct match *consumed_by(const struct decision *decision, const struct match *winner) {
    const struct match *first = decision->matches.items;
    const struct match *end = first + decision->matches.count;
    if (!counts(winner))
        return NULL;
    if (winner - first > NEIGHBOURS_MOST)
        first = winner - NEIGHBOURS_MOST;
    if (end - winner > NEIGHBOURS_MOST)
        end = winner + NEIGHBOURS_MOST;
    for (const struct match *other = first; other < end; other++)
        if (gave_way(other, winner))
            return other;
    return NULL;
}

static bool is_same_word(const struct match *a, const struct match *b) {
    return a->term == b->term && a->word->kind == b->word->kind && slice_equal(a->word->folded, b->word->folded) &&
           slice_equal(a->word->second, b->word->second);
}

/* Why a match no longer counts: the fate does not say which of the three limits it met. */
static const char *cap_of(const struct explaining *explaining, const struct match *capped) {
    const struct decision *decision = explaining->decision;
    const struct score *score = &decision->taxonomy->score;
    CLEANUP(buf_release) struct buf text = BUF(128);
    size_t before = 0;
    if (capped->field == FIELD_ADDRESS || capped->field == FIELD_SOURCE)
        return "hosts and sources give one strong together";
    const struct match *other = decision->matches.items;
    if (capped - other > EARLIER_MOST)
        other = capped - EARLIER_MOST;
    for (; other < capped && before < score->repeat; other++)
        before += counts(other) && is_same_word(other, capped);
    if (before >= score->repeat)
        buf_append_format(&text, "counted %u times already", score->repeat);
    else if (capped->field == FIELD_TITLE && decision->terms[capped->term].points_in_title + 1e-9 >= score->title_cap)
        buf_append_format(&text, "titles give %g at most", score->title_cap);
    else
        buf_append_format(&text, "not among the %u best words", decision->taxonomy->terms[capped->term].best_words);
    return arena_copy_string(explaining->arena, buf_string(&text));
}

static struct reason reason_make(const struct explaining *explaining, const struct match *match) {
    struct reason reason = {.match = match, .consumed = consumed_by(explaining->decision, match)};
    if (match->fate == MATCH_CAPPED && match->term != TERM_NONE)
        reason.cap = cap_of(explaining, match);
    place_in_original(explaining, &reason);
    return reason;
}

/* --- terms -------------------------------------------------------------------------------------------------- */

/* All matches of a term; TERM_NONE: of nobody. */
static const struct reason *reasons_make(const struct explaining *explaining, uint16_t term, size_t *ret_count) {
    const struct decision *decision = explaining->decision;
    size_t count = 0;
    for (size_t i = 0; i < decision->matches.count; i++)
        count += decision->matches.items[i].term == term;
    struct reason *reasons = arena_new_array(explaining->arena, count, sizeof *reasons);
    *ret_count = 0;
    for (size_t i = 0; i < decision->matches.count; i++)
        if (decision->matches.items[i].term == term)
            reasons[(*ret_count)++] = reason_make(explaining, &decision->matches.items[i]);
    return reasons;
}

static struct term_explanation term_explain(const struct explaining *explaining, uint16_t term) {
    const struct decision *decision = explaining->decision;
    const struct term_decision *decided = &decision->terms[term];
    struct term_explanation explained = {
        .term = term,
        .decision = decided,
        .share = ratio(decided->points, decision->total),
        .of_best = decision->best > 0 ? decided->points / decision->best : decided->points > 0,
        .nearness = decision_nearness(decision, term),
    };
    explained.reasons = reasons_make(explaining, term, &explained.reason_count);
    for (size_t i = 0; i < explained.reason_count; i++) {
        const struct match *match = explained.reasons[i].match;
        explained.voided_once |= match->fate == MATCH_ELSEWHERE;
        explained.has_own |= match->points > 0 && match->word->role != ROLE_SPAN;
    }
    return explained;
}

/* Chosen ones, then those with points, then those that might have had some. */
static int compare_terms(const void *left, const void *right) {
    const struct term_explanation *a = left;
    const struct term_explanation *b = right;
    if (a->decision->chosen != b->decision->chosen)
        return a->decision->chosen ? -1 : 1;
    double x = a->decision->chosen ? a->decision->points : a->nearness;
    double y = b->decision->chosen ? b->decision->points : b->nearness;
    if (x < y || x > y)
        return x > y ? -1 : 1;
    if (a->decision->voided < b->decision->voided || a->decision->voided > b->decision->voided)
        return a->decision->voided > b->decision->voided ? -1 : 1;
    return a->term < b->term ? -1 : a->term > b->term;
}

void explanation_make(const struct classifier_worker *worker, const struct classify_input *input,
                      const struct decision *decision, struct arena *arena, struct explanation *ret_explanation) {
    const struct explaining explaining = {worker, input, decision, arena};
    const struct taxonomy *taxonomy = decision->taxonomy;
    struct explanation explanation = {.decision = decision};
    struct term_explanation *terms = arena_new_array(arena, taxonomy->term_count, sizeof *terms);
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        struct term_explanation term = term_explain(&explaining, (uint16_t)i);
        bool decided = term.decision->chosen || term.decision->verdict != VERDICT_NOTHING;
        if (decided || term.reason_count > 0)
            terms[explanation.term_count++] = term;
        explanation.chosen_count += term.decision->chosen;
    }
    if (explanation.term_count > 1)
        qsort(terms, explanation.term_count, sizeof *terms, compare_terms);
    explanation.terms = terms;
    explanation.nobodys = reasons_make(&explaining, TERM_NONE, &explanation.nobodys_count);
    *ret_explanation = explanation;
}
