#ifndef PINDAO_CMD_OPEN_OUTPUT_H
#define PINDAO_CMD_OPEN_OUTPUT_H

#include "cmd/options.h"
#include "config/config.h"
#include "output/output.h"

/* The output as the options and the configuration say, locked. Returns 0, or the exit code after reporting. */
int open_output(const struct options *options, struct settings *settings, struct diagnostics *diagnostics,
                struct output **ret_output);
/* The same without the folder of static: for commands whose tree is no function of it. */
int open_output_alone(const struct options *options, struct settings *settings, struct diagnostics *diagnostics,
                      struct output **ret_output);

int output_exit_code(enum output_result result);

#endif
