#ifndef PINDAO_TEXT_FOLD_H
#define PINDAO_TEXT_FOLD_H

#include "base/buf.h"

/*
 * The fold: the one form in which texts are compared, for matching, similarity and derived ids. Keys of articles depend
 * on it, so what it makes of a text never changes once released (tests/unit pins it). In this order: NFKC; lower case;
 * traditional characters to simplified, one by one (a table made from OpenCC when pindao is built); pinyin in
 * parentheses behind a Han character gone (`經(jīng)` → 经); blanks (space, tab, U+3000) between two Han characters
 * gone. Line feeds stay. Input must be well-formed (choke point). Output is well-formed.
 */

/* For explain: origin[i] is the byte of the original at which the character of folded byte i begins. */
struct fold_origins {
    uint32_t *offsets; /* one for each folded byte, and one for the end; heap */
    size_t count;
    size_t capacity;
};
void fold_origins_release(struct fold_origins *origins);

/* Appends the folded text; `origins` may be NULL. Runs at some hundred MB/s on plain Chinese. The buffer's
 * ceiling must leave room for the text as it is, before pinyin and blanks go. */
void text_fold(struct slice text, struct buf *folded, struct fold_origins *origins);

/* Letters, the marks that belong to them, and digits only, of folded text: what derived ids hash. */
void text_append_letters(struct slice folded, struct buf *letters);

/* Han characters: U+3400–9FFF, F900–FAFF, 20000–3FFFF, and 〇. */
bool text_is_han(uint32_t character);

#endif
