#ifndef PINDAO_STORE_HISTORY_H
#define PINDAO_STORE_HISTORY_H

#include "base/file.h"
#include "diag/diag.h"
#include "model/history.h"

/*
 * history.jsonl: one event a line, JSON, appended only, synced before the tree that depends on it is served. It is text
 * so that it can be read, diffed, committed; small, for it holds exceptions, not articles:
 *
 *     {"join": "url/b", "leader": "url/a", "date": "2026-11-09T00:00:00Z"}
 *     {"withdraw": "url/b", "entry": "url/a", "at": "…", "date": "…", "by": "command", "channels": ["/"],
 *      "page": false, "sketch": "…"}
 *     {"release": "url/b", "at": "…"}
 *     {"seen": "url/b", "source": "dumps/x.txt", "at": "…"}
 *     {"permalink": "id/b", "at": "…"}
 *     {"compacted": 1204}
 *
 * The last one stands behind what compacting left, and says how many events there had been. Dates are UTC, by a Z.
 * Unknown members are passed over. A line with an event (or a cause of a withdrawal) that this version does not know is
 * an error of the run (history-unknown), for what it says would be lost on the reader. Any other line that cannot be
 * read is reported (history-line-bad) and passed over; it stays in the file for somebody to mend. A last line without
 * its line end is what a crash left of an append, or an editor that writes none: it counts where it is whole, else it
 * is passed over silently, and cut off by the next append.
 *
 * No text of an article is ever in it. Written under the output's lock: one writer at a time. Who edits it during a run
 * makes the run fail, not lose what was edited.
 */
struct history_file;

/*
 * Reads the file; a missing one is an empty history. `path` is as messages show it. `read_only`: history_commit writes
 * nothing (--dry-run, check, explain). NULL after reporting: it cannot be read, or an event is unknown.
 */
struct history_file *history_open(const char *path, bool read_only, struct diagnostics *diagnostics);
void history_close(struct history_file *file); /* what was not committed is dropped; NULL is fine */

struct slice history_path(const struct history_file *file);
const struct history *history_of(const struct history_file *file);

/*
 * What the file was when it was opened (and, after history_commit, what it is): for telling whether it changed, and
 * whether it was lost.
 */
struct history_identity {
    bool exists;
    uint64_t size;  /* bytes that count: without a torn last line */
    uint64_t lines; /* events that there have been: never fewer, whatever compacting drops */
    uint64_t hash;  /* of these bytes, line by line */
};
struct history_identity history_identity(const struct history_file *file);

/* The file on disk as this run has read or left it: who stats another one finds what somebody else did. All 0: none. */
struct file_identity history_file_identity(const struct history_file *file);

/* Is the history gone, or an older one, compared with what it was? */
bool history_is_lost(struct history_identity before, struct history_identity now);

/*
 * One more event: in history_of() at once, in the file by history_commit. Strings are copied. An event that says
 * nothing new (the same join, a sighting that is known, whenever it was) is dropped.
 */
void history_add_join(struct history_file *file, struct slice member, struct slice leader, int64_t date);
/* Of *withdrawal the hashes and `released` are not looked at. Withdraws anew what was released. */
void history_add_withdrawal(struct history_file *file, const struct withdrawal *withdrawal);
void history_add_release(struct history_file *file, struct slice key, int64_t at);
void history_add_sighting(struct history_file *file, struct slice key, struct slice source, int64_t at);
void history_add_permalink(struct history_file *file, struct slice key, int64_t at);

/*
 * Appends what was added, in one write, and syncs the file (and its folder when it is new). Does nothing where nothing
 * was added, or for read_only. false after reporting: then the file is as it was.
 */
MUST_CHECK bool history_commit(struct history_file *file, struct diagnostics *diagnostics);

/*
 * Rewrites the file (beside it, synced, renamed; a link is followed) with one line for each thing that still says
 * something, sorted by kind and key: repeated events, and withdrawals that were released, go (but for copies: that they
 * are none is remembered). The history that is read
 * from it is the same. *ret_dropped: how many lines went; a file that is compact is not touched. Nothing may wait for
 * history_commit, nor the file be opened read_only.
 */
MUST_CHECK bool history_compact(struct history_file *file, struct diagnostics *diagnostics, size_t *ret_dropped);

/* The name of an article without a date, for its sighting: "title/" and the hash of the letters of its folded title. */
void untimed_append_key(struct slice title, struct buf *key);

#endif
