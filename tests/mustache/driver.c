/*
 * mustache_driver FILE…: renders every case of files in the form of the Mustache specification, each twice: with the
 * lists of its data as they are, and with lists whose items are made as they are wanted. Prints a TAP line a case.
 */
#include "render/mustache.h"

#include <json-c/json.h>

static struct slice text_of(struct json_object *object) {
    return (struct slice){json_object_get_string(object), (size_t)json_object_get_string_len(object)};
}

static struct json_object *member(struct json_object *object, const char *name) {
    struct json_object *value = NULL;
    json_object_object_get_ex(object, name, &value);
    return value;
}

/* --- data --------------------------------------------------------------------------------------------------- */

static struct mustache_value value_of(struct json_object *object, bool lazily, struct arena *arena);

static bool lazy_item(const void *context, size_t index, struct arena *arena, struct mustache_value *ret_item) {
    const struct json_object *array = context;
    if (index >= json_object_array_length(array))
        return false;
    *ret_item = value_of(json_object_array_get_idx(array, index), true, arena);
    return true;
}

static struct mustache_value list_of(struct json_object *array, struct arena *arena) {
    size_t count = json_object_array_length(array);
    struct mustache_value *items = arena_new_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = value_of(json_object_array_get_idx(array, i), false, arena);
    return mustache_list(items, count);
}

static struct mustache_value mapping_of(struct json_object *object, bool lazily, struct arena *arena) {
    size_t count = 0;
    struct mustache_member *members =
        arena_new_array(arena, (size_t)json_object_object_length(object), sizeof *members);
    struct json_object_iterator end = json_object_iter_end(object);
    for (struct json_object_iterator at = json_object_iter_begin(object); !json_object_iter_equal(&at, &end);
         json_object_iter_next(&at)) {
        struct mustache_value value = value_of(json_object_iter_peek_value(&at), lazily, arena);
        members[count++] = (struct mustache_member){slice_of(json_object_iter_peek_name(&at)), value};
    }
    return mustache_mapping(members, count);
}

static struct mustache_value value_of(struct json_object *object, bool lazily, struct arena *arena) {
    switch (json_object_get_type(object)) {
    case json_type_null:
        break;
    case json_type_boolean:
        return mustache_boolean(json_object_get_boolean(object));
    case json_type_int:
    case json_type_double:
        return mustache_number(slice_of(json_object_get_string(object)));
    case json_type_string:
        return mustache_text(text_of(object));
    case json_type_array:
        if (lazily)
            return (struct mustache_value){.kind = MUSTACHE_LAZY, .lazy = {lazy_item, object}};
        return list_of(object, arena);
    case json_type_object:
        return mapping_of(object, lazily, arena);
    }
    return (struct mustache_value){.kind = MUSTACHE_NOTHING};
}

/* --- cases -------------------------------------------------------------------------------------------------- */

/* The case's template has the name that no partial can have: the empty one. */
static enum mustache_loaded load(void *context, struct slice name, struct arena *arena, struct diagnostics *diagnostics,
                                 struct mustache_source *ret_source) {
    (void)arena;
    (void)diagnostics;
    struct json_object *text = member(context, "template");
    if (name.size)
        text = member(member(context, "partials"), name.data);
    if (!text)
        return MUSTACHE_ABSENT;
    *ret_source = (struct mustache_source){SLICE("case"), text_of(text)};
    return MUSTACHE_LOADED;
}

static bool renders_as_expected(struct json_object *test, bool lazily, struct buf *output,
                                struct diagnostics *diagnostics) {
    CLEANUP(mustache_library_release) struct mustache_library library = {.loader = {load, test, true}};
    CLEANUP(arena_release) struct arena arena = {0};
    struct mustache_value data = value_of(member(test, "data"), lazily, &arena);
    const struct mustache_template *template = mustache_find(&library, (struct slice){"", 0}, diagnostics);
    return template &&
           mustache_render(template, &data, (struct mustache_budget){1 << 20, 1 << 20}, diagnostics, output) &&
           slice_equal(buf_slice(output), text_of(member(test, "expected")));
}

static bool run_case(const char *file, struct json_object *test, bool lazily) {
    CLEANUP(buf_release) struct buf output = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf said = BUF(BUF_UNLIMITED);
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    const char *name = json_object_get_string(member(test, "name"));
    const char *how = lazily ? ", lazily" : "";
    if (renders_as_expected(test, lazily, &output, &diagnostics)) {
        printf("ok %s: %s%s\n", file, name, how);
        return true;
    }
    diagnostics_print(&diagnostics, SEVERITY_NOTE, &said);
    struct json_object *got = json_object_new_string_len(output.data, (int)output.size);
    printf("not ok %s: %s%s\n# expected %s\n# got      %s\n%.*s", file, name, how,
           json_object_to_json_string(member(test, "expected")), json_object_to_json_string(got),
           SLICE_ARGUMENTS(buf_slice(&said)));
    json_object_put(got);
    return false;
}

int main(int argc, char **argv) {
    size_t cases = 0;
    bool good = true;
    for (int i = 1; i < argc; i++) {
        struct json_object *file = json_object_from_file(argv[i]);
        struct json_object *tests = member(file, "tests");
        const char *slash = strrchr(argv[i], '/');
        for (size_t j = 0; tests && j < json_object_array_length(tests); j++, cases++)
            for (int lazily = 0; lazily < 2; lazily++)
                good &= run_case(slash ? slash + 1 : argv[i], json_object_array_get_idx(tests, j), lazily);
        json_object_put(file);
    }
    printf("# %zu cases\n", cases);
    return good && cases ? 0 : 1;
}
