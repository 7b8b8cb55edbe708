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

static bool parse(const char *text) {
    return reading_parse(&test, "markdown", slice_of(text));
}

static void front_matter_and_body(void **unused) {
    (void)unused;
    assert_true(parse("---\ntitle: 甲\ndate: 2026-01-05\nauthor: [张三, 李四]\ntags: 科技、新闻\nsource: {name: 报}\n"
                      "district: [+putuo, -pudong]\nwithdrawn: no\n---\n\n正文*一*。\n\n---\n\n正文二。\n"));
    assert_slice(test.article.title, "甲");
    assert_slice(test.article.body, "正文*一*。\n\n---\n\n正文二。");
    assert_int_equal(test.article.format, BODY_MARKDOWN);
    assert_int_equal(test.article.author_count, 2);
    assert_int_equal(test.article.tag_count, 2);
    assert_slice(test.article.tags[1], "新闻");
    assert_slice(test.article.source_name, "报");
    assert_int_equal(test.article.label_count, 2);
    assert_int_equal(test.article.labels[0].change, LABEL_ADD);
    assert_int_equal(test.article.labels[1].change, LABEL_REMOVE);
    assert_slice(test.article.labels[1].term, "pudong");
    assert_false(test.article.withdrawn);
    assert_int_equal(test.diagnostics.items.count, 0);
}

static void line_ends_may_be_those_of_windows(void **unused) {
    (void)unused;
    assert_true(parse("---\r\ntitle: 甲\r\ndate: 2026-01-05\r\n---\r\n正文。\r\n"));
    assert_slice(test.article.title, "甲");
    assert_slice(test.article.body, "正文。");
}

static void a_heading_is_a_title_where_there_is_none(void **unused) {
    (void)unused;
    test.source.defaults[ARTICLE_FIELD_DATE] = SLICE("2026-01-05");
    assert_true(parse("\n# 甲\n\n正文。\n"));
    assert_slice(test.article.title, "甲");
    assert_slice(test.article.body, "正文。");
    assert_true(parse("---\ntitle: 乙\n---\n# 甲\n\n正文。\n"));
    assert_slice(test.article.title, "乙");
    assert_slice(test.article.body, "# 甲\n\n正文。");
}

static void a_date_is_required(void **unused) {
    (void)unused;
    assert_false(parse("# 甲\n\n正文。\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_DATE_MISSING, NULL), 1);
    assert_false(parse("正文。\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_TITLE_MISSING, NULL), 1);
}

static void mistakes_have_their_line(void **unused) {
    (void)unused;
    const struct diagnostic *last = NULL;
    assert_false(parse("---\ntitle: 甲\ndate: 2026-02-30\n---\n正文。\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_DATE_INVALID, &last), 1);
    assert_int_equal(last->place.line, 3);
    assert_int_equal(last->place.column, 7);
    assert_slice(last->excerpt, "date: 2026-02-30");
    assert_true(parse("---\ntitle: 甲\ndate: 2026-02-28\nurl: 不是地址\n---\n正文。\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_FIELD_INVALID, &last), 1);
    assert_int_equal(last->place.line, 4);
}

static void unknown_names_are_told_with_the_nearest(void **unused) {
    (void)unused;
    const struct diagnostic *last = NULL;
    assert_true(parse("---\ntitle: 甲\ndate: 2026-02-28\nsummery: 摘要\ndistrikt: x\n---\n正文。\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_FIELD_UNKNOWN, &last), 2);
    assert_int_equal(last->place.line, 5);
    assert_int_equal(last->place.column, 1);
    assert_true(slice_find(last->hint, SLICE("district"), 0) < last->hint.size);
}

static void broken_front_matter_costs_the_article_only(void **unused) {
    (void)unused;
    const struct diagnostic *last = NULL;
    assert_false(parse("---\ntitle: 甲\ndate: 2026-02-28\n正文。\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_FRONT_MATTER_BROKEN, &last), 1);
    assert_int_equal(last->place.line, 1);
    assert_false(parse("---\ntitle: 甲\ndate: [2026\n---\n正文。\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_FRONT_MATTER_BROKEN, &last), 2);
    assert_true(last->place.line >= 3);
    assert_false(parse("---\ntitle: 甲\ntitle: 乙\n---\n正文。\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_FRONT_MATTER_BROKEN, &last), 3);
    assert_int_equal(last->place.line, 3);
    assert_false(parse("---\n- 甲\n---\n正文。\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_FRONT_MATTER_BROKEN, NULL), 4);
    assert_int_equal(test.diagnostics.counts[SEVERITY_ERROR], 0);
    assert_int_equal(test.diagnostics.items.count, 4);
}

static void empty_files_are_refused(void **unused) {
    (void)unused;
    struct record_bounds bounds;
    size_t position = 0;
    unsigned line = 1;
    assert_true(reader_find("markdown")->next((struct slice){"", 0}, &position, &line, &bounds));
    assert_false(reader_find("markdown")->next((struct slice){"", 0}, &position, &line, &bounds));
    assert_false(parse(""));
    assert_false(parse(" \n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_RECORD_BROKEN, NULL), 2);
    assert_false(parse("---"));
    assert_false(parse("---\n---\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_TITLE_MISSING, NULL), 1);
}

static void an_article_is_at_most_one_mebibyte(void **unused) {
    (void)unused;
    for (size_t extra = 0; extra < 2; extra++) {
        struct record_bounds bounds;
        size_t position = 0;
        unsigned line = 1;
        char *text = memory_new(RECORD_MOST + extra);
        assert_true(
            reader_find("markdown")->next((struct slice){text, RECORD_MOST + extra}, &position, &line, &bounds));
        assert_int_equal(bounds.too_large, extra);
        free(text);
    }
}

static void bodies_may_say_their_format(void **unused) {
    (void)unused;
    assert_true(parse("---\ntitle: 甲\ndate: 2026-02-28\nformat: html\n---\n<p>正文。</p>\n"));
    assert_int_equal(test.article.format, BODY_HTML);
    assert_true(parse("---\ntitle: 甲\ndate: 2026-02-28\nsummary: 只有摘要。\n---\n"));
    assert_slice(test.article.summary, "只有摘要。");
    assert_int_equal(test.article.body.size, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(front_matter_and_body, init, release),
        cmocka_unit_test_setup_teardown(line_ends_may_be_those_of_windows, init, release),
        cmocka_unit_test_setup_teardown(a_heading_is_a_title_where_there_is_none, init, release),
        cmocka_unit_test_setup_teardown(a_date_is_required, init, release),
        cmocka_unit_test_setup_teardown(mistakes_have_their_line, init, release),
        cmocka_unit_test_setup_teardown(unknown_names_are_told_with_the_nearest, init, release),
        cmocka_unit_test_setup_teardown(broken_front_matter_costs_the_article_only, init, release),
        cmocka_unit_test_setup_teardown(empty_files_are_refused, init, release),
        cmocka_unit_test_setup_teardown(an_article_is_at_most_one_mebibyte, init, release),
        cmocka_unit_test_setup_teardown(bodies_may_say_their_format, init, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
