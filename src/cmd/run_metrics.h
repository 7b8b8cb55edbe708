#ifndef PINDAO_CMD_RUN_METRICS_H
#define PINDAO_CMD_RUN_METRICS_H

#include "cmd/metrics.h"
#include "cmd/report.h"
#include "cmd/run_log.h"
#include "model/settings.h"
#include "store/cache.h"

/*
 * What --metrics says of a run. `build` and `withdraw` tell the same names, so that they share a file; `publish` has
 * names of its own (pindao_publish_…), which stand in the file of `build --publish` too. Two files that one collector
 * reads must not tell of the same name: give `build` and `publish` one file each, and `build --publish` one for both.
 * Times are those of the clock, whatever --now says.
 */
struct run_facts {
    const struct report *report;
    struct run_clock clock;
    bool is_complete; /* what it has found out is what is served now */
    size_t new_articles;
    const struct settings *settings;
    struct cache *cache;                   /* NULL: none */
    const char *state_folder;              /* NULL: none */
    const struct diagnostics *diagnostics; /* known ones count */
};
void run_metrics_append(struct metrics *metrics, const struct run_facts *facts);

/* What publishing has left behind (cmd/published.h), and how it went. */
struct publish_facts {
    struct run_clock clock;
    bool did_run;  /* false: there was nothing that could be published */
    int exit_code; /* of publishing, whatever became of the build before it */
    const struct settings *settings;
    const char *state_folder; /* NULL: the configuration could not be read */
};
void publish_metrics_append(struct metrics *metrics, const struct publish_facts *facts);

#endif
