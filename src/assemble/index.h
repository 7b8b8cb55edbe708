#ifndef PINDAO_ASSEMBLE_INDEX_H
#define PINDAO_ASSEMBLE_INDEX_H

#include "base/vec.h"
#include "diag/diag.h"
#include "model/record.h"
#include "model/source.h"

#include <pthread.h>

/*
 * The index: all records, in blocks that never move, filled by many threads at once; and the order in which they
 * are shown, as record numbers, newest first. Selection works on nothing else.
 */
enum { INDEX_BLOCK = 4096 /* records */ };

/* The article with this key is the same news as the leader, whose entry stands for both: it has none of its own. */
struct index_join {
    struct hash128 key;
    struct hash128 leader; /* who joins nobody */
};

struct index {
    pthread_mutex_t mutex; /* of blocks, while the index is being filled */
    VEC(struct record *) blocks;
    VEC(struct index_join) joins; /* by key, each once; set before index_arrange */
    uint32_t *order;              /* after index_arrange: numbers of the records that may be shown, newest first */
    size_t order_count;
};

/* Where a thread writes next. Zeroed at first. */
struct index_cursor {
    struct record *block; /* the block being filled */
    uint32_t next;
    uint32_t end;
};

/* Records of one piece of input, as runs of numbers in the order they were added. */
struct index_run {
    uint32_t first;
    uint32_t count;
};
struct index_runs {
    VEC(struct index_run) runs;
};

void index_init(struct index *index);
void index_release(struct index *index);

/* A new zeroed record, noted in `runs`. Thread-safe; cursor and runs belong to the caller. */
struct record *index_add(struct index *index, struct index_cursor *cursor, struct index_runs *runs);

struct record *index_record(const struct index *index, uint32_t number);

/*
 * Puts the records in order, once all are there. `pieces` in source order; `source_of_file` gives the place in
 * `sources` of a record's file. A record is left out when
 *  - its date has not come at `now`,
 *  - it was withdrawn,
 *  - it is held,
 *  - it joins another (index->joins),
 *  - another has its key: the newest `updated` (that has come), else the last in source order, wins.
 * Order: date, newest first; within a date the source listed first, then the source's own order (source->order).
 */
struct index_counts {
    size_t articles; /* shown */
    size_t future;
    size_t withdrawn;
    size_t held;
    size_t joined;
    size_t duplicates;
    int64_t next_date; /* the earliest date still to come; INT64_MAX: none */
};
void index_arrange(struct index *index, const struct index_runs *pieces, size_t piece_count,
                   const struct source *const *source_of_file, int64_t now, struct index_counts *ret_counts);

/* The key of the leader that the article with this key joins; NULL for none. */
const struct hash128 *index_leader(const struct index *index, struct hash128 key);

#endif
