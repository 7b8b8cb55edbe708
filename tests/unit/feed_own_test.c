#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/format.h"
#include "unit/feed_reading.h"

/* What we write, read back: one meaning in three formats, and the one that was put in. */

static const struct site site = {
    .title = SLICE_CONSTANT("试验"),
    .url = SLICE_CONSTANT("https://feeds.example.org/"),
    .tag = SLICE_CONSTANT("feeds.example.org,2026"),
    .language = SLICE_CONSTANT("zh-CN"),
    .author = SLICE_CONSTANT("编辑部"),
};
static const struct templates templates = {.site = &site, .has_pages = true};
static const struct author authors[] = {{SLICE_CONSTANT("张三")}, {SLICE_CONSTANT("李四 & 王五")}};
static const struct category categories[] = {
    {SLICE_CONSTANT("tag:x:district"), SLICE_CONSTANT("putuo"), SLICE_CONSTANT("普陀区"), {NULL, 0}}};
static const struct slice tags[] = {SLICE_CONSTANT("芯片\"<&>")};

static const struct entry entries[] = {
    {.id = SLICE_CONSTANT("tag:x:url/a"),
     .title = SLICE_CONSTANT("AT&T <b>普陀</b> &amp; \"]]>\""),
     .url = SLICE_CONSTANT("https://example.org/路径 a?b=1&c=2"),
     .published = MOMENT,
     .updated = MOMENT + 3600,
     .authors = authors,
     .author_count = 2,
     .summary = SLICE_CONSTANT("一句话 & <i>两句</i>话 &lt;。"),
     .content =
         SLICE_CONSTANT("<p>正文 &amp; <a href=\"https://example.org/?a=1&amp;b=2\">链接</a> ]]&gt;</p>\n<p>二</p>"),
     .source_name = SLICE_CONSTANT("上海招商"),
     .source_url = SLICE_CONSTANT("https://source.example.org/"),
     .language = SLICE_CONSTANT("en"),
     .categories = categories,
     .category_count = 1,
     .tags = tags,
     .tag_count = 1,
     .image = SLICE_CONSTANT("https://example.org/i.png?a&b"),
     .enclosure = {SLICE_CONSTANT("https://example.org/a.mp3"), SLICE_CONSTANT("audio/mpeg"), 1234}},
    {.id = SLICE_CONSTANT("tag:x:doc/b"),
     .title = SLICE_CONSTANT("只有标题 1 < 2"),
     .published = MOMENT - 1,
     .updated = MOMENT - 1,
     .authors = authors,
     .author_count = 1,
     .source_name = SLICE_CONSTANT("无址"),
     .enclosure = {.url = SLICE_CONSTANT("https://example.org/b.bin")}},
    {.id = SLICE_CONSTANT("tag:x:url/c"),
     .title = SLICE_CONSTANT("无来源"),
     .url = SLICE_CONSTANT("https://example.org/c"),
     .published = MOMENT - 2,
     .updated = MOMENT - 2,
     .authors = authors,
     .author_count = 1,
     .summary = SLICE_CONSTANT("只有<p>摘要")},
};
enum { ENTRIES = ARRAY_LENGTH(entries) };

static void render_and_translate(const struct format *format, bool in_full) {
    CLEANUP(buf_release) struct buf document = BUF(BUF_UNLIMITED);
    struct buf pieces[ENTRIES];
    struct slice slices[ENTRIES];
    struct feed own = {.site = &site,
                       .id = SLICE("tag:x:channel/"),
                       .path = SLICE("/"),
                       .title = SLICE("全部 · 试验"),
                       .updated = MOMENT,
                       .entry_count = ENTRIES};
    for (size_t i = 0; i < ENTRIES; i++) {
        pieces[i] = BUF(BUF_UNLIMITED);
        format->entry(&templates, &entries[i], in_full, &pieces[i]);
        slices[i] = buf_slice(&pieces[i]);
    }
    format->feed(&templates, &own, slices, &document);
    if (!translate(buf_string(&document)))
        fail_msg("%s: %u: %s", format->name, feed.line, feed.problem);
    assert_int_equal(feed.entries, ENTRIES);
    for (size_t i = 0; i < ENTRIES; i++)
        buf_release(&pieces[i]);
}

/* Line `number` that is not empty. */
static struct article article_number(size_t number) {
    struct slice rest = buf_slice(&lines);
    struct slice line = {0};
    for (size_t i = 0; i <= number; i += line.size > 0)
        assert_true(slice_take_until(&rest, '\n', &line));
    assert_true(reading_parse(&test, "feed", arena_copy(&test.arena, line)));
    return test.article;
}

static void check_equal(const struct article *a, const struct article *b) {
    const struct slice texts[][2] = {
        {a->id, b->id},
        {a->url, b->url},
        {a->title, b->title},
        {a->summary, b->summary},
        {a->body, b->body},
        {a->language, b->language},
        {a->source_name, b->source_name},
        {a->image, b->image},
        {a->enclosure.url, b->enclosure.url},
        {a->enclosure.type, b->enclosure.type},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (!slice_equal(texts[i][0], texts[i][1]))
            fail_msg("text %zu: %.*s, %.*s", i, SLICE_ARGUMENTS(texts[i][0]), SLICE_ARGUMENTS(texts[i][1]));
    assert_int_equal(a->date.seconds, b->date.seconds);
    assert_int_equal(a->updated.seconds, b->updated.seconds);
    assert_int_equal(a->format, b->format);
    assert_int_equal(a->enclosure.length, b->enclosure.length);
    assert_int_equal(a->author_count, b->author_count);
    assert_int_equal(a->tag_count, b->tag_count);
    for (size_t i = 0; i < a->author_count; i++)
        assert_true(slice_equal(a->authors[i].name, b->authors[i].name));
    for (size_t i = 0; i < a->tag_count; i++)
        assert_true(slice_equal(a->tags[i], b->tags[i]));
}

/* One meaning in three formats, as it was put in. */
static void our_own_feeds_say_the_same(void **unused) {
    (void)unused;
    static const char *const names[] = {"atom", "rss", "json"};
    for (unsigned in_full = 0; in_full < 2; in_full++) {
        struct article first[ENTRIES];
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
            render_and_translate(format_find(slice_of(names[i])), in_full);
            for (size_t number = 0; number < ENTRIES; number++) {
                struct article article = article_number(number);
                if (i == 0)
                    first[number] = article;
                else
                    check_equal(&first[number], &article);
            }
        }
        assert_slice(first[0].title, "AT&T <b>普陀</b> &amp; \"]]>\"");
        assert_slice(first[0].summary, "一句话 & <i>两句</i>话 &lt;。");
        assert_true(slice_equal(first[0].body, in_full ? entries[0].content : (struct slice){0}));
        assert_int_equal(first[0].updated.seconds, MOMENT + 3600);
        assert_slice(first[0].source_name, "上海招商");
        assert_slice(first[1].id, "tag:x:doc/b");
        assert_slice(first[1].summary, "只有标题 1 < 2");
        assert_slice(first[2].source_name, "全部 · 试验");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(our_own_feeds_say_the_same, init, release)};
    xml_set_up();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xml_tear_down();
    return failed;
}
