#include "config/paths.h"
#include "config/sections.h"

struct retired_keys {
    const struct node *paths;
};

static const struct key_row retired_rows[] = {
    {.key = "paths", .kind = VALUE_NODE, .offset = offsetof(struct retired_keys, paths)},
};
const struct key_table retired_table = {"retired", retired_rows, ARRAY_LENGTH(retired_rows), true};

struct retired_reader {
    struct loading *loading;
    VEC(struct retired_term) terms;
    VEC(struct slice) paths;
};

/* The taxonomy may be gone as well; a term that is still there would not be retired. */
static void read_term(struct retired_reader *reader, const struct node *item, const struct node *name) {
    struct loading *loading = reader->loading;
    const struct taxonomy *taxonomy = taxonomy_find(&loading->settings->taxonomies, item->key);
    if (!config_id_is_valid(name->text))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, name, "the id of a term is wanted");
    else if (taxonomy && taxonomy_find_term(taxonomy, name->text) != TERM_NONE)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, name, "%.*s is still a term of %.*s",
                    SLICE_ARGUMENTS(name->text), SLICE_ARGUMENTS(item->key));
    else
        vec_push(&reader->terms, (struct retired_term){item->key, name->text});
}

static void read_taxonomy(struct retired_reader *reader, const struct node *item) {
    if (!config_id_is_valid(item->key)) {
        report_unknown_key(reader->loading, item, NULL, 0);
        return;
    }
    struct scalars names = scalars_read(reader->loading, item);
    for (size_t i = 0; i < names.count; i++)
        read_term(reader, item, names.items[i]);
}

static void read_part(struct retired_reader *reader, const struct node *part) {
    struct retired_keys keys = {0};
    table_read(reader->loading, &retired_table, part, &keys);
    struct scalars paths = scalars_read(reader->loading, keys.paths);
    for (size_t i = 0; i < paths.count; i++)
        if (path_check(reader->loading, paths.items[i]))
            vec_push(&reader->paths, paths.items[i]->text);
    for (const struct node *item = part->first; item; item = item->next)
        if (!table_has(&retired_table, item->key))
            read_taxonomy(reader, item);
}

void retired_read(struct loading *loading, const struct node *const *parts, size_t count) {
    struct retired_reader reader = {.loading = loading};
    for (size_t i = 0; i < count; i++)
        read_part(&reader, parts[i]);
    struct settings *settings = loading->settings;
    settings->retired = loading_keep(loading, reader.terms.items, reader.terms.count, sizeof *reader.terms.items);
    settings->retired_count = reader.terms.count;
    settings->retired_paths = loading_keep(loading, reader.paths.items, reader.paths.count, sizeof *reader.paths.items);
    settings->retired_path_count = reader.paths.count;
    vec_release(&reader.terms);
    vec_release(&reader.paths);
}
