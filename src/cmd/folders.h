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
 * Links are followed. Returns 0, or the exit code after reporting: 64 where an option said so, 78 where the
 * configuration did.
 */
int folders_check(const struct options *options, struct settings *settings, const char *state_folder,
                  struct diagnostics *diagnostics);

/* The same, less what only the command line tells: for `check`, which writes nothing wherever it is. */
int folders_check_configuration(const struct options *options, struct settings *settings, const char *state_folder,
                                struct diagnostics *diagnostics);

#endif
