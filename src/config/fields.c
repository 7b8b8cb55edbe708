#include "config/fields.h"

#include "base/date.h"
#include "base/map.h"
#include "config/sections.h"

#include <inttypes.h>

const struct key_table *const *key_tables(size_t *ret_count) {
    static const struct key_table *const tables[] = {
        &configuration_table, &included_table,   &site_table,       &source_table,    &fields_table,
        &defaults_table,      &taxonomy_table,   &term_table,       &word_table,      &followed_by_table,
        &score_table,         &spread_table,     &channel_table,    &condition_table, &output_table,
        &retired_table,       &correction_table, &duplicates_table, &publish_table,
    };
    *ret_count = ARRAY_LENGTH(tables);
    return tables;
}

void *loading_keep(struct loading *loading, const void *items, size_t count, size_t size) {
    if (count == 0)
        return NULL;
    void *copy = arena_new_array(&loading->settings->arena, count, size);
    memcpy(copy, items, count * size);
    return copy;
}

struct word_place word_place_of(struct place place) {
    return (struct word_place){place.file, place.line, place.column};
}

/* --- what went wrong ---------------------------------------------------------------------------------------- */

/* Labels that repeat each other or are missing stand once or not. */
static void append_names(struct buf *buf, const struct slice *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (names[i].size && (i == 0 || !slice_equal(names[i], names[i - 1])))
            buf_append_format(buf, "%s%.*s", buf->size ? ", " : "", SLICE_ARGUMENTS(names[i]));
}

/* The nearest name, or all of them where they are few. */
static void hint_names(struct loading *loading, struct diagnostic *item, struct slice word, const struct slice *known,
                       size_t count) {
    enum { NAMES_MOST = 20 };
    struct slice nearest = diag_nearest(word, known, count);
    if (nearest.size) {
        diag_hint(loading->diagnostics, item, "did you mean %.*s?", SLICE_ARGUMENTS(nearest));
    } else if (count && count <= NAMES_MOST) {
        CLEANUP(buf_release) struct buf names = BUF(BUF_UNLIMITED);
        append_names(&names, known, count);
        diag_hint(loading->diagnostics, item, "known: %s", buf_string(&names));
    }
}

/* Inside { } a Chinese colon makes key and value one long key. */
static bool report_colon_in_key(struct loading *loading, const struct node *item) {
    struct slice key = item->key;
    size_t colon = slice_find(key, SLICE("："), 0);
    if (colon == key.size || colon == 0)
        return false;
    struct place place = node_place_inside(item->key_place, item->key_line, key, colon);
    struct diagnostic *report = diag_report(loading->diagnostics, DIAGNOSTIC_YAML_CHINESE_COLON, place, "behind %.*s",
                                            SLICE_ARGUMENTS(slice_range(key, 0, colon)));
    diag_excerpt(loading->diagnostics, report, item->key_line);
    return true;
}

void report_unknown_key(struct loading *loading, const struct node *item, const struct slice *known, size_t count) {
    if (report_colon_in_key(loading, item))
        return;
    struct diagnostic *report =
        node_report_key(loading->diagnostics, DIAGNOSTIC_CONFIG_UNKNOWN_KEY, item, "%.*s", SLICE_ARGUMENTS(item->key));
    hint_names(loading, report, item->key, known, count);
}

void report_wrong_kind(struct loading *loading, const struct node *node, const char *wanted) {
    static const char *const kinds[] = {
        [NODE_SCALAR] = "a single value", [NODE_LIST] = "a list", [NODE_MAPPING] = "a mapping"};
    struct slice text = node->text;
    size_t colon = slice_find(text, SLICE("："), 0);
    if (node->kind == NODE_SCALAR && !node->quoted && colon < text.size) {
        node_report_inside(loading->diagnostics, DIAGNOSTIC_YAML_CHINESE_COLON, node, colon, "behind %.*s",
                           SLICE_ARGUMENTS(slice_range(text, 0, colon)));
        return;
    }
    struct diagnostic *report = node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_WRONG_KIND, node,
                                            "%s is wanted, this is %s", wanted, kinds[node->kind]);
    colon = slice_find_byte(text, ':', 0);
    if (node->kind == NODE_SCALAR && colon < text.size)
        diag_hint(loading->diagnostics, report, "a blank must stand behind the colon");
}

void report_unknown_name(struct loading *loading, enum diagnostic_id id, const struct node *node, const char *what,
                         struct slice name, const struct slice *known, size_t count) {
    struct diagnostic *report = node_report(loading->diagnostics, id, node, "%s %.*s", what, SLICE_ARGUMENTS(name));
    hint_names(loading, report, name, known, count);
}

bool want_mapping(struct loading *loading, const struct node *node) {
    if (node->kind == NODE_MAPPING || node_is_empty(node))
        return true;
    report_wrong_kind(loading, node, "a mapping");
    return false;
}

bool want_list(struct loading *loading, const struct node *node) {
    if (node->kind == NODE_LIST || node_is_empty(node))
        return true;
    report_wrong_kind(loading, node, "a list");
    return false;
}

struct scalars scalars_read(struct loading *loading, const struct node *node) {
    struct scalars scalars = {0};
    if (!node || node_is_empty(node))
        return scalars;
    if (node->kind == NODE_MAPPING) {
        report_wrong_kind(loading, node, "a value or a list of values");
        return scalars;
    }
    size_t most = node->kind == NODE_LIST ? node->count : 1;
    scalars.items = arena_new_array(&loading->settings->arena, most, sizeof(struct node *));
    const struct node *item = node->kind == NODE_LIST ? node->first : node;
    for (size_t i = 0; i < most; i++, item = item->next) {
        if (item->kind == NODE_SCALAR && item->text.size)
            scalars.items[scalars.count++] = item;
        else
            report_wrong_kind(loading, item, "a value");
    }
    return scalars;
}

/* --- one value ---------------------------------------------------------------------------------------------- */

#define BAD_VALUE(loading, node, ...)                                                                                  \
    node_report((loading)->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, __VA_ARGS__)

static void read_text(struct loading *loading, const struct key_row *row, const struct node *node, void *target) {
    (void)row;
    struct slice text = slice_trim(node->text);
    if (text.size == 0)
        BAD_VALUE(loading, node, "it is empty");
    else if (slice_find_byte(text, '\n', 0) < text.size)
        BAD_VALUE(loading, node, "one line is wanted");
    else
        *(struct slice *)target = text;
}

static void read_flag(struct loading *loading, const struct key_row *row, const struct node *node, void *target) {
    (void)row;
    if (slice_equal(node->text, SLICE("true")))
        *(bool *)target = true;
    else if (slice_equal(node->text, SLICE("false")))
        *(bool *)target = false;
    else
        BAD_VALUE(loading, node, "true or false is wanted");
}

static void read_count(struct loading *loading, const struct key_row *row, const struct node *node, void *target) {
    uint64_t count;
    if (slice_parse_unsigned(node->text, &count) && (double)count >= row->least && (double)count <= row->most)
        *(unsigned *)target = (unsigned)count;
    else
        BAD_VALUE(loading, node, "a whole number from %.0f to %.0f is wanted", row->least, row->most);
}

static void read_number(struct loading *loading, const struct key_row *row, const struct node *node, void *target) {
    double number;
    if (slice_parse_decimal(node->text, &number) && number >= row->least && number <= row->most)
        *(double *)target = number;
    else
        BAD_VALUE(loading, node, "a number from %g to %g is wanted", row->least, row->most);
}

static void read_size(struct loading *loading, const struct key_row *row, const struct node *node, void *target) {
    (void)row;
    static const char units[] = "kMG";
    struct slice digits = node->text;
    unsigned shift = 0;
    const char *unit = digits.size ? memchr(units, digits.data[digits.size - 1], sizeof units - 1) : NULL;
    if (unit) {
        shift = 10 * (unsigned)(unit - units + 1);
        digits.size--;
    }
    uint64_t size;
    if (slice_parse_unsigned(digits, &size) && size <= (UINT64_C(1) << 40 >> shift))
        *(uint64_t *)target = size << shift;
    else
        BAD_VALUE(loading, node, "a size is wanted, such as 500k or 2M, at most 1024G");
}

static void read_duration(struct loading *loading, const struct key_row *row, const struct node *node, void *target) {
    (void)row;
    int64_t seconds;
    if (duration_parse(node->text, &seconds) && seconds > 0)
        *(int64_t *)target = seconds;
    else
        BAD_VALUE(loading, node, "a duration is wanted, such as 3d, 36h or 30m");
}

static void read_choice(struct loading *loading, const struct key_row *row, const struct node *node, void *target) {
    VEC(struct slice) names = {0};
    size_t chosen = SIZE_MAX;
    for (size_t i = 0; row->choices[i]; i++) {
        vec_push(&names, slice_of(row->choices[i]));
        if (slice_equal(node->text, names.items[i]))
            chosen = i;
    }
    if (chosen != SIZE_MAX)
        *(unsigned *)target = (unsigned)chosen;
    else
        report_unknown_name(loading, DIAGNOSTIC_CONFIG_BAD_VALUE, node, row->key, node->text, names.items, names.count);
    vec_release(&names);
}

static void read_value(struct loading *loading, const struct key_row *row, const struct node *node, void *target) {
    static void (*const readers[])(struct loading *, const struct key_row *, const struct node *, void *) = {
        [VALUE_TEXT] = read_text,     [VALUE_FLAG] = read_flag, [VALUE_COUNT] = read_count,
        [VALUE_NUMBER] = read_number, [VALUE_SIZE] = read_size, [VALUE_DURATION] = read_duration,
        [VALUE_CHOICE] = read_choice,
    };
    char *place = (char *)target + row->offset;
    if (row->kind == VALUE_NODE)
        *(const struct node **)(void *)place = node;
    else if (node->kind != NODE_SCALAR)
        report_wrong_kind(loading, node, "a single value");
    else
        readers[row->kind](loading, row, node, place);
}

/* --- a mapping ---------------------------------------------------------------------------------------------- */

static const struct key_row *find_row(const struct key_table *table, struct slice key) {
    for (size_t i = 0; i < table->count; i++)
        if (slice_equal(slice_of(table->rows[i].key), key))
            return &table->rows[i];
    return NULL;
}

bool table_has(const struct key_table *table, struct slice key) {
    return find_row(table, key) != NULL;
}

static void report_unknown(struct loading *loading, const struct key_table *table, const struct node *item) {
    VEC(struct slice) keys = {0};
    for (size_t i = 0; i < table->count; i++)
        vec_push(&keys, slice_of(table->rows[i].key));
    report_unknown_key(loading, item, keys.items, keys.count);
    vec_release(&keys);
}

static void report_missing(struct loading *loading, const struct key_table *table, const struct node *mapping) {
    for (size_t i = 0; i < table->count; i++) {
        const struct key_row *row = &table->rows[i];
        if (!row->required || node_get(mapping, slice_of(row->key)))
            continue;
        /* The key over the mapping says more than its first item; items of a list have none. */
        if (mapping->key.size)
            node_report_key(loading->diagnostics, DIAGNOSTIC_CONFIG_MISSING_KEY, mapping, "%s, in %.*s", row->key,
                            SLICE_ARGUMENTS(mapping->key));
        else
            node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_MISSING_KEY, mapping, "%s", row->key);
    }
}

void table_read(struct loading *loading, const struct key_table *table, const struct node *mapping, void *target) {
    if (!want_mapping(loading, mapping))
        return;
    for (const struct node *item = mapping->first; item; item = item->next) {
        const struct key_row *row = find_row(table, item->key);
        if (row)
            read_value(loading, row, item, target);
        else if (!table->open)
            report_unknown(loading, table, item);
    }
    report_missing(loading, table, mapping);
}
