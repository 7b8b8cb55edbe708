#include "assemble/resemblance.h"

#include "assemble/gaps.h"
#include "assemble/sketch.h"

enum {
    RUN = SKETCH_RUN,
    WALK_MOST = 64,    /* places looked at for one run: a text may repeat itself for ever */
    ANCHORS_MOST = 8,  /* places of a run that may be the one beside a gap */
    GAP_MOST = 60,     /* letters; what was rewritten at greater length has no counterpart */
    HEAD_LETTERS = 120 /* what is looked at as the beginning */
};

void comparison_release(struct comparison *comparison) {
    for (int i = 0; i < 2; i++) {
        vec_release(&comparison->letters[i]);
        vec_release(&comparison->titles[i]);
    }
    vec_release(&comparison->table);
    vec_release(&comparison->next);
    vec_release(&comparison->covered);
    vec_release(&comparison->words);
}

/* --- letters ------------------------------------------------------------------------------------------------ */

#define read_letters(vec, slice)                                                                                       \
    do {                                                                                                               \
        uint32_t letter = 0;                                                                                           \
        vec_clear(vec);                                                                                                \
        for (size_t at = 0; (at = sketch_next_letter((slice), at, &letter)) != 0;)                                     \
            vec_push((vec), letter);                                                                                   \
    } while (0)

/* The shorter text becomes number 0. */
static void load(struct comparison *comparison, const struct comparand *a, const struct comparand *b) {
    read_letters(&comparison->letters[0], a->text);
    read_letters(&comparison->letters[1], b->text);
    bool swap = comparison->letters[0].count > comparison->letters[1].count;
    if (swap) {
        read_letters(&comparison->letters[0], b->text);
        read_letters(&comparison->letters[1], a->text);
    }
    read_letters(&comparison->titles[0], swap ? b->title : a->title);
    read_letters(&comparison->titles[1], swap ? a->title : b->title);
}

/* --- runs --------------------------------------------------------------------------------------------------- */

static size_t hash_run(const uint32_t *letters) {
    uint64_t hash = 0;
    for (int i = 0; i < RUN; i++)
        hash = (hash + letters[i]) * 0x9e3779b97f4a7c15;
    return (size_t)(hash >> 32);
}

static void index_runs(struct comparison *comparison) {
    size_t count = comparison->letters[1].count;
    size_t capacity = 64;
    while (capacity < count * 2)
        capacity *= 2;
    vec_clear(&comparison->table);
    vec_clear(&comparison->next);
    for (size_t i = 0; i < capacity; i++)
        vec_push(&comparison->table, 0);
    for (size_t i = 0; i < count; i++)
        vec_push(&comparison->next, 0);
    /* From behind, so that the first place of a run is found first. */
    for (size_t place = count < RUN ? 0 : count - RUN + 1; place-- > 0;) {
        uint32_t *first = &comparison->table.items[hash_run(comparison->letters[1].items + place) & (capacity - 1)];
        comparison->next.items[place] = *first;
        *first = (uint32_t)place + 1;
    }
}

/* The places of a run of the shorter text in the longer one; at most so many. */
static size_t find_run(const struct comparison *comparison, size_t place, uint32_t *places, size_t most) {
    const uint32_t *run = comparison->letters[0].items + place;
    size_t found = 0;
    int walked = 0;
    uint32_t at = comparison->table.items[hash_run(run) & (comparison->table.count - 1)];
    for (; at && walked < WALK_MOST && found < most; walked++, at = comparison->next.items[at - 1])
        if (memcmp(comparison->letters[1].items + at - 1, run, RUN * sizeof *run) == 0)
            places[found++] = at - 1;
    return found;
}

/* Marks the letters of the shorter text that stand in a common run. */
static void cover(struct comparison *comparison) {
    size_t count = comparison->letters[0].count;
    size_t end = 0; /* of what is covered */
    uint32_t unused;
    vec_clear(&comparison->covered);
    for (size_t i = 0; i < count; i++)
        vec_push(&comparison->covered, 0);
    for (size_t place = 0; place + RUN <= count; place++) {
        if (find_run(comparison, place, &unused, 1) == 0)
            continue;
        end = end > place ? end : place;
        memset(comparison->covered.items + end, 1, place + RUN - end);
        end = place + RUN;
    }
}

static double covered_part(const struct comparison *comparison, size_t end) {
    size_t covered = 0;
    for (size_t i = 0; i < end; i++)
        covered += comparison->covered.items[i];
    return end ? (double)covered / (double)end : 0;
}

/* --- gaps --------------------------------------------------------------------------------------------------- */

/*
 * The counterpart of the gap [begin, end): what stands in the longer text between the run before it and the run behind
 * it. Where runs repeat, the pair whose distance fits best.
 */
static bool find_counterpart(const struct comparison *comparison, size_t begin, size_t end, size_t *ret_begin,
                             size_t *ret_end) {
    uint32_t before[ANCHORS_MOST];
    uint32_t behind[ANCHORS_MOST];
    size_t before_count = find_run(comparison, begin - RUN, before, ANCHORS_MOST);
    size_t behind_count = find_run(comparison, end, behind, ANCHORS_MOST);
    size_t best = GAP_MOST;
    bool found = false;
    for (size_t i = 0; i < before_count; i++)
        for (size_t k = 0; k < behind_count; k++) {
            size_t first = before[i] + (size_t)RUN;
            size_t last = behind[k];
            size_t size = last - first;
            size_t off = size > end - begin ? size - (end - begin) : end - begin - size;
            if (last < first || off >= best)
                continue;
            best = off;
            *ret_begin = first;
            *ret_end = last;
            found = true;
        }
    return found;
}

static void look_into_gap(struct comparison *comparison, size_t begin, size_t end, struct resemblance *resemblance) {
    size_t other_begin = 0;
    size_t other_end = 0;
    size_t count = comparison->letters[0].count;
    if (begin < RUN || end + RUN > count || end - begin > GAP_MOST ||
        !find_counterpart(comparison, begin, end, &other_begin, &other_end))
        return;
    const struct gap gap = {
        .sides = {{comparison->letters[0].items, count, begin, end},
                  {comparison->letters[1].items, comparison->letters[1].count, other_begin, other_end}},
    };
    struct gap_findings findings = gap_look(&gap);
    resemblance->figures_other += findings.figures_other;
    if (findings.name_other)
        resemblance->names_other++;
    else if (findings.word_other)
        resemblance->words_other++;
    if (findings.name_other || findings.word_other)
        vec_push(&comparison->words, findings.words);
}

static void look_into_gaps(struct comparison *comparison, struct resemblance *resemblance) {
    size_t count = comparison->letters[0].count;
    vec_clear(&comparison->words);
    for (size_t begin = 0; begin < count; begin++) {
        if (comparison->covered.items[begin])
            continue;
        size_t end = begin;
        while (end < count && !comparison->covered.items[end])
            end++;
        look_into_gap(comparison, begin, end, resemblance);
        begin = end;
    }
}

static int by_value(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static size_t count_most_repeated(struct comparison *comparison) {
    size_t count = comparison->words.count;
    size_t most = 0;
    if (count > 1)
        qsort(comparison->words.items, count, sizeof *comparison->words.items, by_value);
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = begin;
        while (end < count && comparison->words.items[end] == comparison->words.items[begin])
            end++;
        most = end - begin > most ? end - begin : most;
    }
    return most;
}

/* Figures of the shorter text that the longer one has too, beyond what stands at gaps. */
static size_t count_common_figures(const struct comparison *comparison) {
    const uint32_t *letters = comparison->letters[0].items;
    size_t count = comparison->letters[0].count;
    size_t figures = 0;
    for (size_t begin = 0; begin < count; begin++) {
        bool common = true;
        size_t end = begin;
        while (end < count && gap_is_digit(letters[end]))
            common = common && comparison->covered.items[end++];
        figures += end > begin && common;
        begin = end;
    }
    return figures;
}

/* --- titles ------------------------------------------------------------------------------------------------- */

/* Titles of one make have their beginning and end in common: 2025年一季度… and 2026年二季度…. */
static void compare_titles(const struct comparison *comparison, struct resemblance *resemblance) {
    const uint32_t *a = comparison->titles[0].items;
    const uint32_t *b = comparison->titles[1].items;
    size_t a_count = comparison->titles[0].count;
    size_t b_count = comparison->titles[1].count;
    size_t least = a_count < b_count ? a_count : b_count;
    size_t most = a_count < b_count ? b_count : a_count;
    size_t begin = 0;
    size_t end = 0;
    while (begin < least && a[begin] == b[begin])
        begin++;
    while (end < least - begin && a[a_count - 1 - end] == b[b_count - 1 - end])
        end++;
    resemblance->titles_same = most >= SKETCH_TITLE_LEAST && begin == most;
    if ((begin + end) * 2 < most || begin == most)
        return;
    const struct gap gap = {.sides = {{a, a_count, begin, a_count - end}, {b, b_count, begin, b_count - end}}};
    struct gap_findings findings = gap_look(&gap);
    resemblance->titles_apart = findings.figures_other > 0 || findings.name_other;
}

/* --- the whole ---------------------------------------------------------------------------------------------- */

void resemblance_measure(struct comparison *comparison, const struct comparand *a, const struct comparand *b,
                         struct resemblance *ret_resemblance) {
    struct resemblance resemblance = {0};
    load(comparison, a, b);
    size_t count = comparison->letters[0].count;
    size_t head = count < 3 * HEAD_LETTERS ? (count + 2) / 3 : HEAD_LETTERS;
    index_runs(comparison);
    cover(comparison);
    look_into_gaps(comparison, &resemblance);
    compare_titles(comparison, &resemblance);
    resemblance.letters = count;
    resemblance.ratio = count ? (double)count / (double)comparison->letters[1].count : 0;
    resemblance.contained = covered_part(comparison, count);
    resemblance.head = covered_part(comparison, head);
    resemblance.figures_same = count_common_figures(comparison);
    resemblance.words_repeated = count_most_repeated(comparison);
    *ret_resemblance = resemblance;
}

/* One figure may have been corrected or mistyped among many that are the same. */
static bool has_other_figures(const struct resemblance *resemblance) {
    enum { SAME_FOR_ONE_OTHER = 8 };
    return resemblance->figures_other * SAME_FOR_ONE_OTHER > resemblance->figures_same;
}

/*
 * A copyist who puts other words in has a list of them and uses many; whoever fills in a form for another place writes
 * the same other name again and again.
 */
static bool is_same_form(const struct resemblance *resemblance, bool labels_apart) {
    size_t all = resemblance->words_other + resemblance->names_other;
    size_t repeated = resemblance->words_repeated;
    if (labels_apart && all > 0)
        return true;
    return (repeated >= 2 && repeated == all) || (repeated >= 3 && repeated * 2 > all);
}

bool resemblance_is_copy(const struct resemblance *resemblance, double contained, bool labels_apart) {
    enum { FEW_LETTERS = 60 };
    static const double contained_of_few = 0.9;
    static const double head_least = 0.5;
    static const double ratio_least = 0.3; /* a digest holds many articles whole and is a copy of none */
    if (resemblance->letters < FEW_LETTERS && contained < contained_of_few)
        contained = contained_of_few;
    if (resemblance->contained < contained || resemblance->head < head_least)
        return false;
    if (resemblance->ratio < ratio_least && !resemblance->titles_same)
        return false;
    return !resemblance->titles_apart && !has_other_figures(resemblance) && !is_same_form(resemblance, labels_apart);
}
