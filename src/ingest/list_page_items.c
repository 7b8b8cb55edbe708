#include "ingest/list_page_tree.h"

#include "base/buf.h"
#include "base/uri.h"
#include "base/utf8.h"

/* The fields of one item of a list page. */

enum { COLUMN_MOST = 8 /* characters */, SUMMARY_LEAST = 15 /* Chinese characters */ };

static struct slice absolute(const struct list_tree *tree, struct slice reference) {
    CLEANUP(buf_release) struct buf address = BUF(1 << 14);
    CLEANUP(buf_release) struct buf encoded = BUF(1 << 14);
    if (!uri_resolve(tree->base, reference, &address) || address.failed)
        return (struct slice){0};
    uri_append_encoded(&encoded, buf_slice(&address));
    return uri_is_web(buf_slice(&encoded)) && !encoded.failed ? arena_copy(tree->arena, buf_slice(&encoded))
                                                              : (struct slice){0};
}

static const struct list_link *link_of(const struct list_tree *tree, struct list_range range) {
    uint32_t best = 0;
    for (uint32_t i = range.begin; i < range.end; i = tree->nodes.items[i].end)
        if (tree->nodes.items[i].link && !best)
            best = tree->nodes.items[i].link;
    return best ? &tree->links.items[best - 1] : NULL;
}

/* --- dates --------------------------------------------------------------------------------------------------- */

/* When it was published rather than when it was written or ends; 1 where the words say nothing. */
static int rank_of(struct slice words) {
    static const char *const good[] = {"发布", "刊发", "刊登", "公开日期", "上网"};
    static const char *const bad[] = {"截止", "成文", "实施", "生效", "有效", "开标", "施行", "修改", "更新", "落款"};
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        if (slice_find(words, slice_of(good[i]), 0) < words.size)
            return 2;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        if (slice_find(words, slice_of(bad[i]), 0) < words.size)
            return 0;
    return 1;
}

/* The cell around a node, in its row, and how many stand before it; UINT32_MAX: it is in none. */
static uint32_t cell_number(const struct list_tree *tree, uint32_t node, uint32_t *ret_row) {
    while (node && tree->nodes.items[node].tag != LIST_CELL)
        node = tree->nodes.items[node].parent;
    uint32_t row = tree->nodes.items[node].parent;
    uint32_t number = 0;
    if (!node || tree->nodes.items[row].tag != LIST_ROW)
        return UINT32_MAX;
    for (uint32_t i = row + 1; i < node; i = tree->nodes.items[i].end)
        number += tree->nodes.items[i].tag == LIST_CELL;
    *ret_row = row;
    return number;
}

/* What the head of the table says over the cell that the node is in. */
static struct slice heading_of(const struct list_tree *tree, uint32_t node) {
    uint32_t row = 0;
    uint32_t number = cell_number(tree, node, &row);
    uint32_t head = tree->nodes.items[row].parent + 1;
    if (number == UINT32_MAX)
        return (struct slice){0};
    while (head < row && tree->nodes.items[head].tag != LIST_ROW)
        head = tree->nodes.items[head].end;
    if (head >= row)
        return (struct slice){0};
    for (uint32_t i = head + 1; i < tree->nodes.items[head].end; i = tree->nodes.items[i].end)
        if (tree->nodes.items[i].tag == LIST_CELL && number-- == 0)
            return list_text(tree, i, tree->nodes.items[i].end);
    return (struct slice){0};
}

static struct slice date_of(const struct list_tree *tree, struct list_range range, struct slice address) {
    struct slice before = {0};
    struct slice best = {0};
    int best_rank = -1;
    for (uint32_t i = range.begin; i < range.end; i++) {
        const struct list_node *node = &tree->nodes.items[i];
        struct slice date =
            node->date.size || !node->day_of_year ? node->date : list_completed_date(tree, node->day_of_year, address);
        if (!date.size) {
            before = node->tag == LIST_TEXT ? node->text : before;
            continue;
        }
        int rank = rank_of(node->text);
        rank = rank == 1 ? rank_of(before) : rank;
        rank = rank == 1 ? rank_of(heading_of(tree, i)) : rank;
        if (rank > best_rank) {
            best = date;
            best_rank = rank;
        }
        before = (struct slice){0};
        i = node->end - 1;
    }
    return best;
}

/* --- what else there is -------------------------------------------------------------------------------------- */

static struct slice image_of(const struct list_tree *tree, struct list_range range) {
    static const char *const ornaments[] = {"icon", "arrow", "dot",  "blank", "loading",
                                            "new.", "hot.",  "logo", "data:"};
    for (uint32_t i = range.begin; i < range.end; i++) {
        const struct list_node *node = &tree->nodes.items[i];
        struct slice address =
            node->tag == LIST_IMAGE && node->attributes ? node->attributes->image : (struct slice){0};
        bool ornament = !address.size;
        for (size_t word = 0; word < ARRAY_LENGTH(ornaments); word++)
            ornament = ornament || slice_find(address, slice_of(ornaments[word]), 0) < address.size;
        if (!ornament)
            return absolute(tree, address);
    }
    return (struct slice){0};
}

/* The block that a node stands in, within the item. */
static uint32_t block_of(const struct list_tree *tree, uint32_t node, struct list_range range) {
    enum list_tag tag = tree->nodes.items[node].tag;
    while (node > range.begin && (tag == LIST_TEXT || tag == LIST_INLINE || tag == LIST_LINK)) {
        node = tree->nodes.items[node].parent;
        tag = tree->nodes.items[node].tag;
    }
    return node;
}

/* Running text, as opposed to an index number or the name of a source. */
static bool is_running(struct slice text) {
    size_t wide = 0;
    for (size_t i = 0; i < text.size; i++)
        wide += (unsigned char)text.data[i] >= 0xE0;
    return wide >= SUMMARY_LEAST;
}

/* The longest run of text in one block that is neither title nor date nor a link to somewhere else. */
static struct slice summary_of(const struct list_tree *tree, struct list_range range, const struct list_link *link) {
    CLEANUP(buf_release) struct buf run = BUF(BUF_UNLIMITED);
    struct slice best = {0};
    uint32_t block = UINT32_MAX;
    for (uint32_t i = range.begin; i <= range.end; i++) {
        const struct list_node *node = i < range.end ? &tree->nodes.items[i] : NULL;
        bool counts = node && node->tag == LIST_TEXT && !list_is_button(slice_trim(node->text));
        uint32_t here = counts ? block_of(tree, i, range) : block;
        if (!node || here != block) {
            struct slice text = slice_trim(buf_slice(&run));
            if (is_running(text) && text.size > best.size)
                best = arena_copy(tree->arena, text);
            buf_clear(&run);
            block = here;
        }
        bool is_other =
            node && node->tag == LIST_LINK && node->attributes && !slice_equal(node->attributes->href, link->href);
        if (node && (i == link->begin || node->date.size || is_other))
            i = (i == link->begin ? link->end : node->end) - 1;
        else if (counts)
            buf_append_slice(&run, node->text);
    }
    return slice_equal(best, link->title) ? (struct slice){0} : best;
}

static struct slice without_brackets(struct slice text) {
    static const char *const pairs[][2] = {{"[", "]"}, {"【", "】"}, {"［", "］"}, {"〔", "〕"}};
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        struct slice open = slice_of(pairs[i][0]);
        struct slice close = slice_of(pairs[i][1]);
        if (slice_starts_with(text, open) && slice_ends_with(text, close) && text.size > open.size + close.size)
            return slice_trim(slice_range(text, open.size, text.size - close.size));
    }
    return text;
}

/* [要闻] before the title: a short link, or a bracket. */
static struct slice column_of(const struct list_tree *tree, struct list_range range, const struct list_link *link) {
    for (uint32_t i = range.begin; i < link->node && i < range.end; i++) {
        const struct list_node *node = &tree->nodes.items[i];
        if (node->date.size) {
            i = node->end - 1;
            continue;
        }
        if (node->tag != LIST_TEXT)
            continue;
        struct slice text = slice_trim(node->text);
        struct slice column = without_brackets(text);
        bool is_column = node->in_link || column.size < text.size;
        if (is_column && utf8_count(column) >= 2 && utf8_count(column) <= COLUMN_MOST && !list_is_button(text))
            return column;
    }
    return (struct slice){0};
}

/* What stands before a title to mark it, and a 【column】, as in the dump of such a page. */
static struct slice clean_title(struct slice title, struct slice *column) {
    static const char *const bullets[] = {"·", "•", "●", "▪", "■", "◆", "○", "-", ">", "»", "›", "★", "☆"};
    const struct slice open = SLICE("【");
    const struct slice close = SLICE("】");
    for (size_t i = 0; i < ARRAY_LENGTH(bullets);) {
        bool marked = slice_starts_with(title, slice_of(bullets[i]));
        title = marked ? slice_trim(slice_from(title, strlen(bullets[i]))) : title;
        i = marked ? 0 : i + 1;
    }
    size_t end = slice_find(title, close, 0);
    struct slice rest = slice_trim(slice_from(title, end + close.size));
    if (!slice_starts_with(title, open) || end == title.size || !rest.size)
        return title;
    *column = slice_range(title, open.size, end);
    return rest;
}

bool list_item_read(const struct list_tree *tree, struct list_range range, struct list_item *ret_item) {
    const struct list_link *link = link_of(tree, range);
    if (!link)
        return false;
    struct list_item item = {.url = absolute(tree, link->href), .column = column_of(tree, range, link)};
    item.title = clean_title(link->title, &item.column);
    item.date = date_of(tree, range, link->href);
    item.summary = summary_of(tree, range, link);
    item.image = image_of(tree, range);
    *ret_item = item;
    return item.url.size && item.title.size && item.date.size;
}
