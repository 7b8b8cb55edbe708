#include "assemble/kept_sketch.h"

#include "base/hash.h"

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

bool kept_sketch_parse(struct slice hex, struct kept_sketch *ret_kept) {
    struct kept_sketch kept;
    uint64_t number = 0;
    uint64_t letters = 0;
    if (hex.size != KEPT_SKETCH_SIZE)
        return false;
    for (size_t i = 0; i < SKETCH_BINS; i++) {
        if (!parse_hex(&hex, 4, &number))
            return false;
        kept.bins[i] = (uint16_t)number;
    }
    if (!parse_hex(&hex, 8, &number) || !parse_hex(&hex, 8, &letters) || !parse_hex(&hex, 16, &kept.figures) ||
        !parse_hex(&hex, 16, &kept.labels))
        return false;
    kept.text = (uint32_t)number;
    kept.letters = (uint32_t)letters;
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

void kept_sketch_make(const struct sketch *sketch, struct slice text, const struct taxonomies *taxonomies,
                      const uint64_t *labels, struct kept_sketch *ret_kept) {
    *ret_kept = (struct kept_sketch){
        .text = sketch->text,
        .letters = sketch->letters,
        .figures = figures_of(text),
        .labels = labels_of(taxonomies, labels),
    };
    memcpy(ret_kept->bins, sketch->bins, sizeof ret_kept->bins);
}

/* --- comparing ---------------------------------------------------------------------------------------------- */

static bool is_same_text(const struct kept_sketch *kept, uint32_t text, uint32_t letters) {
    return letters > 0 && kept->text == text && kept->letters == letters;
}

bool kept_sketch_agrees(const struct kept_sketch *kept, const struct sketch *sketch) {
    unsigned agreeing = 0;
    unsigned filled = 0;
    if (is_same_text(kept, sketch->text, sketch->letters))
        return true;
    for (size_t i = 0; i < SKETCH_BINS; i++) {
        filled += kept->bins[i] || sketch->bins[i];
        agreeing += kept->bins[i] && kept->bins[i] == sketch->bins[i];
    }
    return filled >= KEPT_BINS_LEAST && agreeing * SKETCH_BINS >= KEPT_AGREEING * filled;
}

/* Both have some, and less than half of those that have fewer are among the others. */
static bool figures_are_apart(uint64_t a, uint64_t b) {
    int in_a = __builtin_popcountll(a);
    int in_b = __builtin_popcountll(b);
    return __builtin_popcountll(a & b) * 2 < (in_a < in_b ? in_a : in_b);
}

/* Each is about something of one taxonomy that the other is not about. */
static bool labels_are_apart(uint64_t a, uint64_t b) {
    for (int taxonomy = 0; taxonomy < 4; taxonomy++) {
        uint64_t mask = (uint64_t)0xFFFF << taxonomy * 16;
        if ((a & ~b & mask) && (b & ~a & mask))
            return true;
    }
    return false;
}

bool kept_sketch_is_copy(const struct kept_sketch *a, const struct kept_sketch *b) {
    return is_same_text(a, b->text, b->letters) ||
           (!figures_are_apart(a->figures, b->figures) && !labels_are_apart(a->labels, b->labels));
}
