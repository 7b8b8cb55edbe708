#ifndef PINDAO_CMD_GUARD_H
#define PINDAO_CMD_GUARD_H

#include "assemble/channels.h"
#include "cmd/options.h"
#include "output/output.h"

/*
 * The last look at a new tree before it is served: is this what subscribers would want, or did something break upstream?
 * Each refusal is reported, and has an option that accepts it once.
 */

/* A feed of the served tree would be gone and its path is not retired (--accept-removed). */
MUST_CHECK bool guard_paths(const struct settings *settings, const struct channels *channels,
                            const struct options *options, const struct output *output, struct diagnostics *diagnostics);

/*
 * After output_finish. `new_widest` is the Atom feed of channels_widest, empty where there is none. Refused is a tree that
 *  - has less than half the entries of the old one in some format, and at least GUARD_LEAST fewer (--accept-shrink);
 *  - shows in its widest channel, as new, more articles dated before the newest one shown until now than half of what
 *    was shown, and at least GUARD_LEAST: as when every id has changed, or an archive was added (--accept-growth).
 */
enum { GUARD_LEAST = 20 /* entries */ };
MUST_CHECK bool guard_entries(const struct options *options, const struct channels *channels,
                              struct slice new_widest, const struct output *output,
                              struct diagnostics *diagnostics);

#endif
