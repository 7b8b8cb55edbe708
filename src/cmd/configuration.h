#ifndef PINDAO_CMD_CONFIGURATION_H
#define PINDAO_CMD_CONFIGURATION_H

#include "cmd/options.h"
#include "config/config.h"

/*
 * feeds.yaml as commands need it: loaded with the names of all readers and formats, its zone set for all dates, `now`
 * settled, its channels made once to find collisions, settings.history (and the kept folder beside it) what --history
 * says where it is given. Returns
 * 0, or the exit code (78, or 64 for a bad --now) after reporting.
 */
int configuration_load(struct options *options, struct diagnostics *diagnostics, struct settings *ret_settings);

/* What --output says, else the configuration. In the settings' arena. */
const char *configuration_output_folder(const struct options *options, struct settings *settings);
/* .pindao beside the configuration, or what --state says. In the settings' arena. */
const char *configuration_state_folder(const struct options *options, struct settings *settings);

#endif
