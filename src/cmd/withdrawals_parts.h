#ifndef PINDAO_CMD_WITHDRAWALS_PARTS_H
#define PINDAO_CMD_WITHDRAWALS_PARTS_H

#include "assemble/kept_comparison.h"
#include "base/hash_set.h"
#include "cmd/corpus.h"
#include "cmd/served.h"
#include "cmd/withdrawals.h"

/* What the files of cmd/withdrawals share; for them only. */

/* A record that gets a line of its own. */
struct withdrawal_wish {
    const struct record *record;
    enum withdrawal_cause cause;
    struct slice original; /* of WITHDRAWN_AS_COPY: the entry of which it is a copy */
};

/* A line of the history whose looks are known: copies are looked for by it. */
struct withdrawal_look {
    struct slice entry;
    struct kept_sketch kept;
    bool is_new; /* its article is withdrawn only now: what looks like it and is shown has been told from it */
};

struct withdrawals {
    struct history_file *file;
    struct served *served;
    const struct withdrawal_request *request; /* NULL: none */
    int64_t now;
    struct arena arena;
    bool is_impossible;

    VEC(struct withdrawal_wish) wishes; /* of the request, and copies */
    struct hash_set hidden;             /* keys of all that is withdrawn by people, copies and entries too */
    struct hash_set own;                /* keys of records that say it themselves, or corrections for them */
    VEC(const struct record *) similar; /* look like something that is withdrawn only now */
    VEC(struct slice) vanished;
    VEC(struct hash128) asked; /* keys of the lines that the request is about */
    VEC(size_t) asked_lines;
    struct withdrawal_counts counts;

    struct channel_withdrawals *channels; /* NULL: no stub anywhere */
    size_t channel_count;
    struct arena stubs;
};

static inline const struct history *history_in(const struct withdrawals *withdrawals) {
    return history_of(withdrawals->file);
}

/* The key of the entry under which the article with this key has been shown, where it was. */
struct hash128 entry_hash_of(const struct history *history, struct hash128 key);

/* The article's line, if it stands. */
const struct withdrawal *standing_line(const struct history *history, struct hash128 key);

/* For a line of the entry that is withdrawn now. */
static inline enum withdrawal_page page_of_entry(const struct served *served, struct hash128 entry) {
    return served_has_page(served, entry) ? WITHDRAWAL_PAGE_STOOD : WITHDRAWAL_PAGE_NONE;
}

/*
 * What the history would keep of the article's looks, which is read again in the arena, and its key. false when its
 * source has changed.
 */
struct looks_reader {
    const struct corpus *corpus;
    struct arena arena;
    struct buf key, title, text; /* folded */
    struct kept_comparison comparison;
};
void looks_reader_init(struct looks_reader *reader, const struct corpus *corpus);
void looks_reader_release(struct looks_reader *reader);
MUST_CHECK bool looks_read(struct looks_reader *reader, const struct record *record, struct kept_sketch *ret_kept);
/* The same, so that reader->comparison can tell of what it is a copy. */
MUST_CHECK bool looks_load(struct looks_reader *reader, const struct record *record);

/* By people: copies go too. */
static inline bool takes_copies(enum withdrawal_cause cause) {
    return cause == WITHDRAWN_BY_COMMAND || cause == WITHDRAWN_BY_CORRECTION || cause == WITHDRAWN_AS_COPY;
}

/* cmd/withdrawal_names.c: what the request means; reports what cannot be. */
void withdrawals_resolve(struct withdrawals *withdrawals, const struct corpus *corpus, struct diagnostics *diagnostics);

/*
 * Of these entries, sealed, those that somebody else shows again, a copy of what its source withdrew. *visible is
 * empty, and sealed then.
 */
void withdrawals_list_visible(const struct index *index, const struct hash_set *entries, struct hash_set *visible);

/* cmd/withdrawal_stubs.c */
void withdrawals_place(struct withdrawals *withdrawals, const struct corpus *corpus, const struct channels *channels);

#endif
