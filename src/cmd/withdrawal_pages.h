#ifndef PINDAO_CMD_WITHDRAWAL_PAGES_H
#define PINDAO_CMD_WITHDRAWAL_PAGES_H

#include "cmd/tree_making.h"

/*
 * What stands at the permalink of an article without an address of its own when it was withdrawn: a page that says so,
 * for ever, and nothing else of it. Whoever comes by an old link learns that it is gone, not that the site is broken.
 */

/* The path of that page, in the arena; empty where the entry has never had one: it is named by its own address. */
struct slice withdrawal_page_path(const struct withdrawal *line, struct arena *arena);

/* For every entry that the history says is withdrawn, that somebody has seen, and that is not shown again. */
void withdrawal_pages_write(const struct tree_making *making);

#endif
