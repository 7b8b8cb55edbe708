#ifndef PINDAO_TEXT_RESTORE_READING_H
#define PINDAO_TEXT_RESTORE_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside of restore.c: is what stands in parentheses a reading of what stands before them? */
enum {
    READING_HAN_MOST = 16,    /* characters that one pair of parentheses may read */
    READING_LETTERS_MOST = 64 /* in them */
};

/* One annotation: `(`, letters with blanks and apostrophes between syllables, `)`; of either width. */
struct reading {
    size_t size; /* characters, parentheses included */
    char letters[READING_LETTERS_MOST];
    size_t letter_count;
    size_t tones;
};

/* The annotation that begins at characters[0]; `open`: with its opening parenthesis. false when there is none. */
bool reading_scan(const uint32_t *characters, size_t count, bool open, struct reading *ret_reading);

/* How many of the characters that end before `end` it reads, all by their most frequent reading; 0 when it does not. */
size_t reading_matches(const struct reading *reading, const uint32_t *end, size_t before);

/*
 * The same, but readings may be others: tones are marked, syllables are ones of Mandarin, and of several at least half
 * are the most frequent reading.
 */
size_t reading_resembles(const struct reading *reading, const uint32_t *end, size_t before);

/* Is the annotation, tone and all, the reading of this one character? */
bool reading_is_of(const uint32_t *letters, size_t count, uint32_t character);

#endif
