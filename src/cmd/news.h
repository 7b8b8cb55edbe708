#ifndef PINDAO_CMD_NEWS_H
#define PINDAO_CMD_NEWS_H

#include "cmd/options.h"
#include "ingest/source.h"
#include "output/output.h"
#include "store/cache.h"
#include "store/history.h"

/*
 * Is there anything new since the last run that came to its end? A run from cron is asked this most of the time, and
 * must not read a thing to say no: the configuration's bytes, a look at every source file, the static folder, the
 * history, the served tree, and the clock, which must not have gone back nor have come to a date that changes
 * something.
 *
 * A source that was written so shortly before it was looked at that it may be written again unnoticed makes everything
 * new (file_is_settled).
 */
struct news_facts {
    uint64_t version;
    uint64_t configuration; /* its bytes, and what the command line says of it */
    uint64_t files[2];      /* of all sources, in any order */
    uint64_t copied[2];     /* static: */
    struct file_identity history;
    struct output_identity tree;
    int64_t now;
    int64_t next_date; /* the tree changes then, or something is to be said */
    uint64_t is_settled;
};

/* What the last run counted: a run without news says the same. */
struct news_counts {
    size_t articles, refused, future, withdrawn, held, joined, copies, duplicates;
    size_t channels, shown, files;
};

/*
 * What the sources and all else are at this moment; `diagnostics` is what listing the sources has said, `directory` the
 * output's. What cannot be looked at is not settled.
 */
void news_look(const struct options *options, const struct settings *settings, const struct ingest_plan *plan,
               const char *directory, const struct output *output, const struct diagnostics *diagnostics,
               struct news_facts *ret_facts);

/* Nothing is: *ret_counts is what the last run counted, and facts->next_date what it expects. */
bool news_is_nothing(struct cache *cache, struct news_facts *facts, struct news_counts *ret_counts);

/*
 * When a run is complete: facts that were looked at before it read anything, but for the tree, which is looked at now,
 * and the history, as this run has read or left it: what somebody wrote into it since is news.
 */
void news_remember(struct cache *cache, const struct history_file *history, const struct output *output,
                   const struct news_facts *facts, const struct news_counts *counts);

#endif
