#ifndef PINDAO_ASSEMBLE_INDEX_H
#define PINDAO_ASSEMBLE_INDEX_H

#include "assemble/sketches.h"
#include "base/vec.h"
#include "diag/diag.h"
#include "model/history.h"
#include "model/record.h"
#include "model/source.h"

#include <pthread.h>

/*
 * The index: all records, in blocks that never move, filled by many threads at once; and the order in which they
 * are shown, as record numbers, newest first. Selection works on nothing else.
 */
enum { INDEX_BLOCK = SKETCH_BLOCK /* records */ };

/* The article with this key is the same news as the leader, whose entry stands for both: it has none of its own. */
struct index_join {
    struct hash128 key;
    struct hash128 leader; /* who joins nobody */
};

/*
 * What history says of who joins whom, as records: the member has the entry of the leader. A leader that is its own
 * member leads for ever.
 */
struct index_bond {
    uint32_t member, leader; /* numbers */
};

/*
 * A leader is not there any more, or was withdrawn by its source: this record, which joined it, has its entry. `key` is
 * the leader's and names the entry; the date, which is the record's now, is the leader's too.
 */
struct index_host {
    uint32_t number;
    struct hash128 key_hash;
    struct slice key; /* in the history's arena */
};

/* Articles that have one entry, that of the leader, which shows what one of them says. */
struct index_group {
    uint32_t leader;       /* record number, as are the others */
    uint32_t shown;        /* may be the leader */
    uint32_t first, count; /* in index->members: the leader, then the others … */
    uint32_t by_hand;      /* … of whom so many have something given by hand and come first; by date and key */
    bool relabelled;       /* one who is not shown has something given by hand */
};

/* A group that is not shown, because this member of it was withdrawn by people. */
struct index_taken_back {
    uint32_t leader, member; /* record numbers; may be the same */
};

/*
 * Two records of one key that was made of day and title, of which one is not shown: perhaps not two versions of one
 * article, but two articles.
 */
struct index_clash {
    uint32_t kept, lost; /* numbers */
};
enum { CLASHES_MOST = 1000 };

struct index {
    pthread_mutex_t mutex; /* of blocks, while the index is being filled */
    VEC(struct record *) blocks;
    bool sketched;            /* set before it is filled: keep a sketch beside each record */
    struct sketches sketches; /* by number; until duplicates have been found. Its folder is set before it is filled */
    VEC(struct hash128) released;     /* keys of articles with release: true in corrections, sorted; as joins */
    VEC(struct index_join) joins;     /* by key, each once; set before index_arrange */
    const struct history *history;    /* whose joins count; NULL: none. Set before index_arrange */
    const struct history *permalinks; /* whose permalinks count, duplicates or not; NULL: none */
    bool has_known;                   /* records say whether they are known */
    int64_t now;                      /* of index_arrange */
    uint32_t *order;                  /* after index_arrange: numbers of the records that may be shown, newest first */
    size_t order_count;
    VEC(struct index_clash) clashes; /* after index_arrange: the first CLASHES_MOST, in source order */
    VEC(uint32_t) aside;             /* after index_arrange: those that join another or were withdrawn */
    VEC(struct index_bond) bonds;    /* after index_arrange: by member, each once */
    VEC(struct index_host) hosts;    /* after index_arrange: by number */
    VEC(uint32_t) hidden_leaders;    /* after index_arrange: of bonds, those held, or whose date has not come */
    VEC(struct index_bond) found;    /* after duplicates_find: what history has to say from now on */
    VEC(struct index_group) groups;  /* by leader; after duplicates_find (assemble/duplicates.h) */
    VEC(uint32_t) members;
    VEC(struct index_taken_back) taken_back; /* as groups */
};

/* Where a thread writes next. Zeroed at first. */
struct index_cursor {
    struct record *block;    /* the block being filled */
    struct sketch *sketches; /* beside it */
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

/* The zeroed sketch beside the record that this cursor has added last. NULL when none are kept. */
struct sketch *index_added_sketch(const struct index_cursor *cursor);
void index_read_sketch(const struct index *index, uint32_t number, struct sketch *ret_sketch); /* thread-safe */
void index_forget_sketches(struct index *index);

/* The entry's key, where the record stands for a leader that is gone; NULL: its own. */
const struct index_host *index_host_of(const struct index *index, uint32_t number);
/* Hash of the key of the entry that the record has when it leads. */
struct hash128 index_entry_key(const struct index *index, uint32_t number);

/*
 * May the entry of this record, which leads or is alone, ever be one without an address: has it none, or one of its
 * group? Who of them is shown can change from run to run. Or does it keep the page that it had, by history?
 */
bool index_entry_needs_page(const struct index *index, uint32_t number);

/* The group whose leader has this number; NULL when it has its entry to itself. */
const struct index_group *index_group_of(const struct index *index, uint32_t leader);

/*
 * Puts the records in order, once all are there. `pieces` in source order; `source_of_file` gives the place in
 * `sources` of a record's file. A record is left out when
 *  - its date has not come at `now`,
 *  - it was withdrawn,
 *  - it is held,
 *  - it joins another (index->joins),
 *  - another has its key: the newest `updated` (that has come), else the last in source order, wins.
 * Bonds are made of the history's joins. The leader of a bond may be any record that has won its key but was not
 * withdrawn by its source; where there is none, the earliest of those that joined it first is its host (its host's
 * date is changed to the leader's). Who joins a held leader, or one whose date has not come, waits with it.
 *
 * Order: date, newest first; within a date the source listed first, then the source's own order (source->order).
 */
struct index_counts {
    size_t articles; /* shown */
    size_t future;
    size_t withdrawn;
    size_t held;
    size_t joined;
    size_t copies; /* near-duplicates of others, which have no entry of their own; set after duplicates_find */
    size_t duplicates;
    int64_t next_date; /* the earliest date (or `updated`) still to come; INT64_MAX: none */
};
void index_arrange(struct index *index, const struct index_runs *pieces, size_t piece_count,
                   const struct source *const *source_of_file, int64_t now, struct index_counts *ret_counts);

/* Do corrections release the article? */
bool index_is_released(const struct index *index, struct hash128 key);

/* The key of the leader that the article with this key joins; NULL for none. */
const struct hash128 *index_leader(const struct index *index, struct hash128 key);

#endif
