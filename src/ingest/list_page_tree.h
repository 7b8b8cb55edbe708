#ifndef PINDAO_INGEST_LIST_PAGE_TREE_H
#define PINDAO_INGEST_LIST_PAGE_TREE_H

#include "base/vec.h"
#include "ingest/list_page.h"

/*
 * Inside of list_page.h.
 *
 *   list_page         HTML → nodes; the order of the steps
 *   list_page_dates   which nodes are dates
 *   list_page_links   which links could be titles
 *   list_page_groups  which ranges of nodes are the items of one list
 *   list_page_items   the fields of an item
 */
enum list_tag {
    LIST_TEXT,
    LIST_INLINE,
    LIST_BLOCK,
    LIST_HEADING,
    LIST_ROW,
    LIST_CELL,
    LIST_LINK,
    LIST_IMAGE,
    LIST_BASE,
};

struct list_attributes {
    struct slice href, title, classes, id, image, datetime;
};

/* Nodes stand in document order: the subtree of node i is [i, nodes[i].end). Node 0 is the root. */
struct list_node {
    enum list_tag tag;
    bool is_aside; /* it, or one around it, says that it stands beside the page's subject */
    bool in_link;
    uint32_t parent, end;
    uint32_t name;                            /* number of the element's name */
    uint32_t size;                            /* bytes of text in the subtree */
    uint64_t path;                            /* names, classes and ids from the root to here */
    struct slice text;                        /* of LIST_TEXT: runs of blanks are one */
    const struct list_attributes *attributes; /* NULL: none */
    struct slice date;                        /* it is one; empty: no */
    unsigned day_of_year;                     /* month × 100 + day of a date without a year; 0: none */
    /* Of the subtree. */
    uint32_t dates, short_dates;
    uint32_t link;   /* number + 1 of the best link; 0: none */
    uint32_t rivals; /* links that could be titles of other items */
};

struct list_link {
    uint32_t node;
    uint32_t begin, end; /* nodes that the title's text is from */
    unsigned weight;     /* of links to one address, the heaviest is the title */
    size_t characters;   /* of the title */
    struct slice href;   /* as written */
    struct slice title;
};

struct list_tree {
    struct arena *arena;
    struct slice base;
    VEC(struct list_node) nodes;
    VEC(struct list_link) links;
};

struct list_range {
    uint32_t begin, end; /* nodes */
};
struct list_ranges {
    VEC(struct list_range) items;
};

void list_find_dates(struct list_tree *tree);
void list_find_links(struct list_tree *tree);
/* The best group; false when there is none. */
bool list_find_group(const struct list_tree *tree, struct list_ranges *ranges);
/* false when it is none after all: no address, a date that is in no calendar. */
bool list_item_read(const struct list_tree *tree, struct list_range range, struct list_item *ret_item);

/* The text of nodes [begin, end), trimmed, without that of dates. In the arena. */
struct slice list_text(const struct list_tree *tree, uint32_t begin, uint32_t end);
/* 更多, 下一页, 阅读全文, 3: words of the page. */
bool list_is_button(struct slice text);
/* A day of the year completed by an address that has the same day with its year: YYYY-MM-DD in the arena; empty: it
 * has not. */
struct slice list_completed_date(const struct list_tree *tree, unsigned day_of_year, struct slice address);

#endif
