#ifndef PINDAO_INGEST_UPSTREAM_RECORDS_H
#define PINDAO_INGEST_UPSTREAM_RECORDS_H

#include "ingest/source.h"
#include "ingest/upstream.h"

/* Inside of upstream.h: an answer that is being read, and answers of many records. */
struct upstream_run {
    struct source source; /* as the answer is to be read by */
    const struct taxonomies *taxonomies;
    const struct upstream_answer *answer;
    struct slice text; /* of the answer, UTF-8 */
    void (*take)(void *context, const struct article *article);
    void *context;
    struct arena arena;             /* of the article at hand */
    struct diagnostics diagnostics; /* count only where the whole is understood */
    struct buf *problem;
    struct upstream_reading reading;
};

/* The text record by record, each in turn to run->take, oldest first. false after saying why in run->problem. */
MUST_CHECK bool upstream_read_records(struct upstream_run *run, const struct reader *reader);
/* The same of a JSON array of objects. */
MUST_CHECK bool upstream_read_array(struct upstream_run *run);

/* Counts and hands on. */
void upstream_take(struct upstream_run *run, const struct article *article);
/* Appends `: line 3: an article without a title` for the first thing that was refused, if any. */
void upstream_say_first_refusal(struct upstream_run *run);

#endif
