#ifndef PINDAO_MODEL_FEED_H
#define PINDAO_MODEL_FEED_H

#include "model/article.h"
#include "model/channel.h"
#include "model/site.h"

/*
 * What a feed says, whatever the format: the same entries, order, ids, dates and texts come out of every renderer. An
 * entry is the same in every channel that shows it: nothing in it knows the channel.
 */
struct category {
    struct slice scheme; /* "tag:feeds.example.org,2026:district" */
    struct slice term;   /* "putuo" */
    struct slice label;  /* "普陀区" */
    struct slice path;   /* of the page of the term's channel, as a path of the tree: "putuo/"; empty: it has none */
};

/* A channel that a page leads to. */
struct channel_link {
    struct slice title; /* without the site's name */
    struct slice path;  /* "putuo/ic/", as a path of the tree; "" is the channel / */
    size_t count;       /* articles that belong to it, shown or not */
};

struct entry {
    struct slice id; /* tag: URI */
    struct slice title;
    struct slice url;  /* empty when the article has none of its own … */
    struct slice page; /* … and then, where pages are made, its page: "article/0f….html"; else empty */
    int64_t published;
    int64_t updated;              /* the article's own, else published */
    const struct author *authors; /* at least one: the site's author where the article has none */
    size_t author_count;
    struct slice summary; /* plain text: whole sentences, at most 120 characters */
    struct slice body;    /* sanitised HTML; empty where the source's rights allow no more than a summary or title */
    struct slice content; /* what feeds show: what the template entry.html makes of the body (render/content.h) */
    struct slice source_name;
    struct slice source_url;
    struct slice language; /* empty: the site's */
    const struct category *categories;
    size_t category_count;
    const struct slice *tags; /* the article's own, categories without scheme */
    size_t tag_count;
    const struct slice *related; /* addresses at which copies of it stand */
    size_t related_count;
    struct slice image;
    struct enclosure enclosure;
    bool is_withdrawn; /* a stub: title and text only say so */
};

/* An entry that was withdrawn (RFC 6721); Atom alone writes it. */
struct tombstone {
    struct slice id;
    int64_t at;
};

struct feed {
    const struct site *site;
    struct slice id;
    struct slice path;  /* "/putuo/ic/" */
    struct slice title; /* with the site's name last */
    struct slice subtitle;
    int64_t updated; /* latest of its entries and tombstones; site->tag_seconds when there is none */
    size_t entry_count;
    const struct tombstone *tombstones; /* latest first */
    size_t tombstone_count;
    /* RFC 5005 section 4, which Atom alone writes. Names of files below `path`: "archive/2026-11.xml". */
    struct slice archive_page; /* the feed is this page of the archive; empty: it is the head */
    bool archive_finished;     /* the time of the page is over */
    /* The next older page; of a head the newest one, and for people the one in which they read on. Empty: none. */
    struct slice older_page;
    int64_t archive_begin; /* of the time of the page; not of a head */
    int64_t older_begin;   /* the same of older_page */
    /* What only pages show. */
    enum archive_period archive; /* of the channel */
    struct slice name;           /* title without the site's name */
    size_t matching;             /* articles that belong to the channel (of a page of its archive: that it has) */
    size_t shown;                /* entries in the head, of which a page shows no more than format.entries_most */
    const struct channel_link *related;
    size_t related_count;
};

#endif
