#ifndef PINDAO_ASSEMBLE_DUPLICATES_H
#define PINDAO_ASSEMBLE_DUPLICATES_H

#include "assemble/index.h"
#include "base/buf.h"
#include "model/labels.h"
#include "model/settings.h"

/*
 * Near-duplicates: one press release on five sites is one entry.
 *
 * In order of date, then key, an article joins the earliest leader within the window of days of which it is a copy
 * (assemble/resemblance.h), else becomes a leader. It is compared with leaders only, so that there are no chains: the
 * last of a row of small changes is no copy of the first. The order is that of the articles themselves: it does not
 * matter which file or thread brought them. Sketches propose whom to compare (assemble/proposals.h); only those are
 * read again.
 *
 * History binds (index->bonds): who has joined an entry stays with it, whatever the texts say now, and an entry that
 * subscribers have seen vanishes into no other: the other one joins it, though it be earlier, and where both were seen,
 * each leads for ever. What a run finds anew (index->found) is to be said in history; a run that begins from nothing
 * but the articles and that history finds the same, which is the promise that all of this keeps.
 *
 * The members of a group have one entry: with the leader's id and date, and what the best of them says. The best is,
 * of those that have nine tenths of the letters of the fullest, one that is not distorted by readings in parentheses,
 * has an address of its own, and is the earliest, in this order: another site's foot makes no copy better.
 */
struct duplicates_reader {
    void *context;
    /* Title and text of a record, folded, appended; false when they cannot be read any more. Called on many threads. */
    bool (*read)(void *context, size_t worker, uint32_t record, struct buf *title, struct buf *text);
    /* Do subscribers see an entry with this key? NULL: nobody sees anything. Called for few. */
    bool (*is_published)(void *context, struct hash128 key, int64_t date);
};

struct duplicates_request {
    struct index *index;
    const struct duplicates_settings *settings;
    const struct taxonomies *taxonomies;
    const struct label_table *labels;
    size_t workers;
    const struct duplicates_reader *reader;
    /*
     * What an earlier run has left (assemble/remembered.h), so that only what is new is looked at; NULL or empty:
     * nothing. Released when it was read, for it is large. It changes time, and nothing else. The fingerprint is of all
     * that shapes what `read` gives and is not in the records: corrections, settings of duplicates, the version of the
     * program.
     */
    struct buf *remembered;
    uint64_t fingerprint;
    struct buf *ret_remembered; /* appended: the same for the next run; NULL: not wanted */
};

/*
 * Finds the groups of an index that has been arranged with sketches, and frees the sketches. index->order keeps the
 * leaders; those whom corrections join to one (index->joins) stand in its group. A group with a member whom an editor
 * has withdrawn is not shown: no copy takes its place; nor is one whose leader is held or has a date to come. Where the
 * best member is not the leader, labels and text_bytes of the leader's record become the best member's. index->found
 * becomes what history has to say from now on. ret_hidden: how many articles have no entry of their own any more,
 * joined and withdrawn ones not counted again.
 */
void duplicates_find(const struct duplicates_request *request, size_t *ret_hidden);

#endif
