#ifndef PINDAO_BASE_UTF8_H
#define PINDAO_BASE_UTF8_H

#include "base/slice.h"

/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing over U+10FFFF. */

enum { UTF8_MOST = 4 }; /* bytes of one character */

/*
 * The character at `at` (< slice.size). Returns its length in bytes, or 0 when no well-formed character starts
 * there (ret_character is then untouched).
 */
size_t utf8_decode(struct slice slice, size_t at, uint32_t *ret_character);
/* Writes the character's bytes, returns how many. `character` is a scalar value. */
size_t utf8_encode(uint32_t character, char ret_bytes[UTF8_MOST]);

/* Bytes up to the first that is not well-formed; slice.size when all is. Runs at memory speed on plain text. */
size_t utf8_valid_prefix(struct slice slice);
/* Length of the maximal ill-formed part at `at` (Unicode 15, table 3-8: one U+FFFD each), at least 1. */
size_t utf8_ill_formed_size(struct slice slice, size_t at);

/* Characters in a well-formed slice. */
size_t utf8_count(struct slice slice);
/* Byte offset of character number `characters`, clamped to slice.size; for cutting well-formed text. */
size_t utf8_offset(struct slice slice, size_t characters);

/* Columns that a terminal gives the character: 0 for combining and invisible ones, 2 for East Asian wide ones, else 1.
 */
unsigned utf8_columns(uint32_t character);

/* Would these bytes, ill-formed as UTF-8, be well-formed GB18030 with mostly Han characters? For a hint. */
bool utf8_looks_like_gb18030(struct slice slice);

#endif
