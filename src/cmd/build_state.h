#ifndef PINDAO_CMD_BUILD_STATE_H
#define PINDAO_CMD_BUILD_STATE_H

#include "cmd/build.h"
#include "cmd/feeds.h"
#include "cmd/fetch.h"
#include "cmd/guard.h"
#include "cmd/news.h"
#include "cmd/report.h"
#include "cmd/run_log.h"
#include "cmd/served.h"

/*
 * A run as its steps (build.c) fill it, for what is said of it and what is remembered of it. What has not been reached
 * is zero. For build.c, build_memory.c and build_report.c only.
 */
struct build {
    const struct build_order *order;
    struct options options;
    struct diagnostics diagnostics;
    struct diagnostics reading; /* of the last reading, until it is known not to be repeated */
    struct settings settings;
    const char *state_folder;
    struct cache *cache;
    struct templates templates;
    struct corpus corpus;
    struct channels channels;
    struct output *output;
    struct history_file *history;
    struct served *served;
    struct withdrawals *withdrawals;
    struct feeds_counts feeds;
    struct fetch_counts fetched;
    struct widest_feed widest;
    uint64_t fingerprint; /* of the configuration */
    struct signatures signatures;
    bool has_signatures;
    struct news_facts facts;
    struct news_counts counts;
    bool is_over;   /* nothing is new: no further step */
    bool is_served; /* every step has succeeded: the tree being served is what it should be */
    bool has_published;
    int publish_code;
    bool is_complete; /* what was counted is what is served now */
    struct report report;
    struct run_clock clock;
    size_t new_articles;
};

/* --- build_memory.c: for the runs behind this one -------------------------------------------------------------- */

/* Is something withdrawn that was not when the served tree was made: by this run, or by lines that came from elsewhere?
 */
bool build_has_withdrawn(const struct build *build);
/* Before the swap, while the old tree is still known: what must go from all targets. */
void build_note_withdrawn_paths(struct build *build);
/* The last run's diagnostics are not said again; a run that completes is remembered. Returns the exit code. */
int build_settle(struct build *build, int code);

/* --- build_report.c: for people and machines -------------------------------------------------------------------- */

/* What the run counted, or, where nothing was new, the last one. */
void build_count(struct build *build);
void build_fill_report(struct build *build, int exit_code);
/* What the command has to say besides; `text` is what the report borrows. */
void build_tell_more(struct build *build, struct buf *text);
/* Of failed runs too, for that is what somebody is to be woken for; not of rehearsals. */
void build_write_metrics(struct build *build);
void build_log(struct build *build);

#endif
