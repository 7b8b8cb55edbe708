#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/reading.h"

static struct reading_test test;

static int init(void **unused) {
    (void)unused;
    reading_init(&test);
    return 0;
}

static int release(void **unused) {
    (void)unused;
    reading_release(&test);
    return 0;
}

static bool parse(const char *line) {
    return reading_parse(&test, "jsonl", slice_of(line));
}

static void lines_are_records(void **unused) {
    (void)unused;
    struct slice text = SLICE("{1}\n\n \t\r\n{2}\r\nx\n{3}");
    static const struct record_bounds wanted[] = {
        {0, 3, 1, false}, {9, 12, 4, false}, {14, 15, 5, false}, {16, 19, 6, false}};
    struct record_bounds bounds;
    size_t position = 0;
    unsigned line = 1;
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
        assert_true(reader_find("jsonl")->next(text, &position, &line, &bounds));
        assert_int_equal(bounds.begin, wanted[i].begin);
        assert_int_equal(bounds.end, wanted[i].end);
        assert_int_equal(bounds.line, wanted[i].line);
    }
    assert_false(reader_find("jsonl")->next(text, &position, &line, &bounds));
    assert_int_equal(line, 7); /* six lines were seen */
    position = 0;
    assert_false(reader_find("jsonl")->next((struct slice){"", 0}, &position, &line, &bounds));
}

static void fields_become_an_article(void **unused) {
    (void)unused;
    assert_true(
        parse("{\"id\":42,\"title\":\" 标题\\t甲 \",\"date\":\"2025-07-18 20:45\",\"body\":\"一段。\\r\\n二段。\\n\","
              "\"url\":\"https://example.org/a\",\"source\":{\"name\":\"报\",\"url\":\"https://example.org/\"},"
              "\"author\":[\"张三\",{\"name\":\"李四\"}],\"tags\":[\"甲\",\"乙\",\"甲\"],\"column\":\"【快讯】\","
              "\"language\":\"zh-CN\",\"format\":\"html\",\"extra\":{\"deep\":[1,2,{}]},\"summary\":null}"));
    assert_slice(test.article.id, "42");
    assert_slice(test.article.title, "标题 甲");
    assert_true(test.article.date.present && !test.article.date.day_only);
    assert_slice(test.article.body, "一段。\n二段。");
    assert_slice(test.article.url, "https://example.org/a");
    assert_slice(test.article.source_name, "报");
    assert_slice(test.article.source_url, "https://example.org/");
    assert_int_equal(test.article.author_count, 2);
    assert_slice(test.article.authors[1].name, "李四");
    assert_int_equal(test.article.tag_count, 2);
    assert_slice(test.article.column, "快讯");
    assert_int_equal(test.article.format, BODY_HTML);
    assert_int_equal(test.article.summary.size, 0);
    assert_int_equal(test.diagnostics.items.count, 0);
}

static void names_can_be_mapped(void **unused) {
    (void)unused;
    test.source.fields[ARTICLE_FIELD_TITLE] = SLICE("headline");
    test.source.fields[ARTICLE_FIELD_BODY] = SLICE("content");
    assert_true(
        parse("{\"headline\":\"甲\",\"content\":\"正文。\",\"date\":\"2025-07-18\",\"title\":\"乙\",\"body\":\"x\"}"));
    assert_slice(test.article.title, "甲");
    assert_slice(test.article.body, "正文。");
}

static void the_last_of_two_counts(void **unused) {
    (void)unused;
    assert_true(parse("{\"title\":\"甲\",\"title\":\"乙\",\"body\":\"正文\",\"date\":\"2025-07-18\","
                      "\"district\":\"putuo\",\"district\":\"+pudong\"}"));
    assert_slice(test.article.title, "乙");
    assert_int_equal(test.article.label_count, 1);
    assert_slice(test.article.labels[0].term, "pudong");
}

static void broken_lines_have_a_column(void **unused) {
    (void)unused;
    const struct diagnostic *last = NULL;
    assert_false(parse("{\"title\":\"上海\" \"date\":1}"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_RECORD_BROKEN, &last), 1);
    assert_int_equal(last->place.line, 1);
    assert_int_equal(last->place.column, 15);
    assert_true(last->excerpt.size > 0);
    assert_false(parse("{\"title\":\"上海"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_RECORD_BROKEN, &last), 2);
    assert_int_equal(last->place.column, 13);
    assert_false(parse("[1,2]"));
    assert_false(parse("上海"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_RECORD_BROKEN, NULL), 4);
}

static void bad_text_is_repaired_and_told_once(void **unused) {
    (void)unused;
    const struct diagnostic *last = NULL;
    assert_true(parse("{\"title\":\"甲\\u0001\",\"body\":\"正\xff文\\ud800\",\"date\":\"2025-07-18\"}"));
    assert_slice(test.article.title, "甲");
    assert_slice(test.article.body, "正\uFFFD文\uFFFD");
    assert_int_equal(reading_count(&test, DIAGNOSTIC_TEXT_REPAIRED, &last), 1);
    assert_true(last->detail.size > 0);
    assert_int_equal(test.diagnostics.items.count, 1);
}

static void values_have_their_column(void **unused) {
    (void)unused;
    const struct diagnostic *last = NULL;
    assert_true(parse("{\"title\":\"上海\",\"body\":\"正文\",\"date\":\"2025-07-18\",\"url\":\"ftp://example.org/\"}"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_FIELD_INVALID, &last), 1);
    assert_int_equal(last->place.column, 53);
    assert_int_equal(test.article.url.size, 0);
    /* Inside a list, too: the column is the item's own. */
    assert_true(parse("{\"title\":\"甲\",\"body\":\"文\",\"date\":\"2025-07-18\",\"tags\":[\"a\", [1]]}"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_FIELD_INVALID, &last), 2);
    assert_int_equal(last->place.column, 58);
    /* What was written is shown, or its shape, whole. */
    assert_true(parse("{\"title\":\"甲\",\"body\":\"文\",\"date\":\"2025-07-18\",\"language\":[\"zh\"],\"id\":{}}"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_FIELD_INVALID, &last), 4);
    assert_slice(test.diagnostics.items.items[2].detail, "id: a mapping");
    assert_slice(test.diagnostics.items.items[3].detail, "language: a list");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_are_records, init, release),
        cmocka_unit_test_setup_teardown(fields_become_an_article, init, release),
        cmocka_unit_test_setup_teardown(names_can_be_mapped, init, release),
        cmocka_unit_test_setup_teardown(the_last_of_two_counts, init, release),
        cmocka_unit_test_setup_teardown(broken_lines_have_a_column, init, release),
        cmocka_unit_test_setup_teardown(bad_text_is_repaired_and_told_once, init, release),
        cmocka_unit_test_setup_teardown(values_have_their_column, init, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
