#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "clean/clean.h"

static struct arena arena;

static int release(void **unused) {
    (void)unused;
    arena_release(&arena);
    return 0;
}

static struct plain_text plain(const struct article *article) {
    struct plain_text text = {0};
    assert_true(clean_plain_text(article, &arena, &text));
    return text;
}

static void expect_text(enum body_format format, const char *body, const char *wanted) {
    struct article article = {.body = slice_of(body), .format = format};
    struct plain_text text = plain(&article);
    if (!slice_equal(text.text, slice_of(wanted)))
        fail_msg("%.*s", SLICE_ARGUMENTS(text.text));
}

static void expect_html(enum body_format format, const char *body, const char *wanted) {
    CLEANUP(buf_release) struct buf html = BUF(1 << 20);
    struct article article = {.body = slice_of(body), .format = format, .url = SLICE("https://example.org/a/b.html")};
    assert_true(clean_html(&article, &html));
    assert_string_equal(buf_string(&html), wanted);
}

static void plain_text_is_not_copied(void **unused) {
    (void)unused;
    struct article article = {.body = SLICE("第一段，讲三、四件事。\n第二段。")};
    struct plain_text text = plain(&article);
    assert_ptr_equal(text.text.data, article.body.data);
    assert_int_equal(text.text.size, article.body.size);
    assert_true(slice_equal(slice_range(text.text, 0, text.lead_size), SLICE("第一段，讲三、四件事。")));
    assert_int_equal(arena.total, 0);
}

static void headings_get_their_lines(void **unused) {
    (void)unused;
    expect_text(BODY_TEXT, "导语。 一、标题甲 正文。 二、标题乙。正文。",
                "导语。\n一、标题甲\n正文。\n二、标题乙\n正文。");
    expect_text(BODY_TEXT, "\u3000\u3000第一段。\n\u3000\u3000第二段。", "第一段。\n第二段。");
    expect_text(BODY_TEXT, "", "");
}

static void markup_gives_its_text(void **unused) {
    (void)unused;
    expect_text(BODY_HTML, "<p>一&amp;二</p><script>x</script><p>三</p>", "一&二\n三");
    expect_text(BODY_MARKDOWN, "# 标题\n\n正*文*一。\n\n<b>不是</b>正文二。", "标题\n正文一。\n不是正文二。");
}

static void the_summary_stands_in_for_a_body(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf html = BUF(1 << 20);
    struct article article = {.summary = SLICE("摘要<一>。"), .format = BODY_HTML};
    assert_true(slice_equal(plain(&article).text, SLICE("摘要<一>。")));
    assert_true(clean_html(&article, &html));
    assert_string_equal(buf_string(&html), "<p>摘要&lt;一&gt;。</p>\n");
}

static void the_lead_has_at_most_150_characters(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf body = BUF(1 << 20);
    for (unsigned i = 0; i < 151; i++)
        buf_append_string(&body, "字");
    struct article article = {.body = buf_slice(&body)};
    assert_int_equal(plain(&article).lead_size, 450);
    article.body.size = 447;
    assert_int_equal(plain(&article).lead_size, 447);
    article.body.size = 0;
    assert_int_equal(plain(&article).lead_size, 0);
}

static void text_becomes_paragraphs(void **unused) {
    (void)unused;
    expect_html(BODY_TEXT, "一段 <b>&。\n\n二段。", "<p>一段 &lt;b&gt;&amp;。</p>\n<p>二段。</p>\n");
    expect_html(BODY_TEXT, "导语。 一、标题甲 正文。 二、标题<乙> 正文。",
                "<p>导语。</p>\n<h2>一、标题甲</h2>\n<p>正文。</p>\n<h2>二、标题&lt;乙&gt;</h2>\n<p>正文。</p>\n");
}

static bool holds(const struct buf *html, const char *part) {
    return slice_find(buf_slice(html), slice_of(part), 0) < html->size;
}

static void markdown_cannot_smuggle(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf html = BUF(1 << 20);
    struct article article = {
        .body = SLICE("[a](javascript:alert(1)) [b](../c.html)\n\n<script>alert(2)</script>\n\n**粗**"),
        .format = BODY_MARKDOWN,
        .url = SLICE("https://example.org/a/b.html")};
    assert_true(clean_html(&article, &html));
    assert_false(holds(&html, "javascript"));
    assert_false(holds(&html, "script"));
    assert_false(holds(&html, "omitted"));
    assert_true(holds(&html, "href=\"https://example.org/c.html\""));
    assert_true(holds(&html, "<strong>粗</strong>"));
}

static void monstrous_tags_are_refused(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf body = BUF(1 << 20);
    CLEANUP(buf_release) struct buf html = BUF(1 << 20);
    struct plain_text text = {.lead_size = 77};
    buf_append_string(&body, "<p title=\"");
    for (unsigned i = 0; i < 70000; i++)
        buf_append_byte(&body, 'x');
    buf_append_string(&body, "\">正文</p>");
    struct article article = {.body = buf_slice(&body), .format = BODY_HTML};
    assert_false(clean_html(&article, &html));
    assert_int_equal(html.size, 0);
    assert_false(clean_plain_text(&article, &arena, &text));
    assert_int_equal(text.lead_size, 77);
}

static void summaries_are_one_line_of_120_characters(void **unused) {
    (void)unused;
    struct article article = {.summary = SLICE("摘要一。\n摘要二。"), .body = SLICE("正文。")};
    struct plain_text text = plain(&article);
    struct slice summary = clean_summary(&article, &text, &arena);
    assert_int_equal(slice_find_byte(summary, '\n', 0), summary.size);
    assert_true(slice_starts_with(summary, SLICE("摘要一。")));
    CLEANUP(buf_release) struct buf body = BUF(1 << 20);
    for (unsigned i = 0; i < 30; i++)
        buf_append_string(&body, "这一句有十个字在这里。");
    article = (struct article){.body = buf_slice(&body)};
    text = plain(&article);
    summary = clean_summary(&article, &text, &arena);
    assert_true(utf8_count(summary) <= 120 && utf8_count(summary) > 100);
    assert_true(slice_ends_with(summary, SLICE("。")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(plain_text_is_not_copied, release),
        cmocka_unit_test_teardown(headings_get_their_lines, release),
        cmocka_unit_test_teardown(markup_gives_its_text, release),
        cmocka_unit_test_teardown(the_summary_stands_in_for_a_body, release),
        cmocka_unit_test_teardown(the_lead_has_at_most_150_characters, release),
        cmocka_unit_test_teardown(text_becomes_paragraphs, release),
        cmocka_unit_test_teardown(markdown_cannot_smuggle, release),
        cmocka_unit_test_teardown(monstrous_tags_are_refused, release),
        cmocka_unit_test_teardown(summaries_are_one_line_of_120_characters, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
