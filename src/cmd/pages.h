#ifndef PINDAO_CMD_PAGES_H
#define PINDAO_CMD_PAGES_H

#include "cmd/tree_making.h"

/*
 * The pages of the tree that are no channel's: the first one (index.html), and, where there is something to choose
 * (templates->has_choice), the visitor's choice (my/index.html) and recent.json, which that reads. Nothing in them
 * depends on the clock. Only where the settings want html.
 */
enum making_result pages_write(const struct tree_making *making, struct diagnostics *diagnostics);

#endif
