#ifndef PINDAO_CONFIG_SPANS_H
#define PINDAO_CONFIG_SPANS_H

#include "config/words.h"

/*
 * `spans:` of a taxonomy: word lists, each with the terms that they may speak for, one of them starred at most. Fills
 * in taxonomy->spans and appends the words. The taxonomy's terms must stand.
 */
void spans_read(struct loading *loading, const struct node *node, struct taxonomy *taxonomy, struct word_list *words);

#endif
