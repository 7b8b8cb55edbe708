#include "assemble/sketch.h"

#include "base/hash.h"
#include "base/utf8.h"

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

/* --- hashes ------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash) {
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93;
    return hash ^ hash >> 32;
}

/* Letters as they come, some at a time: in two bytes each, as all but a few rare ones have. */
enum { PART = 512 };
struct part {
    uint16_t letters[PART + SKETCH_RUN];
    size_t count;
    uint16_t begins[PART + SKETCH_RUN]; /* places of letters that a run of the sample may begin with */
    size_t begin_count;
};

/*
 * Of all runs those that begin with one letter in four, whichever text they stand in: as good a sample, in less time.
 * Without a branch, for nobody could predict it.
 */
static inline void add_letter(struct part *part, uint16_t letter) {
    part->letters[part->count] = letter;
    part->begins[part->begin_count] = (uint16_t)part->count++;
    part->begin_count += (letter & 3) == 0;
}

/* 1 for the letters and digits of ASCII, folded. */
static const unsigned char is_letter[128] = {['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ['a'] = 1, 1, 1, 1, 1, 1, 1, 1,
                                             1,         1, 1, 1, 1, 1, 1, 1, 1, 1, 1,         1, 1, 1, 1, 1, 1, 1};

/* What is nearly all of it, U+4000–9FFF in three bytes, as far as it goes on without anything between. */
static size_t read_han(struct slice text, size_t at, struct part *part) {
    const unsigned char *bytes = (const unsigned char *)text.data + at;
    const unsigned char *end = (const unsigned char *)text.data + text.size;
    size_t count = part->count;
    size_t begin_count = part->begin_count;
    while (end - bytes >= 3 && bytes[0] - 0xE4u <= 5 && count < PART) {
        unsigned letter = (unsigned)bytes[0] << 12 | (bytes[1] & 0x3Fu) << 6 | (bytes[2] & 0x3Fu);
        part->begins[begin_count] = (uint16_t)count;
        begin_count += (letter & 3) == 0;
        part->letters[count++] = (uint16_t)letter;
        bytes += 3;
    }
    part->count = count;
    part->begin_count = begin_count;
    return (size_t)(bytes - (const unsigned char *)text.data);
}

/* Fills the part up to PART letters. Returns where the text goes on; 0 at its end. */
static size_t read_part(struct slice text, size_t at, struct part *part) {
    const unsigned char *bytes = (const unsigned char *)text.data;
    uint32_t letter = 0;
    while (part->count < PART && at < text.size) {
        size_t before = at;
        at = read_han(text, at, part);
        if (at > before)
            continue;
        /* Between it stand ASCII, 。 and 、. */
        if (bytes[at] < 0x80) {
            if (is_letter[bytes[at++]])
                add_letter(part, bytes[at - 1]);
        } else if (bytes[at] == 0xE3 && text.size - at >= 3 && bytes[at + 1] == 0x80 && bytes[at + 2] < 0x85) {
            at += 3;
        } else {
            size_t next = sketch_next_letter(text, at, &letter);
            if (next)
                add_letter(part, (uint16_t)(letter ^ letter >> 16));
            at = next ? next : text.size;
        }
    }
    return at < text.size ? at : 0;
}

static uint64_t hash_part(uint64_t hash, const struct part *part, size_t begin) {
    return mix(hash * multiplier +
               hash64((struct slice){(const char *)(part->letters + begin), (part->count - begin) * sizeof(uint16_t)}));
}

/* Of the letters of a text, however its marks are set. */
static uint32_t hash_letters(struct slice text, size_t *ret_count) {
    struct part part;
    uint64_t hash = 0;
    size_t count = 0;
    size_t at = 0;
    do {
        part.count = part.begin_count = 0;
        at = read_part(text, at, &part);
        hash = hash_part(hash, &part, 0);
        count += part.count;
    } while (at);
    *ret_count = count;
    return (uint32_t)hash;
}

/* --- bins --------------------------------------------------------------------------------------------------- */

static void keep_smallest(uint32_t *smallest, const struct part *part) {
    for (size_t i = 0; i < part->begin_count && part->begins[i] + (size_t)SKETCH_RUN <= part->count; i++) {
        const uint16_t *run = part->letters + part->begins[i];
        uint64_t four;
        memcpy(&four, run, sizeof four);
        uint64_t mixed = (four ^ run[4] * 0xd6e8feb86659fd93) * multiplier;
        mixed = (mixed ^ mixed >> 29) * 0xbf58476d1ce4e5b9;
        size_t bin = (size_t)((mixed >> 32) * SKETCH_BINS >> 32);
        uint32_t value = (uint32_t)(mixed >> 3);
        if (value < smallest[bin])
            smallest[bin] = value;
    }
}

/* The last letters may begin runs that go on in the next part. Returns how many they are. */
static size_t carry_over(struct part *part) {
    uint16_t last[SKETCH_RUN];
    size_t count = part->count < SKETCH_RUN ? part->count : SKETCH_RUN - 1;
    memcpy(last, part->letters + part->count - count, count * sizeof *last);
    part->count = part->begin_count = 0;
    for (size_t i = 0; i < count; i++)
        add_letter(part, last[i]);
    return count;
}

void sketch_make(struct slice title, struct slice text, struct sketch *ret_sketch) {
    struct part part;
    uint32_t smallest[SKETCH_BINS];
    uint64_t hash = 0;
    size_t count = 0;
    size_t before = 0; /* letters of the part that were in the one before it: runs go on */
    size_t at = 0;
    part.count = part.begin_count = 0;
    memset(smallest, 0xFF, sizeof smallest);
    do {
        at = read_part(text, at, &part);
        keep_smallest(smallest, &part);
        hash = hash_part(hash, &part, before);
        count += part.count - before;
        before = carry_over(&part);
    } while (at);
    struct sketch sketch = {.text = (uint32_t)hash, .letters = count & 0xFFFFFF};
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
