#ifndef PINDAO_INGEST_LIST_PAGE_H
#define PINDAO_INGEST_LIST_PAGE_H

#include "base/arena.h"
#include "base/slice.h"

/*
 * A list of news in an HTML page: the column page of a government site, the list page of a portal. Nobody says where in
 * the page it is, so that the repeated pattern is looked for: elements (li, tr, dl, div, article, a …) in the same
 * place of the page's structure, each with one link of a title of four characters or more and a date with a year. Most
 * of them must have a date: that tells them from menus, hot lists, pagination; of several such groups the best one is
 * taken. What has no element around each item (dt and dd in turn, rows in turn, links and dates with line breaks) is
 * cut into items at its links.
 *
 * Dates: 2024-09-25, 2024年9月25日, <time datetime>, a day and a month of a year in two or three elements
 * (25 | 2024-09). One without a year counts only where the link's address has the same day with its year
 * (/202409/t20240925_1.html): the latest such day would be a guess.
 */
struct list_item {
    struct slice url;     /* absolute */
    struct slice title;   /* the title attribute where the text is cut with … */
    struct slice date;    /* as date_parse wants it */
    struct slice summary; /* empty: none */
    struct slice image;   /* absolute; empty: none */
    struct slice column;  /* of a short link or a bracket before the title; empty: none */
};

struct list_page {
    const struct list_item *items; /* in the page's order; one address once */
    size_t count;
    const char *problem; /* where there is no list: for people */
};

enum {
    LIST_PAGE_MOST = 8 << 20, /* bytes: what is larger is no list page */
    LIST_NODES_MOST = 200000, /* elements and pieces of text that are looked at */
};

/* false with ret_page->problem. `html` went through the choke point; `url` is the base of relative addresses, unless
 * <base href> says another. All strings are in the arena. */
MUST_CHECK bool list_page_read(struct slice html, struct slice url, struct arena *arena, struct list_page *ret_page);

#endif
