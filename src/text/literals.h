#ifndef PINDAO_TEXT_LITERALS_H
#define PINDAO_TEXT_LITERALS_H

#include "base/slice.h"

/*
 * Does one of a few words stand in a text? For lists of words that decide something about a whole article, at the cost
 * of one look at every few bytes of it. Texts and words are folded (text/fold.h). As in rules, a Latin letter or digit
 * at the edge of a word needs a neighbour that is none: `st` is not in `best`.
 *
 * Const once made: all threads share one.
 */
struct literals;

/* The words are borrowed and not empty. NULL for none. */
struct literals *literals_new(const struct slice *words, size_t count);
void literals_free(struct literals *literals); /* NULL is fine */

/* The number of the word that stands first in the text, the first listed of those that begin there; SIZE_MAX for none.
 */
size_t literals_find(const struct literals *literals, struct slice text);

#endif
