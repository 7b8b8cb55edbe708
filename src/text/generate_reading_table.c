/*
 * Prints text/reading_table.h: the reading of every Han character of GBK in pinyin, and GBK itself in both directions.
 * Run once by the Makefile, for the same reason as generate_fold_table.c: the data is ICU's (Unihan's) and iconv's, not
 * ours to keep in the tree; the same versions of both print the same bytes.
 */
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

enum {
    HAN_BEGIN = 0x4E00,
    HAN_END = 0xA000,
    LEAD_BEGIN = 0x81,
    LEAD_END = 0xFF,
    TRAIL_BEGIN = 0x40,
    TRAIL_END = 0xFF,
    TRAILS = TRAIL_END - TRAIL_BEGIN,
    SYLLABLES_MOST = 2048,
    SYLLABLE_SIZE = 16,
};

static char syllables[SYLLABLES_MOST][SYLLABLE_SIZE]; /* number 0: none */
static unsigned syllable_count = 1;
static uint16_t readings[HAN_END - HAN_BEGIN];
static uint16_t characters[(LEAD_END - LEAD_BEGIN) * TRAILS];
static uint16_t codes[0x10000];

static void stop(const char *what) {
    fprintf(stderr, "generate_reading_table: %s\n", what);
    exit(1);
}

static uint16_t syllable_number(const char *syllable) {
    for (unsigned i = 1; i < syllable_count; i++)
        if (strcmp(syllables[i], syllable) == 0)
            return (uint16_t)i;
    if (syllable_count == SYLLABLES_MOST || strlen(syllable) >= SYLLABLE_SIZE)
        stop("too many syllables");
    memcpy(syllables[syllable_count], syllable, strlen(syllable) + 1);
    return (uint16_t)syllable_count++;
}

/* Characters that have no reading stay what they are: still Han. */
static void read_character(UTransliterator *transliterator, UChar character) {
    UErrorCode error = U_ZERO_ERROR;
    UChar text[64] = {character};
    int32_t size = 1;
    int32_t limit = 1;
    char syllable[64] = "";
    utrans_transUChars(transliterator, text, &size, 64, 0, &limit, &error);
    u_strToUTF8(syllable, sizeof syllable, NULL, text, size, &error);
    if (U_FAILURE(error))
        stop("ICU does not transliterate");
    bool is_latin = size > 0;
    for (int32_t i = 0; i < size; i++)
        is_latin = is_latin && text[i] < 0x250;
    if (is_latin)
        readings[character - HAN_BEGIN] = syllable_number(syllable);
}

static void read_all(void) {
    UErrorCode error = U_ZERO_ERROR;
    UChar id[16];
    u_uastrcpy(id, "Han-Latin");
    UTransliterator *transliterator = utrans_openU(id, -1, UTRANS_FORWARD, NULL, -1, NULL, &error);
    if (U_FAILURE(error))
        stop("ICU has no Han-Latin");
    for (unsigned character = HAN_BEGIN; character < HAN_END; character++)
        read_character(transliterator, (UChar)character);
    utrans_close(transliterator);
}

static void code_all(void) {
    iconv_t converter = iconv_open("UTF-16LE", "GB18030");
    if (converter == (iconv_t)-1)
        stop("iconv does not know GB18030");
    for (unsigned lead = LEAD_BEGIN; lead < LEAD_END; lead++)
        for (unsigned trail = TRAIL_BEGIN; trail < TRAIL_END; trail++) {
            char bytes[2] = {(char)lead, (char)trail};
            unsigned char wide[4] = {0};
            char *in = bytes;
            char *out = (char *)wide;
            size_t in_left = 2;
            size_t out_left = sizeof wide;
            iconv(converter, NULL, NULL, NULL, NULL);
            if (iconv(converter, &in, &in_left, &out, &out_left) == (size_t)-1 || out_left != 2)
                continue;
            uint16_t character = (uint16_t)(wide[0] | wide[1] << 8);
            characters[(lead - LEAD_BEGIN) * TRAILS + trail - TRAIL_BEGIN] = character;
            codes[character] = (uint16_t)(lead << 8 | trail);
        }
    iconv_close(converter);
}

static void print_numbers(const char *name, const uint16_t *numbers, size_t count) {
    printf("static const uint16_t %s[%zu] = {", name, count);
    for (size_t i = 0; i < count; i++)
        printf("%s%u,", i % 24 == 0 ? "\n" : "", numbers[i]);
    puts("\n};");
}

int main(void) {
    read_all();
    code_all();
    puts("/* Made by generate_reading_table.c from ICU and iconv. */");
    printf(
        "enum { READING_BEGIN = %d, READING_END = %d, GBK_LEAD_BEGIN = %d, GBK_TRAIL_BEGIN = %d, GBK_TRAILS = %d };\n",
        HAN_BEGIN, HAN_END, LEAD_BEGIN, TRAIL_BEGIN, TRAILS);
    printf("static const char reading_syllables[%u][%d] = {\n", syllable_count, SYLLABLE_SIZE);
    for (unsigned i = 0; i < syllable_count; i++)
        printf("\"%s\",\n", syllables[i]);
    puts("};");
    print_numbers("reading_of", readings, HAN_END - HAN_BEGIN);
    print_numbers("gbk_characters", characters, sizeof characters / sizeof *characters);
    print_numbers("gbk_codes", codes, sizeof codes / sizeof *codes);
    return ferror(stdout) || fclose(stdout) != 0;
}
