#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "yaml/node.h"

/* A text read as YAML, with what was said about it. */
struct reading {
    struct arena arena;
    struct diagnostics diagnostics;
    struct node *root;
};

static int set_up(void **state) {
    static struct reading reading;
    reading = (struct reading){0};
    *state = &reading;
    return 0;
}

static int tear_down(void **state) {
    struct reading *reading = *state;
    diagnostics_release(&reading->diagnostics);
    arena_release(&reading->arena);
    return 0;
}

static const struct node *read_text(void **state, const char *yaml) {
    struct reading *reading = *state;
    reading->root = node_read(slice_of(yaml), SLICE("feeds.yaml"), 1, &reading->arena, &reading->diagnostics);
    return reading->root;
}

static void assert_slice(struct slice slice, const char *expected) {
    struct slice wanted = slice_of(expected);
    if (!slice_equal(slice, wanted))
        fail_msg("\"%.*s\" instead of \"%s\"", SLICE_ARGUMENTS(slice), expected);
}

static void assert_place(struct place place, unsigned line, unsigned column) {
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
}

/* The one thing that was said. */
static const struct diagnostic *assert_one(void **state, enum diagnostic_id id, unsigned line, unsigned column) {
    struct reading *reading = *state;
    assert_int_equal(reading->diagnostics.items.count, 1);
    const struct diagnostic *item = &reading->diagnostics.items.items[0];
    assert_string_equal(diagnostic_name(item->id), diagnostic_name(id));
    assert_place(item->place, line, column);
    return item;
}

static void test_tree_and_places(void **state) {
    const struct node *root = read_text(state, "# 注\n站:\n  标题: 上海 招商\n  list: [一, \"二\", 三]\n");
    assert_non_null(root);
    assert_int_equal(root->kind, NODE_MAPPING);
    assert_place(root->place, 2, 1);
    const struct node *site = node_get(root, SLICE("站"));
    assert_non_null(site);
    assert_int_equal(site->count, 2);
    const struct node *title = node_get(site, SLICE("标题"));
    assert_slice(title->text, "上海 招商");
    assert_slice(title->line, "  标题: 上海 招商");
    assert_slice(title->key, "标题");
    assert_place(title->key_place, 3, 3);
    assert_place(title->place, 3, 7);
    assert_false(title->quoted);
    const struct node *list = node_get(site, SLICE("list"));
    assert_int_equal(list->kind, NODE_LIST);
    assert_int_equal(list->count, 3);
    assert_place(list->first->next->place, 4, 13);
    assert_true(list->first->next->quoted);
    assert_null(list->first->next->next->next);
}

static void test_scalars_are_never_typed(void **state) {
    const struct node *root = read_text(state, "a: no\nb: 5G\nc: 12345\nd: ~\ne:\nf: 0x10\n");
    assert_slice(node_get(root, SLICE("a"))->text, "no");
    assert_slice(node_get(root, SLICE("b"))->text, "5G");
    assert_slice(node_get(root, SLICE("c"))->text, "12345");
    assert_slice(node_get(root, SLICE("d"))->text, "~");
    assert_true(node_is_empty(node_get(root, SLICE("e"))));
    assert_slice(node_get(root, SLICE("f"))->text, "0x10");
    assert_null(node_get(root, SLICE("g")));
    assert_null(node_get(NULL, SLICE("g")));
    assert_null(node_get(root->first, SLICE("a")));
}

static void test_empty_document_is_empty_mapping(void **state) {
    static const char *const empty[] = {"", "\n\n", "# nothing\n", "---\n...\n"};
    for (size_t i = 0; i < ARRAY_LENGTH(empty) - 1; i++) {
        const struct node *root = read_text(state, empty[i]);
        assert_non_null(root);
        assert_int_equal(root->kind, NODE_MAPPING);
        assert_int_equal(root->count, 0);
    }
    /* A marked but empty document is one empty value. */
    assert_true(node_is_empty(read_text(state, empty[3])));
}

static void test_lines_begin_at_first_line_and_bom_is_passed_over(void **state) {
    struct reading *reading = *state;
    const struct node *root = node_read(SLICE("\xEF\xBB\xBFtitle: x\r\ndate: y\r\n"), SLICE("a.md"), 2, &reading->arena,
                                        &reading->diagnostics);
    assert_place(node_get(root, SLICE("title"))->key_place, 2, 1);
    assert_place(node_get(root, SLICE("date"))->place, 3, 7);
    assert_slice(node_get(root, SLICE("date"))->line, "date: y");
}

/* libyaml breaks lines at U+2028; editors do not. */
static void test_lines_are_those_of_editors(void **state) {
    const struct node *root = read_text(state, "a: \"x\xE2\x80\xA8y\"\nb: z\n");
    assert_place(node_get(root, SLICE("b"))->key_place, 2, 1);
}

static void test_source_is_not_needed_afterwards(void **state) {
    struct reading *reading = *state;
    char yaml[] = "key: value";
    const struct node *root = node_read(slice_of(yaml), SLICE("x"), 1, &reading->arena, &reading->diagnostics);
    memset(yaml, 'X', sizeof yaml - 1);
    assert_slice(root->first->text, "value");
    assert_slice(root->first->line, "key: value");
}

static void test_duplicate_key(void **state) {
    assert_null(read_text(state, "a: 1\nb: {c: 2}\na: {c: 3}\n"));
    const struct diagnostic *item = assert_one(state, DIAGNOSTIC_YAML_DUPLICATE_KEY, 3, 1);
    assert_slice(item->detail, "a, first in line 1");
    assert_slice(item->excerpt, "a: {c: 3}");
}

static void test_read_on_keeps_first_of_duplicates(void **state) {
    struct reading *reading = *state;
    const struct node *root = node_read_on(SLICE("a: 1\na: {x: [2]}\nb: &n 3\nc: *n\nd: !t 4\n"), SLICE("f"), 1,
                                           &reading->arena, &reading->diagnostics);
    assert_non_null(root);
    assert_int_equal(root->count, 4);
    assert_slice(node_get(root, SLICE("a"))->text, "1");
    assert_slice(node_get(root, SLICE("b"))->text, "3");
    assert_true(node_is_empty(node_get(root, SLICE("c"))));
    assert_slice(node_get(root, SLICE("d"))->text, "4");
    assert_int_equal(reading->diagnostics.items.count, 4);
}

static void test_anchor_alias_tag_refused(void **state) {
    struct reading *reading = *state;
    static const char *const texts[] = {"a: &x 1\n", "a: !!str 1\n", "a: *x\n", "a: &x [1]\n", "a: !m {b: 1}\n"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        assert_null(read_text(state, texts[i]));
        assert_one(state, DIAGNOSTIC_YAML_ALIAS, 1, 4);
        diagnostics_release(&reading->diagnostics);
        reading->diagnostics = (struct diagnostics){0};
    }
}

static void test_second_document_refused(void **state) {
    assert_null(read_text(state, "a: 1\n---\nb: 2\n"));
    assert_one(state, DIAGNOSTIC_YAML_SYNTAX, 2, 1);
}

static void test_key_must_be_scalar(void **state) {
    assert_null(read_text(state, "a: 1\n[b, c]: 2\n"));
    assert_one(state, DIAGNOSTIC_YAML_SYNTAX, 2, 1);
}

static void test_chinese_colon_is_named_in_its_place(void **state) {
    assert_null(read_text(state, "site:\n  url: x\n  标题：上海\n  tag: y\n"));
    const struct diagnostic *item = assert_one(state, DIAGNOSTIC_YAML_CHINESE_COLON, 3, 5);
    assert_slice(item->detail, "behind 标题");
    assert_slice(item->excerpt, "  标题：上海");
}

static void test_chinese_colon_before_the_complaint(void **state) {
    assert_null(read_text(state, "site:\n  title：上海\n    url: x\n"));
    assert_one(state, DIAGNOSTIC_YAML_CHINESE_COLON, 2, 8);
}

static void test_tab_is_named(void **state) {
    assert_null(read_text(state, "site:\n\ttitle: x\n"));
    const struct diagnostic *item = assert_one(state, DIAGNOSTIC_YAML_SYNTAX, 2, 1);
    assert_true(slice_find(item->detail, SLICE("a tab"), 0) < item->detail.size);
}

static void test_other_syntax_error_has_its_place(void **state) {
    assert_null(read_text(state, "a: [1, 2\nb: 3\n"));
    struct reading *reading = *state;
    assert_int_equal(reading->diagnostics.items.count, 1);
    assert_int_equal(reading->diagnostics.items.items[0].id, DIAGNOSTIC_YAML_SYNTAX);
    assert_int_equal(reading->diagnostics.items.items[0].place.line, 2);
}

static void test_not_utf8(void **state) {
    assert_null(read_text(state, "a: 1\nb: \xB1\xB1\xBE\xA9\n"));
    const struct diagnostic *item = assert_one(state, DIAGNOSTIC_YAML_SYNTAX, 2, 0);
    assert_true(slice_find(item->detail, SLICE("UTF-8"), 0) < item->detail.size);
}

static void test_control_character(void **state) {
    assert_null(read_text(state, "a: 1\nb: x\x01y\n"));
    assert_one(state, DIAGNOSTIC_YAML_SYNTAX, 2, 5);
}

static void nest(char *text, size_t levels) {
    memset(text, '[', levels);
    memset(text + levels, ']', levels);
    text[2 * levels] = '\0';
}

static void test_depth(void **state) {
    char text[2 * 50000 + 1];
    nest(text, NODE_LEVELS_MOST);
    assert_non_null(read_text(state, text));
    nest(text, NODE_LEVELS_MOST + 1);
    assert_null(read_text(state, text));
    assert_one(state, DIAGNOSTIC_YAML_LIMIT, 1, NODE_LEVELS_MOST + 1);
}

static void test_hostile_depth_is_quick(void **state) {
    char text[2 * 50000 + 1];
    nest(text, 50000);
    clock_t begin = clock();
    assert_null(read_text(state, text));
    assert_true(clock() - begin < CLOCKS_PER_SEC / 2);
}

static void test_size(void **state) {
    struct reading *reading = *state;
    CLEANUP(buf_release) struct buf yaml = BUF(BUF_UNLIMITED);
    while (yaml.size < NODE_SOURCE_MOST)
        buf_append_string(&yaml, "# 0123456789abc\n");
    assert_int_equal(yaml.size, NODE_SOURCE_MOST);
    assert_non_null(node_read(buf_slice(&yaml), SLICE("f"), 1, &reading->arena, &reading->diagnostics));
    buf_append_byte(&yaml, '\n');
    assert_null(node_read(buf_slice(&yaml), SLICE("f"), 1, &reading->arena, &reading->diagnostics));
    assert_one(state, DIAGNOSTIC_YAML_LIMIT, 0, 0);
}

static void test_place_inside(void **state) {
    const struct node *root = read_text(state, "a: 普陀 桃浦\nb: \"普陀 桃浦\"\nc: 普陀\n  桃浦\nd: \"\\u666e桃\"\n");
    static const struct {
        struct slice key;
        unsigned line, column;
    } cases[] = {{{"a", 1}, 1, 7}, {{"b", 1}, 2, 8}, {{"c", 1}, 3, 4}, {{"d", 1}, 5, 4}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct node *node = node_get(root, cases[i].key);
        struct place place =
            node_place_inside(node->place, node->line, node->text, slice_find(node->text, SLICE("桃"), 0));
        assert_place(place, cases[i].line, cases[i].column);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(tree_and_places),
        TEST(scalars_are_never_typed),
        TEST(empty_document_is_empty_mapping),
        TEST(lines_begin_at_first_line_and_bom_is_passed_over),
        TEST(lines_are_those_of_editors),
        TEST(source_is_not_needed_afterwards),
        TEST(duplicate_key),
        TEST(read_on_keeps_first_of_duplicates),
        TEST(anchor_alias_tag_refused),
        TEST(second_document_refused),
        TEST(key_must_be_scalar),
        TEST(chinese_colon_is_named_in_its_place),
        TEST(chinese_colon_before_the_complaint),
        TEST(tab_is_named),
        TEST(other_syntax_error_has_its_place),
        TEST(not_utf8),
        TEST(control_character),
        TEST(depth),
        TEST(hostile_depth_is_quick),
        TEST(size),
        TEST(place_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
