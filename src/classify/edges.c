#include "classify/rules.h"

/*
 * M50 is not in M500 and AI not in SAID. Letters are those of ASCII (folded text has no full-width ones) and of the
 * Latin blocks behind it, U+00C0 to U+027F, whose first byte is C3 to C9.
 */
static bool is_letter_or_digit(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z');
}

static bool is_latin_lead(unsigned char byte) {
    return byte >= 0xc3 && byte <= 0xc9;
}

static bool begins_latin(struct slice text, size_t at) {
    unsigned char byte = (unsigned char)text.data[at];
    return is_letter_or_digit(byte) || is_latin_lead(byte);
}

/* Is the character that ends before `at` (> 0) one? */
static bool ends_latin(struct slice text, size_t at) {
    unsigned char byte = (unsigned char)text.data[at - 1];
    if (byte < 0x80 || at < 2) {
        return is_letter_or_digit(byte);
    }
    return is_latin_lead((unsigned char)text.data[at - 2]);
}

unsigned edges_of(struct slice text) {
    unsigned edges = 0;
    if (text.size > 0 && begins_latin(text, 0)) {
        edges |= EDGE_BEGIN;
    }
    if (text.size > 0 && ends_latin(text, text.size)) {
        edges |= EDGE_END;
    }
    return edges;
}

bool edges_fit(struct slice text, size_t begin, size_t end, unsigned edges) {
    if ((edges & EDGE_BEGIN) && begin > 0 && ends_latin(text, begin)) {
        return false;
    }
    return !(edges & EDGE_END) || end >= text.size || !begins_latin(text, end);
}
