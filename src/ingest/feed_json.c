#include "ingest/feed_entry.h"
#include "json/fields.h"
#include "json/reader.h"

/* JSON Feed 1.0 and 1.1; "_pindao" is what our own feeds say besides (render/json_feed.c). */

enum { NAMES_MOST = 100 };

/* The last member of the name, as objects have it; NULL: there is none. */
static const struct json_member *member(const struct json_members *object, const char *name) {
    const struct json_member *found = NULL;
    for (size_t i = 0; i < object->count; i++)
        if (slice_equal(object->items[i].name, slice_of(name)))
            found = &object->items[i];
    return found;
}

static struct slice text_in(const struct json_members *object, const char *name) {
    const struct json_member *found = member(object, name);
    bool text = found && (found->kind == JSON_STRING || found->kind == JSON_NUMBER);
    return text ? slice_trim(found->text) : (struct slice){0};
}

/* A list or object in it; an empty one where there is none. */
static struct json_members part_in(const struct json_members *object, const char *name, struct arena *arena) {
    const struct json_member *found = member(object, name);
    struct json_members members;
    struct json_error unused;
    if (!found || (found->kind != JSON_ARRAY && found->kind != JSON_OBJECT) ||
        !json_members_read(found->text, arena, &members, &unused))
        return (struct json_members){0};
    return members;
}

static struct json_members object_at(const struct json_members *list, size_t index, struct arena *arena) {
    struct json_members members;
    struct json_error unused;
    if (list->items[index].kind != JSON_OBJECT || !json_members_read(list->items[index].text, arena, &members, &unused))
        return (struct json_members){0};
    return members;
}

static void add_name(struct feed_names *names, struct slice name) {
    if (name.size && names->items.count < NAMES_MOST)
        vec_push(&names->items, name);
}

/* `authors` of 1.1, else `author` of 1.0. */
static void read_authors(const struct json_members *object, struct arena *arena, struct feed_names *names) {
    struct json_members authors = part_in(object, "authors", arena);
    struct json_members author = part_in(object, "author", arena);
    for (size_t i = 0; authors.kind == JSON_ARRAY && i < authors.count; i++) {
        struct json_members one = object_at(&authors, i, arena);
        add_name(names, text_in(&one, "name"));
    }
    if (!names->items.count)
        add_name(names, text_in(&author, "name"));
}

static void read_address(struct feed_lines *lines, struct feed_entry *entry, const struct json_members *item,
                         const char *name, unsigned rank, struct feed_ranked *ranked) {
    feed_rank(ranked, feed_resolve(lines->base, text_in(item, name), &entry->arena), rank);
}

static void read_attachment(const struct feed_lines *lines, struct feed_entry *entry, const struct json_members *item) {
    struct json_members list = part_in(item, "attachments", &entry->arena);
    for (size_t i = 0; list.kind == JSON_ARRAY && i < list.count && !entry->enclosure_url.size; i++) {
        struct json_members one = object_at(&list, i, &entry->arena);
        struct slice url = feed_resolve(lines->base, text_in(&one, "url"), &entry->arena);
        feed_enclose(entry, url, text_in(&one, "mime_type"), text_in(&one, "size_in_bytes"));
    }
}

static void read_texts(struct feed_entry *entry, const struct json_members *item) {
    struct slice html = text_in(item, "content_html");
    entry->title = (struct feed_text){text_in(item, "title"), FEED_PLAIN};
    entry->summary = (struct feed_text){text_in(item, "summary"), FEED_PLAIN};
    entry->body =
        html.size ? (struct feed_text){html, FEED_HTML} : (struct feed_text){text_in(item, "content_text"), FEED_PLAIN};
}

static void read_item(struct feed_lines *lines, struct feed_entry *entry, const struct json_members *item) {
    entry->id = text_in(item, "id");
    read_address(lines, entry, item, "url", 2, &entry->url);
    read_address(lines, entry, item, "external_url", 1, &entry->url);
    read_address(lines, entry, item, "image", 3, &entry->image);
    read_address(lines, entry, item, "banner_image", 2, &entry->image);
    read_texts(entry, item);
    feed_rank_date(&entry->date, text_in(item, "date_published"), 2);
    feed_rank_date(&entry->date, text_in(item, "date_modified"), 1);
    entry->updated = text_in(item, "date_modified");
    entry->language = text_in(item, "language");
    read_authors(item, &entry->arena, &entry->authors);
    read_attachment(lines, entry, item);
    struct json_members tags = part_in(item, "tags", &entry->arena);
    for (size_t i = 0; tags.kind == JSON_ARRAY && i < tags.count; i++)
        if (tags.items[i].kind == JSON_STRING)
            add_name(&entry->tags, slice_trim(tags.items[i].text));
    struct json_members own = part_in(item, "_pindao", &entry->arena);
    struct json_members source = part_in(&own, "source", &entry->arena);
    entry->source_name = text_in(&source, "name");
    entry->source_url = text_in(&source, "url");
}

/* --- the document -------------------------------------------------------------------------------------------- */

/* Lines and columns, counted on from the last place that was asked for. */
struct counting {
    struct slice text;
    size_t at, line_begin;
    unsigned line;
};

static void count_to(struct counting *counting, size_t at) {
    for (; counting->at < at; counting->at++)
        if (counting->text.data[counting->at] == '\n') {
            counting->line++;
            counting->line_begin = counting->at + 1;
        }
}

static bool refuse_at(struct counting *counting, size_t at, const char *what, struct feed_in *ret_feed) {
    count_to(counting, at < counting->text.size ? at : counting->text.size);
    unsigned column = 1;
    for (size_t i = counting->line_begin; i < counting->at; i++)
        column += ((unsigned char)counting->text.data[i] & 0xC0) != 0x80;
    return feed_refuse(ret_feed, counting->line, column, "%s", what);
}

static bool refuse_json(struct counting *counting, size_t at, const char *reason, struct feed_in *ret_feed) {
    CLEANUP(buf_release) struct buf what = BUF(256);
    buf_append_format(&what, "this is not JSON: %s", reason);
    return refuse_at(counting, at, buf_string(&what), ret_feed);
}

static bool read_head(struct counting *counting, struct slice items, struct slice text, struct feed_lines *lines,
                      struct feed_head *head, struct feed_in *ret_feed) {
    struct json_members members;
    struct json_error error;
    if (!json_members_read(text, &head->arena, &members, &error)) {
        size_t cut = items.data ? (size_t)(items.data - counting->text.data) : counting->text.size;
        /* Behind the items, which are not in it. */
        size_t at = error.offset <= cut ? error.offset : error.offset - strlen("[]") + items.size;
        return refuse_json(counting, at, error.reason, ret_feed);
    }
    if (!slice_starts_with(text_in(&members, "version"), SLICE("https://jsonfeed.org/version/")) &&
        !slice_starts_with(text_in(&members, "version"), SLICE("http://jsonfeed.org/version/")))
        return feed_refuse(ret_feed, 1, 1, "this is JSON, but no JSON Feed: it has no version of that format");
    if (!items.data)
        return feed_refuse(ret_feed, 1, 1, "a JSON Feed without a list of items");
    head->title = text_in(&members, "title");
    head->link = text_in(&members, "home_page_url");
    head->self = text_in(&members, "feed_url");
    head->language = text_in(&members, "language");
    if (!lines->base.size)
        lines->base = feed_is_address(head->self) ? head->self : head->link;
    read_authors(&members, &head->arena, &head->authors);
    return true;
}

static bool read_items(struct counting *counting, struct slice items, struct feed_lines *lines,
                       struct feed_entry *entry, struct feed_in *ret_feed) {
    struct slice rest = items;
    struct slice element;
    while (json_next_element(&rest, &element)) {
        struct json_members item;
        struct json_error error;
        size_t begin = (size_t)(element.data - counting->text.data);
        count_to(counting, begin);
        feed_entry_clear(entry);
        entry->line = counting->line;
        if (!json_members_read(element, &entry->arena, &item, &error))
            return refuse_json(counting, begin + error.offset, error.reason, ret_feed);
        if (item.kind != JSON_OBJECT)
            return refuse_at(counting, begin, "an item that is no object in { }", ret_feed);
        read_item(lines, entry, &item);
        feed_lines_append(lines, entry);
    }
    if (!rest.size)
        return true;
    return refuse_json(counting, (size_t)(rest.data - counting->text.data), "a comma or ] is missing", ret_feed);
}

bool feed_read_json(struct slice text, struct feed_lines *lines, struct feed_head *head, struct feed_in *ret_feed) {
    CLEANUP(buf_release) struct buf around = BUF(BUF_UNLIMITED);
    CLEANUP(feed_entry_release) struct feed_entry entry = {0};
    struct counting counting = {.text = text, .line = 1};
    struct slice items = {0};
    if (!json_take_apart(text, "items", &items, &around)) {
        items = (struct slice){0};
        buf_append_slice(&around, text);
    }
    return read_head(&counting, items, buf_slice(&around), lines, head, ret_feed) &&
           read_items(&counting, items, lines, &entry, ret_feed);
}
