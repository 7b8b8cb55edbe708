#ifndef PINDAO_CMD_CHECK_DIFF_H
#define PINDAO_CMD_CHECK_DIFF_H

#include "cmd/movement.h"

/*
 * pindao check --diff: reads the sources of `corpus` once more with the rules and channels of an older configuration
 * (options->diff) and compares. Gives the exit code: 0, 66 where there is no such configuration, 78 where it is wrong.
 * The text or, with options->json, one object as a fragment one level deep is appended to *buf.
 */
int check_diff(const struct corpus *corpus, const struct channels *channels, const struct options *options,
               const char *spool_folder, struct diagnostics *diagnostics, struct buf *buf);

#endif
