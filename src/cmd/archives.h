#ifndef PINDAO_CMD_ARCHIVES_H
#define PINDAO_CMD_ARCHIVES_H

#include "cmd/tree_making.h"

/*
 * Archives (RFC 5005 section 4) of the channels whose rule says `archive:`, in Atom: a page for every month or day in
 * which the channel has an entry, with all entries of that time, in full as far as their sources' rights allow. The
 * head links to the newest page, each page to the next older one. Once its time is over a page is marked as an archive,
 * and does not change again unless one of its entries does, or a late one comes.
 *
 * Where the settings want html, each page is there as one for people too ("archive/2026-11.html"), and
 * archive/index.html leads to them.
 *
 * Memory follows the number of pages and the largest of them, not articles times channels.
 */

/*
 * Puts all pages into the output; of those whose signature is the old one the served file is kept and no article is
 * read. Call it after feeds_write, with the same meaning of the result.
 */
enum making_result archives_write(const struct tree_making *making, struct diagnostics *diagnostics);

/*
 * When the next page will be over that is not yet at `now`: the tree changes then though nothing is new. INT64_MAX: no
 * page is running. Channels have been selected.
 */
int64_t archives_next_date(const struct corpus *corpus, const struct channels *channels, int64_t now);

/*
 * The page that the head of a channel links to, as its name below the channel's path, in the arena; empty where the
 * channel has no archive or no entry. Channels have been selected.
 */
struct slice archives_newest_page(const struct corpus *corpus, const struct channel *channel, struct arena *arena);
/*
 * For a page that shows the first `shown` entries: the page of the archive in which the reader goes on, that of the
 * oldest of them, named as above. Empty where these are all that the channel has. *ret_begin: where its time begins.
 */
struct slice archives_page_behind(const struct corpus *corpus, const struct channel *channel, size_t shown,
                                  struct arena *arena, int64_t *ret_begin);

#endif
