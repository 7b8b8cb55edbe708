#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/date.h"
#include "proof.h"
#include "render/format.h"

static const struct format *html(void) {
    const struct format *format = format_find(SLICE("html"));
    assert_non_null(format);
    return format;
}

static void draw_item(struct proof *proof, const struct entry *entry, bool in_full) {
    buf_clear(&proof->buf);
    html()->entry(&proof->templates, entry, in_full, &proof->buf);
}

static struct feed sample_feed(size_t entries) {
    static const struct channel_link related[] = {
        {SLICE_CONSTANT("徐汇区 · <集成电路>"), SLICE_CONSTANT("xuhui/ic/"), 1234},
        {SLICE_CONSTANT("全部"), {NULL, 0}, 5},
    };
    return (struct feed){
        .id = SLICE("tag:feeds.example.org,2026:channel/putuo/ic/"),
        .path = SLICE("/putuo/ic/"),
        .title = SLICE("普陀区 · <集成电路> · 上海招商 <\"站\">"),
        .subtitle = SLICE("副题 & \"其他\" {{site.title}}"),
        .updated = PROOF_DAY,
        .entry_count = entries,
        .archive = ARCHIVE_MONTH,
        .name = SLICE("普陀区 · <集成电路>"),
        .matching = 1234,
        .shown = entries,
        .related = related,
        .related_count = 2,
    };
}

/* A page with the full entry and the bare one. */
static void draw_feed(struct proof *proof, struct feed feed) {
    struct entry entries[] = {proof_entry(), proof_bare_entry()};
    struct buf pieces[2] = {BUF(BUF_UNLIMITED), BUF(BUF_UNLIMITED)};
    struct slice slices[2];
    feed.site = &proof->settings.site;
    for (size_t i = 0; i < 2; i++) {
        html()->entry(&proof->templates, &entries[i], true, &pieces[i]);
        slices[i] = buf_slice(&pieces[i]);
    }
    buf_clear(&proof->buf);
    html()->feed(&proof->templates, &feed, slices, &proof->buf);
    assert_false(proof->buf.failed);
    for (size_t i = 0; i < 2; i++)
        buf_release(&pieces[i]);
}

static void test_row(void **state) {
    (void)state;
    assert_string_equal(html()->file_name, "index.html");
    assert_string_equal(html()->media_type, "text/html");
    assert_string_equal(html()->served_type, "text/html; charset=utf-8");
    assert_false(html()->is_feed);
    assert_int_equal(html()->entries_most, 100);
}

static void test_item(void **state) {
    struct proof *proof = *state;
    struct entry entry = proof_entry();
    draw_item(proof, &entry, true);
    assert_true(proof_has(proof, "&lt;script&gt;alert(1)&lt;/script&gt; &quot;引&quot; &#39;x&#39; {{site.title}} "
                                 "{{{text.home}}} &amp; 普陀 &lt;/title&gt; &lt;!--"));
    assert_true(proof_has(proof, "href=\"https://example.org/%E8%B7%AF%E5%BE%84%20a?b=1&amp;c=2\""));
    assert_true(proof_has(proof, "datetime=\"2025-07-18T00:00:00+08:00\">2025年7月18日<"));
    assert_true(proof_has(proof, "上海&quot;招商&quot;"));
    assert_true(proof_has(proof, "<a href=\"putuo/\">普陀&lt;区&gt;</a>"));
    assert_true(proof_has(proof, "集成电路"));
    assert_true(proof_has(proof, "lang=\"en\""));
    assert_true(proof_has(proof, "href=\"https://example.org/a.mp3\""));
    assert_false(proof_has(proof, "<script") || proof_has(proof, "<i>"));
    /* An item is its summary, in full or not. */
    assert_false(proof_has(proof, "正文"));
    struct slice whole = buf_slice(&proof->buf);
    CLEANUP(buf_release) struct buf other = BUF(BUF_UNLIMITED);
    html()->entry(&proof->templates, &entry, false, &other);
    assert_true(slice_equal(whole, buf_slice(&other)));
}

static void test_bare_item(void **state) {
    struct proof *proof = *state;
    struct entry entry = proof_bare_entry();
    draw_item(proof, &entry, true);
    assert_true(proof_has(proof, "href=\"article/0123456789abcdef0123.html\""));
    assert_true(proof_has(proof, "datetime=\"2025-07-17T23:59:59+08:00\""));
    assert_false(proof_has(proof, "href=\"\"") || proof_has(proof, "lang="));
    /* What is no address of the web is led to by nothing. */
    entry.url = entry.source_url = entry.image = entry.enclosure.url = SLICE("javascript:alert(1)");
    draw_item(proof, &entry, true);
    assert_false(proof_has(proof, "=\"javascript:"));
}

static void test_head(void **state) {
    struct proof *proof = *state;
    draw_feed(proof, sample_feed(2));
    proof_keep(proof, "channel.html");
    proof_assert_relative(proof);
    assert_true(slice_starts_with(buf_slice(&proof->buf), SLICE("<!doctype html>")));
    assert_true(proof_has(proof, "<html lang=\"zh-CN\">"));
    assert_true(proof_has(proof, "<base href=\"../../\">"));
    assert_true(proof_has(proof, "<title>普陀区 · &lt;集成电路&gt; · 上海招商 &lt;&quot;站&quot;&gt;</title>"));
    assert_true(proof_has(proof, "<h1>普陀区 · &lt;集成电路&gt;</h1>"));
    assert_true(proof_has(proof, "rel=\"canonical\" href=\"https://feeds.example.org/sub/putuo/ic/\""));
    assert_true(proof_has(proof, "content=\"副题 &amp; &quot;其他&quot; {{site.title}}\""));
    assert_int_equal(proof_count(proof, "rel=\"alternate\""), 3);
    assert_true(proof_has(proof, "type=\"application/atom+xml\" title=\"普陀区 · &lt;集成电路&gt; · Atom\" "
                                 "href=\"putuo/ic/atom.xml\""));
    assert_true(proof_has(proof, ">https://feeds.example.org/sub/putuo/ic/atom.xml<"));
    assert_int_equal(proof_count(proof, "<svg class=\"qr\""), 1);
    assert_true(proof_has(proof, "1,234"));
    assert_true(proof_has(proof, "<a href=\"xuhui/ic/\">徐汇区 · &lt;集成电路&gt;</a>"));
    assert_true(proof_has(proof, "<a href=\"./\">全部</a>"));
    assert_int_equal(proof_count(proof, "<li class=\"item\">"), 2);
    assert_false(proof_has(proof, "</li>\n\n"));
    assert_true(proof_has(proof, "href=\"putuo/ic/archive/\""));
    struct feed without = sample_feed(2);
    without.archive = ARCHIVE_NONE;
    draw_feed(proof, without);
    assert_false(proof_has(proof, "archive/"));
}

static void test_older(void **state) {
    struct proof *proof = *state;
    struct feed feed = sample_feed(2);
    feed.older_page = SLICE("archive/2025-06.xml");
    feed.older_begin = PROOF_DAY - INT64_C(30) * 86400;
    draw_feed(proof, feed);
    assert_true(proof_has(proof, "href=\"putuo/ic/archive/2025-06.html\""));
    assert_true(proof_has(proof, "2025年6月"));
    assert_true(proof_has(proof, "href=\"putuo/ic/archive/\""));
}

static void test_archive_page(void **state) {
    struct proof *proof = *state;
    struct feed feed = sample_feed(2);
    feed.archive_page = SLICE("archive/2025-07.xml");
    feed.archive_begin = PROOF_DAY;
    draw_feed(proof, feed);
    proof_keep(proof, "archive-month.html");
    proof_assert_relative(proof);
    assert_true(proof_has(proof, "<base href=\"../../../\">"));
    assert_true(proof_has(proof, "href=\"https://feeds.example.org/sub/putuo/ic/archive/2025-07.html\""));
    assert_true(proof_has(proof, "<h1>普陀区 · &lt;集成电路&gt; · 2025年7月</h1>"));
    assert_true(proof_has(proof, "href=\"putuo/ic/\""));
    assert_true(proof_has(proof, "href=\"putuo/ic/archive/\""));
    /* Nobody is to subscribe to a month. */
    assert_false(proof_has(proof, "rel=\"alternate\"") || proof_has(proof, "class=\"qr\""));
    assert_false(proof_has(proof, "rel=\"prev\""));
    /* Of the channel /, and by days. */
    feed.path = SLICE("/");
    feed.name = SLICE("");
    feed.archive = ARCHIVE_DAY;
    feed.archive_page = SLICE("archive/2025-07-18.xml");
    feed.older_page = SLICE("archive/2025-07-17.xml");
    feed.older_begin = PROOF_DAY - 86400;
    draw_feed(proof, feed);
    proof_assert_relative(proof);
    assert_true(proof_has(proof, "<base href=\"../\">"));
    assert_true(proof_has(proof, "href=\"https://feeds.example.org/sub/archive/2025-07-18.html\""));
    assert_true(proof_has(proof, "<h1>上海招商 &lt;&quot;站&quot;&gt; · 2025年7月18日</h1>"));
    assert_true(proof_has(proof, "href=\"archive/2025-07-17.html\""));
    assert_true(proof_has(proof, "2025年7月17日"));
}

static void test_empty(void **state) {
    struct proof *proof = *state;
    struct feed feed = sample_feed(0);
    feed.matching = feed.shown = 0;
    feed.related = NULL;
    feed.related_count = 0;
    feed.subtitle = SLICE("");
    draw_feed(proof, feed);
    proof_keep(proof, "channel-empty.html");
    proof_assert_relative(proof);
    assert_false(proof_has(proof, "<li class=\"item\">"));
    assert_false(proof_has(proof, "name=\"description\"") || proof_has(proof, "class=\"others\""));
    /* It can be subscribed to all the same. */
    assert_true(proof_has(proof, "class=\"qr\"") && proof_has(proof, "putuo/ic/atom.xml"));
}

static void test_deterministic(void **state) {
    struct proof *proof = *state;
    draw_feed(proof, sample_feed(2));
    CLEANUP(buf_release) struct buf first = BUF(BUF_UNLIMITED);
    buf_append_slice(&first, buf_slice(&proof->buf));
    draw_feed(proof, sample_feed(2));
    assert_true(slice_equal(buf_slice(&first), buf_slice(&proof->buf)));
}

/* Data that the shipped templates do not show everywhere, and a text of the user's that becomes part of our HTML. */
static void test_users_templates(void **state) {
    (void)state;
    static const struct template_file files[] = {
        {SLICE_CONSTANT("channel.html"), SLICE_CONSTANT("channel.html"),
         SLICE_CONSTANT("qr={{{qr}}};{{count}};{{shown}};{{has_more}};{{is_empty}};{{channel.path}};{{older_name}}")},
        {SLICE_CONSTANT("text.yaml"), SLICE_CONSTANT("text.yaml"), SLICE_CONSTANT("zh: {qr_label: '\"><script>'}\n")},
    };
    struct proof proof;
    assert_int_equal(proof_open(&proof, "zh-CN", files, ARRAY_LENGTH(files)), 0);
    struct feed feed = sample_feed(2);
    draw_feed(&proof, feed);
    assert_true(proof_has(&proof, " aria-label=\"&quot;&gt;&lt;script&gt;\">"));
    assert_true(proof_has(&proof, ";1,234;2;true;false;putuo/ic/;"));
    feed.archive_page = SLICE("archive/2025-07.xml");
    feed.archive_begin = PROOF_DAY;
    feed.matching = 2;
    draw_feed(&proof, feed);
    assert_true(slice_equal(buf_slice(&proof.buf), SLICE("qr=;2;2;false;false;putuo/ic/;")));
    void *other = &proof;
    proof_tear_down(&other);
}

static void test_english(void **state) {
    (void)state;
    struct proof proof;
    assert_int_equal(proof_open(&proof, "en-GB", NULL, 0), 0);
    draw_feed(&proof, sample_feed(2));
    assert_true(proof_has(&proof, "<html lang=\"en-GB\">") && proof_has(&proof, ">2025-07-18<"));
    /* The entry is in the general form of that language, which is another tag. */
    assert_true(proof_has(&proof, "lang=\"en\""));
    void *other = &proof;
    proof_tear_down(&other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row),           cmocka_unit_test(test_item),    cmocka_unit_test(test_bare_item),
        cmocka_unit_test(test_head),          cmocka_unit_test(test_older),   cmocka_unit_test(test_archive_page),
        cmocka_unit_test(test_empty),         cmocka_unit_test(test_english), cmocka_unit_test(test_users_templates),
        cmocka_unit_test(test_deterministic),
    };
    return cmocka_run_group_tests(tests, proof_set_up, proof_tear_down);
}
