#include "ingest/list_page_tree.h"

#include "base/hash.h"
#include "base/utf8.h"

#include <stdlib.h>

/*
 * Which elements are the items of one list: those of one name in the same place of the structure. An element around an
 * item is one, too, as long as there is only one item in it: of groups that hold the same items the outermost has most
 * to tell.
 */

enum {
    ITEMS_LEAST = 2,
    DATES_MOST = 3, /* in one item: 发布, 成文, 截止 */
};

struct candidate {
    uint64_t key; /* of its group */
    struct list_range range;
    uint32_t link;
    bool is_dated;
};
struct candidates {
    VEC(struct candidate) items;
};

struct group {
    size_t begin, end; /* candidates */
    double score;
    uint32_t first; /* node */
};

static uint64_t group_key(const struct list_tree *tree, uint32_t parent, uint32_t name) {
    const struct { uint64_t path, name; } key = {tree->nodes.items[parent].path, name};
    return hash64((struct slice){(const char *)&key, sizeof key});
}

static bool is_dated(const struct list_tree *tree, const struct list_node *node) {
    if (node->dates)
        return node->dates <= DATES_MOST;
    if (node->short_dates != 1)
        return false;
    for (uint32_t i = (uint32_t)(node - tree->nodes.items); i < node->end; i++)
        if (tree->nodes.items[i].day_of_year)
            return list_completed_date(tree, tree->nodes.items[i].day_of_year, tree->links.items[node->link - 1].href)
                       .size > 0;
    return false;
}

static void add_elements(const struct list_tree *tree, struct candidates *candidates) {
    for (uint32_t i = 1; i < tree->nodes.count; i++) {
        const struct list_node *node = &tree->nodes.items[i];
        if (node->tag == LIST_TEXT || !node->link || node->rivals || node->dates > DATES_MOST)
            continue;
        vec_push(&candidates->items,
                 (struct candidate){
                     group_key(tree, node->parent, node->name), {i, node->end}, node->link, is_dated(tree, node)});
    }
}

/* --- items without an element of their own ------------------------------------------------------------------- */

enum part { PART_NOTHING, PART_TITLE, PART_DATE, PART_BOTH };

static enum part part_of(const struct list_node *node) {
    if (node->link && !node->rivals)
        return node->dates ? PART_BOTH : PART_TITLE;
    return node->dates && node->dates <= DATES_MOST ? PART_DATE : PART_NOTHING;
}

static void add_segment(const struct list_tree *tree, uint32_t parent, struct candidate *segment, unsigned titles,
                        unsigned dates, struct candidates *candidates) {
    segment->key = group_key(tree, parent, 0);
    segment->is_dated = dates > 0;
    if (titles == 1 && dates <= DATES_MOST)
        vec_push(&candidates->items, *segment);
}

/* An item begins at each title, or at each date where dates stand before their titles. */
static void add_segments(const struct list_tree *tree, uint32_t parent, enum part begins,
                         struct candidates *candidates) {
    struct candidate segment = {0};
    unsigned titles = 0;
    unsigned dates = 0;
    const struct list_node *list = &tree->nodes.items[parent];
    for (uint32_t i = parent + 1; i < list->end; i = tree->nodes.items[i].end) {
        const struct list_node *node = &tree->nodes.items[i];
        enum part part = part_of(node);
        if (part == begins) {
            if (segment.range.end)
                add_segment(tree, parent, &segment, titles, dates, candidates);
            segment = (struct candidate){.range = {i, i}};
            titles = dates = 0;
        }
        if (!segment.range.begin)
            continue;
        segment.range.end = node->end;
        titles += part == PART_TITLE;
        dates += part == PART_DATE;
        segment.link = part == PART_TITLE ? node->link : segment.link;
    }
    if (segment.range.end)
        add_segment(tree, parent, &segment, titles, dates, candidates);
}

static void add_flat(const struct list_tree *tree, struct candidates *candidates) {
    for (uint32_t parent = 0; parent < tree->nodes.count; parent++) {
        const struct list_node *list = &tree->nodes.items[parent];
        size_t counts[PART_BOTH + 1] = {0};
        enum part last = PART_NOTHING;
        if (list->tag == LIST_TEXT || !list->dates || !list->link)
            continue;
        for (uint32_t i = parent + 1; i < list->end; i = tree->nodes.items[i].end) {
            enum part part = part_of(&tree->nodes.items[i]);
            counts[part]++;
            last = part == PART_TITLE || part == PART_DATE ? part : last;
        }
        if (counts[PART_TITLE] >= ITEMS_LEAST && counts[PART_DATE] >= ITEMS_LEAST &&
            counts[PART_BOTH] * 4 <= counts[PART_TITLE])
            add_segments(tree, parent, last == PART_DATE ? PART_TITLE : PART_DATE, candidates);
    }
}

/* --- the best one -------------------------------------------------------------------------------------------- */

static int compare_candidates(const void *one, const void *other) {
    const struct candidate *a = one;
    const struct candidate *b = other;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->range.begin < b->range.begin ? -1 : a->range.begin > b->range.begin;
}

/* Many items, long titles, in the middle of the page. 0: this is no list. */
static double score_of(const struct list_tree *tree, const struct candidate *items, size_t count) {
    enum { TITLE_WELL = 30 /* characters: longer ones say no more */ };
    size_t dated = 0;
    size_t characters = 0;
    size_t aside = 0;
    for (size_t i = 0; i < count; i++) {
        size_t title = tree->links.items[items[i].link - 1].characters;
        dated += items[i].is_dated;
        characters += items[i].is_dated ? (title < TITLE_WELL ? title : TITLE_WELL) : 0;
        aside += tree->nodes.items[items[i].range.begin].is_aside;
    }
    if (dated < ITEMS_LEAST || dated * 2 <= count)
        return 0;
    return ((double)dated + (double)characters / TITLE_WELL) * (aside ? 0.3 : 1.0);
}

static struct group best_group(const struct list_tree *tree, const struct candidates *candidates) {
    struct group best = {0};
    for (size_t begin = 0, end = 0; begin < candidates->items.count; begin = end) {
        const struct candidate *first = &candidates->items.items[begin];
        for (end = begin; end < candidates->items.count && candidates->items.items[end].key == first->key;)
            end++;
        struct group group = {begin, end, score_of(tree, first, end - begin), first->range.begin};
        if (group.score > best.score || (group.score > 0 && group.score == best.score && group.first < best.first))
            best = group;
    }
    return best;
}

/* Bytes of running text that is in no item: an article has more of it than the list below it. */
static bool is_article(const struct list_tree *tree, const struct list_ranges *ranges) {
    enum { PARAGRAPH_LEAST = 40 /* characters */, PARAGRAPHS_LEAST = 3 };
    size_t listed = 0;
    size_t running = 0;
    size_t paragraphs = 0;
    size_t next = 0;
    for (uint32_t i = 0; i < tree->nodes.count; i++) {
        const struct list_node *node = &tree->nodes.items[i];
        while (next < ranges->items.count && ranges->items.items[next].end <= i)
            next++;
        bool in_item = next < ranges->items.count && ranges->items.items[next].begin <= i;
        if (node->tag != LIST_TEXT)
            continue;
        if (in_item) {
            listed += node->size;
        } else if (!node->in_link && slice_find(node->text, SLICE("。"), 0) < node->text.size &&
                   utf8_count(node->text) >= PARAGRAPH_LEAST) {
            running += node->size;
            paragraphs++;
        }
    }
    return paragraphs >= PARAGRAPHS_LEAST && running > listed;
}

bool list_find_group(const struct list_tree *tree, struct list_ranges *ranges) {
    struct candidates candidates = {0};
    add_elements(tree, &candidates);
    add_flat(tree, &candidates);
    if (!candidates.items.count)
        return false;
    qsort(candidates.items.items, candidates.items.count, sizeof *candidates.items.items, compare_candidates);
    struct group best = best_group(tree, &candidates);
    for (size_t i = best.begin; i < best.end; i++)
        if (candidates.items.items[i].is_dated)
            vec_push(&ranges->items, candidates.items.items[i].range);
    vec_release(&candidates.items);
    return best.score > 0 && !is_article(tree, ranges);
}
