#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/loaded.h"

/* --- where the file is -------------------------------------------------------------------------------------- */

static void test_none_is_fine(void **state) {
    const struct settings *settings = assert_good(state, HEAD);
    assert_int_equal(settings->corrections.count, 0);
    assert_int_equal(settings->corrections.hold_count, 0);
}

static void test_the_usual_file_is_found(void **state) {
    write_file(state, "corrections.yaml", "1: {withdrawn: true}\n");
    const struct settings *settings = assert_good(state, HEAD);
    assert_int_equal(settings->corrections.count, 1);
    assert_true(settings->corrections.items[0].withdrawn);
    assert_slice(settings->corrections.items[0].name.written, "1");
    assert_int_equal(settings->corrections.items[0].name.place.line, 1);
}

static void test_another_file_instead(void **state) {
    write_file(state, "corrections.yaml", "1: {withdrawn: true}\n");
    write_file(state, "other.yaml", "2: {release: true}\n3: {title: 新}\n");
    const struct settings *settings = assert_good(state, HEAD "corrections: other.yaml\n");
    assert_int_equal(settings->corrections.count, 2);
    assert_true(settings->corrections.items[0].released);
    assert_slice(settings->corrections.items[1].title, "新");
}

static void test_a_file_that_is_named_must_be_there(void **state) {
    assert_mistake(state, HEAD "corrections: none.yaml\n", "feeds.yaml:6:14 config-unreadable\n");
    assert_mistake(state, HEAD "corrections: [a, b]\n", "feeds.yaml:6:14 config-wrong-kind\n");
    assert_mistake(state, HEAD "corrections:\n", "feeds.yaml:6:13 config-wrong-kind\n");
    assert_mistake(state, HEAD "corrections: feeds.yaml\n", "feeds.yaml:0:0 config-bad-value\n");
}

static void test_an_empty_file_is_fine(void **state) {
    write_file(state, "corrections.yaml", "# nothing yet\n");
    assert_int_equal(assert_good(state, HEAD)->corrections.count, 0);
    write_file(state, "corrections.yaml", "- 1\n");
    assert_mistake(state, HEAD, "corrections.yaml:1:1 config-wrong-kind\n");
}

/* --- what it says ------------------------------------------------------------------------------------------- */

static void test_labels(void **state) {
    write_file(state, "corrections.yaml", "1: {district: 普陀}\n2: {district: [+putuo, -徐汇区]}\n3: {district: []}\n");
    const struct correction *items = assert_good(state, HEAD DISTRICTS)->corrections.items;
    assert_int_equal(items[0].label_count, 1);
    assert_slice(items[0].labels[0].term, "putuo");
    assert_int_equal(items[0].labels[0].change, LABEL_IS);
    assert_int_equal(items[1].label_count, 2);
    assert_int_equal(items[1].labels[0].change, LABEL_ADD);
    assert_slice(items[1].labels[1].term, "xuhui");
    assert_int_equal(items[1].labels[1].change, LABEL_REMOVE);
    assert_int_equal(items[2].label_count, 1);
    assert_slice(items[2].labels[0].taxonomy, "district");
    assert_int_equal(items[2].labels[0].term.size, 0);
}

/* What comes from YAML passes the choke point as what comes from articles does. */
static void test_titles_and_names_are_choked(void **state) {
    write_file(state, "corrections.yaml", "'\u200b 1\u00ad ': {title: \"  新\u200b 题\\u202e \"}\n");
    struct loaded *loaded = *state;
    assert_true(load(state, HEAD));
    assert_reported(state, "corrections.yaml:1:1 text-repaired\ncorrections.yaml:1:18 text-repaired\n");
    diagnostics_release(&loaded->diagnostics);
    const struct correction *items = loaded->settings.corrections.items;
    assert_slice(items[0].name.written, "1");
    assert_slice(items[0].name.keys.keys[0], "id/1");
    assert_int_equal(slice_find(items[0].title, SLICE("\u200b"), 0), items[0].title.size);
    assert_true(slice_starts_with(items[0].title, SLICE("新 题")));
    write_file(state, "corrections.yaml", "'\u200b': {release: true}\n2: {title: \"\u200b\"}\n");
    assert_mistake(state, HEAD,
                   "corrections.yaml:1:1 text-repaired\ncorrections.yaml:1:1 config-bad-value\n"
                   "corrections.yaml:2:12 text-repaired\ncorrections.yaml:2:12 config-bad-value\n");
}

static void test_a_title_has_a_most(void **state) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_string(&text, "1: {title: ");
    for (int i = 0; i < 200; i++)
        buf_append_string(&text, "题");
    buf_append_string(&text, "}\n");
    write_file(state, "corrections.yaml", buf_string(&text));
    assert_int_equal(assert_good(state, HEAD)->corrections.count, 1);
    buf_truncate(&text, text.size - strlen("}\n"));
    buf_append_string(&text, "题}\n");
    write_file(state, "corrections.yaml", buf_string(&text));
    assert_mistake(state, HEAD, "corrections.yaml:1:12 config-bad-value\n");
}

static void test_two_names_of_one_article(void **state) {
    write_file(state, "corrections.yaml",
               "https://example.org/a: {release: true}\n"
               "url/example.org/a: {withdrawn: true}\n"
               "7: {same_as: 'tag:feeds.example.org,2026:id/7'}\n");
    assert_mistake(state, HEAD, "corrections.yaml:2:1 config-bad-value\ncorrections.yaml:3:14 config-bad-value\n");
}

/* --- hold --------------------------------------------------------------------------------------------------- */

static void test_hold_words_are_expanded_and_folded(void **state) {
    const struct corrections *corrections =
        &assert_good(state, HEAD "hold:\n  - 停牌(公告|) ＳＴ\n  - 內部_資料、停牌\n")->corrections;
    assert_int_equal(corrections->hold_count, 4);
    assert_slice(corrections->hold[0].folded, "停牌公告");
    assert_slice(corrections->hold[1].folded, "停牌");
    assert_slice(corrections->hold[2].folded, "st");
    assert_slice(corrections->hold[2].written, "ＳＴ");
    assert_slice(corrections->hold[3].folded, "内部资料");
    assert_int_equal(corrections->hold[3].place.line, 8);
    assert_int_equal(corrections->hold[3].place.column, 5);
}

static void test_hold_takes_plain_words_only(void **state) {
    assert_mistake(state, HEAD "hold: [甲…乙, /甲/, {words: 甲}, 丙]\n",
                   "feeds.yaml:6:8 rule-syntax\nfeeds.yaml:6:13 rule-syntax\nfeeds.yaml:6:18 rule-syntax\n");
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_none_is_fine),
        WITH_FOLDER(test_the_usual_file_is_found),
        WITH_FOLDER(test_another_file_instead),
        WITH_FOLDER(test_a_file_that_is_named_must_be_there),
        WITH_FOLDER(test_an_empty_file_is_fine),
        WITH_FOLDER(test_labels),
        WITH_FOLDER(test_titles_and_names_are_choked),
        WITH_FOLDER(test_a_title_has_a_most),
        WITH_FOLDER(test_two_names_of_one_article),
        WITH_FOLDER(test_hold_words_are_expanded_and_folded),
        WITH_FOLDER(test_hold_takes_plain_words_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
