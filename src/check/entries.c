#include "check/check.h"
#include "json/reader.h"
#include "xml/parser.h"

#include <json-c/json.h>

#define ATOM "http://www.w3.org/2005/Atom"

enum { TEXT_MOST = 1 << 16 };

/* Where entries stand in each kind of XML, and what their members are called. */
static const struct shape {
    const char *namespace; /* NULL: none */
    unsigned depth;        /* of an entry */
    const char *entry, *id, *date;
} shapes[] = {
    {ATOM, 2, "entry", "id", "published"},
    {NULL, 3, "item", "guid", "pubDate"},
};

struct entries {
    void (*entry)(void *context, struct slice id, struct slice published);
    void *context;
    unsigned depth;
    const struct shape *shape; /* of the entry that it is in; NULL: in none */
    struct buf *field;         /* what text goes to; NULL: nowhere */
    struct buf id;
    struct buf date;
};

static bool has_shape_namespace(const struct shape *shape, const char *namespace) {
    return shape->namespace ? namespace && strcmp(namespace, shape->namespace) == 0 : namespace == NULL;
}

static void on_open(void *context, const char *namespace, const char *name, const struct xml_attribute_in *attributes,
                    size_t count, struct xml_place place) {
    struct entries *entries = context;
    (void)attributes;
    (void)count;
    (void)place;
    entries->depth++;
    for (size_t i = 0; i < ARRAY_LENGTH(shapes) && !entries->shape; i++)
        if (entries->depth == shapes[i].depth && has_shape_namespace(&shapes[i], namespace) &&
            strcmp(name, shapes[i].entry) == 0) {
            entries->shape = &shapes[i];
            buf_clear(&entries->id);
            buf_clear(&entries->date);
        }
    /* Only children of the entry: its <source> has an <id> too. */
    entries->field = NULL;
    const struct shape *shape = entries->shape;
    if (!shape || entries->depth != shape->depth + 1 || !has_shape_namespace(shape, namespace))
        return;
    if (strcmp(name, shape->id) == 0)
        entries->field = &entries->id;
    else if (strcmp(name, shape->date) == 0)
        entries->field = &entries->date;
}

static void on_text(void *context, struct slice text) {
    struct entries *entries = context;
    if (entries->field)
        buf_append_slice(entries->field, text);
}

static void on_close(void *context, const char *namespace, const char *name) {
    struct entries *entries = context;
    (void)namespace;
    (void)name;
    entries->field = NULL;
    unsigned depth = entries->depth--;
    if (!entries->shape || depth != entries->shape->depth)
        return;
    entries->shape = NULL;
    entries->entry(entries->context, slice_trim(buf_slice(&entries->id)), slice_trim(buf_slice(&entries->date)));
}

static struct slice member(struct json_object *object, const char *key) {
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, json_type_string))
        return (struct slice){0};
    return (struct slice){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
}

static bool each_json_item(struct slice feed, void (*entry)(void *context, struct slice id, struct slice published),
                           void *context) {
    size_t offset = 0;
    const char *why = NULL;
    CLEANUP(json_release) struct json_object *root = json_read(feed, &offset, &why);
    struct json_object *items = NULL;
    if (!root || !json_object_object_get_ex(root, "items", &items) || !json_object_is_type(items, json_type_array))
        return false;
    for (size_t i = 0; i < json_object_array_length(items); i++) {
        struct json_object *item = json_object_array_get_idx(items, i);
        entry(context, member(item, "id"), member(item, "date_published"));
    }
    return true;
}

bool check_each_entry(struct slice feed, void (*entry)(void *context, struct slice id, struct slice published),
                      void *context) {
    static const struct xml_handler handler = {.open = on_open, .text = on_text, .close = on_close};
    struct entries entries = {.entry = entry, .context = context, .id = BUF(TEXT_MOST), .date = BUF(TEXT_MOST)};
    struct xml_error error;
    if (slice_starts_with(slice_trim(feed), SLICE("{")))
        return each_json_item(feed, entry, context);
    bool parsed = xml_parse(feed, &handler, &entries, &error);
    buf_release(&entries.id);
    buf_release(&entries.date);
    return parsed;
}
