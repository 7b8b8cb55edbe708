#ifndef PINDAO_CMD_OPEN_HISTORY_H
#define PINDAO_CMD_OPEN_HISTORY_H

#include "model/settings.h"
#include "store/cache.h"
#include "store/history.h"

/*
 * The history that the configuration or --history names. Reports when it is gone, or older than the one that the last
 * run left, as far as the cache (NULL: none) remembers. Returns 0, or the exit code after reporting.
 */
int open_history(const struct settings *settings, bool read_only, struct cache *cache, struct diagnostics *diagnostics,
                 struct history_file **ret_history);
/* When a run is complete: what the next one must find. */
void remember_history(const struct history_file *history, struct cache *cache);

#endif
