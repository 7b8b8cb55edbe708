#ifndef PINDAO_ASSEMBLE_ENTRY_H
#define PINDAO_ASSEMBLE_ENTRY_H

#include "base/arena.h"
#include "base/hash.h"
#include "model/feed.h"
#include "model/source.h"

/*
 * What the feeds say of an article: ids, dates, categories, and what the source's rights allow of its text. Nothing of
 * a channel enters.
 */
struct entry_parts {
    const struct article *article;
    struct slice key;  /* of the article as its source has it (article_append_key): a corrected title moves no id */
    int64_t date;      /* of the article that is shown; of its leader's where it is that one's host */
    int64_t published; /* of its leader, where it stands for others too; else its own */
    const struct source *source;
    struct slice html; /* of the body, cleaned */
    struct slice summary;
    const uint64_t *labels;
    const struct slice *related; /* addresses of its copies */
    size_t related_count;
    bool stands_for_others; /* it is the entry of a group */
    int64_t now;            /* an `updated` that has not come is not said */
    /* By number through all taxonomies, the page of the term's own channel (channels_term_paths); NULL: no pages. */
    const struct slice *term_paths;
    struct hash128 key_hash; /* of the entry's key; with term_paths: an entry without an address gets its own page */
};

/*
 * What an entry says as `updated`: the article's own where it has come by `now`, else its date. Where it stands for
 * others too, no earlier than the entry itself: a copy may claim a change that lies before the first one appeared.
 * `own` is INT64_MIN where the article says none.
 */
int64_t entry_updated(int64_t published, int64_t date, int64_t own, bool stands_for_others, int64_t now);

/* Borrows the strings of its parts; what is new is in the arena. */
void entry_make(const struct site *site, const struct taxonomies *taxonomies, const struct entry_parts *parts,
                struct arena *arena, struct entry *ret_entry);

#endif
