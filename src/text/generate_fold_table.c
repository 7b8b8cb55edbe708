/*
 * Prints text/fold_table.h: what the fold (fold.h) makes of each single character. Run once by the Makefile.
 *
 * The data is OpenCC's and Unicode's (as utf8proc has it), not ours to keep in the tree; the same versions of both
 * print the same bytes.
 *
 * Two stages: FOLD_BLOCKS by the upper bits of a character gives a block of FOLD_ENTRIES, most of them shared. An entry
 * is 0 for a character that folds to itself, else the number of its target, and a flag for a character that may compose
 * with the one before it, where folding one by one is not enough.
 */
#include <opencc/opencc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    CHARACTERS = 0x110000,
    BLOCK_BITS = 7,
    BLOCK_SIZE = 1 << BLOCK_BITS,
    BLOCKS = CHARACTERS / BLOCK_SIZE,
    COMPOSES = 0x8000,
    TARGETS_MOST = 0x7fff,
    TARGET_SIZE_MOST = 96, /* U+FDFA needs 33 */
};

static uint16_t entries[CHARACTERS];
static bool joins_before[CHARACTERS]; /* may compose with, or move before, what stands before it */
static char targets[TARGETS_MOST + 1][TARGET_SIZE_MOST];
static unsigned target_count = 1; /* number 0 is «itself» */

static void stop(const char *what) {
    fprintf(stderr, "generate_fold_table: %s\n", what);
    exit(1);
}

static bool is_scalar(int32_t character) {
    return character < 0xd800 || character > 0xdfff;
}

/* Canonical or compatibility decomposition, complete; how many characters. */
static size_t decompose(int32_t character, utf8proc_option_t kind, int32_t parts[64]) {
    utf8proc_ssize_t count =
        utf8proc_decompose_char(character, parts, 64, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | kind, NULL);
    if (count < 1 || count > 64)
        stop("a decomposition is too long");
    return (size_t)count;
}

/*
 * A character joins backwards when it has a combining class, or is the last of some canonical decomposition, or a
 * Hangul vowel or final. A few too many do no harm: they only go the slow way.
 */
static void mark_joining(void) {
    int32_t parts[64];
    for (int32_t character = 0; character < CHARACTERS; character++) {
        if (!is_scalar(character))
            continue;
        if (utf8proc_get_property(character)->combining_class != 0)
            joins_before[character] = true;
        size_t count = decompose(character, 0, parts);
        if (count > 1)
            joins_before[parts[count - 1]] = true;
    }
    for (int32_t vowel = 0x1161; vowel <= 0x1175; vowel++)
        joins_before[vowel] = true;
    for (int32_t final = 0x11a8; final <= 0x11c2; final++)
        joins_before[final] = true;
}

static void append_character(char *text, size_t *size, int32_t character) {
    if (*size + 4 >= TARGET_SIZE_MOST)
        stop("a target is too long");
    *size += (size_t)utf8proc_encode_char(character, (utf8proc_uint8_t *)text + *size);
    text[*size] = '\0';
}

/* Simplified form of the one character at `text`, appended to `target`. */
static void append_simplified(opencc_t converter, const char *text, size_t text_size, char *target, size_t *size) {
    char *simplified = opencc_convert_utf8(converter, text, text_size);
    if (!simplified)
        stop("OpenCC does not convert");
    size_t simplified_size = strlen(simplified);
    if (*size + simplified_size >= TARGET_SIZE_MOST)
        stop("a target is too long");
    memcpy(target + *size, simplified, simplified_size + 1);
    *size += simplified_size;
    opencc_convert_utf8_free(simplified);
}

/* NFKC, lower case, simplified: in the order that fold.h gives. */
static void fold_character(opencc_t converter, int32_t character, char target[TARGET_SIZE_MOST]) {
    int32_t parts[64];
    size_t count = decompose(character, UTF8PROC_COMPAT, parts);
    utf8proc_ssize_t composed =
        utf8proc_normalize_utf32(parts, (utf8proc_ssize_t)count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (composed < 1)
        stop("utf8proc does not compose");
    size_t size = 0;
    target[0] = '\0';
    for (utf8proc_ssize_t i = 0; i < composed; i++) {
        int32_t lower = utf8proc_tolower(parts[i]);
        /* Only letters without case have simplified forms: asking OpenCC for all of Unicode takes seconds. */
        if (lower < 0x2e80 || utf8proc_category(lower) != UTF8PROC_CATEGORY_LO) {
            append_character(target, &size, lower);
            continue;
        }
        char single[5] = "";
        size_t single_size = 0;
        append_character(single, &single_size, lower);
        append_simplified(converter, single, single_size, target, &size);
    }
}

static uint16_t target_number(const char *target) {
    /* From the end: neighbours often share a target. */
    for (unsigned i = target_count; i-- > 1;)
        if (strcmp(targets[i], target) == 0)
            return (uint16_t)i;
    if (target_count > TARGETS_MOST)
        stop("too many targets");
    memcpy(targets[target_count], target, strlen(target) + 1);
    return (uint16_t)target_count++;
}

static void fill_entries(opencc_t converter) {
    for (int32_t character = 1; character < CHARACTERS; character++) {
        utf8proc_category_t category = utf8proc_category(character);
        if (!is_scalar(character) || category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CO)
            continue;
        char target[TARGET_SIZE_MOST];
        char itself[TARGET_SIZE_MOST];
        size_t size = 0;
        append_character(itself, &size, character);
        fold_character(converter, character, target);
        uint16_t entry = strcmp(target, itself) == 0 ? 0 : target_number(target);
        int32_t parts[64];
        decompose(character, UTF8PROC_COMPAT, parts);
        if (joins_before[parts[0]])
            entry |= COMPOSES;
        entries[character] = entry;
    }
}

static void print_numbers(const char *declaration, const uint32_t *numbers, size_t count) {
    printf("static const %s = {", declaration);
    for (size_t i = 0; i < count; i++)
        printf("%s%u,", i % 24 == 0 ? "\n" : "", numbers[i]);
    printf("\n};\n");
}

/* Equal blocks are printed once. */
static void print_entries(void) {
    static uint32_t block_numbers[BLOCKS];
    static uint32_t distinct[CHARACTERS];
    size_t distinct_count = 0;
    for (size_t block = 0; block < BLOCKS; block++) {
        const uint16_t *wanted = entries + block * BLOCK_SIZE;
        size_t number = 0;
        for (; number < distinct_count; number++) {
            size_t same = 0;
            while (same < BLOCK_SIZE && distinct[number * BLOCK_SIZE + same] == wanted[same])
                same++;
            if (same == BLOCK_SIZE)
                break;
        }
        if (number == distinct_count) {
            for (size_t i = 0; i < BLOCK_SIZE; i++)
                distinct[number * BLOCK_SIZE + i] = wanted[i];
            distinct_count++;
        }
        block_numbers[block] = (uint32_t)number;
    }
    print_numbers("uint16_t fold_blocks[]", block_numbers, BLOCKS);
    print_numbers("uint16_t fold_entries[]", distinct, distinct_count * BLOCK_SIZE);
}

static void print_targets(void) {
    static uint32_t begins[TARGETS_MOST + 2];
    uint32_t size = 0;
    for (unsigned i = 0; i < target_count; i++) {
        begins[i] = size;
        size += (uint32_t)strlen(targets[i]);
    }
    if (size > TARGETS_MOST * 8)
        stop("targets are too long");
    begins[target_count] = size;
    print_numbers("uint32_t fold_target_begins[]", begins, target_count + 1);
    /* Numbers, not one string: a standard compiler need not take strings over 4,095 bytes. */
    static uint32_t bytes[TARGETS_MOST * 8];
    size_t count = 0;
    for (unsigned i = 0; i < target_count; i++)
        for (const char *byte = targets[i]; *byte; byte++)
            bytes[count++] = (unsigned char)*byte;
    print_numbers("unsigned char fold_target_bytes[]", bytes, count);
}

int main(void) {
    opencc_t converter = opencc_open("t2s.json");
    if (converter == (opencc_t)-1)
        stop("OpenCC has no t2s.json");
    mark_joining();
    fill_entries(converter);
    opencc_close(converter);
    printf("/* Made by generate_fold_table.c. */\n#include <stdint.h>\n\n");
    printf("enum { FOLD_BLOCK_BITS = %d, FOLD_COMPOSES = %d };\n", BLOCK_BITS, COMPOSES);
    print_entries();
    print_targets();
    return 0;
}
