#ifndef PINDAO_CMD_STATUS_H
#define PINDAO_CMD_STATUS_H

#include "cmd/fetch_state.h"
#include "cmd/health.h"
#include "cmd/known.h"
#include "cmd/published.h"
#include "cmd/run_log.h"
#include "output/survey.h"

/* All that `status` tells of, gathered from what runs have left behind; for its two ways of telling it. */
struct status {
    const struct options *options;
    const struct settings *settings;
    const char *directory, *state_folder, *history_file;
    struct output_survey output;
    bool has_history;
    uint64_t cache_size, history_size; /* bytes; 0: none */
    bool is_rolled_back;
    int64_t rolled_back_at; /* seconds */
    struct run_log log;
    struct health health; /* zeroed: no run has completed */
    struct known known;
    struct published_list published; /* one a target */
    size_t hubs_waiting;             /* for what hubs are still to be told */
    struct fetch_state *fetches;     /* by the number of the source; zeroed where it has no url, or was never asked */
};

enum { RUNS_SHOWN = 10 };

/* Did it write, or fail? */
bool run_did_something(const struct run *run);
/* Did it change the tree that is served, whatever came of publishing it? */
bool run_is_change(const struct run *run);
/* The last one that changed the tree, the last of all; NULL for none. */
const struct run *status_last_change(const struct status *status);
const struct run *status_last_run(const struct status *status);
/* The RUNS_SHOWN last ones that did something: from which number of the log on those are. */
size_t status_first_run(const struct status *status);
/* Problems that the last completed run has reported, notes not among them. */
size_t status_problems(const struct status *status);

/* The run came to its end, whatever its exit code complains of. */
bool run_is_done(const struct run *run);

void status_append_text(const struct status *status, struct buf *buf);
void status_append_json(const struct status *status, struct buf *buf);

#endif
