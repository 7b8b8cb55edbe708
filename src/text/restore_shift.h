#ifndef PINDAO_TEXT_RESTORE_SHIFT_H
#define PINDAO_TEXT_RESTORE_SHIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Inside of restore.c: text that a replacement on the bytes of GBK has shifted by one byte.
 *
 * The replacement writes every character of a dictionary, wherever its two bytes stand, as itself and its reading in
 * parentheses. Where they are the second byte of P and the first, x, of Q, the page reads P, then x and `(`, which are
 * no character and become `?`, then the reading and `)`, and then all that follows in pairs that begin with the second
 * byte of Q, until a byte below 80 comes along. So x is what makes a character of that reading of P's second byte.
 */

/* Characters that the text shows with a reading behind them: what that dictionary surely held. */
struct shift_dictionary {
    unsigned char *bits; /* one for every code of GBK; NULL: empty */
};
bool shift_dictionary_add(struct shift_dictionary *dictionary, uint32_t character); /* true for a new one */
void shift_dictionary_release(struct shift_dictionary *dictionary);

/* Is this, or its simplified form, among the characters that everybody knows how to read? */
bool shift_is_frequent(uint32_t character);

struct shift_line {
    const uint32_t *characters;
    size_t count;
    const struct shift_dictionary *dictionary;
};

enum { SHIFT_RUN_MOST = 400 /* characters that one damage may shift */ };

struct shift_result {
    uint32_t characters[SHIFT_RUN_MOST + 2]; /* what stood there; U+FFFD for each one that cannot be known */
    size_t count;
    size_t lost;     /* those */
    size_t readings; /* that were part of the damage */
    size_t end;      /* where in the line the text goes on undamaged */
};

/* Undoes the damage whose `?` stands at `at`, behind the character `before` (0: none). false: it is a question mark. */
bool shift_undo(const struct shift_line *line, size_t at, uint32_t before, struct shift_result *ret_result);

#endif
