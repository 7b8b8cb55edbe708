#ifndef PINDAO_CMD_CHANNEL_FEED_H
#define PINDAO_CMD_CHANNEL_FEED_H

#include "assemble/channels.h"
#include "model/feed.h"

/* What the head of a channel and the pages of its archive have in common: they are one feed to a reader. */

/*
 * Site, id, path, title and subtitle; name, archive and how many articles belong to the channel. What is new is in the
 * arena.
 */
struct feed channel_feed(const struct site *site, const struct channel *channel, struct arena *arena);

/*
 * The own check of what is about to be staged: it is valid, and has as many entries as were put in. false after
 * reporting.
 */
MUST_CHECK bool feed_is_fit(struct slice bytes, struct slice path, size_t entries, struct diagnostics *diagnostics);

#endif
