#include "config/sections.h"

struct output_keys {
    struct slice directory;
    const struct node *formats;
    struct head_defaults head;
    struct slice copied_folder;
    struct slice templates;
};

static const struct key_row output_rows[] = {
    {.key = "directory", .kind = VALUE_TEXT, .offset = offsetof(struct output_keys, directory)},
    {.key = "formats", .kind = VALUE_NODE, .offset = offsetof(struct output_keys, formats)},
    {.key = "items",
     .kind = VALUE_COUNT,
     .offset = offsetof(struct output_keys, head.items),
     .least = 1,
     .most = 10000},
    {.key = "days", .kind = VALUE_COUNT, .offset = offsetof(struct output_keys, head.days), .least = 0, .most = 36500},
    {.key = "max_bytes", .kind = VALUE_SIZE, .offset = offsetof(struct output_keys, head.max_bytes)},
    {.key = "static", .kind = VALUE_TEXT, .offset = offsetof(struct output_keys, copied_folder)},
    {.key = "templates", .kind = VALUE_TEXT, .offset = offsetof(struct output_keys, templates)},
};
const struct key_table output_table = {"output", output_rows, ARRAY_LENGTH(output_rows), false};

static struct word_place place_of_key(const struct node *node, const char *key) {
    const struct node *value = node_get(node, slice_of(key));
    return value ? word_place_of(value->place) : (struct word_place){0};
}

/*
 * The folder is exchanged whole, so it must be one of its own. What its name tells is said here, with the other
 * mistakes of the file; what only the file system can tell, cmd/folders.h.
 */
static bool is_own_folder(struct slice directory) {
    while (directory.size && directory.data[directory.size - 1] == '/')
        directory.size--;
    struct slice last = directory;
    struct slice part;
    while (slice_take_until(&directory, '/', &part))
        last = part;
    return last.size && !slice_equal(last, SLICE(".")) && !slice_equal(last, SLICE(".."));
}

static bool is_chosen(const struct output_settings *output, struct slice name) {
    for (size_t i = 0; i < output->format_count; i++)
        if (slice_equal(output->formats[i], name))
            return true;
    return false;
}

static void read_format(struct loading *loading, const struct node *node) {
    struct output_settings *output = &loading->settings->output;
    const struct known_names *known = loading->known;
    VEC(struct slice) names = {0};
    bool found = false;
    for (size_t i = 0; i < known->format_count; i++) {
        vec_push(&names, slice_of(known->formats[i]));
        found = found || slice_equal(node->text, names.items[i]);
    }
    if (!found)
        report_unknown_name(loading, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "no format", node->text, names.items,
                            names.count);
    else if (is_chosen(output, node->text) || output->format_count == FORMATS_MOST)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "%.*s stands twice",
                    SLICE_ARGUMENTS(node->text));
    else
        output->formats[output->format_count++] = node->text;
    vec_release(&names);
}

static void read_formats(struct loading *loading, const struct node *node) {
    static const struct slice usual[] = {{"atom", 4}, {"rss", 3}, {"json", 4}, {"html", 4}};
    struct output_settings *output = &loading->settings->output;
    if (!node) {
        memcpy(output->formats, usual, sizeof usual);
        output->format_count = ARRAY_LENGTH(usual);
        return;
    }
    struct scalars scalars = scalars_read(loading, node);
    for (size_t i = 0; i < scalars.count; i++)
        read_format(loading, scalars.items[i]);
    if (scalars.count == 0)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "at least one format is wanted");
    else if (output->format_count == 1 && is_chosen(output, SLICE("html")))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node,
                    "html is a page; at least one feed is wanted beside it, which people can subscribe to");
}

void output_read(struct loading *loading, const struct node *node, struct head_defaults *ret_defaults) {
    struct output_keys keys = {.directory = SLICE("public"), .head = {50, 7, 500 << 10}};
    if (node)
        table_read(loading, &output_table, node, &keys);
    if (!is_own_folder(keys.directory))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node_get(node, SLICE("directory")),
                    "a folder of its own is wanted, which pindao exchanges whole");
    loading->settings->output.directory = keys.directory;
    loading->settings->output.directory_place = place_of_key(node, "directory");
    loading->settings->output.copied_place = place_of_key(node, "static");
    loading->settings->output.copied_folder = keys.copied_folder;
    read_formats(loading, keys.formats);
    if (keys.templates.size || !node_get(node, SLICE("templates")))
        templates_read(loading, keys.templates, node_get(node, SLICE("templates")));
    *ret_defaults = keys.head;
}
