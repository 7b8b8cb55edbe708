#ifndef PINDAO_MODEL_PAGE_H
#define PINDAO_MODEL_PAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "model/feed.h"

/*
 * What pages say that are not those of a channel (model/feed.h), as plain data: assemble/ and cmd/ fill it, render/
 * draws it. Paths are of the tree ("putuo/ic/"; a channel's page is the index.html in it), without a slash in front.
 */
enum { OVERVIEW_MONTHS = 12 };

/* A channel that crosses two taxonomies. */
struct overview_cell {
    struct slice path;
    struct slice title;
    size_t count;
    unsigned level; /* 0: empty; 1 to 5: of all cells that are not, on a logarithmic scale */
};

/* A term: a row or a column of the table. */
struct overview_term {
    struct slice label;
    struct slice short_label;
    struct slice path; /* of its own channel; no_page set: it has none */
    bool has_page;
    size_t count;                     /* articles with this label */
    uint32_t months[OVERVIEW_MONTHS]; /* how many in each of the last months, the oldest first */
};

/* The first rule of the configuration that has a channel for each pair of two taxonomies' terms. */
struct overview_table {
    struct slice row_label, column_label; /* of the taxonomies; no rows: there is no such rule */
    const struct overview_term *rows;
    size_t row_count;
    const struct overview_term *columns;
    size_t column_count;
    const struct overview_cell *cells; /* row by row */
    size_t total;                      /* articles in all */
};

struct channel_group {
    struct slice label; /* may be empty */
    const struct channel_link *channels;
    size_t count;
};

/* The page / : also that of the channel /, where there is one. */
struct home_page {
    struct overview_table table;
    int64_t months_begin, months_end;   /* a moment in the first month of the sparklines, and in the last */
    const struct channel_group *groups; /* channels that the table leads to nowhere */
    size_t group_count;
    size_t articles;         /* shown in all */
    bool has_channel;        /* there is a channel / … */
    struct slice older_page; /* … and this the page of its archive where one reads on: "archive/2026-11.html" */
    bool has_archive;        /* … and it has an archive */
};

struct archive_period_link {
    int64_t begin;
    struct slice path; /* "putuo/archive/2026-11.html" */
    size_t count;
};
/* The index of a channel's archive. */
struct archive_page {
    struct slice channel_path;
    struct slice channel_title;
    enum archive_period period;
    const struct archive_period_link *periods; /* newest first */
    size_t period_count;
};

struct withdrawn_page {
    struct slice path; /* of the article that was there */
    int64_t at;
};

/* A term that a visitor of /my/ can tick. */
struct choice_term {
    struct slice key; /* "putuo"; "district.other" where two taxonomies have the same id */
    struct slice label;
    struct slice path; /* of its channel */
    bool has_page;
    size_t count;
};
struct choice_group {
    struct slice taxonomy; /* id */
    struct slice label;
    const struct choice_term *terms;
    size_t count;
};
/* A channel that stands for a choice: one term each of so many taxonomies. */
struct choice_channel {
    struct slice path;
    struct slice title;
    const struct slice *keys;
    size_t key_count;
};
struct choice_page {
    const struct choice_group *groups;
    size_t group_count;
    const struct choice_channel *channels;
    size_t channel_count;
};

/*
 * The path of the page of an article without an address of its own, for ever: "article/" and the first 20 hex digits of
 * the hash of its entry's key, ".html". Appends.
 */
void article_page_append_path(struct buf *buf, struct hash128 key);

/*
 * The way back, as far as it goes: such a path has the first 80 bits of the hash, no more. *ret_begin has them, and 0
 * behind them. Some hosts take ".html" away, so it may be missing. false when it is no such path.
 */
MUST_CHECK bool article_page_parse_path(struct slice path, struct hash128 *ret_begin);
/* Is the page that of the entry with this key? `begin` as article_page_parse_path gives it. */
bool article_page_is_of(struct hash128 begin, struct hash128 key);
/* The least of all hashes that may have this page, which is what `begin` is: for looking it up among sorted ones. */
struct hash128 article_page_begin(struct hash128 key);

/*
 * The key by which /my/ and recent.json know a term: its id, or taxonomy.id where another taxonomy has the same. `term`
 * is its number within the taxonomy. In the arena, or the term's own.
 */
struct slice choice_key(const struct taxonomies *taxonomies, const struct taxonomy *taxonomy, size_t term,
                        struct arena *arena);

/* A page that search engines are told of. */
struct page_link {
    struct slice path;
    int64_t updated;
};

#endif
