#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
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

/* An article that is whole but for what `more` says: `,"name":value`. */
static bool parse_with(const char *more) {
    CLEANUP(buf_release) struct buf line = BUF(1 << 20);
    buf_append_format(&line, "{\"title\":\"甲\",\"date\":\"2025-07-18\",\"body\":\"正文。\"%s}", more);
    /* The article borrows from its record. */
    return reading_parse(&test, "jsonl", arena_copy(&test.arena, buf_slice(&line)));
}

static bool parse(const char *line) {
    return reading_parse(&test, "jsonl", slice_of(line));
}

static void expect_invalid(const char *more) {
    size_t before = reading_count(&test, DIAGNOSTIC_FIELD_INVALID, NULL);
    assert_true(parse_with(more));
    if (reading_count(&test, DIAGNOSTIC_FIELD_INVALID, NULL) != before + 1)
        fail_msg("no complaint, or several: %s", more);
}

static void what_is_required(void **unused) {
    (void)unused;
    assert_false(parse("{\"date\":\"2025-07-18\",\"body\":\"正文\"}"));
    assert_false(parse("{\"title\":\" \\u3000\",\"date\":\"2025-07-18\",\"body\":\"正文\"}"));
    assert_false(parse("{\"title\":[1],\"date\":\"2025-07-18\",\"body\":\"正文\"}"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_TITLE_MISSING, NULL), 3);
    assert_false(parse("{\"title\":\"甲\",\"body\":\"正文\"}"));
    assert_false(parse("{\"title\":\"甲\",\"date\":null,\"body\":\"正文\"}"));
    assert_false(parse("{\"title\":\"甲\",\"date\":\"\",\"body\":\"正文\"}"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_DATE_MISSING, NULL), 3);
    assert_false(parse("{\"title\":\"甲\",\"date\":\"明天\",\"body\":\"正文\"}"));
    assert_false(parse("{\"title\":\"甲\",\"date\":{},\"body\":\"正文\"}"));
    assert_false(parse("{\"title\":\"甲\",\"date\":true,\"body\":\"正文\"}"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_DATE_INVALID, NULL), 3);
    assert_false(parse("{\"title\":\"甲\",\"date\":\"2025-07-18\",\"body\":\" \\n \"}"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_BODY_MISSING, NULL), 1);
    assert_int_equal(test.diagnostics.items.count, 10);
    assert_true(parse("{\"title\":\"甲\",\"date\":\"2025-07-18\",\"summary\":\"摘要\"}"));
    assert_true(parse("{\"title\":\"甲\",\"date\":\"2025-07-18\",\"withdrawn\":true}"));
    assert_true(test.article.withdrawn);
    assert_int_equal(test.diagnostics.items.count, 10);
}

static void a_failure_leaves_the_article_alone(void **unused) {
    (void)unused;
    assert_true(parse_with(",\"id\":\"x\""));
    assert_false(parse("{\"title\":\"乙\"}"));
    assert_slice(test.article.title, "甲");
    assert_slice(test.article.id, "x");
}

static void titles_have_two_hundred_characters(void **unused) {
    (void)unused;
    for (unsigned length = 199; length <= 201; length++) {
        CLEANUP(buf_release) struct buf line = BUF(1 << 20);
        buf_append_string(&line, "{\"date\":\"2025-07-18\",\"body\":\"文\",\"title\":\"");
        for (unsigned i = 0; i < length; i++)
            buf_append_string(&line, "字");
        buf_append_string(&line, "\"}");
        assert_true(reading_parse(&test, "jsonl", buf_slice(&line)));
        assert_int_equal(utf8_count(test.article.title), length < 200 ? length : 200);
        assert_int_equal(slice_ends_with(test.article.title, SLICE("…")), length > 200);
        assert_int_equal(reading_count(&test, DIAGNOSTIC_TITLE_TOO_LONG, NULL), length > 200);
    }
}

static void addresses_are_encoded_or_left_out(void **unused) {
    (void)unused;
    assert_true(parse_with(",\"url\":\"https://example.org/新闻?q=1\",\"image\":\"http://example.org/a%20b.png\""));
    assert_slice(test.article.url, "https://example.org/%E6%96%B0%E9%97%BB?q=1");
    assert_slice(test.article.image, "http://example.org/a%20b.png");
    assert_int_equal(test.diagnostics.items.count, 0);
    expect_invalid(",\"url\":\"/a\"");
    expect_invalid(",\"url\":\"javascript:alert(1)\"");
    expect_invalid(",\"url\":[\"https://example.org/\"]");
    expect_invalid(",\"image\":\"data:x\"");
    assert_int_equal(test.article.image.size, 0);
}

static void other_fields_are_left_out_when_they_are_bad(void **unused) {
    (void)unused;
    expect_invalid(",\"updated\":\"gestern\"");
    assert_false(test.article.updated.present);
    expect_invalid(",\"format\":\"pdf\"");
    assert_int_equal(test.article.format, BODY_TEXT);
    expect_invalid(",\"language\":\"中文\"");
    assert_int_equal(test.article.language.size, 0);
    expect_invalid(",\"withdrawn\":\"maybe\"");
    expect_invalid(",\"withdrawn\":[]");
    assert_false(test.article.withdrawn);
    expect_invalid(",\"author\":true");
    expect_invalid(",\"summary\":[1]");
    expect_invalid(",\"id\":{}");
    assert_true(parse_with(",\"updated\":\"2025-07-19\",\"format\":\"Markdown\",\"language\":\"zh-Hans-CN\""));
    assert_true(test.article.updated.present);
    assert_int_equal(test.article.format, BODY_MARKDOWN);
    assert_slice(test.article.language, "zh-Hans-CN");
}

static void enclosures_have_two_shapes(void **unused) {
    (void)unused;
    assert_true(
        parse_with(",\"enclosure\":{\"url\":\"https://example.org/a.mp3\",\"type\":\"audio/mp4\",\"length\":12345}"));
    assert_slice(test.article.enclosure.url, "https://example.org/a.mp3");
    assert_slice(test.article.enclosure.type, "audio/mp4");
    assert_int_equal(test.article.enclosure.length, 12345);
    assert_true(parse_with(",\"enclosure\":\"https://example.org/a.MP3?x=.pdf\""));
    assert_slice(test.article.enclosure.type, "audio/mpeg");
    assert_true(parse_with(",\"enclosure\":\"https://example.org/a\""));
    assert_slice(test.article.enclosure.type, "application/octet-stream");
    assert_int_equal(test.diagnostics.items.count, 0);
    expect_invalid(",\"enclosure\":{\"type\":\"audio/mpeg\"}");
    assert_int_equal(test.article.enclosure.url.size, 0);
    expect_invalid(",\"enclosure\":{\"url\":\"https://example.org/a.mp3\",\"length\":-1}");
    assert_int_equal(test.article.enclosure.length, 0);
    expect_invalid(",\"enclosure\":{\"url\":\"https://example.org/a.mp3\",\"type\":\"audio\"}");
    assert_slice(test.article.enclosure.type, "audio/mpeg");
}

static void labels_amend_or_replace(void **unused) {
    (void)unused;
    assert_true(parse_with(",\"district\":\"普陀区\""));
    assert_int_equal(test.article.label_count, 1);
    assert_int_equal(test.article.labels[0].change, LABEL_IS);
    assert_slice(test.article.labels[0].taxonomy, "district");
    assert_slice(test.article.labels[0].term, "普陀区");
    assert_true(parse_with(",\"district\":\"putuo, jingan、-pudong\""));
    assert_int_equal(test.article.label_count, 3);
    assert_int_equal(test.article.labels[2].change, LABEL_REMOVE);
    assert_true(parse_with(",\"district\":[]"));
    assert_int_equal(test.article.label_count, 1);
    assert_int_equal(test.article.labels[0].change, LABEL_IS);
    assert_int_equal(test.article.labels[0].term.size, 0);
    assert_true(parse_with(",\"district\":null"));
    assert_int_equal(test.article.label_count, 0);
    assert_true(parse_with(",\"district\":\"\""));
    assert_int_equal(test.article.label_count, 0);
    assert_true(parse_with(",\"topic\":\"ic\"")); /* no such taxonomy here: somebody else's field */
    assert_int_equal(test.article.label_count, 0);
    assert_int_equal(test.diagnostics.items.count, 0);
    expect_invalid(",\"district\":[{\"a\":1}]");
}

static void sources_fill_in_what_is_missing(void **unused) {
    (void)unused;
    const struct label labels[] = {{SLICE("district"), SLICE("putuo"), LABEL_IS}};
    test.source.labels = labels;
    test.source.label_count = 1;
    test.source.defaults[ARTICLE_FIELD_SOURCE] = SLICE("上海招商");
    test.source.defaults[ARTICLE_FIELD_LANGUAGE] = SLICE("zh-CN");
    assert_true(parse_with(",\"language\":\"en\""));
    assert_slice(test.article.source_name, "上海招商");
    assert_slice(test.article.language, "en");
    assert_int_equal(test.article.label_count, 1);
    assert_slice(test.article.labels[0].term, "putuo");
    assert_true(parse_with(",\"district\":\"jingan\",\"source\":\"\""));
    assert_int_equal(test.article.label_count, 1);
    assert_slice(test.article.labels[0].term, "jingan");
    assert_slice(test.article.source_name, "上海招商");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_required, init, release),
        cmocka_unit_test_setup_teardown(a_failure_leaves_the_article_alone, init, release),
        cmocka_unit_test_setup_teardown(titles_have_two_hundred_characters, init, release),
        cmocka_unit_test_setup_teardown(addresses_are_encoded_or_left_out, init, release),
        cmocka_unit_test_setup_teardown(other_fields_are_left_out_when_they_are_bad, init, release),
        cmocka_unit_test_setup_teardown(enclosures_have_two_shapes, init, release),
        cmocka_unit_test_setup_teardown(labels_amend_or_replace, init, release),
        cmocka_unit_test_setup_teardown(sources_fill_in_what_is_missing, init, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
