#ifndef PINDAO_CMD_SERVED_H
#define PINDAO_CMD_SERVED_H

#include "base/arena.h"
#include "base/hash.h"
#include "model/settings.h"
#include "output/output.h"

/*
 * What subscribers can see now: the entries of the served feeds, by the hashes of their keys. Read when it is first
 * asked for, which most runs never do, on all threads. All formats show the same entries, so one is read for each
 * channel: the first of the settings that is served. Stubs of withdrawn entries count as entries: they were seen.
 *
 * All functions may be called from many threads at once, and take NULL for a tree that shows nothing.
 */
struct served;

/* Output and settings outlive it. */
struct served *served_new(const struct output *output, const struct settings *settings, size_t jobs);
void served_free(struct served *served);

bool served_shows(struct served *served, struct hash128 key);

struct served_entry {
    int64_t date;                 /* published, as the first of the channels says */
    const struct slice *channels; /* paths of those whose head shows it, sorted; live as long as served */
    size_t channel_count;
};
MUST_CHECK bool served_find(struct served *served, struct hash128 key, struct served_entry *ret_entry);

/* How many different entries there are. */
size_t served_count(struct served *served);

/*
 * The same in the pages of archives, which heads leave behind: all that are served are read anew, or, where its date is
 * known, those of that month or day. For what no head shows, and so for a few only. `channels` lives in the arena.
 */
MUST_CHECK bool served_find_archived(struct served *served, struct hash128 key, const int64_t *date,
                                     struct arena *arena, struct served_entry *ret_entry);

/*
 * The same in the feeds and archives of the tree before, which a rollback would serve again: what went from the served
 * one just now was seen, and lies there. `channels` lives in the arena.
 */
MUST_CHECK bool served_find_previous(struct served *served, struct hash128 key, struct arena *arena,
                                     struct served_entry *ret_entry);

/*
 * The key of the entry that has this page (model/page.h), which says but how its hash begins: in all of the above.
 * Reads feeds anew: for a few only. *ret_key lives in the arena.
 */
MUST_CHECK bool served_find_page(struct served *served, struct hash128 page, struct arena *arena,
                                 struct slice *ret_key);

/*
 * Has the entry a page of its own, in the served tree or the one before? By the manifests, so for many; where that of
 * the served tree is lost or damaged, the disk is asked: a text that stands there is served, whoever knows of it.
 */
bool served_has_page(const struct served *served, struct hash128 key);

/* Does this file of the served tree, a page of an archive, show the entry? Reads it anew: for a few only. */
bool served_file_shows(struct served *served, struct slice path, struct hash128 key);

#endif
