#ifndef PINDAO_STORE_HISTORY_H
#define PINDAO_STORE_HISTORY_H

#include "diag/diag.h"
#include "model/history.h"

/*
 * history.jsonl: one event a line, JSON, appended only, synced before the tree that depends on it is served. It is text
 * so that it can be read, diffed, committed; small, for it holds exceptions, not articles:
 *
 *     {"join": "url/b", "leader": "url/a", "date": "2026-11-09T00:00:00Z"}
 *     {"withdraw": "url/b", "entry": "url/a", "at": "…", "date": "…", "by": "command", "channels": ["/"], "sketch": "…"}
 *     {"release": "url/b", "at": "…"}
 *     {"seen": "url/b", "source": "dumps/x.txt", "at": "…"}
 *
 * Dates are UTC, by a Z. Unknown members are kept out of the way: a line with an event that this version does not know
 * is an error of the run (history-unknown), for what it says would be lost on the reader. A line that is no JSON is
 * reported (history-line-bad) and passed over; the last line without its line end is what a crash left of an append:
 * it is passed over silently, and cut off by the next append.
 *
 * No text of an article is ever in it. Written under the output's lock: one writer at a time.
 */
struct history_file;

/*
 * Reads the file; a missing one is an empty history. `path` is as messages show it. `read_only`: history_commit writes
 * nothing (--dry-run, check, explain). NULL after reporting: it cannot be read, or an event is unknown.
 */
struct history_file *history_open(const char *path, bool read_only, struct diagnostics *diagnostics);
void history_close(struct history_file *file); /* what was not committed is dropped; NULL is fine */

const struct history *history_of(const struct history_file *file);

/*
 * What the file was when it was opened (and, after history_commit, what it is): for telling whether it changed, and
 * whether it was lost: `lines` that shrink are a loss.
 */
struct history_identity {
    bool exists;
    uint64_t size;  /* bytes */
    uint64_t lines; /* events */
    uint64_t hash;  /* hash64 of all bytes */
};
struct history_identity history_identity(const struct history_file *file);

/*
 * One more event: in history_of() at once, in the file by history_commit. Strings are copied. An event that says nothing
 * new (the same join, a sighting that is known) is dropped.
 */
void history_add_join(struct history_file *file, struct slice member, struct slice leader, int64_t date);
/* Of *withdrawal the hashes and `released` are not looked at. Withdraws anew what was released. */
void history_add_withdrawal(struct history_file *file, const struct withdrawal *withdrawal);
void history_add_release(struct history_file *file, struct slice key, int64_t at);
void history_add_sighting(struct history_file *file, struct slice key, struct slice source, int64_t at);

/* Appends what was added, in one write, and syncs the file (and its folder when it is new). false after reporting. */
MUST_CHECK bool history_commit(struct history_file *file, struct diagnostics *diagnostics);

/*
 * Rewrites the file (beside it, synced, renamed) with one line for each thing that still says something, sorted by kind
 * and key: repeated events, and withdrawals that were released, go. The history that is read from it is the same.
 */
MUST_CHECK bool history_compact(struct history_file *file, struct diagnostics *diagnostics);

/* The name of an article without a date, for its sighting: "title/" and the hash of the letters of its folded title. */
void untimed_append_key(struct slice title, struct buf *key);

#endif
