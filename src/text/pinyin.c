#include "text/pinyin.h"

#include "base/utf8.h"
#include "text/reading_table.h"

const char *pinyin_reading(uint32_t character) {
    if (character < READING_BEGIN || character >= READING_END || !reading_of[character - READING_BEGIN])
        return NULL;
    return reading_syllables[reading_of[character - READING_BEGIN]];
}

/* The vowel below a tone mark; 0 for a character that is no letter of pinyin. Composed characters only. */
static char plain_letter(uint32_t character, bool *ret_toned) {
    static const struct {
        const char *letters; /* those with a tone, two bytes each */
        char plain;
    } vowels[] = {{"āáǎà", 'a'}, {"ēéěè", 'e'}, {"īíǐì", 'i'}, {"ōóǒò", 'o'},
                  {"ūúǔù", 'u'}, {"ǖǘǚǜ", 'v'}, {"ńňǹ", 'n'}};
    *ret_toned = false;
    if (character >= 'a' && character <= 'z')
        return (char)character;
    if (character == 0xFC)
        return 'v';
    if (character < 0x80 || character >= 0x800)
        return 0;
    char bytes[UTF8_MOST];
    size_t size = utf8_encode(character, bytes);
    *ret_toned = true;
    for (size_t i = 0; i < ARRAY_LENGTH(vowels); i++)
        if (slice_find(slice_of(vowels[i].letters), (struct slice){bytes, size}, 0) < strlen(vowels[i].letters))
            return vowels[i].plain;
    return 0;
}

size_t pinyin_plain(struct slice text, char *ret_letters, size_t most, size_t *ret_tones) {
    size_t count = 0;
    size_t tones = 0;
    for (size_t at = 0; at < text.size;) {
        uint32_t character = 0;
        size_t size = utf8_decode(text, at, &character);
        bool toned = false;
        char letter = size ? plain_letter(character, &toned) : 0;
        if (!letter || count == most)
            return 0;
        ret_letters[count++] = letter;
        tones += toned;
        at += size;
    }
    *ret_tones = tones;
    return count;
}

/* Initials and finals as the table of syllables has them; not every pair occurs, but no word of English is one of
 * those that do not. */
bool pinyin_is_syllable(const char *letters, size_t size) {
    static const char *const initials[] = {"zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g",
                                           "k",  "h",  "j",  "q", "x", "r", "z", "c", "s", "y", "w", ""};
    static const char finals[] = " a o e ai ei ao ou an en ang eng ong er i ia ie iao iu ian in iang ing iong u ua uo "
                                 "uai ui uan un uang ue v ve van vn ";
    if (!size || size > PINYIN_SYLLABLE_MOST)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(initials); i++) {
        size_t initial = strlen(initials[i]);
        if (initial >= size || memcmp(letters, initials[i], initial) != 0)
            continue;
        char wanted[PINYIN_SYLLABLE_MOST + 2] = " ";
        memcpy(wanted + 1, letters + initial, size - initial);
        wanted[1 + size - initial] = ' ';
        struct slice final = {wanted, size - initial + 2};
        if (slice_find(slice_of(finals), final, 0) < sizeof finals - 1)
            return initial > 0 || strchr("aoe", letters[0]) != NULL;
    }
    return false;
}

unsigned gbk_encode(uint32_t character) {
    return character < ARRAY_LENGTH(gbk_codes) ? gbk_codes[character] : 0;
}

uint32_t gbk_decode(unsigned lead, unsigned trail) {
    if (lead < GBK_LEAD_BEGIN || lead > 0xFE || trail < GBK_TRAIL_BEGIN || trail > 0xFE)
        return 0;
    return gbk_characters[(lead - GBK_LEAD_BEGIN) * GBK_TRAILS + trail - GBK_TRAIL_BEGIN];
}

bool gbk_is_frequent(uint32_t character) {
    unsigned code = gbk_encode(character);
    return code >= 0xB0A1 && code <= 0xD7F9 && (code & 0xFF) >= 0xA1;
}
