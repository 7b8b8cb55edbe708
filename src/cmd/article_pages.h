#ifndef PINDAO_CMD_ARTICLE_PAGES_H
#define PINDAO_CMD_ARTICLE_PAGES_H

#include "cmd/tree_making.h"

/*
 * The permalinks: a page for every entry that has no address of its own, or once had none (cmd/permalinks.h), whether a
 * head still shows it or not. What no channel wants is published nowhere, and not here either.
 *
 * Where the signature is the old one the served page is kept, and no article is read; no page is held in memory for
 * longer than it takes to write it.
 */
enum making_result article_pages_write(const struct tree_making *making, struct diagnostics *diagnostics);

#endif
