#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/pages.h"
#include "unit/drawn.h"

#include <json-c/json.h>

/* The page of the configuration, drawn by `text`, or by the shipped template where that is NULL. */
static void draw(void **state, const char *configuration, const char *text, struct buf *buf) {
    CLEANUP(survey_release) struct surveyed surveyed;
    CLEANUP(draw_release) struct drawn drawn;
    survey_begin(state, &surveyed, configuration);
    const struct overview *overview = survey_end(state, &surveyed);
    draw_begin(state, &drawn, surveyed.settings, text ? "my.html" : NULL, text);
    page_render_choice(&drawn.templates, &overview->choice, buf);
    assert_false(buf->failed);
}

/* The text of the data element, which is all that stands between its tags. */
static struct slice data_of(struct buf *page) {
    static const char begin[] = "<script type=\"application/json\" id=\"channels\">";
    struct slice text = buf_slice(page);
    size_t at = slice_find(text, slice_of(begin), 0);
    assert_true(at < text.size);
    at += strlen(begin);
    return slice_range(text, at, slice_find(text, SLICE("</script>"), at));
}

static struct json_object *member(struct json_object *object, const char *name) {
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(object, name, &value))
        fail_msg("no %s", name);
    return value;
}

static const char *text_of(struct json_object *object, const char *name) {
    return json_object_get_string(member(object, name));
}

static void test_groups(void **state) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    draw(state, HEAD TWO_TAXONOMIES ALL_CHANNELS,
         "{{base}} {{here}}\n{{#groups}}{{taxonomy}} {{label}}:{{#terms}} [{{key}} {{label}} {{path}} {{count}}]"
         "{{/terms}}\n{{/groups}}",
         &buf);
    assert_string_equal(buf_string(&buf), "../ my/\n"
                                          "district 区: [putuo 普陀区 putuo/ 0] [xuhui 徐汇区 xuhui/ 0]"
                                          " [district.other 别处 other/ 0]\n"
                                          "topic 主题: [ic 集成电路 topic/ic/ 0] [bio 生物医药 topic/bio/ 0]"
                                          " [topic.other 其他 topic/other/ 0]\n");
}

static void test_data(void **state) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    draw(state, HEAD TWO_TAXONOMIES ALL_CHANNELS "output: {formats: [rss, html, json, atom]}\n", "{{{data}}}", &buf);
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_slice(&text, data_of(&buf));
    struct json_object *data = json_tokener_parse(buf_string(&text));
    assert_non_null(data);
    assert_string_equal(text_of(data, "site"), "上海招商");
    assert_string_equal(text_of(data, "base"), "https://feeds.example.org/");
    struct json_object *listed = member(data, "formats");
    assert_int_equal(json_object_array_length(listed), 3);
    static const char *const files[] = {"atom.xml", "rss.xml", "feed.json"};
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(text_of(json_object_array_get_idx(listed, i), "file"), files[i]);
    assert_string_equal(text_of(json_object_array_get_idx(listed, 2), "label"), "JSON Feed");
    struct json_object *channels = member(data, "channels");
    assert_int_equal(json_object_array_length(channels), 15);
    struct json_object *last = json_object_array_get_idx(channels, 14);
    assert_string_equal(text_of(last, "path"), "other/other/");
    assert_string_equal(text_of(last, "title"), "别处 · 其他");
    assert_string_equal(json_object_to_json_string_ext(member(last, "keys"), JSON_C_TO_STRING_PLAIN),
                        "[\"district.other\",\"topic.other\"]");
    assert_int_equal(json_object_object_length(member(data, "keys")), 6);
    assert_string_equal(text_of(member(data, "keys"), "topic.other"), "topic");
    assert_string_equal(text_of(member(data, "keys"), "putuo"), "district");
    assert_string_equal(text_of(member(data, "labels"), "district.other"), "别处");
    json_object_put(data);
}

/* Nothing that an article or a label says ends the element, and the script reads it as it was. */
static void test_hostile_texts(void **state) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf again = BUF(BUF_UNLIMITED);
    static const char configuration[] =
        "site: {title: '</script><!--<script>\"\\&', url: 'https://x.org/a/', tag: 'x.org,2026'}\n"
        "sources: [{files: a.md}]\n"
        "taxonomies: {a: {label: '<i>\"&', terms: {x: {label: '</SCRIPT ><b>'}}}}\n";
    draw(state, configuration, NULL, &buf);
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_slice(&text, data_of(&buf));
    assert_int_equal(slice_count_byte(buf_slice(&text), '<'), 0);
    struct json_object *data = json_tokener_parse(buf_string(&text));
    assert_non_null(data);
    assert_string_equal(text_of(data, "site"), "</script><!--<script>\"\\&");
    assert_string_equal(text_of(member(data, "labels"), "x"), "</SCRIPT ><b>");
    json_object_put(data);
    assert_false(contains(buf_slice(&buf), "<i>\"") || contains(buf_slice(&buf), "<!--<"));
    draw(state, configuration, NULL, &again);
    assert_true(slice_equal(buf_slice(&buf), buf_slice(&again)));
}

static void test_nothing_to_choose(void **state) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    draw(state, HEAD, "{{#groups}}x{{/groups}}{{{data}}}", &buf);
    assert_true(slice_starts_with(buf_slice(&buf), SLICE("<script")));
    assert_true(contains(data_of(&buf), "\"channels\": [], \"keys\": {}, \"labels\": {}"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_groups, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_texts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_to_choose, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
