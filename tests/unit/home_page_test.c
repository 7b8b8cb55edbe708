#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/pages.h"
#include "unit/drawn.h"

/* Says what it is given, so that it does not matter what the shipped one looks like. */
static const char everything[] =
    "{{title}}|{{name}}|{{base}}|{{canonical}}|{{count}}|{{months_begin}}|{{months_end}}|{{older}}|{{archive}}\n"
    "{{#main_feed}}{{path}} {{address}} {{label}}{{/main_feed}}{{#qr}}+qr{{/qr}}\n"
    "{{#table}}{{label}}|{{row_label}}|{{column_label}}|{{total}}\n"
    "{{#columns}}[{{label}} {{short}} {{path}} {{count}}]{{/columns}}\n"
    "{{#rows}}{{label}} {{short}} {{path}} {{count}}{{#sparkline}} +{{/sparkline}}"
    "{{#cells}} [{{path}} {{count}} {{level}} {{title}} {{label}}{{#is_empty}} -{{/is_empty}}]{{/cells}}\n"
    "{{/rows}}{{/table}}{{^table}}no table\n{{/table}}\n"
    "{{#groups}}{{label}}:{{#channels}} {{title}} {{path}} {{count}}{{#is_empty}}-{{/is_empty}}{{/channels}}\n"
    "{{/groups}}{{#entries}}{{{.}}}\n{{/entries}}";

static void draw(void **state, const struct surveyed *surveyed, const struct home_page *page, const char *text,
                 struct buf *buf) {
    CLEANUP(draw_release) struct drawn drawn;
    const struct slice entries[] = {SLICE("<li>一</li>"), SLICE("<li>二</li>")};
    draw_begin(state, &drawn, surveyed->settings, text ? "index.html" : NULL, text);
    page_render_home(&drawn.templates, page, entries, 2, buf);
    assert_false(buf->failed);
}

static void test_what_it_is_given(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    survey_begin(state, &surveyed, HEAD TWO_TAXONOMIES ALL_CHANNELS);
    for (int i = 0; i < 1234; i++)
        survey_add(&surveyed, "2026-11-22", "district.putuo topic.ic");
    survey_add(&surveyed, "2025-11-22", "district.xuhui topic.bio");
    struct home_page page = survey_end(state, &surveyed)->home;
    page.older_page = SLICE("archive/2026-11.html");
    draw(state, &surveyed, &page, everything, &buf);
    assert_string_equal(
        buf_string(&buf),
        "上海招商|上海招商|./|https://feeds.example.org/|1,235|2025年12月|2026年11月|archive/2026-11.html|archive/\n"
        "atom.xml https://feeds.example.org/atom.xml Atom+qr\n"
        "区 × 主题|区|主题|1,235\n"
        "[集成电路 集成电路 topic/ic/ 1,234][生物医药 生物医药 topic/bio/ 1][其他 其他 topic/other/ 0]\n"
        "普陀区 普陀 putuo/ 1,234 + [putuo/ic/ 1,234 5 普陀区 · 集成电路：1,234 集成电路]"
        " [putuo/bio/ 0 0 普陀区 · 生物医药：0 生物医药 -] [putuo/other/ 0 0 普陀区 · 其他：0 其他 -]\n"
        "徐汇区 徐汇区 xuhui/ 1 [xuhui/ic/ 0 0 徐汇区 · 集成电路：0 集成电路 -]"
        " [xuhui/bio/ 1 1 徐汇区 · 生物医药：1 生物医药] [xuhui/other/ 0 0 徐汇区 · 其他：0 其他 -]\n"
        "别处 别处 other/ 0 [other/ic/ 0 0 别处 · 集成电路：0 集成电路 -]"
        " [other/bio/ 0 0 别处 · 生物医药：0 生物医药 -] [other/other/ 0 0 别处 · 其他：0 其他 -]\n"
        ": 芯片 chips/ 1,234\n"
        "<li>一</li>\n<li>二</li>\n");
}

static void test_without_a_table(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    survey_begin(state, &surveyed, HEAD DISTRICTS "channels: [{path: '/{district}/', each: [district]}]\n");
    draw(state, &surveyed, &survey_end(state, &surveyed)->home, everything, &buf);
    assert_true(contains(buf_slice(&buf), "|0|2025年2月|2026年1月||\n\nno table\n"));
    assert_true(contains(buf_slice(&buf), "区: 普陀区 putuo/ 0- 徐汇区 xuhui/ 0-\n"));
}

/* The step names the feed that there is; of a site without a channel for all, none. */
static void test_main_feed(void **state) {
    static const char *const channels[][2] = {{"{path: /, title: x, all: true}", "(rss.xml RSS)"},
                                              {"{path: /a/, title: x, all: true}", "()"}};
    for (size_t i = 0; i < ARRAY_LENGTH(channels); i++) {
        CLEANUP(survey_release) struct surveyed surveyed;
        CLEANUP(buf_release) struct buf yaml = BUF(BUF_UNLIMITED);
        CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
        buf_append_format(&yaml, HEAD "output: {formats: [html, rss, json]}\nchannels: [%s]\n", channels[i][0]);
        survey_begin(state, &surveyed, buf_string(&yaml));
        draw(state, &surveyed, &survey_end(state, &surveyed)->home,
             "({{#main_feed}}{{path}} {{label}}{{/main_feed}}{{^main_feed}}{{{qr}}}{{/main_feed}})", &buf);
        assert_string_equal(buf_string(&buf), channels[i][1]);
    }
}

#define HOSTILE                                                                                                        \
    "site: {title: '<b>&\"T', subtitle: '</title><script>', url: 'https://x.org/', tag: 'x.org,2026'}\n"               \
    "sources: [{files: a.md}]\n"                                                                                       \
    "taxonomies:\n"                                                                                                    \
    "  a: {label: '<i>A\"&', terms: {x: {label: '<u>X\"&', short: '<s>'}, y: {label: '''><img src=x>'}}}\n"            \
    "  b: {label: '{{site.url}}', terms: {z: {label: '{{{site.title}}}'}}}\n"

/* By default a channel for each term; the pairs are asked for. */
static void test_hostile_labels(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf again = BUF(BUF_UNLIMITED);
    survey_begin(state, &surveyed,
                 HOSTILE "channels:\n  - {path: '/{a}/', each: [a]}\n  - {path: '/{a}/{b}/', each: [a, b]}\n"
                         "  - {path: /w/, title: '<em>&\"', where: {a: [x]}}\n");
    survey_add(&surveyed, "2026-01-01", "a.x b.z");
    const struct home_page *page = &survey_end(state, &surveyed)->home;
    draw(state, &surveyed, page, NULL, &buf);
    static const char *const never[] = {"<b>&", "</title><script>", "<i>A", "<u>", "<s>", "<img src=x", "<em>", "X\"&"};
    for (size_t i = 0; i < ARRAY_LENGTH(never); i++)
        if (contains(buf_slice(&buf), never[i]))
            fail_msg("%s stands in the page", never[i]);
    assert_true(contains(buf_slice(&buf), "&lt;u&gt;X&quot;&amp;"));
    assert_true(contains(buf_slice(&buf), "{{{site.title}}}"));
    assert_true(contains(buf_slice(&buf), "sparkline"));
    draw(state, &surveyed, page, NULL, &again);
    assert_true(slice_equal(buf_slice(&buf), buf_slice(&again)));
}

/* Sixteen districts, sixteen topics, all with articles: the table leaves half of 100 KB to the articles. */
static void test_size(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    CLEANUP(buf_release) struct buf yaml = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    buf_append_string(&yaml, HEAD "taxonomies:\n");
    for (int taxonomy = 0; taxonomy < 2; taxonomy++) {
        buf_append_format(&yaml, "  t%d:\n    label: 分类\n    terms:\n", taxonomy);
        for (int term = 0; term < 16; term++)
            buf_append_format(&yaml, "      term-%d-%d: {label: 集成电路%d}\n", taxonomy, term, term);
    }
    buf_append_string(&yaml, "channels:\n  - {path: /, title: 全部, all: true}\n  - {path: '/{t0}/', each: [t0]}\n"
                             "  - {path: '/{t1}/', each: [t1]}\n  - {path: '/{t0}/{t1}/', each: [t0, t1]}\n");
    survey_begin(state, &surveyed, buf_string(&yaml));
    for (int term = 0; term < 256; term++)
        for (int month = 1; month < 12; month++) {
            char labels[64], date[32];
            snprintf(labels, sizeof labels, "t0.term-0-%d t1.term-1-%d", term / 16, term % 16);
            snprintf(date, sizeof date, "2026-%02d-01", month);
            survey_add(&surveyed, date, labels);
        }
    draw(state, &surveyed, &survey_end(state, &surveyed)->home, NULL, &buf);
    assert_true(contains(buf_slice(&buf), "term-0-15/term-1-15/"));
    assert_in_range(buf.size, 20 * 1024, 55 * 1024);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_it_is_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_without_a_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_main_feed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_labels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_size, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
