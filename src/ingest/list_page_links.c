#include "ingest/list_page_tree.h"

#include "base/buf.h"
#include "base/utf8.h"

/* Links that could be titles, and of each element the best one. */

enum {
    TITLE_LEAST = 4, /* characters */
    RIVAL_LEAST = 9, /* characters: shorter ones may be a column, a source, a tag beside the title */
    WEIGHT_ATTRIBUTE = 0,
    WEIGHT_TEXT = 1,
    WEIGHT_HEADING = 2,
};

struct slice list_text(const struct list_tree *tree, uint32_t begin, uint32_t end) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    for (uint32_t i = begin; i < end; i++) {
        const struct list_node *node = &tree->nodes.items[i];
        if (node->date.size && !(node->tag == LIST_LINK))
            i = node->end - 1;
        else if (node->tag == LIST_TEXT)
            buf_append_slice(&text, node->text);
    }
    return arena_copy(tree->arena, slice_trim(buf_slice(&text)));
}

bool list_is_button(struct slice text) {
    static const char *const words[] = {"更多",     "查看更多",  "查看详情", "查看全文", "阅读全文", "阅读更多",
                                        "详细内容", "全文阅读",  "点击查看", "点击阅读", "首页",     "末页",
                                        "尾页",     "上一页",    "下一页",   "返回",     "详情",     "详细",
                                        "进入专题", "read more", "more",     "next"};
    static const char *const signs[] = {"[", "]", ">", "<", "»", "«", "+", ".", "…", "【", "】", "(", ")", " ", "→"};
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < ARRAY_LENGTH(signs); i++) {
            struct slice sign = slice_of(signs[i]);
            if (slice_starts_with(text, sign)) {
                text = slice_from(text, sign.size);
                changed = true;
            } else if (slice_ends_with(text, sign)) {
                text.size -= sign.size;
                changed = true;
            }
        }
    }
    uint64_t page = 0;
    if (!text.size || slice_parse_unsigned(text, &page))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (slice_equal_ignoring_case(text, slice_of(words[i])))
            return true;
    return false;
}

static bool leads_somewhere(struct slice href) {
    static const char *const nowhere[] = {"javascript:", "mailto:", "tel:", "#", "data:"};
    for (size_t i = 0; i < ARRAY_LENGTH(nowhere); i++)
        if (slice_equal_ignoring_case(slice_range(href, 0, strlen(nowhere[i])), slice_of(nowhere[i])))
            return false;
    return href.size > 0;
}

static bool is_cut(struct slice text) {
    return slice_ends_with(text, SLICE("…")) || slice_ends_with(text, SLICE("..")) ||
           slice_ends_with(text, SLICE("。。。"));
}

static struct slice without_cut(struct slice text) {
    const struct slice signs[] = {SLICE("…"), SLICE("."), SLICE("。")};
    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++)
        while (slice_ends_with(text, signs[i]))
            text.size -= signs[i].size;
    return text;
}

/* A heading in a link, else an element whose class says title; the link itself where there is none. */
static uint32_t title_node(const struct list_tree *tree, uint32_t link) {
    uint32_t best = link;
    for (uint32_t i = link + 1; i < tree->nodes.items[link].end; i++) {
        const struct list_node *node = &tree->nodes.items[i];
        if (node->tag == LIST_HEADING)
            return i;
        struct slice classes = node->attributes ? node->attributes->classes : (struct slice){0};
        bool says_title =
            slice_find(classes, SLICE("tit"), 0) < classes.size || slice_find(classes, SLICE("Tit"), 0) < classes.size;
        if (says_title && best == link && utf8_count(list_text(tree, i, node->end)) >= TITLE_LEAST)
            best = i;
    }
    return best;
}

/* A whole card in a link, without a word of what is its title: the first block of text. */
static uint32_t first_block(const struct list_tree *tree, uint32_t link) {
    for (uint32_t i = link + 1; i < tree->nodes.items[link].end; i++) {
        const struct list_node *node = &tree->nodes.items[i];
        bool is_leaf = node->tag == LIST_BLOCK && !node->date.size;
        for (uint32_t inner = i + 1; is_leaf && inner < node->end; inner++)
            is_leaf = tree->nodes.items[inner].tag != LIST_BLOCK;
        if (is_leaf && utf8_count(list_text(tree, i, node->end)) >= TITLE_LEAST)
            return i;
    }
    return link;
}

static bool is_in_heading(const struct list_tree *tree, uint32_t node) {
    enum { LEVELS = 3 };
    for (unsigned level = 0; level < LEVELS; level++) {
        if (tree->nodes.items[node].tag == LIST_HEADING)
            return true;
        node = tree->nodes.items[node].parent;
    }
    return false;
}

/* Its title; false when it cannot be one. */
static bool read_link(struct list_tree *tree, uint32_t number, struct list_link *ret_link) {
    const struct list_node *node = &tree->nodes.items[number];
    if (!node->attributes || !leads_somewhere(node->attributes->href))
        return false;
    uint32_t from = title_node(tree, number);
    from = from == number ? first_block(tree, number) : from;
    struct list_link link = {.node = number, .begin = from, .end = tree->nodes.items[from].end};
    struct slice full = slice_trim(node->attributes->title);
    if (!full.size && from != number && tree->nodes.items[from].attributes)
        full = slice_trim(tree->nodes.items[from].attributes->title);
    link.title = list_text(tree, link.begin, link.end);
    link.href = node->attributes->href;
    link.weight = is_in_heading(tree, from) ? WEIGHT_HEADING : link.title.size ? WEIGHT_TEXT : WEIGHT_ATTRIBUTE;
    if (full.size && (!link.title.size || (is_cut(link.title) && !is_cut(full)) ||
                      (full.size > link.title.size && slice_starts_with(full, without_cut(link.title)))))
        link.title = full;
    link.characters = utf8_count(link.title);
    *ret_link = link;
    return link.characters >= TITLE_LEAST && !list_is_button(link.title);
}

/* Of two links of one element, the title: returns it, and counts the other one if it could be a title too. */
static uint32_t better_link(const struct list_tree *tree, uint32_t first, uint32_t second, uint32_t *rivals) {
    if (!first || !second)
        return first ? first : second;
    const struct list_link *one = &tree->links.items[first - 1];
    const struct list_link *two = &tree->links.items[second - 1];
    if (slice_equal(one->href, two->href))
        return two->weight > one->weight ? second : first;
    *rivals += one->characters >= RIVAL_LEAST && two->characters >= RIVAL_LEAST;
    return two->characters > one->characters ? second : first;
}

void list_find_links(struct list_tree *tree) {
    enum { LINKS_MOST = 50000 };
    for (uint32_t i = 0; i < tree->nodes.count && tree->links.count < LINKS_MOST; i++) {
        struct list_link link;
        if (tree->nodes.items[i].tag != LIST_LINK || !read_link(tree, i, &link))
            continue;
        vec_push(&tree->links, link);
        tree->nodes.items[i].link = (uint32_t)tree->links.count;
    }
    for (uint32_t i = (uint32_t)tree->nodes.count; i-- > 1;) {
        const struct list_node *node = &tree->nodes.items[i];
        struct list_node *parent = &tree->nodes.items[node->parent];
        parent->rivals += node->rivals;
        /* In document order the child at hand stands before those that were seen. */
        parent->link = better_link(tree, node->link, parent->link, &parent->rivals);
    }
}
