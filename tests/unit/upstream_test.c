#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/upstream.h"

#include <sys/resource.h>
#include <zlib.h>

/* Answers as they come: what is taken of them, in which order, and what is said of the others. */

#define ASK_OTHERWISE "; say reader: listing or page if these are the articles"
#define URL "https://www.example.org/news/feed"
#define ARTICLE(title, day) "{\"title\": \"" title "\", \"date\": \"2024-09-" day "\", \"body\": \"正文。\"}"

struct test {
    struct source source;
    struct buf taken;
    struct diagnostics diagnostics;
    struct buf problem;
    struct upstream_reading reading;
    bool understood;
};
static struct test test;

static int set_up(void **unused) {
    (void)unused;
    test = (struct test){.source = {.upstream = {.reader = "jsonl"}}, .taken = BUF(1 << 20), .problem = BUF(1 << 12)};
    return 0;
}

static int tear_down(void **unused) {
    (void)unused;
    buf_release(&test.taken);
    buf_release(&test.problem);
    diagnostics_release(&test.diagnostics);
    return 0;
}

/* `title|day|` and a comma, and what else there is that the test wants to see. */
static void note(void *context, const struct article *article) {
    struct buf *taken = context;
    if (taken->size)
        buf_append_byte(taken, ' ');
    buf_append_format(taken, "%s%.*s", article->withdrawn ? "-" : "", SLICE_ARGUMENTS(article->title));
    if (article->url.size)
        buf_append_format(taken, "@%.*s", SLICE_ARGUMENTS(article->url));
}

static void read_answer(const char *reader, struct slice bytes, const char *content_type) {
    struct term term = {.id = SLICE("putuo")};
    const struct taxonomy taxonomy = {.id = SLICE("district"), .terms = &term, .term_count = 1};
    const struct taxonomies taxonomies = {&taxonomy, 1, 0};
    const struct upstream_answer answer = {bytes, slice_of(content_type), SLICE(URL)};
    buf_clear(&test.taken);
    buf_clear(&test.problem);
    diagnostics_release(&test.diagnostics);
    test.diagnostics = (struct diagnostics){0};
    test.reading = (struct upstream_reading){0};
    test.source.upstream.reader = reader;
    test.understood = upstream_read(&test.source, &taxonomies, &answer, note, &test.taken, &test.diagnostics,
                                    &test.problem, &test.reading);
    assert_int_equal(test.understood, test.problem.size == 0);
}

static void expect_taken(const char *reader, const char *text, const char *wanted) {
    read_answer(reader, slice_of(text), "");
    assert_string_equal(buf_string(&test.problem), "");
    assert_string_equal(buf_string(&test.taken), wanted);
}

static void expect_problem(const char *reader, const char *text, const char *wanted) {
    read_answer(reader, slice_of(text), "");
    assert_string_equal(buf_string(&test.problem), wanted);
    assert_int_equal(test.diagnostics.items.count, 0);
    assert_int_equal(test.reading.articles, 0);
}

static void expect_reported(const char *wanted) {
    CLEANUP(buf_release) struct buf all = BUF(1 << 16);
    for (size_t i = 0; i < test.diagnostics.items.count; i++) {
        const struct diagnostic *item = &test.diagnostics.items.items[i];
        assert_true(slice_equal(item->place.file, SLICE(URL)));
        buf_append_format(&all, "%u:%u %s\n", item->place.line, item->place.column, diagnostic_name(item->id));
    }
    assert_string_equal(buf_string(&all), wanted);
}

static void lines_come_oldest_first(void **unused) {
    (void)unused;
    const char *lines = ARTICLE("甲", "01") "\n\n" ARTICLE("乙", "02") "\r\n" ARTICLE("丙", "03");
    expect_taken("jsonl", lines, "甲 乙 丙");
    assert_int_equal(test.reading.articles, 3);
    test.source.upstream.order = ORDER_NEWEST_FIRST;
    expect_taken("jsonl", lines, "丙 乙 甲");
}

static void a_broken_line_costs_only_itself(void **unused) {
    (void)unused;
    expect_taken("jsonl", ARTICLE("甲", "01") "\n{\"title\": }\n" ARTICLE("乙", "02") "\n{\"title\": \"丙\"}\n",
                 "甲 乙");
    assert_int_equal(test.reading.refused, 2);
    expect_reported("2:11 record-broken\n4:0 date-missing\n");
}

static void arrays_are_lines_too(void **unused) {
    (void)unused;
    expect_taken("jsonl", " [" ARTICLE("甲", "01") "," ARTICLE("乙", "02") "]\n", "甲 乙");
    expect_taken("jsonl",
                 "[\n  {\n    \"title\": \"甲\",\n    \"date\": \"昨天\",\n    \"body\": \"x\"\n  },\n  " ARTICLE(
                     "乙", "02") ", " ARTICLE("丙", "03") ", {\"title\": \"丁\", \"date\": \"?\", \"body\": \"x\"}]",
                 "乙 丙");
    expect_reported("4:13 date-invalid\n7:132 date-invalid\n");
    test.source.upstream.order = ORDER_NEWEST_FIRST;
    expect_taken("jsonl", "[" ARTICLE("甲", "01") ",\n" ARTICLE("乙", "02") "]", "乙 甲");
    expect_taken("jsonl", "[]", "");
    expect_problem("jsonl", "[" ARTICLE("甲", "01") ",\n{\"title\": \"乙",
                   "this JSON array breaks off, or goes wrong, behind its element 1 (line 1)");
    expect_problem("jsonl", "[" ARTICLE("甲", "01"),
                   "this JSON array breaks off, or goes wrong, behind its element 0 (line 1)");
    expect_problem("jsonl", "[" ARTICLE("甲", "01") "] <!-- 1 ms -->",
                   "this JSON array breaks off, or goes wrong, behind its element 0 (line 1)");
}

static void names_of_fields_are_the_answers_own(void **unused) {
    (void)unused;
    test.source.upstream.fields[ARTICLE_FIELD_TITLE] = SLICE("headline");
    test.source.upstream.fields[ARTICLE_FIELD_BODY] = SLICE("content");
    expect_taken("jsonl", "{\"headline\": \"甲\", \"content\": \"文\", \"date\": \"2024-09-01\"}\n", "甲");
}

static struct article last;
static void keep(void *context, const struct article *article) {
    (void)context;
    last = *article;
}

/* Defaults are for who reads what is kept: else a default that is changed would change nothing. */
static void defaults_are_not_taken_over(void **unused) {
    (void)unused;
    const struct label label = {SLICE("district"), SLICE("putuo"), LABEL_IS};
    const struct taxonomies taxonomies = {0};
    const struct upstream_answer answer = {SLICE("{\"title\": \"甲\", \"body\": \"文\"}\n"), SLICE(""), SLICE(URL)};
    test.source.defaults[ARTICLE_FIELD_SOURCE] = SLICE("上海招商");
    test.source.defaults[ARTICLE_FIELD_DATE] = SLICE("2024-09-01");
    test.source.labels = &label;
    test.source.label_count = 1;
    assert_true(
        upstream_read(&test.source, &taxonomies, &answer, keep, NULL, &test.diagnostics, &test.problem, &test.reading));
    assert_int_equal(last.source_name.size, 0);
    assert_int_equal(last.label_count, 0);
    assert_true(last.date.present); /* without one it would be no article */
}

static void what_is_no_json_is_not_understood(void **unused) {
    (void)unused;
    expect_problem("jsonl", "", "the answer is empty");
    expect_problem("jsonl", " \r\n\n", "the answer is empty");
    expect_problem("jsonl", "too many requests", "this is not JSON: an object in { } is missing");
    expect_problem("jsonl", "a\nb\n" ARTICLE("甲", "01") "\n",
                   "2 of 3 records cannot be read: line 1: this record cannot be read: this is not JSON: an object in "
                   "{ } is missing");
    expect_problem("jsonl", ARTICLE("甲", "01") "\n{\"title\": \"乙\", \"da",
                   "it is cut off in line 2: it ends inside a string");
    expect_problem("jsonl", "{\"error\": \"try again later\"}",
                   "nothing in it is an article that can be read (1 refused): line 1: no title");
    expect_problem("jsonl", "\x1F\x8B\x08", "this gzip file is damaged or cut off");
}

/* An article, then `blanks` line ends. */
static struct slice gzip(size_t blanks, unsigned char *packed, size_t room) {
    static const char article[] = ARTICLE("甲", "01");
    CLEANUP(buf_release) struct buf lines = BUF(BUF_UNLIMITED);
    z_stream stream = {0};
    buf_append_string(&lines, article);
    for (size_t i = 0; i < blanks; i++)
        buf_append_byte(&lines, '\n');
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)lines.data;
    stream.avail_in = (uInt)lines.size;
    stream.next_out = packed;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t size = stream.total_out;
    deflateEnd(&stream);
    return (struct slice){(const char *)packed, size};
}

static void gzip_files_are_unpacked(void **unused) {
    (void)unused;
    static unsigned char packed[1 << 18];
    struct slice bytes = gzip(3, packed, sizeof packed);
    read_answer("jsonl", bytes, "application/gzip");
    assert_true(test.understood);
    assert_string_equal(buf_string(&test.taken), "甲");
    read_answer("jsonl", slice_range(bytes, 0, bytes.size - 9), "application/gzip");
    assert_false(test.understood);
    assert_string_equal(buf_string(&test.problem), "this gzip file is damaged or cut off");
    read_answer("jsonl", gzip(65 << 20, packed, sizeof packed), "application/gzip");
    assert_false(test.understood);
    assert_string_equal(buf_string(&test.problem), "this gzip file holds more than 64 MiB");
}

static void other_formats_are_named(void **unused) {
    (void)unused;
    const char *page = "<!DOCTYPE html>\n<html><head><title>\n 登录 &amp; 注册</title></head></html>";
    expect_problem("jsonl", page, "this is an HTML page: «登录 & 注册»" ASK_OTHERWISE);
    expect_problem("feed", page, "this is an HTML page: «登录 & 注册»" ASK_OTHERWISE);
    expect_problem("feed", "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><body/></html>",
                   "this is an HTML page" ASK_OTHERWISE);
    expect_problem(
        "jsonl", "<title>一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十又一</title>",
        "this is an HTML page: "
        "«一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十…»" ASK_OTHERWISE);
    expect_problem("jsonl", "<?xml version=\"1.0\"?><rss version=\"2.0\"></rss>",
                   "this is XML, not JSON; if it is a feed, say reader: feed");
    expect_problem("jsonl", "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": []}",
                   "this is a JSON Feed, not one article a line: say reader: feed");
    read_answer("jsonl", SLICE("{\"title\": \"\xC9\xCF\xBA\xA3\xCA\xD0\xB7\xA2\xB2\xBC\"}"), "application/json");
    assert_string_equal(buf_string(&test.problem), "its bytes are GB18030: say encoding: gb18030");
}

static void the_charset_is_the_answers(void **unused) {
    (void)unused;
    const struct slice bytes =
        SLICE("{\"title\": \"\xC9\xCF\xBA\xA3\", \"date\": \"2024-09-01\", \"body\": \"\xCE\xC4\"}\n");
    read_answer("jsonl", bytes, "application/json; charset=gbk");
    assert_string_equal(buf_string(&test.taken), "上海");
    test.source.upstream.encoding = SLICE("gb18030");
    read_answer("jsonl", bytes, "application/json; charset=utf-8");
    assert_string_equal(buf_string(&test.taken), "上海");
    test.source.upstream.encoding = (struct slice){0};
    expect_taken("jsonl", ARTICLE("甲", "01") "\n" ARTICLE("乙\xFF", "02") "\n", "甲 乙\xEF\xBF\xBD");
    expect_reported("2:0 encoding-invalid\n");
}

static void withdrawals_are_counted_apart(void **unused) {
    (void)unused;
    expect_taken(
        "jsonl",
        ARTICLE("甲", "01") "\n{\"id\": \"x\", \"title\": \"乙\", \"date\": \"2024-09-02\", \"withdrawn\": true}\n",
        "甲 -乙");
    assert_int_equal(test.reading.articles, 1);
    assert_int_equal(test.reading.withdrawn, 1);
}

static void feeds_are_read(void **unused) {
    (void)unused;
    const char *feed = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel><title>t</title>"
                       "<link>https://www.example.org/</link><description>d</description>\n"
                       "<item><title>乙</title><link>/2.html</link><description>文二</description><pubDate>Tue, 24 Sep "
                       "2024 08:00:00 +0800</pubDate></item>\n"
                       "<item><title>甲</title><link>/1.html</link><description>文一</description><pubDate>Mon, 23 Sep "
                       "2024 08:00:00 +0800</pubDate></item>\n"
                       "</channel></rss>";
    test.source.upstream.order = ORDER_NEWEST_FIRST;
    expect_taken("feed", feed, "甲@https://www.example.org/1.html 乙@https://www.example.org/2.html");
    /* Names that a source gives its fields are those of JSON, not of a feed. */
    test.source.upstream.fields[ARTICLE_FIELD_TITLE] = SLICE("headline");
    expect_taken("feed", feed, "甲@https://www.example.org/1.html 乙@https://www.example.org/2.html");
    read_answer("feed", slice_range(slice_of(feed), 0, strlen(feed) - 20), "");
    assert_false(test.understood);
    read_answer("feed", SLICE("{\"error\": 1}"), "");
    assert_false(test.understood);
}

static void listings_are_dumps_or_pages(void **unused) {
    (void)unused;
    const char *page = "<html><ul><li><a href=1.html>第二条新闻的标题</a>2024-09-02</li>"
                       "<li><a href=2.html>第一条新闻的标题</a>2024-09-01</li></ul>";
    test.source.upstream.order = ORDER_NEWEST_FIRST;
    expect_taken("listing", "-\n【要闻】乙\n正文。\n2024-09-02\n-\n甲\n正文。\n2024-09-01\n", "甲 乙");
    expect_taken("listing", page,
                 "第一条新闻的标题@https://www.example.org/news/2.html "
                 "第二条新闻的标题@https://www.example.org/news/1.html");
    test.source.upstream.order = ORDER_OLDEST_FIRST;
    expect_taken("listing", page,
                 "第二条新闻的标题@https://www.example.org/news/1.html "
                 "第一条新闻的标题@https://www.example.org/news/2.html");
    expect_problem("listing", "<html><title>登录</title><p>请登录</p></html>",
                   "this page has no list of dated links: «登录»");
    expect_problem("listing", "Service temporarily unavailable",
                   "nothing in it is an article that can be read (1 refused): line 1: no date");
}

#define PAGE(head)                                                                                                                                             \
    "<html><head><title>甲事办成_某网</title>" head "</head><body><h1>甲事办成了</h1>"                                                                    \
    "<p>2024-09-25 来源:上海普陀</p>"                                                                                                                    \
    "<p>九月二十五日,甲事办成了。经过三年建设,全长二十一公里的步道全线贯通,市民可以从这里一直走到江边。</p>"     \
    "<p>据介绍,建设期间先后打通断点十七处,新建桥梁四座,改造绿地三十余万平方米,沿线设置驿站二十二个。</p></body></" \
    "html>"

static void a_page_has_an_address(void **unused) {
    (void)unused;
    expect_taken("page", PAGE(""), "甲事办成了@" URL);
    expect_taken("page", PAGE("<link rel=canonical href=\"https://www.example.org/a/1.html\">"),
                 "甲事办成了@https://www.example.org/a/1.html");
    /* Another host's, and the front page: not believed. */
    expect_taken("page", PAGE("<link rel=canonical href=\"https://evil.example.net/1\">"), "甲事办成了@" URL);
    expect_taken("page", PAGE("<meta property=\"og:url\" content=\"https://www.example.org/\">"), "甲事办成了@" URL);
    expect_problem("page", "<html><title>登录</title><h1>请登录</h1></html>",
                   "this page is no article that can be read: «登录»: line 1: no date");
}

/* 48 MiB of lines, of objects in an array: what is held besides the answer does not follow its size. */
static void memory_does_not_follow_the_answer(void **unused) {
    (void)unused;
    enum { SIZE = 48 << 20, MOST = SIZE };
    for (unsigned is_array = 0; is_array < 2; is_array++) {
        CLEANUP(buf_release) struct buf answer = BUF(BUF_UNLIMITED);
        struct rusage before;
        struct rusage after;
        buf_reserve(&answer, SIZE + (1 << 16));
        buf_append_byte(&answer, is_array ? '[' : ' ');
        while (answer.size < SIZE) {
            buf_append_string(&answer, ARTICLE("甲", "01"));
            buf_append_string(&answer, is_array && answer.size < SIZE ? ",\n" : "\n");
        }
        if (is_array)
            buf_append_byte(&answer, ']');
        test.taken.limit = 1 << 20;
        assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
        read_answer("jsonl", buf_slice(&answer), "");
        assert_true(test.understood);
        assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
        assert_true(test.reading.articles > 500000);
        assert_true((size_t)(after.ru_maxrss - before.ru_maxrss) * 1024 < MOST);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_come_oldest_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broken_line_costs_only_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arrays_are_lines_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_of_fields_are_the_answers_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(defaults_are_not_taken_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_json_is_not_understood, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gzip_files_are_unpacked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_formats_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_charset_is_the_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(withdrawals_are_counted_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(feeds_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(listings_are_dumps_or_pages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_page_has_an_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_does_not_follow_the_answer, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
