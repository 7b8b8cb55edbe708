#ifndef PINDAO_CMD_RECENT_H
#define PINDAO_CMD_RECENT_H

#include "cmd/tree_making.h"

/*
 * recent.json: all entries of the RECENT_DAYS before the newest one, at most RECENT_ENTRIES_MOST, for the page of a
 * visitor's choice (render/pages.h).
 */
enum making_result recent_write(const struct tree_making *making, struct diagnostics *diagnostics);

#endif
