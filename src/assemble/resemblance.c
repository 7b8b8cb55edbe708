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
        vec_release(&comparison->letters[i].items);
        vec_release(&comparison->titles[i].items);
    }
    vec_release(&comparison->table.items);
    vec_release(&comparison->next.items);
    vec_release(&comparison->covered.items);
    vec_release(&comparison->words);
}

/* --- letters ------------------------------------------------------------------------------------------------ */

static bool has_loss(struct slice marks) {
    return slice_find(marks, SLICE("??"), 0) < marks.size || slice_find(marks, SLICE("\xEF\xBF\xBD"), 0) < marks.size;
}

static size_t letter_size(uint32_t letter) {
    if (letter < 0x80)
        return 1;
    return letter < 0x800 ? 2 : 3 + (letter >= 0x10000);
}

static bool has_blank(struct slice marks) {
    return slice_find_byte(marks, ' ', 0) < marks.size || slice_find_byte(marks, '\n', 0) < marks.size;
}

/* Marks are passed over, but for those that stand for letters which were lost, and blanks between two figures. */
static void read_letters(struct row *letters, struct slice text) {
    uint32_t letter = 0;
    uint32_t last = 0;
    size_t next;
    vec_clear(&letters->items);
    for (size_t at = 0; (next = sketch_next_letter(text, at, &letter)) != 0; at = next, last = letter) {
        struct slice passed = slice_range(text, at, next - letter_size(letter));
        if (passed.size > 1 && has_loss(passed))
            vec_push(&letters->items, LETTER_LOST);
        else if (passed.size && gap_is_digit(letter) && gap_is_digit(last) && has_blank(passed))
            vec_push(&letters->items, ' ');
        vec_push(&letters->items, letter);
    }
}

/* The shorter text becomes number 0. */
static void load(struct comparison *comparison, const struct comparand *a, const struct comparand *b) {
    read_letters(&comparison->letters[0], a->text);
    read_letters(&comparison->letters[1], b->text);
    bool swap = comparison->letters[0].items.count > comparison->letters[1].items.count;
    if (swap) {
        struct row longer = comparison->letters[0];
        comparison->letters[0] = comparison->letters[1];
        comparison->letters[1] = longer;
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

static void row_zero(struct row *row, size_t count) {
    vec_clear(&row->items);
    while (row->items.capacity < count)
        (void)vec_add(&row->items), row->items.count = row->items.capacity;
    row->items.count = count;
    if (count)
        memset(row->items.items, 0, count * sizeof *row->items.items);
}

static void index_runs(struct comparison *comparison) {
    size_t count = comparison->letters[1].items.count;
    size_t capacity = 64;
    while (capacity < count * 2)
        capacity *= 2;
    row_zero(&comparison->table, capacity);
    row_zero(&comparison->next, count);
    /* From behind, so that the first place of a run is found first. */
    for (size_t place = count < RUN ? 0 : count - RUN + 1; place-- > 0;) {
        uint32_t *first =
            &comparison->table.items.items[hash_run(comparison->letters[1].items.items + place) & (capacity - 1)];
        comparison->next.items.items[place] = *first;
        *first = (uint32_t)place + 1;
    }
}

/* The places of a run of the shorter text in the longer one; at most so many. */
static size_t find_run(const struct comparison *comparison, size_t place, uint32_t *places, size_t most) {
    const uint32_t *run = comparison->letters[0].items.items + place;
    size_t found = 0;
    int walked = 0;
    uint32_t at = comparison->table.items.items[hash_run(run) & (comparison->table.items.count - 1)];
    for (; at && walked < WALK_MOST && found < most; walked++, at = comparison->next.items.items[at - 1])
        if (memcmp(comparison->letters[1].items.items + at - 1, run, RUN * sizeof *run) == 0)
            places[found++] = at - 1;
    return found;
}

/* Marks the letters of the shorter text that stand in a common run. */
static void cover(struct comparison *comparison) {
    size_t count = comparison->letters[0].items.count;
    size_t end = 0; /* of what is covered */
    uint32_t unused;
    row_zero(&comparison->covered, count);
    for (size_t place = 0; place + RUN <= count; place++) {
        if (find_run(comparison, place, &unused, 1) == 0)
            continue;
        end = end > place ? end : place;
        while (end < place + RUN)
            comparison->covered.items.items[end++] = 1;
    }
}

static double covered_part(const struct comparison *comparison, size_t end) {
    size_t covered = 0;
    for (size_t i = 0; i < end; i++)
        covered += comparison->covered.items.items[i];
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
    size_t before_count = begin ? find_run(comparison, begin - RUN, before, ANCHORS_MOST) : 0;
    size_t behind_count = find_run(comparison, end, behind, ANCHORS_MOST);
    size_t best = GAP_MOST;
    bool found = false;
    /* At the beginning the text itself stands before the gap. At the end there are feet: they tell nothing. */
    if (begin == 0)
        before[before_count++] = 0;
    for (size_t i = 0; i < before_count; i++)
        for (size_t k = 0; k < behind_count; k++) {
            size_t first = begin ? before[i] + (size_t)RUN : 0;
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

static void note_substitution(struct comparison *comparison, const struct gap_findings *findings) {
    if (findings->name_other || findings->word_other)
        vec_push(&comparison->words, (struct substitution){findings->words, findings->name_other});
}

static void look_into_gap(struct comparison *comparison, size_t begin, size_t end, struct resemblance *resemblance) {
    size_t other_begin = 0;
    size_t other_end = 0;
    size_t count = comparison->letters[0].items.count;
    if (end == count || end - begin > GAP_MOST || !find_counterpart(comparison, begin, end, &other_begin, &other_end))
        return;
    const struct gap gap = {
        .sides = {{comparison->letters[0].items.items, count, begin, end},
                  {comparison->letters[1].items.items, comparison->letters[1].items.count, other_begin, other_end}},
    };
    struct gap_findings findings = gap_look(&gap);
    resemblance->figures_other += findings.figures_other;
    resemblance->replaced += findings.letters_replaced;
    note_substitution(comparison, &findings);
}

static void look_into_gaps(struct comparison *comparison, struct resemblance *resemblance) {
    size_t count = comparison->letters[0].items.count;
    vec_clear(&comparison->words);
    for (size_t begin = 0; begin < count; begin++) {
        if (comparison->covered.items.items[begin])
            continue;
        size_t end = begin;
        while (end < count && !comparison->covered.items.items[end])
            end++;
        look_into_gap(comparison, begin, end, resemblance);
        begin = end;
    }
}

static int by_hash(const void *left, const void *right) {
    uint64_t a = ((const struct substitution *)left)->hash;
    uint64_t b = ((const struct substitution *)right)->hash;
    return (a > b) - (a < b);
}

/* What is a name once, before 区, is the same name where nothing tells that it is one. */
static void count_substitutions(struct comparison *comparison, struct resemblance *resemblance,
                                const struct substitution *subject) {
    struct substitution *items = comparison->words.items;
    size_t count = comparison->words.count;
    if (count > 1)
        qsort(items, count, sizeof *items, by_hash);
    for (size_t begin = 0, end; begin < count; begin = end) {
        bool is_name = false;
        for (end = begin; end < count && items[end].hash == items[begin].hash; end++)
            is_name = is_name || items[end].is_name;
        size_t *all = is_name ? &resemblance->names_other : &resemblance->words_other;
        size_t *most = is_name ? &resemblance->names_repeated : &resemblance->words_repeated;
        *all += end - begin;
        *most = end - begin > *most ? end - begin : *most;
        /* What the titles differ in makes most of what the texts differ in, or there is hardly anything else. */
        if (subject->hash == items[begin].hash && (end - begin) * 2 + 1 >= count)
            resemblance->titles_apart = true;
    }
}

/* Figures of the shorter text that the longer one has too, beyond what stands at gaps. */
static size_t count_common_figures(const struct comparison *comparison) {
    const uint32_t *letters = comparison->letters[0].items.items;
    size_t count = comparison->letters[0].items.count;
    size_t figures = 0;
    for (size_t begin = 0; begin < count; begin++) {
        bool common = true;
        size_t end = begin;
        for (; end < count && gap_is_digit(letters[end]); end++)
            common = common && comparison->covered.items.items[end];
        figures += end > begin && common;
        begin = end;
    }
    return figures;
}

/* --- titles ------------------------------------------------------------------------------------------------- */

static bool stands_in(const struct row *letters, const uint32_t *word, size_t size) {
    for (size_t i = 0; i + size <= letters->items.count; i++)
        if (memcmp(letters->items.items + i, word, size * sizeof *word) == 0)
            return true;
    return false;
}

/* Two letters at least: one alone is in every text. */
static void widen(struct gap_side *side) {
    if (side->end - side->begin == 1 && side->end < side->count)
        side->end++;
    else if (side->end - side->begin == 1 && side->begin > 0)
        side->begin--;
}

/*
 * Does each text speak, as its title does, of something that the other never names? 普陀 here and 静安 there; but a
 * copyist who puts another word in the title leaves the old one somewhere in the text.
 */
static bool speak_of_others(const struct comparison *comparison, const struct gap *gap) {
    for (int i = 0; i < 2; i++) {
        struct gap_side side = gap->sides[i];
        widen(&side);
        const uint32_t *word = side.letters + side.begin;
        size_t size = side.end - side.begin;
        if (size == 0 || !stands_in(&comparison->letters[i], word, size) ||
            stands_in(&comparison->letters[1 - i], word, size))
            return false;
    }
    return true;
}

/* Titles of one make have their beginning and end in common: 2025年一季度… and 2026年二季度…. */
static void compare_titles(struct comparison *comparison, struct resemblance *resemblance,
                           struct substitution *ret_subject) {
    const uint32_t *a = comparison->titles[0].items.items;
    const uint32_t *b = comparison->titles[1].items.items;
    size_t a_count = comparison->titles[0].items.count;
    size_t b_count = comparison->titles[1].items.count;
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
    resemblance->titles_alike = true;
    note_substitution(comparison, &findings);
    resemblance->titles_apart = findings.figures_other > 0;
    if (!speak_of_others(comparison, &gap))
        return;
    if (findings.letters_replaced)
        resemblance->titles_apart = true;
    else
        ret_subject->hash = findings.words;
}

/* --- the whole ---------------------------------------------------------------------------------------------- */

void resemblance_measure(struct comparison *comparison, const struct comparand *a, const struct comparand *b,
                         struct resemblance *ret_resemblance) {
    struct resemblance resemblance = {0};
    struct substitution subject = {0};
    load(comparison, a, b);
    size_t count = comparison->letters[0].items.count;
    size_t head = count < 3 * HEAD_LETTERS ? (count + 2) / 3 : HEAD_LETTERS;
    index_runs(comparison);
    cover(comparison);
    look_into_gaps(comparison, &resemblance);
    compare_titles(comparison, &resemblance, &subject);
    count_substitutions(comparison, &resemblance, &subject);
    resemblance.letters = count;
    resemblance.ratio = count ? (double)count / (double)comparison->letters[1].items.count : 0;
    resemblance.contained = covered_part(comparison, count);
    resemblance.head = covered_part(comparison, head);
    resemblance.figures_same = count_common_figures(comparison);
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
    static const double whole = 0.7;         /* what a cut copy has lost may be what it was about */
    static const double replaced_most = 0.1; /* of the letters */
    size_t all = resemblance->words_other + resemblance->names_other;
    if (resemblance->names_other && (labels_apart && resemblance->ratio >= whole))
        return true;
    if (resemblance->names_repeated >= 2)
        return true;
    if (resemblance->words_repeated >= 3 && resemblance->words_repeated * 2 > all)
        return true;
    return (double)resemblance->replaced > replaced_most * (double)resemblance->letters;
}

bool resemblance_is_copy(const struct resemblance *resemblance, double contained, bool labels_apart) {
    enum { FEW_LETTERS = 60, FORM_LETTERS = 100 };
    static const double contained_of_few = 0.9;
    static const double head_least = 0.5;
    static const double ratio_least = 0.3; /* a digest holds many articles whole and is a copy of none */
    if (resemblance->letters < FEW_LETTERS && contained < contained_of_few)
        contained = contained_of_few;
    /* Under short texts, such as 详见附件, it is the title that says what is new. */
    if (resemblance->letters < FEW_LETTERS && !resemblance->titles_same)
        return false;
    if (resemblance->letters < FORM_LETTERS && resemblance->titles_alike)
        return false;
    if (resemblance->contained < contained || resemblance->head < head_least)
        return false;
    if (resemblance->ratio < ratio_least && !resemblance->titles_same)
        return false;
    return !resemblance->titles_apart && !has_other_figures(resemblance) && !is_same_form(resemblance, labels_apart);
}
