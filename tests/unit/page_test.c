#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/page.h"
#include "unit/reading.h"

#define BODY "清晨的江边,跑步的人渐渐多了起来,新修的步道全长三公里。"

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
    return reading_parse(&test, "page", slice_of(text));
}

static void dates_are_found_in_lines(void **unused) {
    (void)unused;
    static const struct {
        const char *text, *date;
        bool has_weekday;
    } rows[] = {
        {"发布于2024-09-25", "2024-09-25", false},
        {"2019/10/16 9:08:15", "2019-10-16 09:08:15", false},
        {"2008-12-7 10:30", "2008-12-07 10:30:00", false},
        {"2022.8.23", "2022-08-23", false},
        {"2024年08月20日15:10", "2024-08-20 15:10:00", false},
        {"2024年5月6日 上午9时30分", "2024-05-06 09:30:00", false},
        {"今天是2025年1月15日 星期三 12:08", "2025-01-15", true},
        {"2024-05-06t20:45:07", "2024-05-06 20:45:07", false},
        {"电话120240506 2024-05-06", "2024-05-06", false},
        {"1月18日", NULL, false},
        {"2024-13-01 2024-1-32 12024-1-1", NULL, false},
        {"2024-05/06", NULL, false},
        {"", NULL, false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct page_date date;
        assert_int_equal(page_date_find(slice_of(rows[i].text), 0, &date), rows[i].date != NULL);
        if (rows[i].date) {
            assert_string_equal(date.text, rows[i].date);
            assert_int_equal(date.has_weekday, rows[i].has_weekday);
        }
    }
}

/* `label=value|…` of a line. */
static void expect_pairs(const char *text, const char *wanted) {
    CLEANUP(buf_release) struct buf found = BUF(1 << 12);
    CLEANUP(page_release) struct page page = {.arena = &test.arena};
    struct page_pair pairs[PAGE_PAIRS_MOST];
    const struct page_line *line = page_add_line(&page, slice_of(text), 1);
    size_t count = page_pairs(line, pairs);
    for (size_t i = 0; i < count; i++)
        buf_append_format(&found, "%d=%.*s|", (int)pairs[i].label, SLICE_ARGUMENTS(pairs[i].value));
    assert_string_equal(buf_string(&found), wanted);
}

static void labels_are_found_in_lines(void **unused) {
    (void)unused;
    expect_pairs("来源:江边报 作者:甲乙", "3=江边报|5=甲乙|");
    expect_pairs("來 源：江邊報　　責任編輯：甲乙", "3=江邊報|6=甲乙|");
    expect_pairs("2024-05-06 10:20:30来源:网络作者:主编点击:", "3=网络|5=主编|12=|");
    expect_pairs("稿件来源:江边网(上海)", "3=江边网(上海)|");
    expect_pairs("(责编:甲乙)", "6=甲乙|");
    expect_pairs("文/甲乙 图/丙丁", "5=甲乙|5=丙丁|");
    expect_pairs("更新时间:2024-05-06", "1=2024-05-06|");
    expect_pairs("活动时间:2024-05-06", "");
    expect_pairs("他说:很好", "");
    expect_pairs("http://example.org 08:30", "");
}

static void labels_fill_fields(void **unused) {
    (void)unused;
    assert_true(parse("首页 > 新闻 > 正文\n一场热闹的集市在江边开场\n成文日期:2024-05-01 发布日期:2024-05-06 08:30 "
                      "来源:江边报 记者:甲乙 丙丁\n" BODY "\n原文链接:https://example.org/1.html\n上一篇:别的\n"));
    assert_slice(test.article.title, "一场热闹的集市在江边开场");
    assert_slice(test.article.source_name, "江边报");
    assert_slice(test.article.url, "https://example.org/1.html");
    assert_slice(test.article.body, BODY);
    assert_int_equal(test.article.author_count, 2);
    assert_slice(test.article.authors[1].name, "丙丁");
    CLEANUP(buf_release) struct buf date = BUF(64);
    date_append_rfc3339(&date, test.article.date.seconds);
    assert_true(slice_starts_with(buf_slice(&date), SLICE("2024-05-06T08:30:00")));
}

static void what_a_notice_of_rights_says_is_no_source(void **unused) {
    (void)unused;
    assert_true(parse("一场热闹的集市在江边开场\n2024-05-06\n" BODY
                      "\n版权声明:凡注明“来源:别家网”的所有作品,版权归别家(北京)公司所有。\n"));
    assert_int_equal(test.article.source_name.size, 0);
    assert_slice(test.article.body, BODY);
}

static void html_is_read(void **unused) {
    (void)unused;
    assert_true(
        parse("<html><head><title>一场热闹的集市 - 江边网</title><script>var x = '<p>" BODY "</p>';</script></head>"
              "<body><div class=\"nav\"><p>" BODY "</p></div><h1>一场热闹的集市</h1>"
              "<p>2024-05-06 &nbsp;来源:江边网</p><div id=\"content\"><p>&emsp;清晨的江边,<b>跑步</b>的人渐渐多了\n"
              "起来,新修的步道全长三公里。</p><p>A &amp; B 两座公园&#12290;</p></div>"
              "<footer><p>" BODY "</p></footer></body></html>"));
    assert_slice(test.article.title, "一场热闹的集市");
    assert_slice(test.article.source_name, "江边网");
    assert_slice(test.article.body, BODY "\nA & B 两座公园。");
}

static void no_date_is_refused_except_where_it_will_be_added(void **unused) {
    (void)unused;
    assert_false(parse("一场热闹的集市在江边开场\n1月18日," BODY "\n"));
    assert_int_equal(reading_count(&test, DIAGNOSTIC_DATE_MISSING, NULL), 1);
    test.source.undated = true;
    assert_true(parse("一场热闹的集市在江边开场\n1月18日," BODY "\n"));
    assert_false(test.article.date.present);
}

static void distorted_pages_are_restored_and_it_is_said(void **unused) {
    (void)unused;
    assert_true(
        parse("首頁 > 新聞\n經(jīng)濟(jì)發(fā)展的新動(dòng)向\n發(fā)布時(shí)間:2024-05-06 來源:江邊報\n"
              "領(lǐng)域?qū)崿F(xiàn)突破,產(chǎn)業(yè)轉(zhuǎn)型很快。“上??偛?三明基地”已經(jīng)開工。\n"));
    assert_slice(test.article.title, "經濟發展的新動向");
    assert_slice(test.article.body, "領域實現突破,產業轉型很快。“上\uFFFD總\uFFFD三明基地”已經開工。");
    assert_int_equal(reading_count(&test, DIAGNOSTIC_TEXT_RESTORED, NULL), 1);
    const struct diagnostic *lost = NULL;
    assert_int_equal(reading_count(&test, DIAGNOSTIC_TEXT_LOST, &lost), 1);
    assert_slice(lost->detail, "2 became U+FFFD");
}

static void pages_without_an_article_are_refused(void **unused) {
    (void)unused;
    static const char *const pages[] = {"首页 | 新闻\n", "\xFF\xFE", "<html></html>", "<", "来源:", "2024-05-06"};
    for (size_t i = 0; i < ARRAY_LENGTH(pages); i++)
        assert_false(parse(pages[i]));
    assert_int_equal(test.diagnostics.counts[SEVERITY_REFUSED], ARRAY_LENGTH(pages));
    struct record_bounds bounds;
    size_t position = 0;
    unsigned line = 1;
    assert_false(reader_find("page")->next(SLICE(" \n\n"), &position, &line, &bounds));
    assert_int_equal(line, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(dates_are_found_in_lines, init, release),
        cmocka_unit_test_setup_teardown(labels_are_found_in_lines, init, release),
        cmocka_unit_test_setup_teardown(labels_fill_fields, init, release),
        cmocka_unit_test_setup_teardown(what_a_notice_of_rights_says_is_no_source, init, release),
        cmocka_unit_test_setup_teardown(html_is_read, init, release),
        cmocka_unit_test_setup_teardown(no_date_is_refused_except_where_it_will_be_added, init, release),
        cmocka_unit_test_setup_teardown(distorted_pages_are_restored_and_it_is_said, init, release),
        cmocka_unit_test_setup_teardown(pages_without_an_article_are_refused, init, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
