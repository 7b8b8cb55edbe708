/* JSON Feed 1.1, and 1.0, which differs by `author`. */
#include "check/checker.h"
#include "json/reader.h"

#include <json-c/json.h>

enum field_kind {
    FIELD_STRING,
    FIELD_ID, /* a string; a number is to be read as one */
    FIELD_BOOLEAN,
    FIELD_NUMBER,
    FIELD_STRINGS,
    FIELD_OBJECT,
    FIELD_OBJECTS,
};

struct shape;
struct field {
    const char *key;
    enum field_kind kind;
    enum value value; /* of strings */
    bool required;
    const struct shape *shape; /* of objects */
};
struct shape {
    const char *name;
    const struct field *fields;
    size_t count;
};

static const struct field author_fields[] = {
    {"name", FIELD_STRING, VALUE_ANY, false, NULL},
    {"url", FIELD_STRING, VALUE_IRI, false, NULL},
    {"avatar", FIELD_STRING, VALUE_IRI, false, NULL},
};
static const struct shape author_shape = {"author", author_fields, ARRAY_LENGTH(author_fields)};

static const struct field hub_fields[] = {
    {"type", FIELD_STRING, VALUE_NEEDED, true, NULL},
    {"url", FIELD_STRING, VALUE_IRI, true, NULL},
};
static const struct shape hub_shape = {"hub", hub_fields, ARRAY_LENGTH(hub_fields)};

static const struct field attachment_fields[] = {
    {"url", FIELD_STRING, VALUE_IRI, true, NULL},
    {"mime_type", FIELD_STRING, VALUE_MEDIA_TYPE, true, NULL},
    {"title", FIELD_STRING, VALUE_ANY, false, NULL},
    {"size_in_bytes", FIELD_NUMBER, VALUE_ANY, false, NULL},
    {"duration_in_seconds", FIELD_NUMBER, VALUE_ANY, false, NULL},
};
static const struct shape attachment_shape = {"attachment", attachment_fields, ARRAY_LENGTH(attachment_fields)};

static const struct field item_fields[] = {
    {"id", FIELD_ID, VALUE_NEEDED, true, NULL},
    {"url", FIELD_STRING, VALUE_IRI, false, NULL},
    {"external_url", FIELD_STRING, VALUE_IRI, false, NULL},
    {"title", FIELD_STRING, VALUE_ANY, false, NULL},
    {"content_html", FIELD_STRING, VALUE_ANY, false, NULL},
    {"content_text", FIELD_STRING, VALUE_ANY, false, NULL},
    {"summary", FIELD_STRING, VALUE_ANY, false, NULL},
    {"image", FIELD_STRING, VALUE_IRI, false, NULL},
    {"banner_image", FIELD_STRING, VALUE_IRI, false, NULL},
    {"date_published", FIELD_STRING, VALUE_RFC3339, false, NULL},
    {"date_modified", FIELD_STRING, VALUE_RFC3339, false, NULL},
    {"author", FIELD_OBJECT, VALUE_ANY, false, &author_shape},
    {"authors", FIELD_OBJECTS, VALUE_ANY, false, &author_shape},
    {"tags", FIELD_STRINGS, VALUE_NEEDED, false, NULL},
    {"language", FIELD_STRING, VALUE_LANGUAGE, false, NULL},
    {"attachments", FIELD_OBJECTS, VALUE_ANY, false, &attachment_shape},
};
static const struct shape item_shape = {"item", item_fields, ARRAY_LENGTH(item_fields)};

static const struct field feed_fields[] = {
    {"version", FIELD_STRING, VALUE_NEEDED, true, NULL},
    {"title", FIELD_STRING, VALUE_NEEDED, true, NULL},
    {"home_page_url", FIELD_STRING, VALUE_IRI, false, NULL},
    {"feed_url", FIELD_STRING, VALUE_IRI, false, NULL},
    {"description", FIELD_STRING, VALUE_ANY, false, NULL},
    {"user_comment", FIELD_STRING, VALUE_ANY, false, NULL},
    {"next_url", FIELD_STRING, VALUE_IRI, false, NULL},
    {"icon", FIELD_STRING, VALUE_IRI, false, NULL},
    {"favicon", FIELD_STRING, VALUE_IRI, false, NULL},
    {"author", FIELD_OBJECT, VALUE_ANY, false, &author_shape},
    {"authors", FIELD_OBJECTS, VALUE_ANY, false, &author_shape},
    {"language", FIELD_STRING, VALUE_LANGUAGE, false, NULL},
    {"expired", FIELD_BOOLEAN, VALUE_ANY, false, NULL},
    {"hubs", FIELD_OBJECTS, VALUE_ANY, false, &hub_shape},
    {"items", FIELD_OBJECTS, VALUE_ANY, true, &item_shape},
};
static const struct shape feed_shape = {"feed", feed_fields, ARRAY_LENGTH(feed_fields)};

enum {
    STEPS_MOST = 8,  /* items, 3, attachments, 0, url: the shapes are no deeper */
    LARGE = 1 << 20, /* bytes: json-c would take several times as many at once */
};

struct json_check {
    struct checker *checker;
    struct slice items;                 /* of a large feed, as text: read one by one */
    bool is_broken;                     /* they are not JSON */
    struct json_step steps[STEPS_MOST]; /* to the value that is looked at */
    size_t depth;
};

static struct xml_place offset_place(struct slice document, size_t offset) {
    struct xml_place place = {1, 1};
    for (size_t i = 0; i < offset && i < document.size; i++) {
        if (document.data[i] == '\n')
            place = (struct xml_place){place.line + 1, 1};
        else if (((unsigned char)document.data[i] & 0xC0) != 0x80)
            place.column++;
    }
    return place;
}

/* Found only now that there is something to say: json-c keeps no places. */
static struct xml_place here(const struct json_check *check) {
    return offset_place(check->checker->document, json_locate(check->checker->document, check->steps, check->depth));
}

static struct slice string_of(struct json_object *object) {
    return (struct slice){json_object_get_string(object), (size_t)json_object_get_string_len(object)};
}

static bool has_text(struct json_object *object, const char *key) {
    struct json_object *member = NULL;
    return json_object_object_get_ex(object, key, &member) && json_object_is_type(member, json_type_string);
}

static void check_object(struct json_check *check, struct json_object *object, const struct shape *shape);

static bool is_of_kind(struct json_object *value, enum field_kind kind) {
    switch (kind) {
    case FIELD_STRING:
        return json_object_is_type(value, json_type_string);
    case FIELD_ID:
        return json_object_is_type(value, json_type_string) || json_object_is_type(value, json_type_int) ||
               json_object_is_type(value, json_type_double);
    case FIELD_BOOLEAN:
        return json_object_is_type(value, json_type_boolean);
    case FIELD_NUMBER:
        return json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double);
    case FIELD_STRINGS:
    case FIELD_OBJECTS:
        return json_object_is_type(value, json_type_array);
    case FIELD_OBJECT:
        return json_object_is_type(value, json_type_object);
    }
    return false;
}

static const char *kind_name(enum field_kind kind) {
    static const char *const names[] = {
        [FIELD_STRING] = "a string",  [FIELD_ID] = "a string",      [FIELD_BOOLEAN] = "true or false",
        [FIELD_NUMBER] = "a number",  [FIELD_STRINGS] = "an array", [FIELD_OBJECT] = "an object",
        [FIELD_OBJECTS] = "an array",
    };
    return names[kind];
}

static void check_string(struct json_check *check, struct json_object *string, const struct field *field) {
    bool is_warning = false;
    struct slice text = string_of(string);
    const char *mistake = value_mistake(field->value, text, &is_warning);
    if (mistake)
        check_error(check->checker, here(check), "%s «%.*s»: %s", field->key,
                    SLICE_ARGUMENTS(slice_range(text, 0, 100)), mistake);
}

static void check_element(struct json_check *check, struct json_object *element, const struct field *field) {
    bool wants_object = field->kind == FIELD_OBJECTS;
    if (!json_object_is_type(element, wants_object ? json_type_object : json_type_string))
        check_error(check->checker, here(check), "%s holds something else than %s", field->key,
                    wants_object ? "objects" : "strings");
    else if (wants_object)
        check_object(check, element, field->shape);
    else
        check_string(check, element, field);
}

static void check_items(struct json_check *check, const struct field *field) {
    struct slice rest = check->items;
    struct slice text;
    struct json_step *step = &check->steps[check->depth++];
    for (size_t i = 0; !check->is_broken && json_next_element(&rest, &text); i++) {
        size_t offset = 0;
        const char *error = NULL;
        CLEANUP(json_release) struct json_object *item = json_read_part(text, 2, &offset, &error);
        *step = (struct json_step){NULL, i};
        check->is_broken = !item;
        if (item)
            check_element(check, item, field);
        check->checker->result->entries = i + 1;
    }
    check->is_broken = check->is_broken || rest.size;
    check->depth--;
}

static void check_array(struct json_check *check, struct json_object *array, const struct field *field) {
    if (check->items.size && field->shape == &item_shape) {
        check_items(check, field);
        return;
    }
    size_t count = json_object_array_length(array);
    struct json_step *step = &check->steps[check->depth++];
    for (size_t i = 0; i < count; i++) {
        *step = (struct json_step){NULL, i};
        check_element(check, json_object_array_get_idx(array, i), field);
    }
    check->depth--;
}

static void check_field(struct json_check *check, struct json_object *value, const struct field *field) {
    if (!is_of_kind(value, field->kind)) {
        check_error(check->checker, here(check), "%s must be %s", field->key, kind_name(field->kind));
    } else if (field->kind == FIELD_STRING || field->kind == FIELD_ID) {
        if (json_object_is_type(value, json_type_string))
            check_string(check, value, field);
        else
            check_warning(check->checker, here(check), "%s is a number; readers must make a string of it", field->key);
    } else if (field->kind == FIELD_NUMBER) {
        if (json_object_get_double(value) < 0)
            check_error(check->checker, here(check), "%s is negative", field->key);
    } else if (field->kind == FIELD_OBJECT) {
        check_object(check, value, field->shape);
    } else if (field->kind != FIELD_BOOLEAN) {
        check_array(check, value, field);
    }
}

static void check_member(struct json_check *check, const char *key, struct json_object *value,
                         const struct shape *shape) {
    for (size_t i = 0; i < shape->count; i++)
        if (strcmp(shape->fields[i].key, key) == 0) {
            check_field(check, value, &shape->fields[i]);
            return;
        }
    if (key[0] != '_')
        check_warning(check->checker, here(check), "«%.60s» is no key of %s %s; keys of one's own begin with _", key,
                      strchr("aeiou", shape->name[0]) ? "an" : "a", shape->name);
    else if (!json_object_is_type(value, json_type_object))
        check_error(check->checker, here(check), "«%.60s» must be an object, as all keys of one's own", key);
}

/* What no table says. */
static void check_item(struct json_check *check, struct json_object *item) {
    uint64_t earlier = 0;
    struct json_object *id = NULL;
    if (!has_text(item, "content_html") && !has_text(item, "content_text"))
        check_error(check->checker, here(check), "an item has neither content_html nor content_text");
    if (!json_object_object_get_ex(item, "id", &id) || !id)
        return;
    struct slice text = {json_object_get_string(id), strlen(json_object_get_string(id))};
    uint64_t index = check->steps[check->depth - 1].index;
    if (!check_id_is_new(check->checker, text, index, &earlier))
        check_error(check->checker, here(check), "the id «%.*s» is that of item %u already",
                    SLICE_ARGUMENTS(slice_range(text, 0, 200)), (unsigned)earlier);
}

static void check_author(struct json_check *check, struct json_object *author) {
    if (!has_text(author, "name") && !has_text(author, "url") && !has_text(author, "avatar"))
        check_error(check->checker, here(check), "an author has none of name, url and avatar");
}

static void check_hub_object(struct json_check *check, struct json_object *hub) {
    struct json_object *address = NULL;
    if (json_object_object_get_ex(hub, "url", &address) && json_object_is_type(address, json_type_string))
        check_hub(check->checker, here(check), string_of(address));
}

static void check_object(struct json_check *check, struct json_object *object, const struct shape *shape) {
    for (size_t i = 0; i < shape->count; i++)
        if (shape->fields[i].required && !json_object_object_get_ex(object, shape->fields[i].key, NULL))
            check_error(check->checker, here(check), "the %s has no %s", shape->name, shape->fields[i].key);
    /* The iterator, not json_object_object_foreach: that macro is no C17. */
    struct json_object_iterator end = json_object_iter_end(object);
    for (struct json_object_iterator at = json_object_iter_begin(object); !json_object_iter_equal(&at, &end);
         json_object_iter_next(&at)) {
        const char *key = json_object_iter_peek_name(&at);
        check->steps[check->depth++] = (struct json_step){.key = key};
        check_member(check, key, json_object_iter_peek_value(&at), shape);
        check->depth--;
    }
    if (shape == &item_shape)
        check_item(check, object);
    else if (shape == &author_shape)
        check_author(check, object);
    else if (shape == &hub_shape)
        check_hub_object(check, object);
}

static void check_own_address(struct json_check *check, struct json_object *feed) {
    struct json_object *member = NULL;
    if (!json_object_object_get_ex(feed, "feed_url", &member)) {
        check_warning(check->checker, here(check), "the feed has no feed_url");
    } else if (json_object_is_type(member, json_type_string)) {
        check->steps[check->depth++] = (struct json_step){.key = "feed_url"};
        check_self(check->checker, here(check), string_of(member));
        check->depth--;
    }
}

static void check_feed_object(struct json_check *check, struct json_object *feed) {
    struct json_object *member = NULL;
    if (json_object_object_get_ex(feed, "version", &member) && json_object_is_type(member, json_type_string)) {
        struct slice version = string_of(member);
        check->steps[check->depth++] = (struct json_step){.key = "version"};
        if (!slice_equal(version, SLICE("https://jsonfeed.org/version/1.1")) &&
            !slice_equal(version, SLICE("https://jsonfeed.org/version/1")))
            check_error(check->checker, here(check), "there is no JSON Feed version «%.*s»",
                        SLICE_ARGUMENTS(slice_range(version, 0, 100)));
        check->depth--;
    }
    check_own_address(check, feed);
    if (json_object_object_get_ex(feed, "items", &member) && json_object_is_type(member, json_type_array))
        check->checker->result->entries = json_object_array_length(member);
    check_object(check, feed, &feed_shape);
}

/* A large feed, item by item. false when it is none that this can be done with, or not JSON: nothing was said then. */
static bool check_apart(struct checker *checker) {
    CLEANUP(diagnostics_release) struct diagnostics found = {0};
    CLEANUP(buf_release) struct buf head = BUF(BUF_UNLIMITED);
    struct check_result result = *checker->result;
    struct checker own = {.document = checker->document,
                          .answer = checker->answer,
                          .file = checker->file,
                          .diagnostics = &found,
                          .result = &result};
    struct json_check check = {.checker = &own};
    size_t offset = 0;
    const char *error = NULL;
    if (checker->document.size < LARGE || !json_take_apart(checker->document, "items", &check.items, &head))
        return false;
    CLEANUP(json_release) struct json_object *feed = json_read(buf_slice(&head), &offset, &error);
    check.is_broken = !feed || !json_object_is_type(feed, json_type_object);
    if (!check.is_broken)
        check_feed_object(&check, feed);
    if (!check.is_broken) {
        *checker->result = result;
        diagnostics_append(checker->diagnostics, &found, 0);
    }
    map_release(&own.ids);
    arena_release(&own.arena);
    return !check.is_broken;
}

void check_json_feed(struct checker *checker) {
    struct json_check check = {.checker = checker};
    size_t offset = 0;
    const char *error = NULL;
    checker->result->kind = FEED_JSON;
    if (check_apart(checker))
        return;
    CLEANUP(json_release) struct json_object *feed = json_read(checker->document, &offset, &error);
    if (!feed)
        check_error(checker, offset_place(checker->document, offset), "not JSON: %s", error);
    else if (!json_object_is_type(feed, json_type_object))
        check_error(checker, (struct xml_place){1, 1}, "a JSON Feed is an object");
    else
        check_feed_object(&check, feed);
}
