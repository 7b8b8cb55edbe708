#include "store/manifest.h"

#include "base/file.h"
#include "json/reader.h"

#include <json-c/json.h>

static bool string_of(struct json_object *object, const char *key, struct slice *ret_string) {
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, json_type_string))
        return false;
    *ret_string = (struct slice){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
    return true;
}

/* false when it is there and is no whole number up to `most`. */
static bool number_of(struct json_object *object, const char *key, int64_t most, int64_t *ret_number) {
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(object, key, &value))
        return true; /* *ret_number stays */
    if (!json_object_is_type(value, json_type_int))
        return false;
    *ret_number = json_object_get_int64(value);
    return *ret_number >= 0 && *ret_number <= most;
}

static const char *read_file(struct json_object *object, struct arena *arena, struct tree_file *ret_file) {
    struct slice path, hex, type;
    int64_t size = -1, entries = -1;
    struct sha256 hash;
    if (!json_object_is_type(object, json_type_object))
        return "an entry that is no object";
    if (!string_of(object, "path", &path) || !file_path_is_clean(path))
        return "an entry without a proper path";
    if (!number_of(object, "size", INT64_MAX, &size) || size < 0 ||
        !number_of(object, "entries", UINT32_MAX, &entries) || !string_of(object, "type", &type))
        return "an entry without size and type";
    if (!string_of(object, "sha256", &hex) || !sha256_parse_hex(hex, &hash))
        return "an entry without its hash";
    *ret_file = (struct tree_file){.path = arena_copy(arena, path),
                                   .size = (uint64_t)size,
                                   .hash = hash,
                                   .type = arena_copy(arena, type),
                                   .is_feed = entries >= 0,
                                   .entries = entries >= 0 ? (uint32_t)entries : 0};
    return NULL;
}

static const char *read_files(struct json_object *list, struct arena *arena, struct tree *tree) {
    size_t count = json_object_array_length(list);
    for (size_t i = 0; i < count; i++) {
        struct tree_file file;
        const char *why = read_file(json_object_array_get_idx(list, i), arena, &file);
        if (why)
            return why;
        /* Strictly ascending: no path stands twice. */
        if (i > 0 && slice_compare(tree->files.items[i - 1].path, file.path) >= 0)
            return "its paths are not sorted";
        vec_push(&tree->files, file);
    }
    return NULL;
}

static const char *read_pending(struct json_object *root, struct arena *arena, struct tree *tree) {
    struct json_object *list = NULL;
    if (!json_object_object_get_ex(root, "pending", &list))
        return NULL;
    if (!json_object_is_type(list, json_type_array))
        return "what is pending is no list";
    size_t count = json_object_array_length(list);
    for (size_t i = 0; i < count; i++) {
        struct json_object *item = json_object_array_get_idx(list, i);
        if (!json_object_is_type(item, json_type_string))
            return "what is pending is no path";
        struct slice path = {json_object_get_string(item), (size_t)json_object_get_string_len(item)};
        if (!file_path_is_clean(path))
            return "what is pending is no proper path";
        if (i > 0 && slice_compare(tree->pending.items[i - 1], path) >= 0)
            return "what is pending is not sorted";
        vec_push(&tree->pending, arena_copy(arena, path));
    }
    return NULL;
}

/* It is compared with nothing but itself: whatever stands there. */
static void read_run(struct json_object *root, struct arena *arena, struct tree *tree) {
    struct json_object *run = NULL;
    if (json_object_object_get_ex(root, "run", &run) && json_object_is_type(run, json_type_string))
        tree->run =
            arena_copy(arena, (struct slice){json_object_get_string(run), (size_t)json_object_get_string_len(run)});
}

enum manifest_state manifest_read(struct slice text, struct arena *arena, struct tree *ret_tree, const char **ret_why) {
    return manifest_scan(text, arena, ret_tree) ? MANIFEST_READ : manifest_parse(text, arena, ret_tree, ret_why);
}

enum manifest_state manifest_parse(struct slice text, struct arena *arena, struct tree *ret_tree,
                                   const char **ret_why) {
    size_t offset = 0;
    CLEANUP(json_release) struct json_object *root = json_read(text, &offset, ret_why);
    struct json_object *list = NULL;
    if (!root)
        return MANIFEST_DAMAGED;
    if (!json_object_object_get_ex(root, "files", &list) || !json_object_is_type(list, json_type_array)) {
        *ret_why = "it has no list of files";
        return MANIFEST_SOMEBODYS;
    }
    struct tree tree = {0};
    const char *why = read_files(list, arena, &tree);
    if (!why)
        why = read_pending(root, arena, &tree);
    read_run(root, arena, &tree);
    if (why) {
        tree_release(&tree);
        *ret_why = why;
        return MANIFEST_DAMAGED;
    }
    *ret_tree = tree;
    return MANIFEST_READ;
}
