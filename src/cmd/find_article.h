#ifndef PINDAO_CMD_FIND_ARTICLE_H
#define PINDAO_CMD_FIND_ARTICLE_H

#include "cmd/corpus.h"

/*
 * Which articles of a corpus does a person mean? An article is named by its own id, its address, its key or tag: URI as
 * feeds have it, by the address of its page here, by its file, or by file:line (any line of it). Several may be meant:
 * all of a file, or all that have one key, of which one is shown.
 *
 * A page is that of an entry. Where its leader is gone, and index_arrange has been called, it means who stands for it.
 */
struct found_articles {
    VEC(const struct record *) items; /* in the order of files and places in them */
    bool is_file;                     /* the name is that of a file or of a place in one … */
    bool in_no_source;                /* … which no source reads */
};
void found_articles_release(struct found_articles *found);

void articles_find(const struct corpus *corpus, const char *name, struct found_articles *ret_found);

/* Why an article is in no feed, or that it is in some. */
enum article_status {
    ARTICLE_SHOWN,
    ARTICLE_FUTURE,
    ARTICLE_WITHDRAWN,
    ARTICLE_HELD,
    ARTICLE_JOINED,   /* same news as another, whose entry stands for both */
    ARTICLE_COPY,     /* a near-duplicate of another, whose entry stands for both */
    ARTICLE_REPLACED, /* another with its key is shown */
};
/* *ret_place is its place in index->order; set only when it is shown. */
enum article_status article_status(const struct corpus *corpus, const struct record *record, int64_t now,
                                   uint32_t *ret_place);

/* The near-duplicates among which the article is; NULL: it has none. */
const struct index_group *article_group(const struct corpus *corpus, const struct record *record);

#endif
