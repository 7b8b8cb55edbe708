#include "text/restore_reading.h"

#include "base/utf8.h"
#include "text/fold.h"
#include "text/pinyin.h"

static bool opens(uint32_t character) {
    return character == '(' || character == 0xFF08;
}

static bool closes(uint32_t character) {
    return character == ')' || character == 0xFF09;
}

static bool separates_syllables(uint32_t character) {
    return character == ' ' || character == '\'' || character == 0x2019;
}

bool reading_scan(const uint32_t *characters, size_t count, bool open, struct reading *ret_reading) {
    size_t at = 0;
    ret_reading->letter_count = ret_reading->tones = 0;
    if (open && (!count || !opens(characters[at++])))
        return false;
    for (; at < count && !closes(characters[at]); at++) {
        char bytes[UTF8_MOST];
        size_t tones = 0;
        if (ret_reading->letter_count && separates_syllables(characters[at]))
            continue;
        struct slice letter = {bytes, utf8_encode(characters[at], bytes)};
        if (ret_reading->letter_count == READING_LETTERS_MOST ||
            !pinyin_plain(letter, &ret_reading->letters[ret_reading->letter_count], 1, &tones))
            return false;
        ret_reading->letter_count++;
        ret_reading->tones += tones;
    }
    ret_reading->size = at + 1;
    return at < count && ret_reading->letter_count > 0;
}

/* The most frequent reading without its tone. 0: no Han character, or none known. */
static size_t plain_reading(uint32_t character, char ret_letters[PINYIN_SYLLABLE_MOST + 1]) {
    const char *syllable = pinyin_reading(character);
    size_t tones = 0;
    return syllable ? pinyin_plain(slice_of(syllable), ret_letters, PINYIN_SYLLABLE_MOST, &tones) : 0;
}

size_t reading_matches(const struct reading *reading, const uint32_t *end, size_t before) {
    size_t left = reading->letter_count;
    for (size_t count = 1; count <= before && count <= READING_HAN_MOST; count++) {
        char syllable[PINYIN_SYLLABLE_MOST + 1];
        size_t size = plain_reading(end[-(ptrdiff_t)count], syllable);
        if (!size || size > left || memcmp(reading->letters + left - size, syllable, size) != 0)
            return 0;
        left -= size;
        if (!left)
            return count;
    }
    return 0;
}

/* For every number of letters from the end: the best way to cut them into syllables, one a character. */
struct cut {
    bool possible;
    unsigned char syllables;
    unsigned char frequent; /* of them, those that are their character's most frequent reading */
};

static size_t han_before(const uint32_t *end, size_t before) {
    size_t count = 0;
    while (count < before && count < READING_HAN_MOST && text_is_han(end[-(ptrdiff_t)count - 1]))
        count++;
    return count;
}

size_t reading_resembles(const struct reading *reading, const uint32_t *end, size_t before) {
    struct cut cuts[READING_LETTERS_MOST + 1] = {{.possible = true, .syllables = 0, .frequent = 0}};
    size_t han = han_before(end, before);
    size_t all = reading->letter_count;
    if (!reading->tones)
        return 0;
    for (size_t used = 0; used < all; used++) {
        if (!cuts[used].possible || cuts[used].syllables >= han)
            continue;
        char syllable[PINYIN_SYLLABLE_MOST + 1];
        size_t frequent_size = plain_reading(end[-(ptrdiff_t)cuts[used].syllables - 1], syllable);
        for (size_t size = 1; size <= PINYIN_SYLLABLE_MOST && used + size <= all; size++) {
            const char *letters = reading->letters + all - used - size;
            if (!pinyin_is_syllable(letters, size))
                continue;
            bool frequent = size == frequent_size && memcmp(letters, syllable, size) == 0;
            struct cut next = {true, (unsigned char)(cuts[used].syllables + 1),
                               (unsigned char)(cuts[used].frequent + frequent)};
            struct cut *known = &cuts[used + size];
            if (!known->possible || next.frequent > known->frequent)
                *known = next;
        }
    }
    const struct cut *whole = &cuts[all];
    if (!whole->possible || reading->tones > whole->syllables)
        return 0;
    bool convincing =
        whole->syllables == 1 || (whole->frequent * 2 >= whole->syllables && reading->tones * 2 >= whole->syllables);
    return convincing ? whole->syllables : 0;
}

bool reading_is_of(const uint32_t *letters, size_t count, uint32_t character) {
    const char *syllable = pinyin_reading(character);
    struct slice rest = slice_of(syllable);
    for (size_t i = 0; syllable && i < count; i++) {
        char bytes[UTF8_MOST];
        struct slice letter = {bytes, utf8_encode(letters[i], bytes)};
        if (!slice_starts_with(rest, letter))
            return false;
        rest = slice_from(rest, letter.size);
    }
    return syllable && count && !rest.size;
}
