#ifndef PINDAO_CMD_PERMALINKS_H
#define PINDAO_CMD_PERMALINKS_H

#include "cmd/corpus.h"
#include "output/output.h"

/*
 * Permalinks are for ever: an entry that had a page keeps it as long as there is the entry, though it has found an
 * address of its own, or its article without one is gone and a copy with one has the entry now. As the tree must not
 * hang on the one before it, the history says so from then on (index_entry_needs_page): this adds to it what the served
 * tree has a page of that the new one would not have.
 *
 * Whether pages are made or not: they may be again. When the index is arranged, and before pages are written; in most
 * runs it reads no article. false when a source has changed since it was read.
 */
MUST_CHECK bool permalinks_note(const struct corpus *corpus, const struct output *output, int64_t now);

#endif
