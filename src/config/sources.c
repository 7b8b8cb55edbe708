#include "config/source_keys.h"

#include <limits.h>

/* Unlike any index of a choice. */
static const unsigned unsaid = UINT_MAX;

static const char *const content_choices[] = {"full", "summary", "title", NULL};
static const char *const order_choices[] = {"oldest-first", "newest-first", NULL};
static const char *const format_choices[] = {"text", "markdown", "html", NULL};
static const char *const encoding_choices[] = {"utf-8", "gb18030", "gbk", "gb2312", "big5", NULL};
/* `none` is there for a source whose neighbours are converted, to say so. */
static const char *const convert_choices[] = {"none", "simplified", NULL};
static const char *const undated_choices[] = {"refuse", "first-seen", NULL};
static const char *const vanished_choices[] = {"forget", "withdraw", NULL};

#define ROW(name, value, ...)                                                                                          \
    { .key = #name, .kind = value, .offset = offsetof(struct source_keys, name), __VA_ARGS__ }
static const struct key_row source_rows[] = {
    ROW(files, VALUE_TEXT, .required = false),
    ROW(url, VALUE_TEXT, .required = false),
    ROW(name, VALUE_TEXT, .required = false),
    ROW(reader, VALUE_NODE, .required = false),
    ROW(fields, VALUE_NODE, .required = false),
    ROW(defaults, VALUE_NODE, .required = false),
    ROW(content, VALUE_CHOICE, .choices = content_choices),
    ROW(order, VALUE_CHOICE, .choices = order_choices),
    ROW(format, VALUE_CHOICE, .choices = format_choices),
    ROW(encoding, VALUE_CHOICE, .choices = encoding_choices),
    ROW(convert, VALUE_CHOICE, .choices = convert_choices),
    ROW(append, VALUE_FLAG, .required = false),
    ROW(expect, VALUE_DURATION, .required = false),
    ROW(duplicates, VALUE_NODE, .required = false),
    ROW(undated, VALUE_CHOICE, .choices = undated_choices),
    ROW(vanished, VALUE_CHOICE, .choices = vanished_choices),
    ROW(every, VALUE_DURATION, .required = false),
    ROW(keep, VALUE_NODE, .required = false),
    ROW(complain_after, VALUE_DURATION, .required = false),
    ROW(authorization, VALUE_NODE, .required = false),
    ROW(allow_private, VALUE_FLAG, .required = false),
};
const struct key_table source_table = {"source", source_rows, ARRAY_LENGTH(source_rows), false};

static const struct key_row fields_rows[] = {
#define ARTICLE_FIELD(id, name)                                                                                        \
    {.key = name, .kind = VALUE_TEXT, .offset = sizeof(struct slice) * (size_t)ARTICLE_FIELD_##id},
#include "model/article_fields.def"
#undef ARTICLE_FIELD
};
const struct key_table fields_table = {"fields", fields_rows, ARRAY_LENGTH(fields_rows), false};

/* Not all fields: an id or a text that many articles share would be a mistake; format: is a key of the source. */
#define DEFAULT_ROW(id, name)                                                                                          \
    { .key = name, .kind = VALUE_TEXT, .offset = sizeof(struct slice) * (size_t)ARTICLE_FIELD_##id }
static const struct key_row defaults_rows[] = {
    DEFAULT_ROW(TITLE, "title"),   DEFAULT_ROW(DATE, "date"),     DEFAULT_ROW(AUTHOR, "author"),
    DEFAULT_ROW(SOURCE, "source"), DEFAULT_ROW(COLUMN, "column"), DEFAULT_ROW(LANGUAGE, "language"),
    DEFAULT_ROW(TAGS, "tags"),     DEFAULT_ROW(IMAGE, "image"),
};
const struct key_table defaults_table = {"defaults", defaults_rows, ARRAY_LENGTH(defaults_rows), true};

/* --- reader ------------------------------------------------------------------------------------------------- */

static const struct {
    struct slice ending;
    const char *reader;
} endings[] = {
    {{".md", 3}, "markdown"},    {{".markdown", 9}, "markdown"}, {{".jsonl", 6}, "jsonl"}, {{".ndjson", 7}, "jsonl"},
    {{".jsonl.gz", 9}, "jsonl"}, {{".ndjson.gz", 10}, "jsonl"},  {{".txt", 4}, "listing"}, {{".html", 5}, "page"},
    {{".htm", 4}, "page"},       {{".atom", 5}, "feed"},         {{".rss", 4}, "feed"},    {{".rdf", 4}, "feed"},
    {{".xml", 4}, "feed"},       {{".json", 5}, "feed"},
};

static const char *known_reader(const struct loading *loading, struct slice name) {
    for (size_t i = 0; i < loading->known->reader_count; i++)
        if (slice_equal(name, slice_of(loading->known->readers[i])))
            return loading->known->readers[i];
    return NULL;
}

static const char *reader_from_ending(const struct loading *loading, struct slice files) {
    for (size_t i = 0; i < ARRAY_LENGTH(endings); i++)
        if (slice_ends_with(files, endings[i].ending))
            return known_reader(loading, slice_of(endings[i].reader));
    return NULL;
}

static void report_unknown_reader(struct loading *loading, const struct node *node) {
    VEC(struct slice) names = {0};
    for (size_t i = 0; i < loading->known->reader_count; i++)
        vec_push(&names, slice_of(loading->known->readers[i]));
    report_unknown_name(loading, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "no reader", node->text, names.items, names.count);
    vec_release(&names);
}

static const char *choose_reader(struct loading *loading, const struct node *node, const struct source_keys *keys) {
    const char *reader = NULL;
    if (keys->reader && keys->reader->kind != NODE_SCALAR) {
        report_wrong_kind(loading, keys->reader, "the name of a reader");
    } else if (keys->reader) {
        reader = known_reader(loading, keys->reader->text);
        if (!reader)
            report_unknown_reader(loading, keys->reader);
    } else if (keys->files.size) {
        reader = reader_from_ending(loading, keys->files);
        if (!reader)
            node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_MISSING_KEY, node,
                        "reader, which the ending of %.*s does not tell", SLICE_ARGUMENTS(keys->files));
    }
    return reader ? arena_copy_string(&loading->settings->arena, reader) : NULL;
}

/* --- defaults ----------------------------------------------------------------------------------------------- */

/* One of `putuo`, `+putuo`, `-putuo`. Kept by id, so that later stages need not look far. */
static void read_label(struct loading *loading, const struct taxonomy *taxonomy, const struct node *node,
                       struct label_list *labels) {
    struct slice name = node->text;
    enum label_change change = LABEL_IS;
    if (slice_starts_with(name, SLICE("+")))
        change = LABEL_ADD;
    else if (slice_starts_with(name, SLICE("-")))
        change = LABEL_REMOVE;
    if (change != LABEL_IS)
        name = slice_trim(slice_from(name, 1));
    uint16_t term = term_wanted(loading, taxonomy, node, name);
    if (term != TERM_NONE)
        vec_push(&labels->items, (struct label){taxonomy->id, taxonomy->terms[term].id, change});
}

void labels_read(struct loading *loading, const struct taxonomy *taxonomy, const struct node *node,
                 struct label_list *labels) {
    struct scalars scalars = scalars_read(loading, node);
    for (size_t i = 0; i < scalars.count; i++)
        read_label(loading, taxonomy, scalars.items[i], labels);
    /* []: none at all */
    if (node->kind == NODE_LIST && node->count == 0)
        vec_push(&labels->items, (struct label){.taxonomy = taxonomy->id, .change = LABEL_IS});
}

static void report_unknown_default(struct loading *loading, const struct node *item) {
    VEC(struct slice) names = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(defaults_rows); i++)
        vec_push(&names, slice_of(defaults_rows[i].key));
    for (size_t i = 0; i < loading->settings->taxonomies.count; i++)
        vec_push(&names, loading->settings->taxonomies.items[i].id);
    report_unknown_key(loading, item, names.items, names.count);
    vec_release(&names);
}

static void read_defaults(struct loading *loading, const struct node *node, struct source *source) {
    table_read(loading, &defaults_table, node, source->defaults);
    struct label_list labels = {0};
    for (const struct node *item = node->first; item; item = item->next) {
        if (table_has(&defaults_table, item->key))
            continue;
        const struct taxonomy *taxonomy = taxonomy_find(&loading->settings->taxonomies, item->key);
        if (taxonomy)
            labels_read(loading, taxonomy, item, &labels);
        else
            report_unknown_default(loading, item);
    }
    source->labels = loading_keep(loading, labels.items.items, labels.items.count, sizeof *labels.items.items);
    source->label_count = labels.items.count;
    vec_release(&labels.items);
}

/* --- the list ----------------------------------------------------------------------------------------------- */

/* By what stands in a file, or in the file in which we keep what an upstream has shown. */
static enum source_order choose_order(const char *reader, unsigned said) {
    if (said != unsaid)
        return (enum source_order)said;
    bool newest_first = reader && (strcmp(reader, "listing") == 0 || strcmp(reader, "feed") == 0);
    return newest_first ? ORDER_NEWEST_FIRST : ORDER_OLDEST_FIRST;
}

/* The keys that files and upstreams understand in different ways. */
static void read_files(struct loading *loading, const struct node *node, const struct source_keys *keys,
                       struct source *source) {
    source->files = keys->files;
    source->reader = choose_reader(loading, node, keys);
    source->order = choose_order(source->reader, keys->order);
    if (keys->encoding != unsaid)
        source->encoding = slice_of(encoding_choices[keys->encoding]);
    source->append = keys->append;
    if (keys->fields)
        table_read(loading, &fields_table, keys->fields, source->fields);
}

static void read_url(struct loading *loading, const struct node *node, const struct source_keys *keys,
                     struct source *source) {
    struct upstream *upstream = &source->upstream;
    upstream_keys_read(loading, node, keys, source);
    upstream->order = choose_order(upstream->reader, keys->order);
    if (keys->encoding != unsaid)
        upstream->encoding = slice_of(encoding_choices[keys->encoding]);
    source->order = ORDER_OLDEST_FIRST;
    if (keys->fields)
        table_read(loading, &fields_table, keys->fields, upstream->fields);
}

static struct source read_source(struct loading *loading, const struct node *node) {
    struct source_keys keys = {
        .order = unsaid, .encoding = unsaid, .every = EVERY_USUALLY, .complain_after = COMPLAIN_AFTER_USUALLY};
    table_read(loading, &source_table, node, &keys);
    struct source source = {
        .content = (enum content_policy)keys.content,
        .format = (enum body_format)keys.format,
        .simplified = keys.convert == 1,
        .undated = keys.undated == 1,
        .withdraw_vanished = keys.vanished == 1,
        .expect = keys.expect,
        .alone = says_no(loading, keys.duplicates),
        .place = word_place_of(node->place),
    };
    if (source_is_of_url(loading, node))
        read_url(loading, node, &keys, &source);
    else
        read_files(loading, node, &keys, &source);
    if (keys.defaults)
        read_defaults(loading, keys.defaults, &source);
    return source;
}

void sources_read(struct loading *loading, const struct node *node) {
    if (!node || !want_list(loading, node))
        return;
    if (node->count == 0)
        node_report_key(loading->diagnostics, DIAGNOSTIC_CONFIG_MISSING_KEY, node, "files or url, in sources");
    struct source *sources = arena_new_array(&loading->settings->arena, node->count, sizeof *sources);
    size_t count = 0;
    for (struct node *item = node->first; item; item = item->next) {
        secrets_hide(item);
        if (want_mapping(loading, item))
            sources[count++] = read_source(loading, item);
    }
    loading->settings->sources = sources;
    loading->settings->source_count = count;
    upstream_names_check(loading, node);
}
