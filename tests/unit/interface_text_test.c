#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "render/interface_text.h"

static const char shipped[] = "zh:\n"
                              "  date: '{year}年{month}月{day}日'\n"
                              "  home: 首页\n"
                              "  skip: 跳到正文\n"
                              "en:\n"
                              "  date: '{year}-{month2}-{day2}'\n"
                              "  home: Home\n"
                              "  skip: Skip\n"
                              "  only_english: Only\n";

struct texts {
    struct arena arena;
    struct diagnostics diagnostics;
    struct interface_text text;
};

static void texts_release(struct texts *texts) {
    arena_release(&texts->arena);
    diagnostics_release(&texts->diagnostics);
}

static bool read_texts(struct texts *texts, const char *language, const char *user) {
    return interface_text_read(slice_of(language), slice_of(shipped), SLICE("mine/text.yaml"), slice_of(user),
                               &texts->arena, &texts->diagnostics, &texts->text);
}

/* The text that a key has in a language, with the user's file over the shipped one. */
static void expect_text(const char *language, const char *user, const char *key, const char *expected) {
    CLEANUP(texts_release) struct texts texts = {0};
    assert_true(read_texts(&texts, language, user));
    assert_int_equal(texts.diagnostics.items.count, 0);
    struct slice found = interface_text_of(&texts.text, key);
    assert_int_equal(found.size, strlen(expected));
    assert_memory_equal(found.data, expected, found.size);
}

static void test_the_language_is_the_sites(void **state) {
    (void)state;
    expect_text("zh", "", "home", "首页");
    expect_text("zh-CN", "", "home", "首页");
    expect_text("ZH-cn", "", "home", "首页");
    expect_text("en-GB", "", "home", "Home");
    expect_text("fr", "", "home", "Home");
}

static void test_english_is_said_where_the_language_has_none(void **state) {
    (void)state;
    expect_text("zh", "", "only_english", "Only");
    expect_text("zh", "", "unheard_of", "");
}

static void test_the_users_file_is_laid_over_key_by_key(void **state) {
    (void)state;
    expect_text("zh", "zh: {home: 起点}", "home", "起点");
    expect_text("zh", "zh: {home: 起点}", "skip", "跳到正文");
    expect_text("zh", "en: {home: Start}", "home", "首页");
    expect_text("zh", "zh: {home: ''}", "home", "");
    expect_text("zh", "zh:\n", "home", "首页");
    expect_text("zh", "# nothing\n", "home", "首页");
}

static void test_the_users_file_adds_languages(void **state) {
    (void)state;
    expect_text("fr", "fr: {home: Accueil}", "home", "Accueil");
    expect_text("fr", "fr: {home: Accueil}", "skip", "Skip");
    /* The whole tag, then its first part, key by key. */
    expect_text("zh-TW", "zh-TW: {home: 首頁}", "home", "首頁");
    expect_text("zh-TW", "zh-TW: {home: 首頁}", "skip", "跳到正文");
    expect_text("zh-CN", "zh-TW: {home: 首頁}", "home", "首页");
}

/* file:line:column name: detail (hint), of all; the texts cannot be had when `good` is false. */
static void expect_said(const char *user, bool good, const char *expected) {
    CLEANUP(texts_release) struct texts texts = {0};
    CLEANUP(buf_release) struct buf said = BUF(BUF_UNLIMITED);
    assert_int_equal(read_texts(&texts, "zh", user), good);
    for (size_t i = 0; i < texts.diagnostics.items.count; i++) {
        const struct diagnostic *item = &texts.diagnostics.items.items[i];
        buf_append_format(&said, "%.*s:%u:%u %s: %.*s (%.*s)\n", SLICE_ARGUMENTS(item->place.file), item->place.line,
                          item->place.column, diagnostic_name(item->id), SLICE_ARGUMENTS(item->detail),
                          SLICE_ARGUMENTS(item->hint));
    }
    assert_string_equal(buf_string(&said), expected);
}

static void test_an_unknown_key_is_a_warning(void **state) {
    (void)state;
    expect_said("zh: {hmoe: 起点}", true, "mine/text.yaml:1:6 interface-text-unknown: hmoe (did you mean home?)\n");
    CLEANUP(texts_release) struct texts texts = {0};
    assert_true(read_texts(&texts, "zh", "zh: {my_own: 自己的}"));
    assert_true(slice_equal(interface_text_of(&texts.text, "my_own"), SLICE("自己的")));
}

static void test_what_is_no_texts_is_reported_all_at_once(void **state) {
    (void)state;
    expect_said("- zh\n", false,
                "mine/text.yaml:1:1 interface-text-invalid: languages are wanted, each with its texts ()\n");
    expect_said("zh: 首页\nen:\n  home: [a]\n  skip:\n", false,
                "mine/text.yaml:1:1 interface-text-invalid: zh: texts by their keys are wanted ()\n"
                "mine/text.yaml:3:3 interface-text-invalid: home: a text is wanted ()\n"
                "mine/text.yaml:4:3 interface-text-invalid: skip: a text is wanted ()\n");
}

static void test_a_date_has_its_own_placeholders(void **state) {
    (void)state;
    expect_said("zh:\n  date: '{yaer}/{month}/{day'\n", false,
                "mine/text.yaml:2:10 interface-text-invalid: {yaer}: a date has {year}, {month}, {month2}, {day} and "
                "{day2} (did you mean {year}?)\n"
                "mine/text.yaml:2:25 interface-text-invalid: {day: a date has {year}, {month}, {month2}, {day} and "
                "{day2} (did you mean {day}?)\n");
    /* Braces of other texts are for others to fill in. */
    expect_said("zh:\n  home: '{count}'\n", true, "");
}

static void test_no_text_has_what_no_feed_may_have(void **state) {
    (void)state;
    expect_said("zh: {home: \"a\\x01\"}", false,
                "mine/text.yaml:1:12 interface-text-invalid: home: control characters ()\n");
    expect_said("zh: {home: \"a\\tb\\nc \"}", true, "");
}

static void test_what_is_no_yaml_is_reported(void **state) {
    (void)state;
    CLEANUP(texts_release) struct texts texts = {0};
    assert_false(read_texts(&texts, "zh", "zh: {home: a\n"));
    assert_int_equal(texts.diagnostics.items.count, 1);
}

static void expect_date(const char *user, int64_t seconds, const char *expected) {
    CLEANUP(texts_release) struct texts texts = {0};
    CLEANUP(buf_release) struct buf date = BUF(BUF_UNLIMITED);
    assert_true(read_texts(&texts, "zh", user));
    interface_text_append_date(&texts.text, "date", seconds, &date);
    assert_string_equal(buf_string(&date), expected);
}

static void test_dates_are_of_the_sites_zone(void **state) {
    (void)state;
    const int64_t moment = 1770307200; /* 2026-02-05T16:00:00Z */
    assert_true(date_set_zone("UTC"));
    expect_date("", moment, "2026年2月5日");
    assert_true(date_set_zone("Asia/Shanghai"));
    expect_date("", moment, "2026年2月6日");
    expect_date("", moment - 1, "2026年2月5日");
    expect_date("zh: {date: '{day2}.{month2}.{year}'}", moment, "06.02.2026");
    expect_date("zh: {date: 'on {day}'}", moment, "on 6");
    expect_date("zh: {date: ''}", moment, "");
    assert_true(date_set_zone("UTC"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_language_is_the_sites),
        cmocka_unit_test(test_english_is_said_where_the_language_has_none),
        cmocka_unit_test(test_the_users_file_is_laid_over_key_by_key),
        cmocka_unit_test(test_the_users_file_adds_languages),
        cmocka_unit_test(test_an_unknown_key_is_a_warning),
        cmocka_unit_test(test_what_is_no_texts_is_reported_all_at_once),
        cmocka_unit_test(test_a_date_has_its_own_placeholders),
        cmocka_unit_test(test_no_text_has_what_no_feed_may_have),
        cmocka_unit_test(test_what_is_no_yaml_is_reported),
        cmocka_unit_test(test_dates_are_of_the_sites_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
