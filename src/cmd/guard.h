#ifndef PINDAO_CMD_GUARD_H
#define PINDAO_CMD_GUARD_H

#include "cmd/feeds.h"
#include "cmd/options.h"
#include "cmd/served.h"
#include "cmd/withdrawals.h"
#include "output/output.h"

/*
 * The last look at a new tree before it is served: is this what subscribers would want, or did something break
 * upstream? Each refusal is reported, and has an option that accepts it once.
 */

/* Is there an article at all, shown or not? Not for an option to accept: it is never right. */
MUST_CHECK bool guard_articles(const struct options *options, const struct settings *settings,
                               const struct index_counts *counts, struct diagnostics *diagnostics);

/*
 * A feed of the served tree would be gone, and with it what people subscribed to: a channel whose path is not retired,
 * or one format of a channel. Or, without html, the pages of channels and articles, to which people have links
 * (--accept-removed). What static: has in their place is still there for who comes, and does not count.
 */
MUST_CHECK bool guard_paths(const struct settings *settings, const struct channels *channels,
                            const struct options *options, const struct output *output,
                            struct diagnostics *diagnostics);

/*
 * After output_finish: is a tree with entries to be replaced by one without any (--accept-shrink)? However few they
 * were: a machine without a clock starts in 1970, when every article is still to come.
 */
MUST_CHECK bool guard_emptied(const struct options *options, const struct withdrawal_counts *withdrawn,
                              const struct output *output, struct diagnostics *diagnostics);

/*
 * Over half of what is served, and at least GUARD_LEAST entries, would go because sources with vanished: withdraw have
 * them no more (--accept-shrink): rather is a source broken.
 */
MUST_CHECK bool guard_vanished(const struct options *options, const struct withdrawal_counts *withdrawn,
                               struct served *served, struct diagnostics *diagnostics);

/*
 * After output_finish. Refused is a tree that
 *  - has less than half the entries of the old one in some format, and at least GUARD_LEAST fewer (--accept-shrink);
 *  - shows in its widest channel, as new, more articles dated before the newest one shown until now than half of what
 *    was shown, and at least GUARD_LEAST: as when every id has changed, or an archive was added (--accept-growth).
 * What was withdrawn on purpose, by people or by the article itself, is no loss, and what moves up for it no flood.
 */
enum { GUARD_LEAST = 20 /* entries */ };
MUST_CHECK bool guard_entries(const struct options *options, const struct withdrawal_counts *withdrawn,
                              const struct channels *channels, const struct widest_feed *widest,
                              const struct output *output, struct diagnostics *diagnostics);

/*
 * After output_finish: would over half the pages of articles go, and at least GUARD_LEAST (--accept-shrink)? Entries do
 * not tell: most articles that have a page have left every head. Those withdrawn keep theirs, so they are no loss. What
 * static: gives is not counted.
 */
MUST_CHECK bool guard_pages(const struct settings *settings, const struct options *options, const struct output *output,
                            struct diagnostics *diagnostics);

#endif
