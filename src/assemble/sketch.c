#include "assemble/sketch.h"

#include "base/utf8.h"

enum { HISTORY = 8 /* letters behind; a power of two above SKETCH_RUN */ };

static const uint64_t multiplier = 0x9e3779b97f4a7c15; /* odd, its bits well mixed: 2^64 by the golden ratio */

/* Marks beyond ASCII: Latin-1's, general punctuation and symbols, those of CJK, half and full width. */
static bool is_mark(uint32_t character) {
    if (character < 0x2000)
        return character < 0xC0;
    if (character < 0x3005)
        return character < 0x2C00 || character >= 0x3000;
    if (character < 0x3041)
        return character != 0x3005 && character != 0x3007;
    return character >= 0xE000 && (character < 0xF900 || (character >= 0xFE00 && character < 0x10000));
}

size_t sketch_next_letter(struct slice text, size_t at, uint32_t *ret_letter) {
    while (at < text.size) {
        unsigned char byte = (unsigned char)text.data[at];
        /* Folded: lower case. */
        if (byte < 0x80) {
            at++;
            if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) {
                *ret_letter = byte;
                return at;
            }
            continue;
        }
        uint32_t character = 0;
        /* Nearly all of it is U+4000–9FFF. */
        if (byte >= 0xE4 && byte <= 0xE9 && at + 2 < text.size) {
            *ret_letter = (uint32_t)(byte & 0x0F) << 12 | (uint32_t)(text.data[at + 1] & 0x3F) << 6 |
                          (uint32_t)(text.data[at + 2] & 0x3F);
            return at + 3;
        }
        size_t size = utf8_decode(text, at, &character);
        at += size ? size : 1;
        if (size && !is_mark(character)) {
            *ret_letter = character;
            return at;
        }
    }
    return 0;
}

static uint64_t mix(uint64_t hash) {
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93;
    return hash ^ hash >> 32;
}

/* Of the letters of a text, however its marks are set. */
static uint32_t hash_letters(struct slice text, size_t *ret_count) {
    uint64_t hash = 0;
    size_t count = 0;
    uint32_t letter = 0;
    for (size_t at = 0; (at = sketch_next_letter(text, at, &letter)) != 0; count++)
        hash = (hash + letter) * multiplier;
    *ret_count = count;
    return (uint32_t)(mix(hash) >> 16);
}

/* What a letter has been multiplied by when it leaves the run. */
static uint64_t power_of_run(void) {
    uint64_t power = multiplier;
    for (int i = 0; i < SKETCH_RUN; i++)
        power *= multiplier;
    return power;
}

static void keep_smallest(uint32_t *smallest, uint64_t run) {
    uint64_t mixed = mix(run);
    size_t bin = (size_t)((mixed >> 32) * SKETCH_BINS >> 32);
    uint32_t value = (uint32_t)mixed;
    if (value < smallest[bin])
        smallest[bin] = value;
}

void sketch_make(struct slice title, struct slice text, struct sketch *ret_sketch) {
    const uint64_t leaving = power_of_run();
    uint32_t smallest[SKETCH_BINS];
    uint32_t history[HISTORY] = {0};
    uint64_t whole = 0; /* of all letters */
    uint64_t run = 0;   /* of the last SKETCH_RUN of them */
    uint32_t letter = 0;
    size_t count = 0;
    memset(smallest, 0xFF, sizeof smallest);
    for (size_t at = 0; (at = sketch_next_letter(text, at, &letter)) != 0;) {
        run = (run + letter) * multiplier - history[(count - SKETCH_RUN) % HISTORY] * leaving;
        whole = (whole + letter) * multiplier;
        history[count % HISTORY] = letter;
        if (++count >= SKETCH_RUN)
            keep_smallest(smallest, run);
    }
    struct sketch sketch = {.text = (uint32_t)(mix(whole) >> 16), .letters = count & 0xFFFFFF};
    /* The small end: the great one is near zero in all bins. */
    for (size_t i = 0; i < SKETCH_BINS; i++)
        if (smallest[i] != UINT32_MAX)
            sketch.bins[i] = (uint16_t)(smallest[i] | (smallest[i] & 0xFFFF ? 0 : 1));
    uint32_t title_hash = hash_letters(title, &count);
    if (count >= SKETCH_TITLE_LEAST)
        sketch.title = title_hash ? title_hash : 1;
    *ret_sketch = sketch;
}

bool sketch_same_text(const struct sketch *a, const struct sketch *b) {
    return a->text == b->text && a->letters == b->letters && a->letters > 0 &&
           memcmp(a->bins, b->bins, sizeof a->bins) == 0;
}
