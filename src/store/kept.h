#ifndef PINDAO_STORE_KEPT_H
#define PINDAO_STORE_KEPT_H

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"

/*
 * A kept file: what an upstream has shown, one article a line (JSON Lines), the oldest first. It is an input like the
 * files of people, read by the reader of such lines; only fetching writes it. It is to be backed up with the history:
 * what the upstream shows no more stands nowhere else.
 *
 * Memory follows the number of lines, not their text. What was not changed is not touched: who adds nothing leaves the
 * very file. New lines are appended in one write and synced; where one is replaced or goes, the file is written anew
 * beside the old one, synced and renamed. So whatever happens, it is whole, but for a last line that a power cut left
 * half: opened for writing, the file loses it. Lines that cannot be read stay where they are, for somebody to mend.
 *
 * One writer at a time: a commit locks the file that was read (flock) until it is closed. Who edits it meanwhile, or
 * commits before, makes the commit fail (ESTALE), not lose what was written.
 * Nothing here reports; errno says what is wrong.
 */
struct kept;

/* What is to be known of a line. */
struct kept_article {
    struct hash128 key;
    int64_t date;    /* seconds; INT64_MAX: none, so that it never grows old */
    int64_t updated; /* seconds; INT64_MIN: not said */
    bool withdrawn;
};
/* How lines are read: false for what is no article. */
struct kept_reader {
    bool (*read)(void *context, struct slice line, struct kept_article *ret_article);
    void *context;
};

enum { KEPT_LINE_MOST = 1 << 20 /* bytes, as of any record: what is longer could not be read again */ };

/* A missing file is an empty one. NULL with errno. `reader` is used now only. */
struct kept *kept_open(const char *path, const struct kept_reader *reader);
void kept_close(struct kept *kept); /* what was not committed is dropped; NULL is fine */

bool kept_exists(const struct kept *kept);
/* Articles that are not withdrawn. */
size_t kept_count(const struct kept *kept);

/* Is this very line in the file? Then the article is one that is shown: see kept_drop. `line` without its end. */
MUST_CHECK bool kept_has_line(struct kept *kept, struct slice line);
/* The text of an article's line, appended. false when there is none, or it cannot be read. */
MUST_CHECK bool kept_get(const struct kept *kept, struct hash128 key, struct buf *line);
/*
 * An article as it is shown now. It replaces the one with its key, in its place, unless that one says a later
 * `updated`; a new one goes to the end.
 */
void kept_put(struct kept *kept, const struct kept_article *article, struct slice line);
/*
 * The article becomes the line of a withdrawn one, whatever it says of `updated`, and counts as shown: it goes no
 * earlier than what says so. One that was not in the file, which nobody has seen, goes at once. Nothing for one that is
 * not there.
 */
void kept_withdraw(struct kept *kept, struct hash128 key, struct slice line);

/* Articles are shown whose keys have these lower halves, though nobody puts them. Sorts the keys. */
void kept_mark_shown(struct kept *kept, uint64_t *keys, size_t count);
/*
 * Takes out the articles for which `goes` says so. is_shown: it was put, or its line was found, since the file was
 * opened, or kept_mark_shown named it.
 */
void kept_drop(struct kept *kept, bool (*goes)(void *context, const struct kept_article *article, bool is_shown),
               void *context);
/* The lower halves of the keys of those that are shown, in the order of the file. */
void kept_each_shown(const struct kept *kept, void (*take)(void *context, uint64_t key), void *context);

/*
 * Writes what has changed; a file that is not there yet, even an empty one, with its folder. false with errno: the file
 * is as it was. *ret_identity is the file as it lies there then; *ret_changed may be NULL.
 */
MUST_CHECK bool kept_commit(struct kept *kept, struct file_identity *ret_identity, bool *ret_changed);

#endif
