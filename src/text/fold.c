#include "text/fold.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "text/fold_compose.h"
#include "text/fold_table.h"

#include <utf8proc.h>

/*
 * Two passes. The first makes of each character what the table says; only clusters, a character and those behind it
 * that may compose with it, go through utf8proc (fold_compose.c). The second takes pinyin and blanks out of what the
 * first wrote, and only runs when the first saw a blank or a parenthesis.
 */
struct folding {
    const unsigned char *in;
    size_t size;
    struct buf *folded;
    size_t begin; /* of what this call appends */
    struct fold_origins *origins;
    bool has_candidates; /* a blank or a parenthesis was written */
};

void fold_origins_release(struct fold_origins *origins) {
    free(origins->offsets);
    *origins = (struct fold_origins){0};
}

static void origins_add(struct fold_origins *origins, size_t offset, size_t count) {
    for (; count > 0; count--) {
        if (origins->count == origins->capacity)
            origins->offsets =
                memory_resize_array(origins->offsets, vec_next_capacity(&origins->capacity), sizeof *origins->offsets);
        origins->offsets[origins->count++] = (uint32_t)offset;
    }
}

/* The table's entry of the well-formed character at `bytes`, and its size. */
static inline uint32_t entry_of(const unsigned char *bytes, size_t *ret_size) {
    uint32_t character = bytes[0];
    if (character < 0x80) {
        *ret_size = 1;
    } else if (character < 0xE0) {
        *ret_size = 2;
        character = (character & 0x1Fu) << 6 | (bytes[1] & 0x3Fu);
    } else if (character < 0xF0) {
        *ret_size = 3;
        character = (character & 0x0Fu) << 12 | (bytes[1] & 0x3Fu) << 6 | (bytes[2] & 0x3Fu);
    } else {
        *ret_size = 4;
        character = (character & 0x07u) << 18 | (bytes[1] & 0x3Fu) << 12 | (bytes[2] & 0x3Fu) << 6 | (bytes[3] & 0x3Fu);
    }
    return fold_entries[(uint32_t)fold_blocks[character >> FOLD_BLOCK_BITS] << FOLD_BLOCK_BITS |
                        (character & ((1u << FOLD_BLOCK_BITS) - 1))];
}

static inline struct slice target_of(uint32_t entry) {
    uint32_t number = entry & ~(uint32_t)FOLD_COMPOSES;
    uint32_t begin = fold_target_begins[number];
    return (struct slice){(const char *)fold_target_bytes + begin, fold_target_begins[number + 1] - begin};
}

static inline bool is_blank(unsigned char byte) {
    return byte == ' ' || byte == '\t';
}

/* Eight ASCII bytes at once, lower-cased by arithmetic; false when one is not ASCII. */
static inline bool copy_eight_ascii(const unsigned char *in, char *out, bool *has_candidates) {
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t high_bits = 0x80 * ones;
    uint64_t word;
    memcpy(&word, in, sizeof word);
    if (word & high_bits)
        return false;
    /* The high bit of each byte: at least 'A', and not over 'Z'. No carry crosses bytes, all being under 0x80. */
    uint64_t upper = (word + (0x80 - 'A') * ones) & ~(word + (0x7F - 'Z') * ones) & high_bits;
    word |= upper >> 2;
    memcpy(out, &word, sizeof word);
    /* Bytes below '(' + 1 may be a blank or a parenthesis: too many is fine, the second pass looks closer. */
    *has_candidates |= ((word + (0x7F - '(') * ones) & high_bits) != high_bits;
    return true;
}

/*
 * Copies from `at` on what folds one to one in size, and returns where something else stands. The caller has made room
 * for the whole rest.
 */
static size_t copy_plain(struct folding *folding, size_t at) {
    const unsigned char *in = folding->in;
    const size_t size = folding->size;
    char *out = folding->folded->data + folding->folded->size;
    bool has_candidates = false;
    const size_t begin = at;
    while (at < size) {
        if (in[at] >= 0xE0 && in[at] < 0xF0) {
            size_t length = 0;
            if (entry_of(in + at, &length) != 0)
                break;
            memcpy(out, in + at, 3);
            out += 3;
            at += 3;
        } else if (in[at] < 0x80) {
            if (size - at >= 8 && copy_eight_ascii(in + at, out, &has_candidates)) {
                out += 8;
                at += 8;
                continue;
            }
            unsigned char byte = in[at++];
            has_candidates |= is_blank(byte) || byte == '(';
            *out++ = (char)(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
        } else {
            size_t length = 0;
            if (entry_of(in + at, &length) != 0)
                break;
            memcpy(out, in + at, length);
            out += length;
            at += length;
        }
    }
    folding->has_candidates |= has_candidates;
    folding->folded->size += at - begin;
    return at;
}

/* Appends `bytes`, which the character at `origin` became. */
static void append_folded(struct folding *folding, struct slice bytes, size_t origin) {
    if (bytes.size && (is_blank((unsigned char)bytes.data[0]) || memchr(bytes.data, '(', bytes.size) ||
                       memchr(bytes.data, ' ', bytes.size)))
        folding->has_candidates = true;
    buf_append_slice(folding->folded, bytes);
    if (folding->origins)
        origins_add(folding->origins, origin, bytes.size);
}

/* Where the character before `at` begins; 0 at the front. */
static size_t previous_character(struct folding *folding, size_t at) {
    while (at > 0 && (folding->in[--at] & 0xC0) == 0x80)
        ;
    return at;
}

/*
 * The character at `at` may compose with the one before, which is written already: that one is taken back and folded
 * with all that join it.
 */
static size_t fold_cluster(struct folding *folding, size_t at) {
    size_t begin = previous_character(folding, at);
    if (begin < at) {
        size_t size = 0;
        uint32_t entry = entry_of(folding->in + begin, &size);
        size_t written = entry ? target_of(entry).size : size;
        folding->folded->size -= written;
        if (folding->origins)
            folding->origins->count -= written;
    }
    size_t end = at;
    size_t size = 0;
    while (end < folding->size && entry_of(folding->in + end, &size) & FOLD_COMPOSES)
        end += size;
    struct slice cluster = {(const char *)folding->in + begin, end - begin};
    CLEANUP(memory_free) utf8proc_int32_t *characters = NULL;
    size_t count = fold_compose(cluster, &characters);
    for (size_t i = 0; i < count; i++) {
        char bytes[UTF8_MOST];
        struct slice itself = {bytes, utf8_encode((uint32_t)characters[i], bytes)};
        uint32_t entry = entry_of((const unsigned char *)bytes, &size) & ~(uint32_t)FOLD_COMPOSES;
        append_folded(folding, entry ? target_of(entry) : itself, begin);
    }
    return end;
}

/* One character by the table, with its origin. */
static size_t fold_character(struct folding *folding, size_t at) {
    size_t size = 0;
    uint32_t entry = entry_of(folding->in + at, &size);
    if (entry & FOLD_COMPOSES)
        return fold_cluster(folding, at);
    append_folded(folding, entry ? target_of(entry) : (struct slice){(const char *)folding->in + at, size}, at);
    return at + size;
}

static void fold_characters(struct folding *folding) {
    size_t at = 0;
    while (at < folding->size && !folding->folded->failed) {
        /* Room for the rest as it is: so copy_plain need not look, and targets seldom grow the buffer. */
        if (!buf_reserve(folding->folded, folding->size - at))
            break;
        if (!folding->origins)
            at = copy_plain(folding, at);
        if (at < folding->size)
            at = fold_character(folding, at);
    }
}

bool text_is_han(uint32_t character) {
    return (character >= 0x4E00 && character <= 0x9FFF) || (character >= 0x3400 && character < 0x4E00) ||
           character == 0x3007 || (character >= 0xF900 && character <= 0xFAFF) ||
           (character >= 0x20000 && character <= 0x3FFFF);
}

static bool han_at(struct slice text, size_t at) {
    uint32_t character = 0;
    return at < text.size && utf8_decode(text, at, &character) != 0 && text_is_han(character);
}

static bool han_before(struct slice text, size_t at) {
    if (at == 0)
        return false;
    do
        at--;
    while (at > 0 && ((unsigned char)text.data[at] & 0xC0) == 0x80);
    return han_at(text, at);
}

/* Letters of pinyin beside a to z, with their tones. Lower case, composed: the text is folded already. */
static bool is_pinyin_letter(uint32_t character) {
    static const uint16_t toned[] = {0x101, 0xE1,  0x1CE, 0xE0,  0x113, 0xE9,  0x11B, 0xE8, 0x12B, 0xED,
                                     0x1D0, 0xEC,  0x14D, 0xF3,  0x1D2, 0xF2,  0x16B, 0xFA, 0x1D4, 0xF9,
                                     0x1D6, 0x1D8, 0x1DA, 0x1DC, 0xFC,  0x144, 0x148, 0x1F9};
    if (character >= 'a' && character <= 'z')
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(toned); i++)
        if (character == toned[i])
            return true;
    return false;
}

/* The end of `(jīng)` that begins at `at`; `at` when there is none. One syllable has at most eight letters. */
static size_t pinyin_end(struct slice text, size_t at) {
    enum { LETTERS_MOST = 8 };
    if (at >= text.size || text.data[at] != '(')
        return at;
    size_t end = at + 1;
    for (int letters = 0; letters <= LETTERS_MOST && end < text.size; letters++) {
        if (text.data[end] == ')')
            return letters > 0 ? end + 1 : at;
        uint32_t character = 0;
        size_t size = utf8_decode(text, end, &character);
        if (size == 0 || !is_pinyin_letter(character))
            return at;
        end += size;
    }
    return at;
}

/* Where the next blank or opening parenthesis stands. */
static size_t next_candidate(struct slice text, size_t at) {
    while (at < text.size && !is_blank((unsigned char)text.data[at]) && text.data[at] != '(')
        at++;
    return at;
}

/* The second pass writes over what the first has written, always at or before where it reads. */
struct strip {
    struct slice text;
    char *bytes;
    uint32_t *offsets; /* NULL without origins */
    size_t written;
};

static void strip_keep(struct strip *strip, size_t begin, size_t end) {
    if (strip->written != begin) {
        memmove(strip->bytes + strip->written, strip->bytes + begin, end - begin);
        if (strip->offsets)
            memmove(strip->offsets + strip->written, strip->offsets + begin, (end - begin) * sizeof *strip->offsets);
    }
    strip->written += end - begin;
}

/*
 * What stands before a candidate is asked of the kept text, so that `经(jing) 济` becomes 经济. Pinyin asks for more:
 * right behind other pinyin it stays (`经(jing)(ji)` loses one syllable only), for it is no reading of a character
 * then.
 */
static void strip_pinyin_and_blanks(struct strip *strip) {
    struct slice text = strip->text;
    size_t at = 0;
    bool behind_pinyin = false;
    while (at < text.size) {
        size_t candidate = next_candidate(text, at);
        if (candidate > at) {
            strip_keep(strip, at, candidate);
            behind_pinyin = false;
        }
        if (candidate == text.size)
            return;
        size_t end = candidate;
        while (end < text.size && is_blank((unsigned char)text.data[end]))
            end++;
        bool behind_han = han_before((struct slice){strip->bytes, strip->written}, strip->written);
        size_t pinyin = behind_han && !behind_pinyin ? pinyin_end(text, end) : end;
        at = pinyin;
        behind_pinyin = pinyin > end;
        if (behind_pinyin || (behind_han && end > candidate && han_at(text, end)))
            continue;
        at = end > candidate ? end : candidate + 1;
        strip_keep(strip, candidate, at);
    }
}

void text_fold(struct slice text, struct buf *folded, struct fold_origins *origins) {
    struct folding folding = {.in = (const unsigned char *)text.data,
                              .size = text.size,
                              .folded = folded,
                              .begin = folded->size,
                              .origins = origins};
    size_t origins_begin = origins ? origins->count : 0;
    fold_characters(&folding);
    if (folded->failed)
        return;
    if (folding.has_candidates) {
        char *bytes = folded->data + folding.begin;
        struct strip strip = {.text = {bytes, folded->size - folding.begin},
                              .bytes = bytes,
                              .offsets = origins ? origins->offsets + origins_begin : NULL};
        strip_pinyin_and_blanks(&strip);
        folded->size = folding.begin + strip.written;
        if (origins)
            origins->count = origins_begin + strip.written;
    }
    if (origins)
        origins_add(origins, text.size, 1);
}

/* They choose a glyph, and are a matter of fonts. */
static bool is_variation_selector(uint32_t character) {
    return (character >= 0xFE00 && character <= 0xFE0F) || (character >= 0xE0100 && character <= 0xE01EF);
}

static bool is_letter_or_digit(utf8proc_category_t category) {
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

void text_append_letters(struct slice folded, struct buf *letters) {
    size_t begin = 0;
    bool behind_letter = false;
    for (size_t at = 0; at < folded.size;) {
        uint32_t character = 0;
        size_t size = utf8_decode(folded, at, &character);
        utf8proc_category_t category = size ? utf8proc_category((utf8proc_int32_t)character) : UTF8PROC_CATEGORY_CN;
        /* Vowels of Thai, Hindi and others are marks: words differ in nothing else. */
        bool marks = behind_letter && (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC) &&
                     !is_variation_selector(character);
        bool wanted = is_letter_or_digit(category) || marks;
        size_t next = at + (size ? size : 1);
        if (!wanted) {
            buf_append(letters, folded.data + begin, at - begin);
            begin = next;
        }
        behind_letter = wanted;
        at = next;
    }
    buf_append(letters, folded.data + begin, folded.size - begin);
}
