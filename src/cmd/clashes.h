#ifndef PINDAO_CMD_CLASHES_H
#define PINDAO_CMD_CLASHES_H

#include "cmd/corpus.h"

/*
 * Articles without an id or address have a key made of their day and title. Two that share one and have different texts
 * are two articles, of which one would vanish without a word: ID_SHARED says so. A text that holds the other is a copy
 * of it, or a cut one. After index_arrange; looks at the index's clashes and reads those articles again.
 */
void clashes_report(const struct corpus *corpus, struct diagnostics *diagnostics);

#endif
