#ifndef PINDAO_CMD_ROLLBACK_H
#define PINDAO_CMD_ROLLBACK_H

#include "cmd/options.h"
#include "config/config.h"

/*
 * After `pindao rollback` the next build from cron would publish the same bad tree again. So the rollback leaves a note
 * in the state folder, "rolled-back", one line:
 *
 *     FINGERPRINT TIME OUTPUT
 *
 * a hash of the bytes of all files of the configuration, when it was (UTC), and the real path of the tree. As long as
 * that is the configuration, and that the output, builds leave the tree alone; `build --full` does not.
 */

/*
 * Is the tree to be left as it is? Then that is reported (rolled-back). Called with the lock held, before anything is
 * read; a run that withdraws something does not ask.
 */
MUST_CHECK bool rollback_holds(const struct options *options, struct settings *settings, const char *state_folder,
                               struct diagnostics *diagnostics);

/* A build has put its tree in place of the one rolled back to: the note of that output goes. */
void rollback_end(const struct options *options, struct settings *settings, const char *state_folder);

/* Is there a note of this output? */
bool rollback_is_noted(const struct options *options, struct settings *settings, const char *state_folder);

/* Writes the note. false with errno. */
MUST_CHECK bool rollback_note(const struct options *options, struct settings *settings, const char *state_folder);

#endif
