#include "assemble/kept_sketch.h"

#include "assemble/kept_runs.h"
#include "base/hash.h"

/* --- hex ---------------------------------------------------------------------------------------------------- */

static void append_hex(struct buf *hex, uint64_t number, int digits) {
    buf_append_format(hex, "%0*llx", digits, (unsigned long long)number);
}

void kept_sketch_append(const struct kept_sketch *kept, struct buf *hex) {
    for (size_t i = 0; i < SKETCH_BINS; i++)
        append_hex(hex, kept->bins[i], 4);
    append_hex(hex, kept->text, 8);
    append_hex(hex, kept->letters, 8);
    append_hex(hex, kept->figures, 16);
    append_hex(hex, kept->labels, 16);
    if (kept->every == 0)
        return;
    append_hex(hex, kept->title, 8);
    append_hex(hex, kept->title_words, 16);
    append_hex(hex, kept->every, 2);
    append_hex(hex, kept->head_count, 4);
    for (size_t i = 0; i < kept->run_count; i++)
        append_hex(hex, kept->runs[i], 4);
}

static bool parse_hex(struct slice *rest, size_t digits, uint64_t *ret_number) {
    uint64_t number = 0;
    for (size_t i = 0; i < digits; i++) {
        char digit = rest->data[i];
        bool is_letter = digit >= 'a' && digit <= 'f';
        if (!is_letter && !(digit >= '0' && digit <= '9'))
            return false;
        number = number << 4 | (uint64_t)(is_letter ? digit - 'a' + 10 : digit - '0');
    }
    *rest = slice_from(*rest, digits);
    *ret_number = number;
    return true;
}

static bool parse_looks(struct slice *rest, struct kept_sketch *kept) {
    uint64_t number = 0;
    uint64_t letters = 0;
    for (size_t i = 0; i < SKETCH_BINS; i++) {
        if (!parse_hex(rest, 4, &number))
            return false;
        kept->bins[i] = (uint16_t)number;
    }
    if (!parse_hex(rest, 8, &number) || !parse_hex(rest, 8, &letters) || !parse_hex(rest, 16, &kept->figures) ||
        !parse_hex(rest, 16, &kept->labels))
        return false;
    kept->text = (uint32_t)number;
    kept->letters = (uint32_t)letters;
    return true;
}

static bool parse_sample(struct slice *rest, struct kept_sketch *kept) {
    uint64_t title = 0;
    uint64_t every = 0;
    uint64_t head_count = 0;
    uint64_t run = 0;
    if (!parse_hex(rest, 8, &title) || !parse_hex(rest, 16, &kept->title_words) || !parse_hex(rest, 2, &every) ||
        !parse_hex(rest, 4, &head_count) || every < KEPT_EVERY_LEAST || every > KEPT_EVERY_MOST ||
        head_count > rest->size / 4)
        return false;
    kept->title = (uint32_t)title;
    kept->every = (uint8_t)every;
    kept->head_count = (uint16_t)head_count;
    while (rest->size) {
        if (!parse_hex(rest, 4, &run))
            return false;
        kept->runs[kept->run_count++] = (uint16_t)run;
    }
    return true;
}

bool kept_sketch_parse(struct slice hex, struct kept_sketch *ret_kept) {
    struct kept_sketch kept = {.every = 0};
    bool is_old = hex.size == KEPT_OLD_SIZE;
    if (!is_old && (hex.size < KEPT_HEAD_SIZE || hex.size > KEPT_SIZE_MOST || (hex.size - KEPT_HEAD_SIZE) % 4))
        return false;
    if (!parse_looks(&hex, &kept) || (!is_old && !parse_sample(&hex, &kept)))
        return false;
    *ret_kept = kept;
    return true;
}

/* --- what it is about --------------------------------------------------------------------------------------- */

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/* Single digits number lists, in copies and in other news alike. */
static uint64_t figures_of(struct slice text) {
    uint64_t figures = 0;
    for (size_t begin = 0, end; begin < text.size; begin = end + 1) {
        end = begin;
        while (end < text.size && is_digit(text.data[end]))
            end++;
        if (end - begin >= 2)
            figures |= (uint64_t)1 << hash64(slice_range(text, begin, end)) % 64;
    }
    return figures;
}

/* Terms by their names: numbers change with the rules. */
static uint64_t labels_of(const struct taxonomies *taxonomies, const uint64_t *labels) {
    uint64_t bits = 0;
    for (size_t i = 0; i < taxonomies->count; i++) {
        const struct taxonomy *taxonomy = &taxonomies->items[i];
        uint64_t first = hash64(taxonomy->id) % 4 * 16;
        for (size_t term = 0; term < taxonomy->term_count; term++)
            if (label_bit(labels, taxonomy->first_term + term))
                bits |= (uint64_t)1 << (first + hash64(taxonomy->terms[term].id) % 16);
    }
    return bits;
}

static uint64_t title_words_of(struct slice title) {
    CLEANUP(kept_runs_release) struct kept_runs runs = {0};
    uint64_t words = 0;
    kept_runs_read(&runs, title);
    for (size_t i = 1; i < runs.letters.count; i++)
        words |= kept_word_bit(runs.letters.items[i - 1], runs.letters.items[i]);
    return words;
}

/* --- the sample --------------------------------------------------------------------------------------------- */

/* Of the runs that begin at the first so many letters. */
static void draw(const struct kept_runs *runs, size_t end, unsigned every, struct kept_values *ret_values) {
    *ret_values = (struct kept_values){.count = 0};
    for (size_t i = 0; i < runs->hashes.count && i < end; i++)
        if (kept_run_is_sampled(runs->hashes.items[i], every))
            kept_values_add(ret_values, kept_run_value(runs->hashes.items[i]));
}

/* Those that are not among `but`. */
static void keep(struct kept_sketch *kept, const struct kept_values *values, const struct kept_values *but) {
    for (size_t value = 0; value < KEPT_VALUES; value++)
        if (kept_values_has(values, (uint16_t)value) && !kept_values_has(but, (uint16_t)value))
            kept->runs[kept->run_count++] = (uint16_t)value;
}

static void keep_sample(struct kept_sketch *kept, struct slice text) {
    static const struct kept_values none;
    CLEANUP(kept_runs_release) struct kept_runs runs = {0};
    struct kept_values all;
    struct kept_values head;
    kept_runs_read(&runs, text);
    kept->every = KEPT_EVERY_LEAST;
    draw(&runs, SIZE_MAX, kept->every, &all);
    while (all.count > KEPT_RUNS_MOST)
        draw(&runs, SIZE_MAX, ++kept->every, &all);
    draw(&runs, kept_head_letters(runs.letters.count), kept->every, &head);
    keep(kept, &head, &none);
    kept->head_count = kept->run_count;
    keep(kept, &all, &head);
}

void kept_sketch_make(const struct sketch *sketch, struct slice title, struct slice text,
                      const struct taxonomies *taxonomies, const uint64_t *labels, struct kept_sketch *ret_kept) {
    *ret_kept = (struct kept_sketch){
        .text = sketch->text,
        .letters = sketch->letters,
        .figures = figures_of(text),
        .labels = labels_of(taxonomies, labels),
        .title = sketch->title,
        .title_words = title_words_of(title),
    };
    memcpy(ret_kept->bins, sketch->bins, sizeof ret_kept->bins);
    keep_sample(ret_kept, text);
}

/* --- proposing ---------------------------------------------------------------------------------------------- */

bool kept_sketch_same_text(const struct kept_sketch *kept, uint32_t text, uint32_t letters) {
    return letters > 0 && kept->text == text && kept->letters == letters;
}

/* As assemble/proposals.h proposes. */
static bool is_enough(const struct kept_sketch *kept, const struct sketch *sketch, unsigned agreeing) {
    enum { LEAST = 3, LEAST_OF_SHORT = 2, SHORT = 150 };
    bool is_short = kept->letters < SHORT || sketch->letters < SHORT;
    return (kept->title && kept->title == sketch->title) || agreeing >= (is_short ? LEAST_OF_SHORT : LEAST);
}

/* Where the bins are all there is, it takes more of them. */
static bool is_enough_of_old(unsigned filled, unsigned agreeing) {
    enum { FILLED_LEAST = 6, AGREEING = 8 /* where all are filled */ };
    return filled >= FILLED_LEAST && agreeing * SKETCH_BINS >= AGREEING * filled;
}

bool kept_sketch_proposes(const struct kept_sketch *kept, const struct sketch *sketch) {
    unsigned agreeing = 0;
    unsigned filled = 0;
    for (size_t i = 0; i < SKETCH_BINS; i++) {
        filled += kept->bins[i] || sketch->bins[i];
        agreeing += kept->bins[i] && kept->bins[i] == sketch->bins[i];
    }
    return kept_sketch_same_text(kept, sketch->text, sketch->letters) ||
           (kept->every ? is_enough(kept, sketch, agreeing) : is_enough_of_old(filled, agreeing));
}
