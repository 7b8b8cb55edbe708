#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "config/fields.h"

#include <json-c/json.h>

/*
 * The field tables, feeds.yaml(5) and doc/feeds.schema.json name the same keys: all three ways, table by table. In the
 * manual a table is an .Ss, a key an .It Ic with an example in a .Dl; in the schema a table is a $defs entry.
 */
static char *read_whole(const char *path, struct buf *buf) {
    if (!file_read(path, buf))
        fail_msg("%s cannot be read", path);
    (void)buf_string(buf);
    return buf->data;
}

static void expect_same_count(const char *what, const struct key_table *table, size_t count) {
    if (count != table->count)
        fail_msg("%s of %s: %zu keys, the field table has %zu", what, table->name, count, table->count);
}

/* --- schema ------------------------------------------------------------------------------------------------- */

static struct json_object *open_schema(void) {
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    struct json_object *schema = json_tokener_parse(read_whole("doc/feeds.schema.json", &text));
    assert_non_null(schema);
    return schema;
}

static struct json_object *member(struct json_object *object, const char *key) {
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(object, key, &value))
        fail_msg("the schema lacks %s", key);
    return value;
}

static bool array_has(struct json_object *array, const char *text) {
    for (size_t i = 0; array && i < json_object_array_length(array); i++)
        if (strcmp(json_object_get_string(json_object_array_get_idx(array, i)), text) == 0)
            return true;
    return false;
}

static void check_choices(const struct key_row *row, struct json_object *property) {
    struct json_object *names = member(property, "enum");
    size_t count = 0;
    for (; row->choices[count]; count++)
        if (!array_has(names, row->choices[count]))
            fail_msg("the schema lacks the choice %s of %s", row->choices[count], row->key);
    assert_int_equal(json_object_array_length(names), count);
}

/* A taxonomy split over files has its label in one of them only, and its terms in any. */
static bool may_be_required(const struct key_table *table) {
    return strcmp(table->name, "taxonomy") != 0;
}

static void check_schema_of(struct json_object *definitions, const struct key_table *table) {
    struct json_object *definition = member(definitions, table->name);
    struct json_object *properties = member(definition, "properties");
    struct json_object *required = NULL;
    json_object_object_get_ex(definition, "required", &required);
    expect_same_count("the schema", table, (size_t)json_object_object_length(properties));
    for (size_t i = 0; i < table->count; i++) {
        const struct key_row *row = &table->rows[i];
        struct json_object *property = member(properties, row->key);
        if (row->kind == VALUE_CHOICE)
            check_choices(row, property);
        if (array_has(required, row->key) != row->required && may_be_required(table))
            fail_msg("%s of %s is required in one and not in the other", row->key, table->name);
    }
    /* false, or what the other keys are */
    bool open = json_object_is_type(member(definition, "additionalProperties"), json_type_object);
    assert_int_equal(open, table->open);
}

static void test_schema_has_the_keys_of_the_tables(void **state) {
    (void)state;
    struct json_object *schema = open_schema();
    struct json_object *definitions = member(schema, "$defs");
    size_t count;
    const struct key_table *const *tables = key_tables(&count);
    for (size_t i = 0; i < count; i++)
        check_schema_of(definitions, tables[i]);
    json_object_put(schema);
}

/* --- manual ------------------------------------------------------------------------------------------------- */

struct manual {
    const struct key_table *const *tables;
    size_t count;
    size_t found[64];          /* keys of each table */
    size_t table;              /* the subsection being read; count: none */
    const struct key_row *row; /* the key being read; NULL: none */
    bool has_example, says_required;
};

static void end_key(struct manual *manual) {
    if (!manual->row)
        return;
    if (!manual->has_example)
        fail_msg("%s of %s has no example", manual->row->key, manual->tables[manual->table]->name);
    if (manual->says_required != manual->row->required)
        fail_msg("%s of %s: required, or not?", manual->row->key, manual->tables[manual->table]->name);
    manual->row = NULL;
}

static void begin_table(struct manual *manual, struct slice name) {
    end_key(manual);
    manual->table = 0;
    while (manual->table < manual->count && !slice_equal(name, slice_of(manual->tables[manual->table]->name)))
        manual->table++;
    if (manual->table == manual->count)
        fail_msg("the manual has a subsection %.*s, which is no table", SLICE_ARGUMENTS(name));
}

static void begin_key(struct manual *manual, struct slice key) {
    end_key(manual);
    assert_true(manual->table < manual->count);
    const struct key_table *table = manual->tables[manual->table];
    for (size_t i = 0; i < table->count; i++)
        if (slice_equal(key, slice_of(table->rows[i].key)))
            manual->row = &table->rows[i];
    if (!manual->row)
        fail_msg("the manual has %.*s in %s, which is no key", SLICE_ARGUMENTS(key), table->name);
    manual->found[manual->table]++;
    manual->has_example = false;
    manual->says_required = false;
}

/* An example as it is shown: roff's \(aq is an apostrophe. */
static void append_example(struct buf *buf, struct slice roff) {
    while (roff.size) {
        size_t end = slice_find(roff, SLICE("\\(aq"), 0);
        buf_append_slice(buf, slice_range(roff, 0, end));
        if (end < roff.size)
            buf_append_byte(buf, '\'');
        roff = slice_from(roff, end == roff.size ? end : end + strlen("\\(aq"));
    }
}

static bool has_key(const struct node *node, struct slice key) {
    for (const struct node *item = node->first; item; item = item->next)
        if (slice_equal(item->key, key) || has_key(item, key))
            return true;
    return false;
}

/* An example is YAML, and has the key that it is for. */
static void take_example(struct manual *manual, struct slice roff) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf yaml = BUF(4096);
    append_example(&yaml, roff);
    const struct node *root = node_read(buf_slice(&yaml), SLICE("example"), 1, &arena, &diagnostics);
    if (!root || !has_key(root, slice_of(manual->row->key)))
        fail_msg("the example of %s of %s is none: %s", manual->row->key, manual->tables[manual->table]->name,
                 buf_string(&yaml));
    manual->has_example = true;
}

static void take_line(struct manual *manual, struct slice line) {
    if (slice_starts_with(line, SLICE(".Ss ")))
        begin_table(manual, slice_from(line, 4));
    else if (slice_starts_with(line, SLICE(".It Ic ")))
        begin_key(manual, slice_from(line, 7));
    else if (slice_starts_with(line, SLICE(".Sh ")) || slice_starts_with(line, SLICE(".El")))
        end_key(manual);
    else if (manual->row && slice_starts_with(line, SLICE(".Dl ")))
        take_example(manual, slice_from(line, 4));
    else if (manual->row && slice_equal(line, SLICE("Required.")))
        manual->says_required = true;
}

static void test_manual_has_the_keys_of_the_tables(void **state) {
    (void)state;
    struct manual manual = {0};
    manual.tables = key_tables(&manual.count);
    manual.table = manual.count;
    assert_true(manual.count <= ARRAY_LENGTH(manual.found));
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    struct slice rest = slice_of(read_whole("doc/feeds.yaml.5", &text));
    struct slice line;
    while (slice_take_until(&rest, '\n', &line))
        take_line(&manual, line);
    for (size_t i = 0; i < manual.count; i++)
        expect_same_count("the manual", manual.tables[i], manual.found[i]);
}

static void test_tables_have_each_key_once(void **state) {
    (void)state;
    size_t count;
    const struct key_table *const *tables = key_tables(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < tables[i]->count; j++)
            for (size_t k = 0; k < j; k++)
                assert_string_not_equal(tables[i]->rows[j].key, tables[i]->rows[k].key);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema_has_the_keys_of_the_tables),
        cmocka_unit_test(test_manual_has_the_keys_of_the_tables),
        cmocka_unit_test(test_tables_have_each_key_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
