#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pool.h"
#include "render/mustache.h"

#include <stdio.h>
#include <stdlib.h>

/* The cases of the specification are in tests/mustache; here is what it does not say. */

/* --- templates of a test: "name", "text", …, NULL ------------------------------------------------------------- */

static enum mustache_loaded load(void *context, struct slice name, struct arena *arena, struct diagnostics *diagnostics,
                                 struct mustache_source *ret_source) {
    CLEANUP(buf_release) struct buf file = BUF(1000);
    const char *const *texts = context;
    if (slice_equal(name, SLICE("broken")))
        diag_report(diagnostics, DIAGNOSTIC_SOURCE_UNREADABLE, (struct place){.file = name}, "");
    if (slice_equal(name, SLICE("broken")))
        return MUSTACHE_FAILED;
    for (; *texts; texts += 2)
        if (slice_equal(name, slice_of(texts[0]))) {
            buf_append_format(&file, "%s.html", texts[0]);
            *ret_source = (struct mustache_source){arena_copy(arena, buf_slice(&file)), slice_of(texts[1])};
            return MUSTACHE_LOADED;
        }
    return MUSTACHE_ABSENT;
}

#define LIBRARY(...)                                                                                                   \
    {                                                                                                                  \
        .loader = { load, (const char *[]){__VA_ARGS__, NULL}, false }                                                 \
    }

static struct mustache_value text(const char *string) {
    return mustache_text(slice_of(string));
}

/* For whatever is not about it. */
static const struct mustache_budget plenty = {20000000, 100 << 20};

static void expect_rendered(struct mustache_library *library, const struct mustache_value *data, const char *expected) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    const struct mustache_template *template = mustache_find(library, SLICE("page"), &diagnostics);
    assert_non_null(template);
    assert_true(mustache_render(template, data, plenty, &diagnostics, &buf));
    assert_string_equal(buf_string(&buf), expected);
    assert_int_equal(diagnostics.items.count, 0);
}

static void renders(const char *page, const struct mustache_value *data, const char *expected) {
    CLEANUP(mustache_library_release) struct mustache_library library = LIBRARY("page", page);
    expect_rendered(&library, data, expected);
}

/* The template cannot be had, and this is what is said of it, without severities. */
static void library_says(struct mustache_library *library, const char *expected) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    assert_null(mustache_find(library, SLICE("page"), &diagnostics));
    for (size_t i = 0; i < diagnostics.items.count; i++) {
        const struct diagnostic *item = &diagnostics.items.items[i];
        buf_append_format(&buf, "%.*s:%u:%u: %.*s\n", SLICE_ARGUMENTS(item->place.file), item->place.line,
                          item->place.column, SLICE_ARGUMENTS(item->detail));
    }
    assert_string_equal(buf_string(&buf), expected);
}

static void says(const char *page, const char *expected) {
    CLEANUP(mustache_library_release) struct mustache_library library = LIBRARY("page", page);
    library_says(&library, expected);
}

/* --- values --------------------------------------------------------------------------------------------------- */

static void test_data_is_never_read_as_a_template(void **state) {
    (void)state;
    const struct mustache_member members[] = {{SLICE("title"), text("{{secret}}{{>page}}{{=<% %>=}}")},
                                              {SLICE("body"), mustache_html(SLICE("<p>{{{secret}}}</p>{{#title}}"))},
                                              {SLICE("secret"), text("WRONG")}};
    struct mustache_value data = mustache_mapping(members, ARRAY_LENGTH(members));
    renders("{{title}}|{{{title}}}|{{body}}|{{#body}}{{.}}{{/body}}", &data,
            "{{secret}}{{&gt;page}}{{=&lt;% %&gt;=}}|{{secret}}{{>page}}{{=<% %>=}}|"
            "<p>{{{secret}}}</p>{{#title}}|<p>{{{secret}}}</p>{{#title}}");
}

static void test_what_is_escaped(void **state) {
    (void)state;
    const struct mustache_member members[] = {{SLICE("text"), text("<a href='x' id=\"y\">普陀 & 桃浦</a>")},
                                              {SLICE("html"), mustache_html(SLICE("<b>&amp;</b>"))},
                                              {SLICE("number"), mustache_number(SLICE("-1.5"))},
                                              {SLICE("yes"), mustache_boolean(true)},
                                              {SLICE("no"), mustache_boolean(false)},
                                              {SLICE("list"), mustache_list(NULL, 0)},
                                              {SLICE("empty"), mustache_mapping(NULL, 0)}};
    struct mustache_value data = mustache_mapping(members, ARRAY_LENGTH(members));
    renders("{{text}}", &data, "&lt;a href=&#39;x&#39; id=&quot;y&quot;&gt;普陀 &amp; 桃浦&lt;/a&gt;");
    renders("{{{text}}}{{& text }}", &data, "<a href='x' id=\"y\">普陀 & 桃浦</a><a href='x' id=\"y\">普陀 & 桃浦</a>");
    renders("{{html}} {{{html}}} {{number}} {{yes}} {{no}}", &data, "<b>&amp;</b> <b>&amp;</b> -1.5 true false");
    renders("[{{list}}{{empty}}{{unknown}}{{unknown.also}}{{text.size}}]", &data, "[]");
}

static void test_what_is_true(void **state) {
    (void)state;
    const struct mustache_member members[] = {{SLICE("text"), text("x")},
                                              {SLICE("none"), text("")},
                                              {SLICE("zero"), mustache_number(SLICE("0"))},
                                              {SLICE("ten"), mustache_number(SLICE("10"))},
                                              {SLICE("html"), mustache_html(SLICE(""))},
                                              {SLICE("nothing"), {.kind = MUSTACHE_NOTHING}},
                                              {SLICE("mapping"), mustache_mapping(NULL, 0)}};
    struct mustache_value data = mustache_mapping(members, ARRAY_LENGTH(members));
    renders("{{#text}}1{{/text}}{{#none}}2{{/none}}{{#zero}}3{{/zero}}{{#ten}}4{{/ten}}{{#html}}5{{/html}}"
            "{{#nothing}}6{{/nothing}}{{#mapping}}7{{/mapping}}",
            &data, "147");
    renders("{{^text}}1{{/text}}{{^none}}2{{/none}}{{^zero}}3{{/zero}}{{^ten}}4{{/ten}}{{^html}}5{{/html}}"
            "{{^nothing}}6{{/nothing}}{{^mapping}}7{{/mapping}}{{^unknown}}8{{/unknown}}",
            &data, "23568");
}

static void test_a_name_that_is_nothing_hides_an_outer_one(void **state) {
    (void)state;
    const struct mustache_member inner[] = {
        {SLICE("image"), {.kind = MUSTACHE_NOTHING}}, {SLICE("a"), text("first")}, {SLICE("a"), text("second")}};
    const struct mustache_member members[] = {{SLICE("image"), text("outer")},
                                              {SLICE("entry"), mustache_mapping(inner, ARRAY_LENGTH(inner))}};
    struct mustache_value data = mustache_mapping(members, ARRAY_LENGTH(members));
    renders("{{#entry}}[{{image}}]{{a}}{{/entry}}{{image}}", &data, "[]firstouter");
}

/* --- lazy lists ----------------------------------------------------------------------------------------------- */

enum { LAZY_ITEMS = 10000 };

static bool lazy_number(const void *context, size_t index, struct arena *arena, struct mustache_value *ret_item) {
    CLEANUP(buf_release) struct buf digits = BUF(100);
    if (index == *(const size_t *)context)
        return false;
    buf_append_unsigned(&digits, index);
    /* Something large, which must not pile up. */
    assert_true(arena->total < (size_t)1 << 20);
    char *large = arena_new(arena, (size_t)1 << 18);
    memcpy(large, digits.data, digits.size);
    *ret_item = mustache_number((struct slice){large, digits.size});
    return true;
}

static void test_lazy_lists(void **state) {
    (void)state;
    const size_t three = 3;
    const size_t none = 0;
    const struct mustache_member members[] = {{SLICE("three"), {.kind = MUSTACHE_LAZY, .lazy = {lazy_number, &three}}},
                                              {SLICE("none"), {.kind = MUSTACHE_LAZY, .lazy = {lazy_number, &none}}}};
    struct mustache_value data = mustache_mapping(members, ARRAY_LENGTH(members));
    renders("{{#three}}{{.}}({{#three}}{{.}}{{/three}}){{.}} {{/three}}{{^three}}WRONG{{/three}}", &data,
            "0(012)0 1(012)1 2(012)2 ");
    renders("{{#none}}WRONG{{/none}}{{^none}}none{{/none}}{{none}}", &data, "none");
}

static void test_many_lazy_items(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf expected = BUF(BUF_UNLIMITED);
    const size_t count = LAZY_ITEMS;
    for (size_t i = 0; i < count; i++)
        buf_append_format(&expected, "%zu\n", i);
    struct mustache_value data = {.kind = MUSTACHE_LAZY, .lazy = {lazy_number, &count}};
    renders("{{#.}}\n{{.}}\n{{/.}}\n", &data, buf_string(&expected));
}

static bool lazy_without_end(const void *context, size_t index, struct arena *arena, struct mustache_value *ret_item) {
    (void)context, (void)index, (void)arena;
    *ret_item = text("once more ");
    return true;
}

static void test_a_full_buffer_ends_the_rendering(void **state) {
    (void)state;
    CLEANUP(mustache_library_release) struct mustache_library library = LIBRARY("page", "{{#.}}{{.}}{{/.}}");
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(1000);
    struct mustache_value data = {.kind = MUSTACHE_LAZY, .lazy = {lazy_without_end, NULL}};
    const struct mustache_template *template = mustache_find(&library, SLICE("page"), &diagnostics);
    assert_non_null(template);
    assert_true(mustache_render(template, &data, plenty, &diagnostics, &buf));
    assert_true(buf.failed);
}

/* --- lines and indentation ------------------------------------------------------------------------------------ */

static void test_indentation_of_partials(void **state) {
    (void)state;
    CLEANUP(mustache_library_release)
    struct mustache_library library =
        LIBRARY("page", "<ul>\n  {{>list}}\n</ul>\n", "list",
                "{{#items}}\n<li>\n\t{{>item}}\n</li>\n{{/items}}\n{{! gone }} end {{>inline}}\n", "item",
                "{{.}} a\n{{^x}}b{{/x}}\n\n{{{.}}}", "inline", "1\n2\n");
    const struct mustache_value items[] = {text("x\ny")};
    const struct mustache_member members[] = {{SLICE("items"), mustache_list(items, 1)}};
    struct mustache_value data = mustache_mapping(members, 1);
    /* Lines of templates are indented, and none of data; those of a partial inside a line are its own. */
    expect_rendered(&library, &data, "<ul>\n  <li>\n  \tx\ny a\n  \tb\n  \t\n  \tx\ny  </li>\n   end 1\n2\n\n</ul>\n");
}

static void test_a_section_that_ends_within_a_line_is_indented_inside(void **state) {
    (void)state;
    CLEANUP(mustache_library_release)
    struct mustache_library library = LIBRARY("page", " {{>p}}\n", "p", "{{#two}}a\n{{/two}}b\n");
    const struct mustache_value items[] = {text("1"), text("2")};
    const struct mustache_member members[] = {{SLICE("two"), mustache_list(items, 2)}};
    struct mustache_value data = mustache_mapping(members, 1);
    /* As if the partial read " {{#two}}a\n {{/two}}b\n". */
    expect_rendered(&library, &data, " a\n a\n b\n");
}

static void test_two_tags_on_a_line_stand_in_text(void **state) {
    (void)state;
    struct mustache_value data = mustache_boolean(true);
    renders("{{#.}}{{/.}}\nx", &data, "\nx");
    renders("{{! one }} {{! two }}\nx", &data, " \nx");
    renders("\xEF\xBB\xBF{{! a BOM is not text }}\nx", &data, "x");
    renders("", &data, "");
    renders("{ {x} }}{", &data, "{ {x} }}{");
}

static void test_delimiters(void **state) {
    (void)state;
    const struct mustache_member members[] = {{SLICE("a"), text("<")}};
    struct mustache_value data = mustache_mapping(members, 1);
    renders("{{=<% %>=}}<%a%> <%{a}%> <%& a %> {{a}} <%={{ }}=%>{{a}}", &data, "&lt; < < {{a}} &lt;");
}

/* --- mistakes ------------------------------------------------------------------------------------------------- */

static void test_mistakes_of_tags(void **state) {
    (void)state;
    says("a\n 普陀{{name\n", "page.html:2:4: this tag is never closed; '}}' closes it\n");
    says("{{{name}} {{x}}", "page.html:1:1: this tag is never closed; '}}}' closes it\n");
    says("{{{name}} {{{x}}}", "page.html:1:1: this tag is never closed; '}}}' closes it\n");
    says("{{! comment", "page.html:1:1: this tag is never closed; '}}' closes it\n");
    says("{{}}", "page.html:1:1: a tag without a name\n");
    says("{{# }}", "page.html:1:1: a tag without a name\n");
    says("{{a b}}", "page.html:1:1: a name has no blanks, as 'a b' has\n");
    says("xx{{a..b}}\n{{.a}}{{a.}}", "page.html:1:3: 'a..b' has nothing before, between or behind its dots\n"
                                     "page.html:2:1: '.a' has nothing before, between or behind its dots\n"
                                     "page.html:2:7: 'a.' has nothing before, between or behind its dots\n");
    says("{{=<% =}}", "page.html:1:1: delimiters are two words without '=', as in {{=<% %>=}}, not '<%'\n");
    says("{{=a b c=}}", "page.html:1:1: delimiters are two words without '=', as in {{=<% %>=}}, not 'a b c'\n");
    says("{{=<% %>}}", "page.html:1:1: this tag is never closed; '=}}' closes it\n");
    says("x\n\xFF", "page.html:2:1: a template is UTF-8, and this byte is not\n");
}

static void test_mistakes_of_sections(void **state) {
    (void)state;
    says("{{#a}}\n{{#b}}{{/b}}", "page.html:1:1: the section 'a' is never closed\n");
    says("x{{/a}}", "page.html:1:2: 'a' closes a section, but none is open\n");
    says("{{#a}}\n{{^b}}\n{{/a}}{{c d}}", "page.html:2:1: the section 'b' is never closed\n"
                                          "page.html:3:7: a name has no blanks, as 'c d' has\n");
    says("{{#a}}\n  {{/b}}\n", "page.html:2:3: 'b' cannot be closed here: 'a' of line 1 is open\n");
}

static void test_all_mistakes_are_reported_with_their_line(void **state) {
    (void)state;
    CLEANUP(mustache_library_release)
    struct mustache_library library =
        LIBRARY("page", "{{open\n<p>{{#x}}\r\n{{>part}}{{/y}}", "part", "{{>absent}}{{>broken}}{{/z}}");
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_null(mustache_find(&library, SLICE("page"), &diagnostics));
    assert_int_equal(diagnostics.items.count, 5);
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_TEMPLATE_SYNTAX], 3);
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_TEMPLATE_NO_PARTIAL], 1);
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_SOURCE_UNREADABLE], 1);
    assert_true(slice_equal(diagnostics.items.items[0].excerpt, SLICE("{{open")));
    assert_true(slice_equal(diagnostics.items.items[1].excerpt, SLICE("{{>part}}{{/y}}")));
    /* Once: another page that takes the same part in cannot be had either, and nothing is said again. */
    library_says(&library, "");
}

static void test_absent_templates(void **state) {
    (void)state;
    CLEANUP(mustache_library_release) struct mustache_library none = LIBRARY("other", "");
    CLEANUP(mustache_library_release)
    struct mustache_library library = LIBRARY("page", "{{>a}}", "a", "\n {{>../etc/passwd}}");
    CLEANUP(mustache_library_release) struct mustache_library broken = LIBRARY("page", "{{>broken}}{{>broken}}");
    library_says(&none, ":0:0: page\n");
    library_says(&library, "a.html:2:2: ../etc/passwd\n");
    library_says(&broken, "broken:0:0: \n");
}

static void test_long_messages_are_cut(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    buf_append_string(&page, "{{name } ");
    for (int i = 0; i < 10000; i++)
        buf_append_string(&page, "陀");
    buf_append_string(&page, "}}");
    CLEANUP(mustache_library_release) struct mustache_library library = LIBRARY("page", buf_string(&page));
    assert_null(mustache_find(&library, SLICE("page"), &diagnostics));
    assert_true(slice_ends_with(diagnostics.items.items[0].detail, SLICE("陀…")));
    assert_in_range(diagnostics.items.items[0].detail.size, 200, 610);
}

/* --- depth ---------------------------------------------------------------------------------------------------- */

static void append_times(struct buf *buf, const char *string, size_t times) {
    for (size_t i = 0; i < times; i++)
        buf_append_string(buf, string);
}

static void test_hostile_nesting(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    struct mustache_value data = mustache_boolean(true);
    append_times(&page, "{{#.}}", MUSTACHE_SECTIONS_MOST);
    append_times(&page, "{{/.}}", MUSTACHE_SECTIONS_MOST);
    renders(buf_string(&page), &data, "");
    buf_clear(&page);
    append_times(&page, "{{#.}}", 10000);
    append_times(&page, "{{/.}}", 10000);
    says(buf_string(&page), "page.html:1:385: over 64 sections within each other\n");
    buf_clear(&page);
    append_times(&page, "{{#.}}", 10000);
    says(buf_string(&page), "page.html:1:385: over 64 sections within each other\n");
}

static void append_mistakes(struct buf *page, const char *piece, const char *end) {
    buf_clear(page);
    append_times(page, piece, 100000);
    buf_append_string(page, end);
}

/* What is wrong all over costs no time that grows with the square of the size, and not many messages. */
static void test_hostile_mistakes(void **state) {
    (void)state;
    static const char *const pieces[] = {"{{", "{{{", "{{a", "{{=", "{{a b}}", "{{/a}}", "{{>absent}}", "{{a..}}"};
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    for (size_t i = 0; i < 2 * ARRAY_LENGTH(pieces); i++) {
        CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
        append_mistakes(&page, pieces[i / 2], i % 2 ? " }}" : "");
        CLEANUP(mustache_library_release) struct mustache_library library = LIBRARY("page", buf_string(&page));
        assert_null(mustache_find(&library, SLICE("page"), &diagnostics));
        assert_in_range(diagnostics.items.count, 1, 20);
    }
}

static void test_partials_without_end(void **state) {
    (void)state;
    static const char *const pages[] = {"\n {{>page}}", "{{>page}}{{>page}}", "{{#.}}{{>page}}{{/.}}"};
    struct mustache_value data = mustache_boolean(true);
    for (size_t i = 0; i < ARRAY_LENGTH(pages); i++) {
        CLEANUP(mustache_library_release) struct mustache_library library = LIBRARY("page", pages[i]);
        CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
        CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
        const struct mustache_template *template = mustache_find(&library, SLICE("page"), &diagnostics);
        assert_non_null(template);
        assert_false(mustache_render(template, &data, plenty, &diagnostics, &buf));
        assert_int_equal(diagnostics.items.count, 1);
        assert_int_equal(diagnostics.items.items[0].id, DIAGNOSTIC_TEMPLATE_TOO_DEEP);
        assert_int_equal(diagnostics.items.items[0].place.line, i == 0 ? 2 : 1);
        assert_true(diagnostics.items.items[0].place.column > 0);
    }
}

static bool lazy_text(const void *context, size_t index, struct arena *arena, struct mustache_value *ret_item) {
    (void)arena;
    *ret_item = text("x");
    return index < *(const size_t *)context;
}

/* Ten texts, ready or made as they are wanted, as ".": each of them is a context. */
static struct mustache_value ten(bool lazily) {
    static const size_t count = 10;
    static struct mustache_value items[10];
    for (size_t i = 0; i < count; i++)
        items[i] = text("x");
    if (lazily)
        return (struct mustache_value){.kind = MUSTACHE_LAZY, .lazy = {lazy_text, &count}};
    return mustache_list(items, count);
}

static void expect_too_much(const char *page, const char *partial, bool lazily, struct mustache_budget budget,
                            const char *expected) {
    CLEANUP(mustache_library_release) struct mustache_library library = LIBRARY("page", page, "part", partial);
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf said = BUF(BUF_UNLIMITED);
    const struct mustache_member members[] = {{SLICE("list"), ten(lazily)}, {SLICE("nothing"), mustache_list(NULL, 0)}};
    const struct mustache_value data = mustache_mapping(members, ARRAY_LENGTH(members));
    const struct mustache_template *template = mustache_find(&library, SLICE("page"), &diagnostics);
    assert_non_null(template);
    buf_append_string(&buf, "what stands there before is nobody's budget");
    bool good = mustache_render(template, &data, budget, &diagnostics, &buf);
    for (size_t i = 0; i < diagnostics.items.count; i++) {
        const struct diagnostic *item = &diagnostics.items.items[i];
        assert_int_equal(item->id, DIAGNOSTIC_TEMPLATE_TOO_MUCH);
        buf_append_format(&said, "%.*s:%u:%u %.*s", SLICE_ARGUMENTS(item->place.file), item->place.line,
                          item->place.column, SLICE_ARGUMENTS(item->detail));
    }
    assert_string_equal(buf_string(&said), expected);
    assert_int_equal(good, expected[0] == '\0');
}

static void test_a_budget(void **state) {
    (void)state;
    static const char three[] = "{{#list}}\n{{#list}}{{#list}}x{{/list}}{{/list}}{{/list}}";
    const struct mustache_budget small = {500, 1000};
    expect_too_much(three, "", false, plenty, "");
    /* Whoever stops does so at once: nine within each other would never end. */
    expect_too_much(three, "", false, small, "page.html:2:10 over 500 steps");
    expect_too_much("{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}x{{/list}}"
                    "{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}",
                    "", true, plenty, "page.html:1:73 over 20000000 steps");
    /* Making an item costs more than having one; so does asking whether there is one. */
    expect_too_much("{{#list}}{{/list}}", "", false, small, "");
    expect_too_much("{{#list}}{{/list}}", "", true, small, "page.html:1:1 over 500 steps");
    expect_too_much("{{^list}}{{/list}}{{^list}}{{/list}}{{^list}}{{/list}}{{^list}}{{/list}}\n{{^list}}{{/list}}", "",
                    true, small, "page.html:2:1 over 500 steps");
    /* A name is looked for through all contexts. */
    expect_too_much("{{#list}}{{#list}}{{absent}}{{/list}}{{/list}}", "", false, small,
                    "page.html:1:19 over 500 steps");
    expect_too_much("{{#list}}{{#list}}{{.}}{{/list}}{{/list}}", "", false, small, "");
    /* What is written, wherever it comes from; text has no place of its own. */
    expect_too_much("{{#list}}{{> part}}{{/list}}", "0123456789", false, (struct mustache_budget){1000, 100}, "");
    expect_too_much("{{#list}}\n {{> part}}{{/list}}", "0123456789", false, (struct mustache_budget){1000, 100},
                    "page.html:2:2 over 100 bytes");
    expect_too_much("0123456789", "", false, (struct mustache_budget){1000, 9}, "page.html:0:0 over 9 bytes");
    expect_too_much("{{#list}}{{.}}{{/list}}", "", false, (struct mustache_budget){1000, 9},
                    "page.html:1:10 over 9 bytes");
    expect_too_much("{{> part}}{{> part}}", "{{#nothing}}{{/nothing}}", false, (struct mustache_budget){10, 9}, "");
    expect_too_much("{{> part}}{{> part}}", "{{#nothing}}{{/nothing}}", false, (struct mustache_budget){5, 9},
                    "part.html:1:1 over 5 steps");
}

/* What stands beside each other is not inside each other. */
static void test_many_sections_and_partials(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf expected = BUF(BUF_UNLIMITED);
    struct mustache_value data = text("-");
    append_times(&page, "{{#.}}{{.}}{{/.}}{{^.}}x{{/.}}{{>p}}", 2 * MUSTACHE_DEPTH_MOST);
    append_times(&expected, "-p", 2 * MUSTACHE_DEPTH_MOST);
    CLEANUP(mustache_library_release) struct mustache_library library = LIBRARY("page", buf_string(&page), "p", "p");
    expect_rendered(&library, &data, buf_string(&expected));
}

static void test_a_long_chain_of_partials(void **state) {
    (void)state;
    enum { CHAIN = 5000 };
    const char **texts = calloc(2 * CHAIN + 1, sizeof *texts);
    char(*strings)[2][32] = calloc(CHAIN, sizeof *strings);
    for (size_t i = 0; i < CHAIN; i++) {
        snprintf(strings[i][0], sizeof strings[i][0], i ? "p%zu" : "page", i);
        snprintf(strings[i][1], sizeof strings[i][1], i + 1 < CHAIN ? "{{>p%zu}}" : "", i + 1);
        texts[2 * i] = strings[i][0];
        texts[2 * i + 1] = strings[i][1];
    }
    CLEANUP(mustache_library_release) struct mustache_library library = {.loader = {load, texts, false}};
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_non_null(mustache_find(&library, SLICE("page"), &diagnostics));
    assert_int_equal(library.templates.count, CHAIN);
    free(strings);
    free(texts);
}

/* --- names ---------------------------------------------------------------------------------------------------- */

static void list_name(void *context, const struct mustache_name *name) {
    buf_append_format(context, "%.*s:%u:%u %.*s\n", SLICE_ARGUMENTS(name->place.file), name->place.line,
                      name->place.column, SLICE_ARGUMENTS(name->name));
}

static void test_names_that_a_template_uses(void **state) {
    (void)state;
    CLEANUP(mustache_library_release)
    struct mustache_library library =
        LIBRARY("other", "{{other}}", "page", "{{#entries}}\n 普{{site.title}}{{.}}{{>part}}{{/entries}}{{>part}}",
                "part", "{{! no }}{{^x}}{{{y}}}{{/x}}{{>page}}");
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf names = BUF(BUF_UNLIMITED);
    assert_non_null(mustache_find(&library, SLICE("other"), &diagnostics));
    const struct mustache_template *page = mustache_find(&library, SLICE("page"), &diagnostics);
    assert_non_null(page);
    mustache_names(&library, page, list_name, &names);
    assert_string_equal(buf_string(&names), "page.html:1:1 entries\npage.html:2:3 site.title\n"
                                            "part.html:1:10 x\npart.html:1:16 y\n");
}

/* --- threads -------------------------------------------------------------------------------------------------- */

struct shared {
    const struct mustache_template *template;
    struct mustache_value data;
    const char *expected;
    bool good[200];
};

static void render_once(void *context, size_t job, size_t worker) {
    (void)worker;
    struct shared *shared = context;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    shared->good[job] = mustache_render(shared->template, &shared->data, plenty, &diagnostics, &buf) &&
                        strcmp(buf_string(&buf), shared->expected) == 0;
}

static void test_threads_render_from_one_library(void **state) {
    (void)state;
    CLEANUP(mustache_library_release)
    struct mustache_library library = LIBRARY("page", "{{#.}}\n  {{>item}}\n{{/.}}\n", "item", "{{.}}\n<{{.}}>\n");
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    const size_t three = 3;
    struct shared shared = {.data = {.kind = MUSTACHE_LAZY, .lazy = {lazy_number, &three}},
                            .expected = "  0\n  <0>\n  1\n  <1>\n  2\n  <2>\n"};
    shared.template = mustache_find(&library, SLICE("page"), &diagnostics);
    assert_non_null(shared.template);
    pool_run(8, ARRAY_LENGTH(shared.good), render_once, &shared);
    for (size_t i = 0; i < ARRAY_LENGTH(shared.good); i++)
        assert_true(shared.good[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_is_never_read_as_a_template),
        cmocka_unit_test(test_what_is_escaped),
        cmocka_unit_test(test_what_is_true),
        cmocka_unit_test(test_a_name_that_is_nothing_hides_an_outer_one),
        cmocka_unit_test(test_lazy_lists),
        cmocka_unit_test(test_many_lazy_items),
        cmocka_unit_test(test_a_full_buffer_ends_the_rendering),
        cmocka_unit_test(test_indentation_of_partials),
        cmocka_unit_test(test_a_section_that_ends_within_a_line_is_indented_inside),
        cmocka_unit_test(test_two_tags_on_a_line_stand_in_text),
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_mistakes_of_tags),
        cmocka_unit_test(test_mistakes_of_sections),
        cmocka_unit_test(test_all_mistakes_are_reported_with_their_line),
        cmocka_unit_test(test_absent_templates),
        cmocka_unit_test(test_long_messages_are_cut),
        cmocka_unit_test(test_hostile_nesting),
        cmocka_unit_test(test_hostile_mistakes),
        cmocka_unit_test(test_partials_without_end),
        cmocka_unit_test(test_a_budget),
        cmocka_unit_test(test_many_sections_and_partials),
        cmocka_unit_test(test_a_long_chain_of_partials),
        cmocka_unit_test(test_names_that_a_template_uses),
        cmocka_unit_test(test_threads_render_from_one_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
