#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "json/reader.h"
#include "json/writer.h"

#include <json-c/json.h>

static void assert_written(struct buf *buf, const char *expected) {
    assert_false(buf->failed);
    assert_string_equal(buf_string(buf), expected);
    buf_release(buf);
}

static void test_document(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    struct json_writer json = json_writer_on(&buf);
    json_open_object(&json);
    json_key(&json, "title");
    json_string(&json, SLICE("普陀区"));
    json_key(&json, "count");
    json_unsigned(&json, UINT64_MAX);
    json_key(&json, "tags");
    json_open_array(&json);
    json_boolean(&json, true);
    json_boolean(&json, false);
    json_close(&json);
    json_key(&json, "none");
    json_open_array(&json);
    json_close(&json);
    json_key(&json, "nothing");
    json_open_object(&json);
    json_close(&json);
    json_close(&json);
    assert_written(&buf, "{\n  \"title\": \"普陀区\",\n  \"count\": 18446744073709551615,\n  \"tags\": [\n    true,\n"
                         "    false\n  ],\n  \"none\": [],\n  \"nothing\": {}\n}\n");
}

static void test_members(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    struct json_writer json = json_line_writer_on(&buf);
    json_open_object(&json);
    json_member_text(&json, "title", SLICE("\"普陀\""));
    json_member_unsigned(&json, "count", UINT64_MAX);
    json_member_boolean(&json, "good", true);
    json_member_time(&json, "at", 1767323045);
    json_close(&json);
    assert_written(&buf, "{\"title\": \"\\\"普陀\\\"\", \"count\": 18446744073709551615, \"good\": true, "
                         "\"at\": \"2026-01-02T03:04:05+00:00\"}\n");
}

static void test_one_line(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    struct json_writer json = json_line_writer_on(&buf);
    json_open_object(&json);
    json_key(&json, "title");
    json_string(&json, SLICE("a\n"));
    json_key(&json, "tags");
    json_open_array(&json);
    json_unsigned(&json, 1);
    json_unsigned(&json, 2);
    json_close(&json);
    json_key(&json, "none");
    json_open_array(&json);
    json_close(&json);
    json_close(&json);
    assert_written(&buf, "{\"title\": \"a\\n\", \"tags\": [1, 2], \"none\": []}\n");
}

/* Every byte below 0x80 comes back from json-c as it went in. */
static void test_escapes_come_back(void **state) {
    (void)state;
    char all[128];
    for (int i = 0; i < 128; i++)
        all[i] = (char)i;
    struct buf buf = BUF(BUF_UNLIMITED);
    struct json_writer json = json_writer_on(&buf);
    json_open_array(&json);
    json_string(&json, (struct slice){all, sizeof all});
    json_string(&json, SLICE("\"\\\b\f\n\r\t\x1f 区"));
    json_close(&json);
    assert_non_null(strstr(buf_string(&buf), "\"\\\"\\\\\\b\\f\\n\\r\\t\\u001f 区\""));
    size_t offset = 0;
    const char *error = NULL;
    struct json_object *read = json_read(buf_slice(&buf), &offset, &error);
    assert_non_null(read);
    struct json_object *string = json_object_array_get_idx(read, 0);
    assert_int_equal(json_object_get_string_len(string), sizeof all);
    assert_memory_equal(json_object_get_string(string), all, sizeof all);
    json_object_put(read);
    buf_release(&buf);
}

static void write_item(struct json_writer *json) {
    json_open_object(json);
    json_key(json, "id");
    json_string(json, SLICE("1"));
    json_close(json);
}

static void test_fragment(void **state) {
    (void)state;
    struct buf piece = BUF(BUF_UNLIMITED);
    struct buf parts = BUF(BUF_UNLIMITED);
    struct buf whole = BUF(BUF_UNLIMITED);
    struct json_writer json = json_fragment_writer_on(&piece, 1);
    write_item(&json);
    json = json_writer_on(&parts);
    json_open_array(&json);
    json_fragment(&json, buf_slice(&piece));
    json_fragment(&json, buf_slice(&piece));
    json_close(&json);
    json = json_writer_on(&whole);
    json_open_array(&json);
    write_item(&json);
    write_item(&json);
    json_close(&json);
    assert_string_equal(buf_string(&parts), buf_string(&whole));
    buf_release(&piece);
    buf_release(&parts);
    buf_release(&whole);
}

static void test_reader_accepts(void **state) {
    (void)state;
    static const char *const valid[] = {"{}", " [1, -0.5e+3, 0, \"\\u533a\"]\n", "12", "\"x\"", "true", "{\"a\":null}"};
    for (size_t i = 0; i < ARRAY_LENGTH(valid); i++) {
        size_t offset = 0;
        const char *error = NULL;
        struct json_object *read = json_read(slice_of(valid[i]), &offset, &error);
        if (!read)
            fail_msg("%s: %s", valid[i], error);
        json_object_put(read);
    }
}

static void test_reader_refuses(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t offset;
    } invalid[] = {
        {"", 0},
        {"{", 1},
        {"[1,]", 3},
        {"[1] x", 4},
        {"{'a':1}", 1},
        {"[NaN]", 1},
        {"[-Infinity]", 1},
        {"[01]", 1},
        {"[1.]", 1},
        {"[\"a\nb\"]", 3},
        {"[/**/]", 1},
        {"[\"\xC6\xD5\"]", 3},
        {"null", 0},
        {"\xEF\xBB\xBF{}", 0},
        {"[\"x", 3},
        {"{\"a\" 1}", 5},
        {"{\"a\":1,}", 7},
        {"[\f1]", 1},
        {"[True]", 1},
        {"[nan]", 2},
        {"[1e]", 1},
        {"[--1]", 1},
        {"[1 2]", 3},
        {"[\"\\x\"]", 3},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(invalid); i++) {
        size_t offset = 99;
        const char *error = NULL;
        assert_null(json_read(slice_of(invalid[i].text), &offset, &error));
        assert_non_null(error);
        if (offset != invalid[i].offset)
            fail_msg("%s: offset %zu, not %zu (%s)", invalid[i].text, offset, invalid[i].offset, error);
    }
    char deep[80];
    memset(deep, '[', 40);
    memset(deep + 40, ']', 40);
    size_t offset = 0;
    const char *error = NULL;
    assert_null(json_read((struct slice){deep, sizeof deep}, &offset, &error));
}

static size_t locate(const char *text, struct json_step a, struct json_step b, size_t count) {
    struct json_step steps[] = {a, b};
    return json_locate(slice_of(text), steps, count);
}

static void test_locate(void **state) {
    (void)state;
    const char *text = " {\"x\": \"}\\\"\", \"items\": [ {\"a\": 1}, [2, 3],4 ], \"n\": -1}";
    struct json_step items = {"items", 0};
    assert_int_equal(locate(text, items, items, 0), 1);
    assert_int_equal(locate(text, items, items, 1), 14);
    assert_int_equal(locate(text, items, (struct json_step){NULL, 0}, 2), 25);
    assert_int_equal(locate(text, items, (struct json_step){NULL, 2}, 2), 42);
    assert_int_equal(locate(text, (struct json_step){"n", 0}, items, 1), 47);
    /* What is not there: as far as the steps lead. */
    assert_int_equal(locate(text, items, (struct json_step){NULL, 9}, 2), 14);
    assert_int_equal(locate(text, (struct json_step){"none", 0}, items, 2), 1);
}

/* The elements as they come, each behind a bar; with ! behind them when the array does not end as it should. */
static void assert_elements(const char *array, const char *expected) {
    CLEANUP(buf_release) struct buf found = BUF(1000);
    struct slice rest = slice_of(array);
    struct slice element;
    while (json_next_element(&rest, &element)) {
        buf_append_byte(&found, '|');
        buf_append_slice(&found, element);
    }
    if (rest.size)
        buf_append_byte(&found, '!');
    assert_string_equal(buf_string(&found), expected);
}

static void test_taken_apart(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf head = BUF(1000);
    struct slice array;
    assert_true(json_take_apart(SLICE(" {\"a\": \"]\", \"items\": [1, [2]] , \"b\": {}}"), "items", &array, &head));
    assert_true(slice_equal(array, SLICE("[1, [2]]")));
    assert_string_equal(buf_string(&head), " {\"a\": \"]\", \"items\": [] , \"b\": {}}");
    static const char *const others[] = {"",           " ",           "[1]",         "{}", "{\"items\": {}}",
                                         "{\"items\"", "{\"items\":", "{\"x\": [1]}"};
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        assert_false(json_take_apart(slice_of(others[i]), "items", &array, &head));

    assert_elements("[]", "");
    assert_elements("[ ]", "");
    assert_elements("[1]", "|1");
    assert_elements("[ {\"a\": [1, 2]} , \"],\",[3]\n]", "|{\"a\": [1, 2]}|\"],\"|[3]");
    assert_elements("[", "!");
    assert_elements("[,]", "!");
    assert_elements("[1", "!");
    assert_elements("[1,", "|1!");
    assert_elements("[1,]", "|1!");
    assert_elements("[1,,2]", "|1!");
    assert_elements("[[1]", "!");
    assert_elements("[{}{}]", "!");
    assert_elements("[\"a\" \"b\"]", "!");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document),       cmocka_unit_test(test_one_line),
        cmocka_unit_test(test_members),        cmocka_unit_test(test_escapes_come_back),
        cmocka_unit_test(test_fragment),       cmocka_unit_test(test_reader_accepts),
        cmocka_unit_test(test_reader_refuses), cmocka_unit_test(test_locate),
        cmocka_unit_test(test_taken_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
