#ifndef PINDAO_CMD_REREAD_H
#define PINDAO_CMD_REREAD_H

#include "clean/clean.h"
#include "cmd/corpus.h"

/*
 * Articles of a corpus looked at a second time, with every reason: read again, corrected and classified exactly as
 * when the index was made, this time keeping the matches.
 */
struct reread_article {
    const struct record *record;
    struct article as_read; /* as its source has it */
    struct article article; /* corrected */
    bool released;          /* by a correction: no word of hold: keeps it back */
    struct slice key;
    struct plain_text text;
    struct classify_input input;
    const struct decision *decisions; /* one a taxonomy, with matches */
};

/* What one thread needs. */
struct rereader {
    const struct corpus *corpus;
    struct classifier_worker *worker;
    struct arena arena; /* of the article at hand */
    struct buf key;
};
void rereader_init(struct rereader *rereader, const struct corpus *corpus);
void rereader_release(struct rereader *rereader);

/* false when the source has changed since. Everything lives until the next call. */
MUST_CHECK bool reread(struct rereader *rereader, const struct record *record, struct reread_article *ret_article);

/* Whose text the entry at this place of index->order shows: that of its best near-duplicate, most often its own. */
const struct record *shown_record(const struct corpus *corpus, uint32_t place);

/*
 * All articles that are shown, on options->jobs threads: `visit` gets each with its place in index->order and the
 * number of the thread (in [0, jobs)), in no order. Those whose source has changed are passed over.
 */
void reread_all(const struct corpus *corpus, const struct options *options,
                void (*visit)(void *context, const struct rereader *rereader, const struct reread_article *article,
                              uint32_t place, size_t worker),
                void *context);

/* The line of its file on which a record begins. Cheap when asked in the order of files and offsets; zeroed at first.
 */
struct line_finder {
    uint32_t file; /* number + 1; 0: none */
    uint64_t offset;
    unsigned line;
};
struct place record_place(const struct corpus *corpus, const struct record *record, struct line_finder *finder);

#endif
