#include "base/file.h"
#include "base/hash.h"
#include "config/sections.h"

#include <errno.h>
#include <unistd.h>

struct configuration_keys {
    const struct node *site, *sources, *include, *taxonomies, *channels, *output, *retired, *corrections, *hold,
        *duplicates, *history, *publish;
};

#define ROW(name, ...)                                                                                                 \
    { .key = #name, .kind = VALUE_NODE, .offset = offsetof(struct configuration_keys, name), __VA_ARGS__ }
static const struct key_row configuration_rows[] = {
    ROW(site, .required = true),        ROW(sources, .required = true),      ROW(include, .required = false),
    ROW(taxonomies, .required = false), ROW(channels, .required = false),    ROW(output, .required = false),
    ROW(retired, .required = false),    ROW(corrections, .required = false), ROW(hold, .required = false),
    ROW(duplicates, .required = false), ROW(history, .required = false),     ROW(publish, .required = false),
};
const struct key_table configuration_table = {"configuration", configuration_rows, ARRAY_LENGTH(configuration_rows),
                                              false};
static const struct key_row included_rows[] = {
    ROW(taxonomies, .required = false),
    ROW(retired, .required = false),
};
const struct key_table included_table = {"included", included_rows, ARRAY_LENGTH(included_rows), false};

/* What all files say, and in which order they were read. */
struct files {
    struct loading *loading;
    VEC(const struct node *) taxonomies;
    VEC(const struct node *) retired;
    struct map seen; /* path → its number in order of reading */
    VEC(const char *) paths;
};

static void files_release(struct files *files) {
    vec_release(&files->taxonomies);
    vec_release(&files->retired);
    map_release(&files->seen);
    vec_release(&files->paths);
}

/* false for one that was seen before. */
static bool note_file(struct files *files, const char *path) {
    if (map_get(&files->seen, slice_of(path), UINT64_MAX) != UINT64_MAX)
        return false;
    map_set(&files->seen, slice_of(path), files->seen.count);
    vec_push(&files->paths, path);
    return true;
}

/* --- files -------------------------------------------------------------------------------------------------- */

/* What was read, as it was read, is a part of the configuration. */
static void add_to_hash(struct settings *settings, struct slice name, struct slice bytes) {
    settings->files_hash = settings->files_hash * 31 + hash64(name);
    settings->files_hash = settings->files_hash * 31 + hash64(bytes);
}

static struct node *read_file(struct loading *loading, const char *path, const struct node *included_from) {
    CLEANUP(buf_release) struct buf bytes = BUF(NODE_SOURCE_MOST);
    struct slice name = slice_of(path);
    if (file_read(path, &bytes)) {
        add_to_hash(loading->settings, name, buf_slice(&bytes));
        struct node *root = node_read_on(buf_slice(&bytes), name, 1, &loading->settings->arena, loading->diagnostics);
        if (root)
            nodes_choke(loading, root);
        return root;
    }
    int error = errno;
    if (error == EFBIG)
        diag_report(loading->diagnostics, DIAGNOSTIC_YAML_LIMIT, (struct place){.file = name}, "over 1 MiB");
    else if (included_from)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_UNREADABLE, included_from, "%s: %s", path, strerror(error));
    else
        diag_report(loading->diagnostics, DIAGNOSTIC_CONFIG_UNREADABLE, (struct place){.file = name}, "%s",
                    strerror(error));
    return NULL;
}

static void read_included(struct files *files, const char *path, const struct node *included_from) {
    struct configuration_keys keys = {0};
    if (!note_file(files, path))
        return;
    const struct node *root = read_file(files->loading, path, included_from);
    if (!root)
        return;
    table_read(files->loading, &included_table, root, &keys);
    if (keys.taxonomies)
        vec_push(&files->taxonomies, keys.taxonomies);
    if (keys.retired)
        vec_push(&files->retired, keys.retired);
}

static void read_pattern(struct files *files, const struct node *node) {
    struct loading *loading = files->loading;
    struct arena *arena = &loading->settings->arena;
    const char *pattern = arena_copy(arena, node->text).data;
    CLEANUP(file_list_release) struct file_list list = {0};
    file_list_matching(file_join(arena, loading->settings->folder, pattern), arena, &list);
    for (size_t i = 0; i < list.unreadable.count; i++)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_UNREADABLE, node, "%s", list.unreadable.items[i]);
    for (size_t i = 0; i < list.irregular.count; i++)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_UNREADABLE, node, "%s: this is no file",
                    list.irregular.items[i]);
    if (list.paths.count == 0 && list.irregular.count == 0)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_NO_INCLUDE, node, "%s", pattern);
    for (size_t i = 0; i < list.paths.count; i++)
        read_included(files, list.paths.items[i], node);
}

/* --- corrections -------------------------------------------------------------------------------------------- */

/* The file that corrections: names, else the usual one if it is there; NULL for none. */
static const char *find_corrections(struct loading *loading, const struct node *node) {
    struct arena *arena = &loading->settings->arena;
    if (node && (node->kind != NODE_SCALAR || slice_trim(node->text).size == 0)) {
        report_wrong_kind(loading, node, "the name of a file");
        return NULL;
    }
    const char *name = node ? arena_copy(arena, slice_trim(node->text)).data : "corrections.yaml";
    const char *path = file_join(arena, loading->settings->folder, name);
    return node || access(path, F_OK) == 0 ? path : NULL;
}

static void read_corrections(struct files *files, const struct node *node) {
    const char *path = find_corrections(files->loading, node);
    if (!path)
        return;
    if (!note_file(files, path)) {
        struct place place = {.file = slice_of(path)};
        diag_report(files->loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, place,
                    "a file of the configuration cannot hold the corrections as well");
        return;
    }
    const struct node *root = read_file(files->loading, path, node);
    if (root)
        corrections_read(files->loading, root);
}

/* --- templates ---------------------------------------------------------------------------------------------- */

static void note_templates(struct files *files) {
    const struct output_settings *output = &files->loading->settings->output;
    for (size_t i = 0; i < output->template_count; i++) {
        const struct template_file *template = &output->templates[i];
        (void)note_file(files, template->file.data);
        add_to_hash(files->loading->settings, template->file, template->text);
    }
}

/* --- history ------------------------------------------------------------------------------------------------ */

static void read_history(struct files *files, const struct node *node) {
    struct loading *loading = files->loading;
    struct arena *arena = &loading->settings->arena;
    const char *name = "history.jsonl";
    if (node && (node->kind != NODE_SCALAR || slice_trim(node->text).size == 0)) {
        report_wrong_kind(loading, node, "the name of a file");
        return;
    }
    if (node) {
        name = arena_copy(arena, slice_trim(node->text)).data;
        loading->settings->history_place = word_place_of(node->place);
    }
    loading->settings->history = file_join(arena, loading->settings->folder, name);
    loading->settings->kept_folder = file_join(arena, file_folder(arena, loading->settings->history), "upstream");
    /* It is written to: what an editor wrote would be taken for damage. */
    if (map_get(&files->seen, slice_of(loading->settings->history), UINT64_MAX) != UINT64_MAX)
        diag_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE,
                    (struct place){.file = slice_of(loading->settings->history)},
                    "a file of the configuration cannot hold the history as well");
}

/* --- order of messages -------------------------------------------------------------------------------------- */

/* Mistakes are shown as they stand in the files, not as the parts are read. */
static bool stands_before(const struct files *files, const struct diagnostic *a, const struct diagnostic *b) {
    uint64_t a_file = map_get(&files->seen, a->place.file, UINT64_MAX);
    uint64_t b_file = map_get(&files->seen, b->place.file, UINT64_MAX);
    if (a_file != b_file)
        return a_file < b_file;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line;
    return a->place.column < b->place.column;
}

/* By insertion: stable, and of an editor's mistakes there are few. */
static void sort_items(const struct files *files, struct diagnostic *items, size_t count) {
    for (size_t i = 1; i < count; i++) {
        struct diagnostic item = items[i];
        size_t at = i;
        for (; at > 0 && stands_before(files, &item, &items[at - 1]); at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* --- the whole ---------------------------------------------------------------------------------------------- */

static void read_parts(struct files *files, const struct configuration_keys *keys) {
    struct loading *loading = files->loading;
    struct head_defaults defaults;
    if (keys->taxonomies)
        vec_push(&files->taxonomies, keys->taxonomies);
    if (keys->retired)
        vec_push(&files->retired, keys->retired);
    struct scalars patterns = scalars_read(loading, keys->include);
    for (size_t i = 0; i < patterns.count; i++)
        read_pattern(files, patterns.items[i]);
    site_read(loading, keys->site);
    taxonomies_read(loading, files->taxonomies.items, files->taxonomies.count);
    sources_read(loading, keys->sources);
    output_read(loading, keys->output, &defaults);
    note_templates(files);
    channels_read(loading, keys->channels, &defaults);
    retired_read(loading, files->retired.items, files->retired.count);
    hold_read(loading, keys->hold);
    duplicates_read(loading, keys->duplicates);
    publish_read(loading, keys->publish);
    read_corrections(files, keys->corrections);
    read_history(files, keys->history);
}

static void read_configuration(struct files *files, const char *path) {
    struct configuration_keys keys = {0};
    (void)note_file(files, path);
    struct node *root = read_file(files->loading, path, NULL);
    if (!root)
        return;
    secrets_hide(root);
    for (struct node *item = root->kind == NODE_MAPPING ? root->first : NULL; item; item = item->next)
        if (slice_equal(item->key, SLICE("site")))
            secrets_hide(item);
    table_read(files->loading, &configuration_table, root, &keys);
    read_parts(files, &keys);
}

bool config_read(const char *path, const struct known_names *known, struct diagnostics *diagnostics,
                 struct settings *ret_settings) {
    struct settings settings = {0};
    struct loading loading = {.settings = &settings, .diagnostics = diagnostics, .known = known};
    CLEANUP(files_release) struct files files = {.loading = &loading};
    size_t errors = diagnostics->counts[SEVERITY_ERROR];
    size_t first = diagnostics->items.count;
    path = arena_copy_string(&settings.arena, path);
    settings.folder = file_folder(&settings.arena, path);
    read_configuration(&files, path);
    if (diagnostics->items.count > first)
        sort_items(&files, diagnostics->items.items + first, diagnostics->items.count - first);
    settings.files = loading_keep(&loading, files.paths.items, files.paths.count, sizeof *files.paths.items);
    settings.file_count = files.paths.count;
    *ret_settings = settings;
    return diagnostics->counts[SEVERITY_ERROR] == errors;
}

bool config_load(const char *path, const struct known_names *known, struct diagnostics *diagnostics,
                 struct settings *ret_settings) {
    if (config_read(path, known, diagnostics, ret_settings))
        return true;
    settings_release(ret_settings);
    return false;
}

void settings_release(struct settings *settings) {
    for (size_t i = 0; i < settings->taxonomies.count; i++) {
        /* The taxonomies are const; what their maps hold on the heap goes all the same. */
        struct map names = settings->taxonomies.items[i].term_names;
        map_release(&names);
    }
    arena_release(&settings->arena);
    *settings = (struct settings){0};
}
