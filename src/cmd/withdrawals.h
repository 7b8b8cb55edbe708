#ifndef PINDAO_CMD_WITHDRAWALS_H
#define PINDAO_CMD_WITHDRAWALS_H

#include "assemble/channels.h"
#include "model/feed.h"
#include "model/record.h"
#include "store/history.h"

/*
 * What was published and must not be any more. An article is withdrawn by `pindao withdraw`, by corrections, by itself
 * (withdrawn: true) or, where its source says so, by vanishing. The history has a line for each that somebody may have
 * seen or whose copies must stay out:
 *
 *  - Withdrawn by people (the command, corrections) it takes its copies along: all that history or the near-duplicates
 *    of this run put into its entry, and, when its source is gone, whatever has a sketch like its own
 *    (assemble/kept_sketch.h), however late it comes. The last are reported (withdrawn-twin), and get a line of their
 *    own: corrections may let them go (release: true).
 *  - Withdrawn by its source it goes alone: the entry goes on with what its copies say.
 *
 * For WITHDRAWAL_SHOWN the entry's place in the heads that showed it is taken by a stub with the same id, without
 * text; beside the head's entries, so that nothing else moves.
 *
 * One object serves a run; corpus->withdrawals is it. In this order: withdrawals_mark while the index is being made,
 * withdrawals_note when heads are selected, withdrawals_in while feeds are rendered, from any thread.
 */
enum { WITHDRAWAL_SHOWN = 30 * 24 * 60 * 60 /* seconds */ };

struct corpus;
struct served;
struct withdrawals;

/* What `pindao withdraw` was asked for. Borrowed. */
struct withdrawal_request {
    char *const *names; /* of articles, as people name them */
    size_t count;
    bool is_release; /* --undo */
};

/* History and served outlive it. `served` NULL: nobody has seen anything (check, explain). `request` NULL: none. */
struct withdrawals *withdrawals_new(struct history_file *history, struct served *served,
                                    const struct withdrawal_request *request, int64_t now);
void withdrawals_free(struct withdrawals *withdrawals); /* NULL is fine */

/*
 * When all records are in the index, corrections settled, and nothing is arranged: sets withdrawn and taken_back of
 * those that are. Finds out what the request means. May be called anew, after a source has changed.
 */
void withdrawals_mark(struct withdrawals *withdrawals, struct corpus *corpus, struct diagnostics *diagnostics);
/* Could everything that the request names be withdrawn (or released)? What could not was reported by _mark. */
bool withdrawals_are_possible(const struct withdrawals *withdrawals);

/* An article whose source says vanished: withdraw is in none any more. Between _mark and _note. */
void withdrawals_vanish(struct withdrawals *withdrawals, struct slice key);

/*
 * When copies are found and heads selected: adds to the history what is withdrawn and what is not any more, and works
 * out the stubs of every channel. false when a source has changed since it was read.
 */
MUST_CHECK bool withdrawals_note(struct withdrawals *withdrawals, const struct corpus *corpus,
                                 const struct channels *channels, struct diagnostics *diagnostics);

/* --- what feeds show of it ---------------------------------------------------------------------------------- */

struct stub {
    struct entry entry;
    size_t place; /* how many entries of the head stand before it */
};

struct channel_withdrawals {
    const struct stub *stubs; /* newest first */
    size_t stub_count;
    const struct tombstone *tombstones; /* of what the channel has shown, in the head's range or not; latest first */
    size_t tombstone_count;
    int64_t updated; /* the latest of them; INT64_MIN: none */
};
/* Of channels->items.items[channel]. With withdrawals NULL: nothing. */
struct channel_withdrawals withdrawals_in(const struct withdrawals *withdrawals, size_t channel);
/* Of all that withdrawals_in says; 0 for nothing. */
uint64_t withdrawals_signature(const struct withdrawals *withdrawals, size_t channel);

/*
 * Of all that is withdrawn by the history as it is now, whoever wrote it: when it is another one than it was for the
 * served tree, that tree may have texts that must not be kept. 0: nothing is.
 */
uint64_t withdrawals_standing(const struct history *history);

/* When the next stub goes, after `now`; INT64_MAX: never. */
int64_t withdrawals_next_date(const struct history *history, int64_t now);

/* --- what was done ------------------------------------------------------------------------------------------ */

struct withdrawal_counts {
    size_t withdrawn; /* lines that this run added; vanished ones too */
    size_t released;
    size_t vanished;    /* articles of them */
    size_t on_purpose;  /* entries that go from feeds by lines of this run, vanished ones not counted */
    size_t coming_back; /* entries that may come back by releases of this run */
};
struct withdrawal_counts withdrawals_counts(const struct withdrawals *withdrawals);

/* The lines that the request added, or found standing, in order: numbers of history->withdrawals. */
const size_t *withdrawals_asked_for(const struct withdrawals *withdrawals, size_t *ret_count);

/* Why the record is withdrawn: its own line, or the one of the entry that it belongs to. NULL: neither. */
const struct withdrawal *withdrawals_reason(const struct withdrawals *withdrawals, struct hash128 key);

#endif
