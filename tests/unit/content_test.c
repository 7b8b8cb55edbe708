#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/content.h"

/* What the content of an entry is, by a template of the test's. */
struct drawn {
    struct template_file file;
    struct settings settings;
    struct diagnostics diagnostics;
    struct templates templates;
    struct buf content;
};

static void drawn_release(struct drawn *drawn) {
    templates_release(&drawn->templates);
    diagnostics_release(&drawn->diagnostics);
    buf_release(&drawn->content);
}

static const struct category labels[] = {
    {SLICE_CONSTANT("tag:feeds.example.org,2026:district"), SLICE_CONSTANT("putuo"), SLICE_CONSTANT("普陀区"),
     SLICE_CONSTANT("putuo/")},
    {SLICE_CONSTANT("tag:feeds.example.org,2026:topic"), SLICE_CONSTANT("ic"), SLICE_CONSTANT("芯片 & <电路>"),
     SLICE_CONSTANT("")},
};

static const struct author authors[] = {{.name = SLICE_CONSTANT("甲")}, {.name = SLICE_CONSTANT("乙")}};

static struct entry entry_of(const char *body) {
    return (struct entry){
        .id = SLICE("tag:feeds.example.org,2026:1"),
        .title = SLICE("A {{title}} <script>"),
        .page = SLICE("article/0f.html"),
        .body = slice_of(body),
        .source_name = SLICE("上观"),
        .source_url = SLICE("https://news.example.org/?a=1&b=2"),
        .authors = authors,
        .author_count = ARRAY_LENGTH(authors),
        .categories = labels,
        .category_count = ARRAY_LENGTH(labels),
        .image = SLICE("https://img.example.org/a.jpg?w=1&h=2"),
    };
}

static const char *draw(struct drawn *drawn, const char *template, const struct entry *entry) {
    drawn->file = (struct template_file){SLICE("entry.html"), SLICE("entry.html"), slice_of(template)};
    drawn->settings = (struct settings){
        .site = {.title = SLICE("上海招商"), .url = SLICE("https://feeds.example.org/x/"), .language = SLICE("zh-CN")},
        .output = {.templates = &drawn->file, .template_count = 1},
    };
    drawn->content = BUF(BUF_UNLIMITED);
    assert_true(templates_open(&drawn->settings, &drawn->diagnostics, &drawn->templates));
    assert_int_equal(drawn->diagnostics.items.count, 0);
    buf_append_string(&drawn->content, "before ");
    content_render(&drawn->templates, entry, &drawn->content);
    return buf_string(&drawn->content) + strlen("before ");
}

static void expect_content(const char *template, const struct entry *entry, const char *expected) {
    CLEANUP(drawn_release) struct drawn drawn = {0};
    assert_string_equal(draw(&drawn, template, entry), expected);
}

static void test_the_body_goes_in_as_it_is(void **state) {
    (void)state;
    const struct entry entry = entry_of("<p>一 &amp; 二 {{title}}</p>");
    expect_content("{{{body}}}", &entry, "<p>一 &amp; 二 {{title}}</p>");
    expect_content("<b>{{title}}</b>", &entry, "<b>A {{title}} &lt;script&gt;</b>");
}

static void test_what_has_no_body_has_no_content(void **state) {
    (void)state;
    const struct entry entry = entry_of("");
    expect_content("<p>{{title}}</p>", &entry, "");
}

static void test_all_addresses_are_absolute(void **state) {
    (void)state;
    const struct entry entry = entry_of("<p>x</p>");
    expect_content("{{#labels}}{{taxonomy}} {{term}} {{label}} [{{address}}] {{/labels}}", &entry,
                   "district putuo 普陀区 [https://feeds.example.org/x/putuo/] topic ic 芯片 &amp; &lt;电路&gt; []");
    expect_content("{{address}}", &entry, "https://feeds.example.org/x/article/0f.html");
    expect_content("{{#source}}{{name}} {{address}}{{/source}}", &entry, "上观 https://news.example.org/?a=1&amp;b=2");
}

static void test_people_and_the_site(void **state) {
    (void)state;
    const struct entry entry = entry_of("<p>x</p>");
    expect_content("{{#authors}}{{.}},{{/authors}} {{site.title}} {{text.home}} {{date.text}}", &entry,
                   "甲,乙, 上海招商 首页 1970年1月1日");
    const struct entry nameless = {.body = SLICE("<p>x</p>"), .title = SLICE("x")};
    expect_content("{{^source}}no source{{/source}}{{^image}}, no image{{/image}}{{^labels}}, no labels{{/labels}}"
                   "{{^enclosure}}, no enclosure{{/enclosure}}",
                   &nameless, "no source, no image, no labels, no enclosure");
}

static void test_an_image_that_the_body_shows_is_not_offered(void **state) {
    (void)state;
    const char *template = "[{{image}}]";
    struct entry entry = entry_of("<p>x</p>");
    expect_content(template, &entry, "[https://img.example.org/a.jpg?w=1&amp;h=2]");
    entry = entry_of("<p><img src=\"https://img.example.org/a.jpg?w=1&amp;h=2\"></p>");
    expect_content(template, &entry, "[]");
    /* Encoded in the body, or as it was written. */
    entry = entry_of("<img src=\"https://img.example.org/%E5%9B%BE.jpg\">");
    entry.image = SLICE("https://img.example.org/图.jpg");
    expect_content(template, &entry, "[]");
    entry = entry_of("<img src=\"https://img.example.org/图.jpg\">");
    entry.image = SLICE("https://img.example.org/图.jpg");
    expect_content(template, &entry, "[]");
}

static void test_no_white_space_is_left_at_the_ends(void **state) {
    (void)state;
    const struct entry entry = entry_of("<p>x</p>\n\n<p>y</p>\n");
    expect_content(
        "\n\n  {{! comment }} \n{{#enclosure}}\nx\n{{/enclosure}}\n\t{{{body}}}\n\n{{#enclosure}} {{/enclosure}}  \n",
        &entry, "<p>x</p>\n\n<p>y</p>");
    expect_content(" \n ", &entry, "");
}

static void test_the_shipped_one_has_the_body(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(templates_release) struct templates templates = {0};
    CLEANUP(buf_release) struct buf content = BUF(BUF_UNLIMITED);
    const struct settings settings = {
        .site = {.title = SLICE("x"), .url = SLICE("https://feeds.example.org/"), .language = SLICE("zh-CN")}};
    const struct entry entry = entry_of("<p>正文 {{{body}}}</p>");
    assert_true(templates_open(&settings, &diagnostics, &templates));
    content_render(&templates, &entry, &content);
    assert_true(slice_find(buf_slice(&content), entry.body, 0) < content.size);
    assert_true(slice_equal(slice_trim(buf_slice(&content)), buf_slice(&content)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_body_goes_in_as_it_is),
        cmocka_unit_test(test_what_has_no_body_has_no_content),
        cmocka_unit_test(test_all_addresses_are_absolute),
        cmocka_unit_test(test_people_and_the_site),
        cmocka_unit_test(test_an_image_that_the_body_shows_is_not_offered),
        cmocka_unit_test(test_no_white_space_is_left_at_the_ends),
        cmocka_unit_test(test_the_shipped_one_has_the_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
