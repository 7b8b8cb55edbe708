#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/pages.h"
#include "unit/drawn.h"

#include <json-c/json.h>

enum { DAY = 1752768000 /* 2025-07-18T00:00:00+08:00 */ };

#define SCHEME(name) SLICE("tag:feeds.example.org,2026:" name)

static struct entry sample(const struct category *categories, size_t count) {
    return (struct entry){
        .title = SLICE("AT&T <b>普陀</b> \"]]>\" \\"),
        .url = SLICE("https://example.org/路 a?b=1&c=2"),
        .published = DAY,
        .summary =
            SLICE("第一句话。第二句话很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长"
                  "很长很长很长很长很长很长很长很长很长很长。"),
        .source_name = SLICE("上海招商"),
        .categories = categories,
        .category_count = count,
    };
}

static struct json_object *parse(struct buf *buf) {
    assert_false(buf->failed);
    struct json_object *object = json_tokener_parse(buf_string(buf));
    assert_non_null(object);
    return object;
}

static const char *text_of(struct json_object *object, const char *name) {
    struct json_object *value = NULL;
    return json_object_object_get_ex(object, name, &value)
               ? json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
               : "absent";
}

static void test_an_entry(void **state) {
    CLEANUP(draw_release) struct drawn drawn;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    const struct category categories[] = {
        {.scheme = SCHEME("district"), .term = SLICE("putuo")}, {.scheme = SCHEME("district"), .term = SLICE("other")},
        {.scheme = SCHEME("topic"), .term = SLICE("other")},    {.scheme = SCHEME("topic"), .term = SLICE("gone")},
        {.scheme = SCHEME("gone"), .term = SLICE("putuo")},
    };
    struct entry entry = sample(categories, ARRAY_LENGTH(categories));
    draw_begin(state, &drawn, assert_good(state, HEAD TWO_TAXONOMIES ALL_CHANNELS), NULL, NULL);
    assert_true(date_set_zone("Asia/Shanghai"));
    recent_append_entry(&drawn.templates, &entry, &buf);
    assert_int_equal(slice_count_byte(buf_slice(&buf), '\n'), 0);
    struct json_object *object = parse(&buf);
    assert_string_equal(text_of(object, "title"), "\"AT&T <b>普陀</b> \\\"]]>\\\" \\\\\"");
    assert_string_equal(text_of(object, "url"), "\"https://example.org/%E8%B7%AF%20a?b=1&c=2\"");
    assert_string_equal(text_of(object, "date"), "\"2025-07-18T00:00:00+08:00\"");
    assert_string_equal(text_of(object, "source"), "\"上海招商\"");
    assert_string_equal(text_of(object, "summary"), "\"第一句话。\"");
    assert_string_equal(text_of(object, "keys"), "[\"putuo\",\"district.other\",\"topic.other\"]");
    json_object_put(object);
}

/* An article without an address leads to its page; what it has not is not there. */
static void test_a_bare_entry(void **state) {
    CLEANUP(draw_release) struct drawn drawn;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    struct entry entry = {.title = SLICE("T"), .page = SLICE("article/00.html"), .published = DAY};
    draw_begin(state, &drawn, assert_good(state, HEAD), NULL, NULL);
    assert_true(date_set_zone("Asia/Shanghai"));
    recent_append_entry(&drawn.templates, &entry, &buf);
    assert_string_equal(buf_string(&buf), "{\"title\": \"T\", \"url\": \"article/00.html\","
                                          " \"date\": \"2025-07-18T00:00:00+08:00\", \"keys\": []}");
}

static void test_a_file(void **state) {
    CLEANUP(draw_release) struct drawn drawn;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    const struct slice entries[] = {SLICE("{\"title\": \"1\"}"), SLICE("{\"title\": \"2\"}")};
    draw_begin(state, &drawn, assert_good(state, HEAD), NULL, NULL);
    assert_true(date_set_zone("Asia/Shanghai"));
    recent_append_file(&drawn.templates, entries, 2, DAY, true, &buf);
    assert_string_equal(buf_string(&buf),
                        "{\n  \"updated\": \"2025-07-18T00:00:00+08:00\",\n  \"days\": 30,\n  \"is_complete\": true,\n"
                        "  \"entries\": [\n    {\"title\": \"1\"},\n    {\"title\": \"2\"}\n  ]\n}\n");
}

static void test_an_empty_file(void **state) {
    CLEANUP(draw_release) struct drawn drawn;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    draw_begin(state, &drawn, assert_good(state, HEAD), NULL, NULL);
    recent_append_file(&drawn.templates, NULL, 0, INT64_MIN, false, &buf);
    struct json_object *object = parse(&buf);
    assert_string_equal(text_of(object, "updated"), "null");
    assert_string_equal(text_of(object, "is_complete"), "false");
    assert_string_equal(text_of(object, "entries"), "[]");
    json_object_put(object);
}

/* Fetched whole by phones: as many as there may be, with long titles and summaries. */
static void test_size(void **state) {
    CLEANUP(draw_release) struct drawn drawn;
    CLEANUP(buf_release) struct buf entry_text = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    const struct category categories[] = {{.scheme = SCHEME("district"), .term = SLICE("putuo")},
                                          {.scheme = SCHEME("topic"), .term = SLICE("ic")}};
    struct entry entry = sample(categories, 2);
    struct slice entries[RECENT_ENTRIES_MOST];
    entry.title = SLICE("上海市普陀区人民政府关于进一步促进集成电路产业高质量发展的若干意见");
    entry.summary = slice_from(entry.summary, strlen("第一句话。"));
    draw_begin(state, &drawn, assert_good(state, HEAD TWO_TAXONOMIES ALL_CHANNELS), NULL, NULL);
    recent_append_entry(&drawn.templates, &entry, &entry_text);
    for (size_t i = 0; i < ARRAY_LENGTH(entries); i++)
        entries[i] = buf_slice(&entry_text);
    recent_append_file(&drawn.templates, entries, ARRAY_LENGTH(entries), DAY, true, &buf);
    struct json_object *object = parse(&buf);
    json_object_put(object);
    assert_in_range(buf.size, 200 * 1024, 550 * 1024);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_entry, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_bare_entry, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_empty_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_size, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
