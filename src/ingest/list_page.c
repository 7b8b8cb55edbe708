#include "ingest/list_page.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "ingest/list_page_tree.h"
#include "xml/html.h"

/* HTML → nodes, and the steps behind it. */

static const struct {
    struct html_element element;
    enum list_tag tag;
} elements[] = {
    {{"a", HTML_KEEP_IF_ATTRIBUTES, NULL}, LIST_LINK},
    {{"article", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"aside", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"b", HTML_KEEP, NULL}, LIST_INLINE},
    {{"base", HTML_KEEP_VOID, NULL}, LIST_BASE},
    {{"button", HTML_REMOVE, NULL}, LIST_INLINE},
    {{"dd", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"div", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"dl", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"dt", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"em", HTML_KEEP, NULL}, LIST_INLINE},
    {{"footer", HTML_REMOVE, NULL}, LIST_BLOCK},
    {{"h1", HTML_KEEP, NULL}, LIST_HEADING},
    {{"h2", HTML_KEEP, NULL}, LIST_HEADING},
    {{"h3", HTML_KEEP, NULL}, LIST_HEADING},
    {{"h4", HTML_KEEP, NULL}, LIST_HEADING},
    {{"h5", HTML_KEEP, NULL}, LIST_HEADING},
    {{"h6", HTML_KEEP, NULL}, LIST_HEADING},
    {{"i", HTML_KEEP, NULL}, LIST_INLINE},
    {{"iframe", HTML_REMOVE_RAW, NULL}, LIST_BLOCK},
    {{"img", HTML_KEEP_VOID, NULL}, LIST_IMAGE},
    {{"label", HTML_KEEP, NULL}, LIST_INLINE},
    {{"li", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"main", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"nav", HTML_REMOVE, NULL}, LIST_BLOCK},
    {{"ol", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"p", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"script", HTML_REMOVE_RAW, NULL}, LIST_BLOCK},
    {{"section", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"select", HTML_REMOVE, NULL}, LIST_BLOCK},
    {{"small", HTML_KEEP, NULL}, LIST_INLINE},
    {{"span", HTML_KEEP, NULL}, LIST_INLINE},
    {{"strong", HTML_KEEP, NULL}, LIST_INLINE},
    {{"style", HTML_REMOVE_RAW, NULL}, LIST_BLOCK},
    {{"svg", HTML_REMOVE, NULL}, LIST_BLOCK},
    {{"table", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"tbody", HTML_KEEP, NULL}, LIST_BLOCK},
    {{"td", HTML_KEEP, NULL}, LIST_CELL},
    {{"textarea", HTML_REMOVE_RAW, NULL}, LIST_BLOCK},
    {{"th", HTML_KEEP, NULL}, LIST_CELL},
    {{"time", HTML_KEEP, NULL}, LIST_INLINE},
    {{"title", HTML_REMOVE_RAW, NULL}, LIST_BLOCK},
    {{"tr", HTML_KEEP, NULL}, LIST_ROW},
    {{"ul", HTML_KEEP, NULL}, LIST_BLOCK},
};

static const struct {
    const char *name;
    size_t offset;
} wanted_attributes[] = {
    {"href", offsetof(struct list_attributes, href)},
    {"title", offsetof(struct list_attributes, title)},
    {"class", offsetof(struct list_attributes, classes)},
    {"id", offsetof(struct list_attributes, id)},
    {"src", offsetof(struct list_attributes, image)},
    {"data-src", offsetof(struct list_attributes, image)},
    {"data-original", offsetof(struct list_attributes, image)},
    {"datetime", offsetof(struct list_attributes, datetime)},
};

struct tree_building {
    struct list_tree *tree;
    struct buf text; /* since the last tag */
    uint32_t open;   /* the innermost open node */
    size_t skipped;  /* open elements that are in no tree, for there are too many nodes */
    bool blank_due, line_due;
};

static void release_building(struct tree_building *building) {
    buf_release(&building->text);
}

static const struct html_element *find_element(struct slice name) {
    for (size_t i = 0; i < ARRAY_LENGTH(elements); i++)
        if (slice_equal_ignoring_case(name, slice_of(elements[i].element.name)))
            return &elements[i].element;
    return NULL;
}

static bool wants_attribute(const struct html_element *element, struct slice name) {
    (void)element;
    for (size_t i = 0; i < ARRAY_LENGTH(wanted_attributes); i++)
        if (slice_equal_ignoring_case(name, slice_of(wanted_attributes[i].name)))
            return true;
    return false;
}

/* Lists that stand beside what the page is about. */
static bool says_aside(struct slice names) {
    static const char *const words[] = {"aside", "side", "sidebar", "hot", "rank", "recommend", "related", "tuijian"};
    for (size_t begin = 0, at = 0; at <= names.size; at++) {
        char letter = at < names.size ? names.data[at] : ' ';
        if ((letter | 32) >= 'a' && (letter | 32) <= 'z')
            continue;
        for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
            if (slice_equal_ignoring_case(slice_range(names, begin, at), slice_of(words[i])))
                return true;
        begin = at + 1;
    }
    return false;
}

static struct list_node *add_node(struct tree_building *building, enum list_tag tag) {
    struct list_tree *tree = building->tree;
    struct list_node node = {.tag = tag, .parent = building->open, .end = (uint32_t)tree->nodes.count + 1};
    if (tree->nodes.count) {
        const struct list_node *parent = &tree->nodes.items[building->open];
        node.is_aside = parent->is_aside;
        node.in_link = parent->in_link || parent->tag == LIST_LINK;
        node.path = parent->path;
    }
    vec_push(&tree->nodes, node);
    return &tree->nodes.items[tree->nodes.count - 1];
}

/* What was collected between two tags becomes a node. */
static void end_text(struct tree_building *building) {
    struct slice text = buf_slice(&building->text);
    if (slice_trim(text).size && building->tree->nodes.count < LIST_NODES_MOST) {
        struct list_node *node = add_node(building, LIST_TEXT);
        node->text = arena_copy(building->tree->arena, text);
        node->size = (uint32_t)text.size;
    }
    buf_clear(&building->text);
    building->blank_due = building->line_due = false;
}

/* Runs of blanks are one; a line end between two Chinese characters is none. */
static void on_text(void *context, struct slice text) {
    struct tree_building *building = context;
    for (size_t at = 0, size = 0; at < text.size; at += size) {
        uint32_t character = 0;
        size = utf8_decode(text, at, &character);
        size = size ? size : 1;
        bool is_blank = character <= ' ' || character == 0xA0 || character == 0x3000 || character == 0x2003;
        if (is_blank) {
            building->blank_due = true;
            building->line_due |= character == '\n';
            continue;
        }
        struct slice before = buf_slice(&building->text);
        bool wide = character >= 0x80 && before.size && ((unsigned char)before.data[before.size - 1] & 0x80);
        if (building->blank_due && before.size && !(wide && building->line_due))
            buf_append_byte(&building->text, ' ');
        building->blank_due = building->line_due = false;
        buf_append_slice(&building->text, slice_range(text, at, at + size));
    }
}

static const struct list_attributes *copy_attributes(struct arena *arena, const struct html_attribute *list,
                                                     size_t count) {
    struct list_attributes *attributes = count ? arena_new(arena, sizeof *attributes) : NULL;
    for (size_t i = 0; i < count; i++)
        for (size_t row = 0; row < ARRAY_LENGTH(wanted_attributes); row++) {
            struct slice *value = (struct slice *)(void *)((char *)attributes + wanted_attributes[row].offset);
            /* data-src and data-original are the picture, and stand behind a src that is a placeholder. */
            if (strcmp(list[i].name, wanted_attributes[row].name) == 0 && slice_trim(list[i].value).size)
                *value = arena_copy(arena, slice_trim(list[i].value));
        }
    return attributes;
}

static void on_open(void *context, const char *name, const struct html_attribute *list, size_t count) {
    struct tree_building *building = context;
    struct list_tree *tree = building->tree;
    end_text(building);
    if (building->skipped || tree->nodes.count >= LIST_NODES_MOST) {
        building->skipped++;
        return;
    }
    size_t row = 0;
    while (row + 1 < ARRAY_LENGTH(elements) && strcmp(elements[row].element.name, name) != 0)
        row++;
    uint32_t number = (uint32_t)tree->nodes.count;
    struct list_node *node = add_node(building, elements[row].tag);
    node->name = (uint32_t)row + 1;
    node->attributes = copy_attributes(tree->arena, list, count);
    struct {
        uint64_t parent, name, classes, id;
    } path = {node->path, node->name, 0, 0};
    if (node->attributes) {
        path.classes = hash64(node->attributes->classes);
        path.id = hash64(node->attributes->id);
        node->is_aside |= says_aside(node->attributes->classes) || says_aside(node->attributes->id);
    }
    node->is_aside |= strcmp(name, "aside") == 0;
    node->path = hash64((struct slice){(const char *)&path, sizeof path});
    building->open = number;
}

static void on_close(void *context, const char *name) {
    struct tree_building *building = context;
    (void)name;
    end_text(building);
    if (building->skipped) {
        building->skipped--;
        return;
    }
    struct list_node *node = &building->tree->nodes.items[building->open];
    node->end = (uint32_t)building->tree->nodes.count;
    building->open = node->parent;
}

static void begin_tree(void *context) {
    struct tree_building *building = context;
    vec_clear(&building->tree->nodes);
    buf_clear(&building->text);
    building->open = 0;
    building->skipped = 0;
    building->blank_due = building->line_due = false;
    add_node(building, LIST_BLOCK);
}

static bool build_tree(struct slice html, struct list_tree *tree) {
    static const struct html_handler handler = {
        .element = find_element,
        .attribute = wants_attribute,
        .open = on_open,
        .text = on_text,
        .close = on_close,
        .restart = begin_tree,
    };
    CLEANUP(release_building) struct tree_building building = {.tree = tree, .text = BUF(BUF_UNLIMITED)};
    begin_tree(&building);
    if (!html_parse(html, &handler, &building))
        return false;
    end_text(&building);
    tree->nodes.items[0].end = (uint32_t)tree->nodes.count;
    return true;
}

/* <base href>, itself relative to the page's address. */
static void find_base(struct list_tree *tree) {
    for (size_t i = 0; i < tree->nodes.count; i++) {
        const struct list_node *node = &tree->nodes.items[i];
        CLEANUP(buf_release) struct buf address = BUF(1 << 14);
        if (node->tag != LIST_BASE || !node->attributes || !node->attributes->href.size)
            continue;
        if (uri_resolve(tree->base, node->attributes->href, &address) && uri_is_web(buf_slice(&address)))
            tree->base = arena_copy(tree->arena, buf_slice(&address));
        return;
    }
}

static bool is_known(const struct list_item *items, size_t count, struct slice url) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(items[i].url, url))
            return true;
    return false;
}

/* How many dates without a year stand in the page by themselves. */
static size_t short_dates(const struct list_tree *tree) {
    return tree->nodes.items[0].short_dates;
}

static bool read_items(const struct list_tree *tree, struct list_page *page) {
    enum { ITEMS_MOST = 2000 };
    struct list_ranges ranges = {0};
    bool found = list_find_group(tree, &ranges);
    size_t most = ranges.items.count < ITEMS_MOST ? ranges.items.count : ITEMS_MOST;
    struct list_item *items = arena_new_array(tree->arena, most + 1, sizeof *items);
    for (size_t i = 0; found && i < most; i++) {
        struct list_item item = {0};
        if (list_item_read(tree, ranges.items.items[i], &item) && !is_known(items, page->count, item.url))
            items[page->count++] = item;
    }
    page->items = items;
    vec_release(&ranges.items);
    return page->count > 0;
}

static void release_tree(struct list_tree *tree) {
    vec_release(&tree->nodes);
    vec_release(&tree->links);
}

/*
 * Many government sites write the items of a list, as HTML in CDATA, into a script of type text/xml, from which another
 * script takes those of the page that is shown: <datastore>…<record><![CDATA[<li>…</li>]]></record>. The whole page
 * where there is no such thing.
 */
static struct slice stored_items(struct slice html, struct arena *arena) {
    const struct slice open = SLICE("<![CDATA[");
    const struct slice close = SLICE("]]>");
    size_t begin = slice_find(html, SLICE("<datastore"), 0);
    size_t end = slice_find(html, SLICE("</datastore>"), begin);
    struct slice store = slice_range(html, begin, end);
    if (end == html.size || slice_find(store, open, 0) == store.size)
        return html;
    char *items = arena_reserve(arena, store.size);
    size_t size = 0;
    for (size_t at = 0; at < store.size;) {
        struct slice rest = slice_from(store, at);
        if (slice_starts_with(rest, open))
            at += open.size;
        else if (slice_starts_with(rest, close))
            at += close.size;
        else
            items[size++] = store.data[at++];
    }
    return (struct slice){items, size};
}

bool list_page_read(struct slice html, struct slice url, struct arena *arena, struct list_page *ret_page) {
    enum { SHORT_DATES_LEAST = 3, SHELL_MOST = 600 /* bytes of text */ };
    CLEANUP(release_tree) struct list_tree tree = {.arena = arena, .base = url};
    *ret_page = (struct list_page){.problem = "this page is too large, or too intricate, for a list page"};
    if (html.size > LIST_PAGE_MOST || !build_tree(stored_items(html, arena), &tree))
        return false;
    find_base(&tree);
    list_find_dates(&tree);
    list_find_links(&tree);
    if (read_items(&tree, ret_page))
        return true;
    ret_page->problem = short_dates(&tree) >= SHORT_DATES_LEAST
                            ? "the dates of this page's list have no year, nor have its addresses"
                        : tree.nodes.items[0].size < SHELL_MOST && html.size > 2 * SHELL_MOST
                            ? "this page has no list of dated links, and hardly any text: perhaps scripts fill it in"
                            : "this page has no list of dated links";
    return false;
}
