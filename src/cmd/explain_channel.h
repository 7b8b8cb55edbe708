#ifndef PINDAO_CMD_EXPLAIN_CHANNEL_H
#define PINDAO_CMD_EXPLAIN_CHANNEL_H

#include "cmd/explained.h"

/*
 * pindao explain --channel: which rule makes the channel, which articles are in its head and why each is there, and
 * which nearly are: those that one more term would bring in, when that term is not far from standing, or has lost to
 * `elsewhere`, `not` or `followed_by` what it needs.
 */

/* The channel with this path, however it is written: putuo/ic, /putuo/ic/, the address of one of its feeds. NULL: none.
 */
const struct channel *channel_find(const struct settings *settings, const struct channels *channels, struct slice path);

/* Both append; as text with lines of at most style->width columns, or as members of one object. */
void explain_channel_text(const struct corpus *corpus, const struct options *options, const struct channel *channel,
                          const struct explain_style *style, struct buf *buf);
void explain_channel_json(const struct corpus *corpus, const struct options *options, const struct channel *channel,
                          struct buf *buf);

#endif
