#ifndef PINDAO_CMD_CHECK_ADVICE_H
#define PINDAO_CMD_CHECK_ADVICE_H

#include "cmd/corpus.h"

/*
 * Looks at all articles once more, with reasons, and reports what an editor should look at in the rules: of each kind
 * the few that matter most, with -v all.
 */
void advice_report(const struct corpus *corpus, const struct options *options, struct diagnostics *diagnostics);

#endif
