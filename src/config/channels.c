#include "config/paths.h"
#include "config/sections.h"

struct channel_keys {
    struct slice path, title, subtitle;
    bool all;
    const struct node *each, *where;
    struct head_defaults head;
    unsigned list_from, archive;
};

struct condition_keys {
    const struct node *any, *all, *none;
};

/* In the order of enum archive_period, whose first is that of a rule without the key. */
static const char *const archive_choices[] = {"none", "month", "day", NULL};

#define ROW(name, member, value, ...)                                                                                  \
    { .key = name, .kind = value, .offset = offsetof(struct channel_keys, member), __VA_ARGS__ }
static const struct key_row channel_rows[] = {
    ROW("path", path, VALUE_TEXT, .required = true),
    ROW("title", title, VALUE_TEXT, .required = false),
    ROW("subtitle", subtitle, VALUE_TEXT, .required = false),
    ROW("all", all, VALUE_FLAG, .required = false),
    ROW("each", each, VALUE_NODE, .required = false),
    ROW("where", where, VALUE_NODE, .required = false),
    ROW("items", head.items, VALUE_COUNT, .least = 1, .most = 10000),
    ROW("days", head.days, VALUE_COUNT, .least = 0, .most = 36500),
    ROW("max_bytes", head.max_bytes, VALUE_SIZE, .required = false),
    ROW("archive", archive, VALUE_CHOICE, .choices = archive_choices),
    ROW("list_from", list_from, VALUE_COUNT, .least = 0, .most = 1000000),
};
const struct key_table channel_table = {"channel", channel_rows, ARRAY_LENGTH(channel_rows), false};

#define CONDITION_ROW(name, member)                                                                                    \
    { .key = (name), .kind = VALUE_NODE, .offset = offsetof(struct condition_keys, member) }
static const struct key_row condition_rows[] = {
    CONDITION_ROW("any", any),
    CONDITION_ROW("all", all),
    CONDITION_ROW("not", none),
};
const struct key_table condition_table = {"condition", condition_rows, ARRAY_LENGTH(condition_rows), false};

/* --- where -------------------------------------------------------------------------------------------------- */

static const uint16_t *read_terms(struct loading *loading, const struct taxonomy *taxonomy, const struct node *node,
                                  size_t *ret_count) {
    *ret_count = 0;
    if (!node)
        return NULL;
    struct scalars scalars = scalars_read(loading, node);
    if (scalars.count == 0 && node->kind != NODE_MAPPING)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "no term is named");
    uint16_t *terms = arena_new_array(&loading->settings->arena, scalars.count, sizeof *terms);
    for (size_t i = 0; i < scalars.count; i++) {
        terms[*ret_count] = term_wanted(loading, taxonomy, scalars.items[i], scalars.items[i]->text);
        *ret_count += terms[*ret_count] != TERM_NONE;
    }
    return terms;
}

static struct channel_condition read_condition(struct loading *loading, const struct taxonomy *taxonomy,
                                               const struct node *node) {
    struct channel_condition condition = {.taxonomy = taxonomy};
    struct condition_keys keys = {.any = node};
    if (node->kind == NODE_MAPPING) {
        keys.any = NULL;
        table_read(loading, &condition_table, node, &keys);
        if (node->count == 0)
            node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "any, all or not is wanted");
    }
    condition.any = read_terms(loading, taxonomy, keys.any, &condition.any_count);
    condition.all = read_terms(loading, taxonomy, keys.all, &condition.all_count);
    condition.none = read_terms(loading, taxonomy, keys.none, &condition.none_count);
    return condition;
}

/* A taxonomy named by the key of an item; its mistakes are shown at the key. */
static const struct taxonomy *taxonomy_of_key(struct loading *loading, const struct node *item) {
    struct node key = *item;
    key.place = item->key_place;
    key.line = item->key_line;
    return taxonomy_wanted(loading, &key, item->key);
}

static void read_where(struct loading *loading, const struct node *node, struct channel_rule *rule) {
    if (!want_mapping(loading, node))
        return;
    if (node->count == 0)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "no condition stands here");
    struct channel_condition *conditions = arena_new_array(&loading->settings->arena, node->count, sizeof *conditions);
    for (const struct node *item = node->first; item; item = item->next) {
        const struct taxonomy *taxonomy = taxonomy_of_key(loading, item);
        if (taxonomy)
            conditions[rule->where_count++] = read_condition(loading, taxonomy, item);
    }
    rule->where = conditions;
}

/* --- each --------------------------------------------------------------------------------------------------- */

static void read_each_name(struct loading *loading, const struct node *node, struct channel_rule *rule) {
    const struct taxonomy *taxonomy = taxonomy_wanted(loading, node, node->text);
    if (!taxonomy)
        return;
    for (size_t i = 0; i < rule->each_count; i++)
        if (rule->each[i] == taxonomy) {
            node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "%.*s stands twice",
                        SLICE_ARGUMENTS(node->text));
            return;
        }
    if (rule->each_count == ARRAY_LENGTH(rule->each))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "at most %zu taxonomies",
                    ARRAY_LENGTH(rule->each));
    else
        rule->each[rule->each_count++] = taxonomy;
}

/* true when every name was one, so that the path can be held to them. */
static bool read_each(struct loading *loading, const struct node *node, struct channel_rule *rule) {
    struct scalars scalars = scalars_read(loading, node);
    if (scalars.count == 0 && node->kind != NODE_MAPPING)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "no taxonomy is named");
    for (size_t i = 0; i < scalars.count; i++)
        read_each_name(loading, scalars.items[i], rule);
    return scalars.count && rule->each_count == scalars.count;
}

/* --- a rule ------------------------------------------------------------------------------------------------- */

static void check_selection(struct loading *loading, const struct node *node, const struct channel_keys *keys) {
    if (keys->all && (keys->each || keys->where))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node,
                    "all: true takes every article; each: and where: choose");
    else if (!keys->all && !keys->each && !keys->where)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_MISSING_KEY, node, "all, each or where");
    if (!keys->each && keys->title.size == 0 && !node_get(node, SLICE("title")))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_MISSING_KEY, node, "title, where there is no each:");
}

/* Only Atom has archives that readers know. */
static void check_archive(struct loading *loading, const struct node *node, const struct channel_keys *keys) {
    const struct output_settings *output = &loading->settings->output;
    bool has_atom = output->format_count == 0; /* there was a mistake in them */
    for (size_t i = 0; i < output->format_count; i++)
        has_atom = has_atom || slice_equal(output->formats[i], SLICE("atom"));
    if (keys->archive != ARCHIVE_NONE && !has_atom)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node_get(node, SLICE("archive")),
                    "archives are written in Atom, which is not among the formats of output:");
}

static struct channel_rule read_rule(struct loading *loading, const struct node *node,
                                     const struct head_defaults *defaults) {
    struct channel_keys keys = {.head = *defaults};
    table_read(loading, &channel_table, node, &keys);
    struct channel_rule rule = {
        .path = keys.path,
        .title = keys.title,
        .subtitle = keys.subtitle,
        .all = keys.all,
        .items = keys.head.items,
        .days = keys.head.days,
        .max_bytes = keys.head.max_bytes,
        .archive = (enum archive_period)keys.archive,
        .list_from = keys.list_from,
        .place = word_place_of(node->place),
    };
    check_selection(loading, node, &keys);
    check_archive(loading, node, &keys);
    if (keys.where)
        read_where(loading, keys.where, &rule);
    if (keys.each && !read_each(loading, keys.each, &rule))
        return rule;
    if (keys.path.size)
        path_check_template(loading, node_get(node, SLICE("path")), &rule);
    if (keys.title.size)
        title_check_template(loading, node_get(node, SLICE("title")), &rule);
    if (keys.subtitle.size)
        title_check_template(loading, node_get(node, SLICE("subtitle")), &rule);
    return rule;
}

/* One with a mistake has no path, so that nobody looks whether its channels collide with others. */
static struct channel_rule read_rule_or_none(struct loading *loading, const struct node *node,
                                             const struct head_defaults *defaults) {
    size_t errors = loading->diagnostics->counts[SEVERITY_ERROR];
    struct channel_rule rule = read_rule(loading, node, defaults);
    if (loading->diagnostics->counts[SEVERITY_ERROR] > errors)
        rule.path = (struct slice){0};
    return rule;
}

/* --- the list ----------------------------------------------------------------------------------------------- */

/* Without channels: one of everything, and one for every term, below its taxonomy's id so that none can collide. */
static void make_usual_channels(struct loading *loading, const struct head_defaults *defaults) {
    struct settings *settings = loading->settings;
    const struct taxonomies *taxonomies = &settings->taxonomies;
    struct channel_rule *rules = arena_new_array(&settings->arena, taxonomies->count + 1, sizeof *rules);
    struct channel_rule usual = {.items = defaults->items, .days = defaults->days, .max_bytes = defaults->max_bytes};
    rules[0] = usual;
    rules[0].path = SLICE("/");
    rules[0].title = SLICE("全部");
    rules[0].all = true;
    for (size_t i = 0; i < taxonomies->count; i++) {
        struct slice id = taxonomies->items[i].id;
        CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
        buf_append_format(&path, "/%.*s/{%.*s}/", SLICE_ARGUMENTS(id), SLICE_ARGUMENTS(id));
        rules[i + 1] = usual;
        rules[i + 1].path = arena_copy(&settings->arena, buf_slice(&path));
        rules[i + 1].each[0] = &taxonomies->items[i];
        rules[i + 1].each_count = 1;
    }
    settings->channels = rules;
    settings->channel_count = taxonomies->count + 1;
}

void channels_read(struct loading *loading, const struct node *node, const struct head_defaults *defaults) {
    if (!node) {
        make_usual_channels(loading, defaults);
        return;
    }
    if (!want_list(loading, node))
        return;
    if (node->count == 0)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "at least one channel is wanted");
    struct channel_rule *rules = arena_new_array(&loading->settings->arena, node->count, sizeof *rules);
    size_t count = 0;
    for (const struct node *item = node->first; item; item = item->next)
        if (want_mapping(loading, item))
            rules[count++] = read_rule_or_none(loading, item, defaults);
    loading->settings->channels = rules;
    loading->settings->channel_count = count;
}
