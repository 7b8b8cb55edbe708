#ifndef PINDAO_CMD_CLASSIFY_LINES_H
#define PINDAO_CMD_CLASSIFY_LINES_H

#include "base/arena.h"
#include "classify/classify.h"
#include "ingest/source.h"

/*
 * JSON Lines in, the same lines with labels out. A line keeps its bytes but for the members that are named like a
 * taxonomy, which are replaced where they stand or put behind the last one, with `labelled_by` (ingest/labelled_by.h),
 * from which `build` knows that they are not somebody's labels. What an article says of itself beats the rules, as in
 * `build`, which makes the same tree of what comes out as of what went in.
 */
struct line_filter {
    const struct settings *settings;
    const struct classifier *classifier;
    struct source source; /* what the members are called */
    uint64_t rules;       /* taxonomies_hash */
    bool explain;         /* a member `explain` with the reasons */
};

/* `fields` is "title=headline,body=content"; NULL for our own names. false where it cannot be read. */
MUST_CHECK bool line_filter_init(struct line_filter *filter, const struct settings *settings,
                                 const struct classifier *classifier, const char *fields, bool explain);

/* What one thread needs. */
struct line_worker {
    struct classifier_worker *classifier;
    struct arena article; /* of the line at hand, as the three below */
    struct arena members;
    struct buf reasons;
    struct buf hand; /* labels that somebody gave */
};
void line_worker_init(struct line_worker *worker, const struct line_filter *filter);
void line_worker_release(struct line_worker *worker);

/*
 * Whole lines → *labelled. A line that is no article is reported at its number, counted from 1, and left out; an empty
 * one is kept. *ret_lines is how many there were.
 */
void lines_classify(const struct line_filter *filter, struct line_worker *worker, struct slice lines, struct slice file,
                    struct buf *labelled, struct diagnostics *diagnostics, unsigned *ret_lines);

#endif
