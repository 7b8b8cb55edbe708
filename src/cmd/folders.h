#ifndef PINDAO_CMD_FOLDERS_H
#define PINDAO_CMD_FOLDERS_H

#include "cmd/options.h"
#include "model/settings.h"

/*
 * May the folders that are written, and the one that is copied, be those? The output is exchanged whole, with all that
 * is in it: it must hold nothing that is an input of pindao or where somebody works, as
 *  - the current directory, the configuration and its includes, the state folder, the history,
 *  - a source file, or the folder that a source looks in, or the one in which upstreams' articles are kept,
 *  - the folder static:,
 * and the folder static:, which is published whole, must hold neither the output nor the configuration nor state and
 * history.
 * Nothing of ours may lie where a target `directory:` is published into, nor such a folder in that of state, kept
 * articles or static:; and --metrics may not name a file in the output.
 * Links are followed. Returns 0, or the exit code after reporting: 64 where an option said so, 78 where the
 * configuration did.
 */
int folders_check(const struct options *options, struct settings *settings, const char *state_folder,
                  struct diagnostics *diagnostics);

/* The same wherever we stand: for `check` and `publish`, which do not write the output. */
int folders_check_configuration(const struct options *options, struct settings *settings, const char *state_folder,
                                struct diagnostics *diagnostics);

#endif
