#include "assemble/kept_sketch.h"

static void append_hex(struct buf *hex, uint64_t number, int digits) {
    buf_append_format(hex, "%0*llx", digits, (unsigned long long)number);
}

void kept_sketch_append(const struct sketch *sketch, struct buf *hex) {
    for (size_t i = 0; i < SKETCH_BINS; i++)
        append_hex(hex, sketch->bins[i], 4);
    append_hex(hex, sketch->text, 8);
    append_hex(hex, sketch->letters, 8);
}

static bool parse_hex(struct slice *rest, size_t digits, uint32_t *ret_number) {
    uint32_t number = 0;
    for (size_t i = 0; i < digits; i++) {
        char digit = rest->data[i];
        bool is_letter = digit >= 'a' && digit <= 'f';
        if (!is_letter && !(digit >= '0' && digit <= '9'))
            return false;
        number = number << 4 | (uint32_t)(is_letter ? digit - 'a' + 10 : digit - '0');
    }
    *rest = slice_from(*rest, digits);
    *ret_number = number;
    return true;
}

bool kept_sketch_parse(struct slice hex, struct kept_sketch *ret_kept) {
    struct kept_sketch kept;
    uint32_t number = 0;
    if (hex.size != KEPT_SKETCH_SIZE)
        return false;
    for (size_t i = 0; i < SKETCH_BINS; i++) {
        if (!parse_hex(&hex, 4, &number))
            return false;
        kept.bins[i] = (uint16_t)number;
    }
    if (!parse_hex(&hex, 8, &kept.text) || !parse_hex(&hex, 8, &kept.letters))
        return false;
    *ret_kept = kept;
    return true;
}

bool kept_sketch_resembles(const struct kept_sketch *kept, const struct sketch *sketch) {
    unsigned agreeing = 0;
    unsigned filled = 0;
    if (kept->letters > 0 && kept->text == sketch->text && kept->letters == sketch->letters)
        return true;
    for (size_t i = 0; i < SKETCH_BINS; i++) {
        filled += kept->bins[i] || sketch->bins[i];
        agreeing += kept->bins[i] && kept->bins[i] == sketch->bins[i];
    }
    return filled >= KEPT_BINS_LEAST && agreeing * SKETCH_BINS >= KEPT_AGREEING * filled;
}
