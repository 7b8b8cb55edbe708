#ifndef PINDAO_CMD_WITHDRAWAL_PAGES_H
#define PINDAO_CMD_WITHDRAWAL_PAGES_H

#include "base/hash_set.h"
#include "cmd/tree_making.h"

/*
 * What stands at the permalink of an entry that had a page when it was withdrawn: one that says so, for ever, and
 * nothing else of it. Whoever comes by an old link learns that it is gone, not that the site is broken.
 */

/* The entries that have such a page while they are not shown, by the lines of history that stand. Sealed. */
void withdrawal_pages_list(const struct history *history, struct hash_set *entries);

/* The path of the page, in the arena. */
struct slice withdrawal_page_path(struct hash128 entry, struct arena *arena);

/* For every one of them that is not shown again. */
void withdrawal_pages_write(const struct tree_making *making);

#endif
