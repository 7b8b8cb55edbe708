#include "assemble/kept_comparison.h"

#include "base/hash.h"

void kept_comparison_release(struct kept_comparison *comparison) {
    kept_runs_release(&comparison->title);
    kept_runs_release(&comparison->text);
    vec_release(&comparison->places);
    vec_release(&comparison->words);
}

static int by_number(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Two letters, then the place of the first. */
static uint32_t word_letters(uint64_t word) {
    return (uint32_t)(word >> 32);
}

static size_t word_place(uint64_t word) {
    return word & UINT32_MAX;
}

static void list_words(struct kept_comparison *comparison) {
    const uint16_t *letters = comparison->text.letters.items;
    vec_clear(&comparison->words);
    for (size_t i = 1; i < comparison->text.letters.count; i++)
        vec_push(&comparison->words, (uint64_t)letters[i - 1] << 48 | (uint64_t)letters[i] << 32 | (i - 1));
    if (comparison->words.count > 1)
        qsort(comparison->words.items, comparison->words.count, sizeof *comparison->words.items, by_number);
}

void kept_comparison_load(struct kept_comparison *comparison, const struct kept_sketch *own, struct slice title,
                          struct slice text) {
    comparison->own = *own;
    kept_runs_read(&comparison->title, title);
    kept_runs_read(&comparison->text, text);
    list_words(comparison);
}

/* --- runs --------------------------------------------------------------------------------------------------- */

/* What is known of the run that begins at a letter. */
enum place {
    PLACE_UNKNOWN, /* not in the sample */
    PLACE_COMMON,
    PLACE_OWN,   /* of this text only */
    PLACE_OTHER, /* … where the other one has something else: common runs stand not far before and behind */
};

struct common {
    double contained; /* of the sample of the text that has fewer */
    double head;      /* of that of the beginning of the shorter one */
    size_t count;
};

static double part_of(size_t count, size_t all) {
    return all ? (double)count / (double)all : 0;
}

static void find_places(struct kept_comparison *comparison, const struct kept_sketch *kept,
                        struct kept_values *ret_own) {
    struct kept_values theirs = {.count = 0};
    struct kept_values own = {.count = 0};
    for (size_t i = 0; i < kept->run_count; i++)
        kept_values_add(&theirs, kept->runs[i]);
    vec_clear(&comparison->places);
    for (size_t i = 0; i < comparison->text.hashes.count; i++) {
        uint64_t hash = comparison->text.hashes.items[i];
        uint8_t place = PLACE_UNKNOWN;
        if (kept_run_is_sampled(hash, kept->every)) {
            place = kept_values_has(&theirs, kept_run_value(hash)) ? PLACE_COMMON : PLACE_OWN;
            kept_values_add(&own, kept_run_value(hash));
        }
        vec_push(&comparison->places, place);
    }
    *ret_own = own;
}

static size_t count_among(const uint16_t *runs, size_t count, const struct kept_values *values) {
    size_t among = 0;
    for (size_t i = 0; i < count; i++)
        among += kept_values_has(values, runs[i]);
    return among;
}

static double own_head(const struct kept_comparison *comparison) {
    size_t end = kept_head_letters(comparison->text.letters.count);
    size_t common = 0;
    size_t all = 0;
    for (size_t i = 0; i < end && i < comparison->places.count; i++) {
        common += comparison->places.items[i] == PLACE_COMMON;
        all += comparison->places.items[i] != PLACE_UNKNOWN;
    }
    /* So short that no run of it was drawn: nothing speaks against it. */
    return all ? part_of(common, all) : 1;
}

static struct common find_common(struct kept_comparison *comparison, const struct kept_sketch *kept) {
    struct kept_values own;
    find_places(comparison, kept, &own);
    size_t count = count_among(kept->runs, kept->run_count, &own);
    struct common common = {
        .count = count,
        .contained = part_of(count, own.count < kept->run_count ? own.count : kept->run_count),
    };
    if (comparison->own.letters <= kept->letters)
        common.head = own_head(comparison);
    else
        common.head = kept->head_count ? part_of(count_among(kept->runs, kept->head_count, &own), kept->head_count) : 1;
    return common;
}

/*
 * What was added or rewritten at greater length has no counterpart, nor have heads and feet, which other sites set.
 */
static void find_counterparts(struct kept_comparison *comparison, unsigned every) {
    enum { GAP_MOST = 60 /* letters, where one run in four is known */ };
    uint8_t *places = comparison->places.items;
    size_t count = comparison->places.count;
    size_t most = (size_t)GAP_MOST << (every - KEPT_EVERY_LEAST);
    size_t begin = count; /* behind the last common run */
    for (size_t i = 0; i < count; i++) {
        if (places[i] != PLACE_COMMON)
            continue;
        for (size_t k = begin; begin < i && i - begin <= most && k < i; k++)
            if (places[k] == PLACE_OWN)
                places[k] = PLACE_OTHER;
        begin = i + 1;
    }
}

/* --- figures and words -------------------------------------------------------------------------------------- */

/* Known runs that hold at least `least` of the letters [begin, end). */
struct around {
    size_t common, other;
};

static struct around look_around(const struct kept_comparison *comparison, size_t begin, size_t end, size_t least) {
    struct around around = {0};
    size_t reach = SKETCH_RUN - least;
    size_t last = end - least + 1;
    for (size_t i = begin < reach ? 0 : begin - reach; i < last && i < comparison->places.count; i++) {
        around.common += comparison->places.items[i] == PLACE_COMMON;
        around.other += comparison->places.items[i] == PLACE_OTHER;
    }
    return around;
}

static size_t figure_end(const struct kept_comparison *comparison, size_t at) {
    const uint16_t *letters = comparison->text.letters.items;
    while (at < comparison->text.letters.count && letters[at] >= '0' && letters[at] <= '9')
        at++;
    return at;
}

/* Does the other one have this figure somewhere? Of single digits nothing was kept. */
static bool has_figure(const struct kept_comparison *comparison, const struct kept_sketch *kept, size_t begin,
                       size_t end) {
    enum { DIGITS_MOST = 32 };
    char digits[DIGITS_MOST];
    if (end - begin < 2 || end - begin > DIGITS_MOST)
        return false;
    for (size_t i = begin; i < end; i++)
        digits[i - begin] = (char)comparison->text.letters.items[i];
    return kept->figures >> hash64((struct slice){digits, end - begin}) % 64 & 1;
}

/* Both have some, and less than half of those that have fewer are among the others. */
static bool figures_are_apart(uint64_t a, uint64_t b) {
    int in_a = __builtin_popcountll(a);
    int in_b = __builtin_popcountll(b);
    return __builtin_popcountll(a & b) * 2 < (in_a < in_b ? in_a : in_b);
}

/* One figure may have been corrected or mistyped among many that are the same. */
static bool has_other_figures(const struct kept_comparison *comparison, const struct kept_sketch *kept) {
    enum { SAME_FOR_ONE_OTHER = 8 };
    size_t same = 0;
    size_t other = 0;
    for (size_t begin = 0, end; begin < comparison->text.letters.count; begin = end + 1) {
        end = figure_end(comparison, begin);
        if (end == begin)
            continue;
        struct around around = look_around(comparison, begin, end, 1);
        bool is_same = around.common || (around.other && has_figure(comparison, kept, begin, end));
        same += is_same;
        other += !is_same && around.other;
    }
    return other * SAME_FOR_ONE_OTHER > same;
}

struct other_words {
    size_t end;      /* of all that is common */
    size_t all;      /* known runs that stand where the other one has something else */
    size_t most;     /* of one word, all of whose known runs do */
    size_t times;    /* how often this one stands there */
    bool is_subject; /* one is what the titles differ in, and makes most of it */
};

static bool is_in_title(const struct kept_comparison *comparison, uint32_t letters) {
    const uint16_t *title = comparison->title.letters.items;
    for (size_t i = 1; i < comparison->title.letters.count; i++)
        if (((uint32_t)title[i - 1] << 16 | title[i]) == letters)
            return true;
    return false;
}

/* The most part of them the same, but not all: what differs in this one. 0: not so. */
static uint64_t find_title_difference(uint64_t own, uint64_t theirs) {
    int count = __builtin_popcountll(own);
    int their_count = __builtin_popcountll(theirs);
    int most = count > their_count ? count : their_count;
    return __builtin_popcountll(own & theirs) * 2 >= most ? own & ~theirs : 0;
}

/* words [begin, end) are of the same letters. */
static void note_word(struct kept_comparison *comparison, size_t begin, size_t end, uint64_t title_difference,
                      struct other_words *words) {
    const uint64_t *items = comparison->words.items;
    size_t other = 0;
    size_t times = 0;
    bool is_before_end = false;
    for (size_t i = begin; i < end; i++) {
        size_t place = word_place(items[i]);
        struct around around = look_around(comparison, place, place + 2, 2);
        if (around.common)
            return;
        other += around.other;
        times += around.other > 0;
        is_before_end = is_before_end || place < words->end;
    }
    uint32_t letters = word_letters(items[begin]);
    /*
     * Where no run of it was drawn, that the other title does not have it must do; but what was put before a title may
     * stand in a foot: 转载.
     */
    if (is_before_end && (title_difference & kept_word_bit((uint16_t)(letters >> 16), (uint16_t)letters)) &&
        other * 2 + 1 >= words->all && is_in_title(comparison, letters))
        words->is_subject = true;
    if (other <= words->most)
        return;
    words->most = other;
    words->times = times;
}

static struct other_words find_other_words(struct kept_comparison *comparison, const struct kept_sketch *kept) {
    struct other_words words = {0};
    uint64_t difference = find_title_difference(comparison->own.title_words, kept->title_words);
    for (size_t i = 0; i < comparison->places.count; i++) {
        words.all += comparison->places.items[i] == PLACE_OTHER;
        if (comparison->places.items[i] == PLACE_COMMON)
            words.end = i + 1;
    }
    for (size_t begin = 0, end; begin < comparison->words.count; begin = end) {
        uint32_t letters = word_letters(comparison->words.items[begin]);
        for (end = begin; end < comparison->words.count && word_letters(comparison->words.items[end]) == letters;)
            end++;
        note_word(comparison, begin, end, difference, &words);
    }
    return words;
}

/* --- labels ------------------------------------------------------------------------------------------------- */

/* Each is about something of one taxonomy that the other is not about. */
static bool labels_are_apart(uint64_t a, uint64_t b) {
    for (int taxonomy = 0; taxonomy < 4; taxonomy++) {
        uint64_t mask = (uint64_t)0xFFFF << taxonomy * 16;
        if ((a & ~b & mask) && (b & ~a & mask))
            return true;
    }
    return false;
}

/* --- the decision ------------------------------------------------------------------------------------------- */

/* At most 1. */
static double ratio_of(const struct kept_sketch *a, const struct kept_sketch *b) {
    return a->letters < b->letters ? part_of(a->letters, b->letters) : part_of(b->letters, a->letters);
}

static bool is_same_form(struct kept_comparison *comparison, const struct kept_sketch *kept) {
    static const double whole = 0.9; /* what a cut copy has lost may be what it was about */
    const struct kept_sketch *own = &comparison->own;
    struct other_words words = find_other_words(comparison, kept);
    if (words.is_subject || (words.times >= 2 && words.most * 2 > words.all))
        return true;
    if (ratio_of(own, kept) < whole)
        return false;
    /* The figures' bits tell of the end too, where what differs between common runs does not. */
    return figures_are_apart(kept->figures, own->figures) || (words.all && labels_are_apart(kept->labels, own->labels));
}

/* Where the bins are all there was, and agree. */
static bool is_old_copy(const struct kept_sketch *a, const struct kept_sketch *b) {
    return !figures_are_apart(a->figures, b->figures) && !labels_are_apart(a->labels, b->labels);
}

bool kept_comparison_is_copy(struct kept_comparison *comparison, const struct kept_sketch *kept, double contained) {
    enum { COMMON_LEAST = 3 };
    static const double runs_of_letters = 0.9; /* a word that was changed breaks runs beside it; and it is a sample */
    static const double head_least = 0.4;
    const struct kept_sketch *own = &comparison->own;
    if (kept_sketch_same_text(kept, own->text, own->letters))
        return true;
    if (kept->every == 0)
        return is_old_copy(kept, own);
    struct common common = find_common(comparison, kept);
    if (common.count < COMMON_LEAST || common.contained < contained * runs_of_letters || common.head < head_least)
        return false;
    find_counterparts(comparison, kept->every);
    return !has_other_figures(comparison, kept) && !is_same_form(comparison, kept);
}
