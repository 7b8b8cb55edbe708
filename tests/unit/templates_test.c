#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/pool.h"
#include "render/template_names.h"

#include <stdio.h>

/* The user's templates: "name", "text", …, NULL. */
enum { FILES_MOST = 300 };
struct opened {
    struct template_file files[FILES_MOST];
    struct settings settings;
    struct diagnostics diagnostics;
    struct templates templates;
    bool good;
};

static void opened_release(struct opened *opened) {
    templates_release(&opened->templates);
    diagnostics_release(&opened->diagnostics);
}

static void open_with(struct opened *opened, size_t count) {
    opened->settings = (struct settings){
        .site = {.title = SLICE("上海招商 <b>"),
                 .url = SLICE("https://feeds.example.org/"),
                 .language = SLICE("zh-CN")},
        .output = {.templates = opened->files, .template_count = count},
    };
    opened->good = templates_open(&opened->settings, &opened->diagnostics, &opened->templates);
}

static void open_files(struct opened *opened, const char *const *files) {
    size_t count = 0;
    for (; files[2 * count]; count++) {
        struct slice name = slice_of(files[2 * count]);
        opened->files[count] = (struct template_file){name, name, slice_of(files[2 * count + 1])};
    }
    open_with(opened, count);
}
#define OPEN(opened, ...) open_files(opened, (const char *const[]){__VA_ARGS__, NULL})

static void expect_said(const struct opened *opened, bool good, const char *expected) {
    CLEANUP(buf_release) struct buf said = BUF(BUF_UNLIMITED);
    for (size_t i = 0; i < opened->diagnostics.items.count; i++) {
        const struct diagnostic *item = &opened->diagnostics.items.items[i];
        buf_append_format(&said, "%.*s:%u:%u %s: %.*s (%.*s)\n", SLICE_ARGUMENTS(item->place.file), item->place.line,
                          item->place.column, diagnostic_name(item->id), SLICE_ARGUMENTS(item->detail),
                          SLICE_ARGUMENTS(item->hint));
    }
    assert_string_equal(buf_string(&said), expected);
    assert_int_equal(opened->good, good);
}

#define SAYS(good, expected, ...)                                                                                      \
    do {                                                                                                               \
        CLEANUP(opened_release) struct opened opened = {0};                                                            \
        OPEN(&opened, __VA_ARGS__);                                                                                    \
        expect_said(&opened, good, expected);                                                                          \
    } while (0)

static void expect_rendered(const struct opened *opened, enum template_name name, const char *expected) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    const struct mustache_member members[] = {{SLICE("site"), opened->templates.site_values},
                                              {SLICE("text"), opened->templates.text_values}};
    struct mustache_value data = mustache_mapping(members, ARRAY_LENGTH(members));
    templates_render(&opened->templates, name, &data, &buf);
    assert_string_equal(buf_string(&buf), expected);
}

/* --- files ----------------------------------------------------------------------------------------------------- */

static void test_the_shipped_ones_are_whole(void **state) {
    (void)state;
    CLEANUP(opened_release) struct opened opened = {0};
    open_with(&opened, 0);
    expect_said(&opened, true, "");
    for (size_t i = 0; i < TEMPLATE_ASSETS; i++)
        assert_true(opened.templates.assets[i].bytes.size > 0);
    assert_true(interface_text_of(&opened.templates.text, "home").size > 0);
}

static void test_the_users_take_their_place(void **state) {
    (void)state;
    CLEANUP(opened_release) struct opened opened = {0};
    OPEN(&opened, "channel.html", "{{site.title}} {{text.home}} {{> mine}}", "mine.html", "mine", "style.css", "p {}",
         "text.yaml", "zh: {home: 起点}");
    expect_said(&opened, true, "");
    expect_rendered(&opened, TEMPLATE_CHANNEL, "上海招商 &lt;b&gt; 起点 mine");
    assert_true(slice_equal(opened.templates.assets[0].bytes, SLICE("p {}")));
    assert_true(opened.templates.assets[1].bytes.size > 0);
}

static void test_an_empty_file_is_a_template(void **state) {
    (void)state;
    CLEANUP(opened_release) struct opened opened = {0};
    OPEN(&opened, "channel.html", "", "text.yaml", "");
    expect_said(&opened, true, "");
    expect_rendered(&opened, TEMPLATE_CHANNEL, "");
}

static void test_a_shipped_template_takes_the_users_partial(void **state) {
    (void)state;
    CLEANUP(opened_release) struct opened opened = {0};
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    OPEN(&opened, "foot.html", "the user's foot", NULL);
    const struct mustache_value nothing = mustache_mapping(NULL, 0);
    templates_render(&opened.templates, TEMPLATE_WITHDRAWN, &nothing, &buf);
    assert_true(slice_find(buf_slice(&buf), SLICE("the user's foot"), 0) < buf.size);
}

static void test_files_that_nothing_asks_for(void **state) {
    (void)state;
    SAYS(true, "chanel.html:0:0 template-unused:  (did you mean channel.html?)\n", "chanel.html", "x");
    SAYS(true, "qqqqqqqqqqqqq.html:0:0 template-unused:  ()\n", "qqqqqqqqqqqqq.html", "x");
    /* A partial of a partial is asked for. */
    SAYS(true, "", "withdrawn.html", "{{> one}}", "one.html", "{{> two}}", "two.html", "x");
}

/* --- mistakes -------------------------------------------------------------------------------------------------- */

static void test_all_mistakes_in_one_run(void **state) {
    (void)state;
    SAYS(false,
         "text.yaml:1:6 interface-text-unknown: hmoe (did you mean home?)\n"
         "text.yaml:1:22 interface-text-invalid: {x}: a date has {year}, {month}, {month2}, {day} and {day2} ()\n"
         "channel.html:2:3 template-syntax: the section 'a' is never closed ()\n"
         "my.html:1:1 template-no-partial: none ()\n",
         "channel.html", "\n  {{#a}}", "my.html", "{{> none}}", "text.yaml", "zh: {hmoe: x, date: '{x}'}");
}

static void test_partials_must_not_come_back_to_themselves(void **state) {
    (void)state;
    SAYS(false, "my.html:1:1 template-recursive: my ()\n", "my.html", "{{> my}}");
    SAYS(false, "two.html:2:1 template-recursive: one ()\n", "my.html", "{{> one}}", "one.html",
         "{{#feeds}}{{> two}}{{/feeds}}", "two.html", "\n{{> one}}");
    /* Twice is not within itself. */
    SAYS(true, "", "my.html", "{{> one}}{{> one}}{{> two}}", "one.html", "x", "two.html", "{{> one}}");
}

/* A chain of partials p0 → p1 → … of so many files, each inside `sections` of its own. */
static void open_chain(struct opened *opened, size_t count, size_t sections) {
    static char names[FILES_MOST][32];
    static char texts[FILES_MOST][512];
    for (size_t i = 0; i < count; i++) {
        struct buf text = BUF(sizeof texts[0] - 1);
        snprintf(names[i], sizeof names[i], "p%zu.html", i);
        for (size_t k = 0; k < sections; k++)
            buf_append_string(&text, "{{#site}}");
        if (i + 1 < count)
            buf_append_format(&text, "{{> p%zu}}", i + 1);
        for (size_t k = 0; k < sections; k++)
            buf_append_string(&text, "{{/site}}");
        memcpy(texts[i], buf_string(&text), text.size + 1);
        buf_release(&text);
        opened->files[i] = (struct template_file){slice_of(names[i]), slice_of(names[i]), slice_of(texts[i])};
    }
    opened->files[count] = (struct template_file){SLICE("withdrawn.html"), SLICE("withdrawn.html"), SLICE("{{> p0}}")};
    open_with(opened, count + 1);
}

/* What passes renders: nothing is reported then, but it would be an assertion. */
static void test_depth_is_known_before(void **state) {
    (void)state;
    const struct {
        size_t count, sections;
        bool good;
    } cases[] = {{MUSTACHE_DEPTH_MOST, 0, true}, {MUSTACHE_DEPTH_MOST + 1, 0, false}, {64, 3, true}, {65, 3, false}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        CLEANUP(opened_release) struct opened opened = {0};
        open_chain(&opened, cases[i].count, cases[i].sections);
        assert_int_equal(opened.good, cases[i].good);
        assert_int_equal(opened.diagnostics.per_id[DIAGNOSTIC_TEMPLATE_TOO_DEEP], !cases[i].good);
        if (opened.good)
            expect_rendered(&opened, TEMPLATE_WITHDRAWN, "");
    }
}

/* Files t0 … of which each takes in the next one twice, and the last one a text; withdrawn.html the first. */
static void open_doubling(struct opened *opened, size_t count) {
    static char names[FILES_MOST][32];
    static char texts[FILES_MOST][80];
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "t%zu.html", i);
        snprintf(texts[i], sizeof texts[i], i + 1 < count ? "{{> t%zu}}{{> t%zu}}" : "x", i + 1, i + 1);
        opened->files[i] = (struct template_file){slice_of(names[i]), slice_of(names[i]), slice_of(texts[i])};
    }
    opened->files[count] = (struct template_file){SLICE("withdrawn.html"), SLICE("withdrawn.html"), SLICE("{{> t0}}")};
    open_with(opened, count + 1);
}

static void test_partials_that_multiply_are_known_before(void **state) {
    (void)state;
    /* Two tags in a line and the text before them: 2^16 nodes are a page, twice that is none. */
    for (size_t count = 15; count <= 42; count += count == 16 ? 26 : 1) {
        CLEANUP(opened_release) struct opened opened = {0};
        open_doubling(&opened, count);
        if (count == 15)
            expect_said(&opened, true, "");
        else
            assert_false(opened.good);
        assert_int_equal(opened.diagnostics.per_id[DIAGNOSTIC_TEMPLATE_TOO_MUCH], count > 15);
    }
    CLEANUP(opened_release) struct opened opened = {0};
    open_doubling(&opened, 42);
    expect_said(&opened, false, "t26.html:1:10 template-too-much: t27 ()\n");
}

static void render_withdrawn(void *context, size_t job, size_t worker) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    const struct opened *opened = context;
    const struct mustache_value items[30] = {0};
    const struct mustache_member members[] = {{SLICE("site"), mustache_list(items, ARRAY_LENGTH(items))}};
    const struct mustache_value data = mustache_mapping(members, 1);
    (void)job;
    (void)worker;
    templates_render(&opened->templates, TEMPLATE_WITHDRAWN, &data, &buf);
}

/* What only the data multiplies is found while rendering: said once, whoever renders. */
static void test_data_that_multiplies(void **state) {
    (void)state;
    CLEANUP(opened_release) struct opened opened = {0};
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    const struct mustache_value nothing = mustache_mapping(NULL, 0);
    OPEN(&opened, "withdrawn.html",
         "{{#site}}{{#site}}{{#site}}{{#site}}{{#site}}{{#site}}{{#site}}\n{{#site}}x{{/site}}{{/site}}{{/site}}"
         "{{/site}}{{/site}}{{/site}}{{/site}}{{/site}}",
         "my.html", "x");
    expect_said(&opened, true, "");
    assert_false(templates_take_failure(&opened.templates, &opened.diagnostics));
    templates_render(&opened.templates, TEMPLATE_MY, &nothing, &buf);
    assert_string_equal(buf_string(&buf), "x");
    pool_run(8, 200, render_withdrawn, &opened);
    assert_true(templates_take_failure(&opened.templates, &opened.diagnostics));
    expect_said(&opened, true, "withdrawn.html:2:1 template-too-much: over 1000000 steps ()\n");
    templates_render(&opened.templates, TEMPLATE_MY, &nothing, &buf);
    assert_string_equal(buf_string(&buf), "x");
}

/* --- names ----------------------------------------------------------------------------------------------------- */

static void test_names_that_nothing_has(void **state) {
    (void)state;
    SAYS(true,
         "channel.html:1:1 template-unknown-name: chanel.title (did you mean channel?)\n"
         "channel.html:2:4 template-unknown-name: channel.tilte (did you mean title?)\n"
         "channel.html:2:21 template-unknown-name: text.hmoe (did you mean home?)\n"
         "channel.html:2:34 template-unknown-name: site.description ()\n"
         "channel.html:2:54 template-unknown-name: feeds.0.path ()\n",
         "channel.html", "{{chanel.title}}\n日本 {{channel.tilte}}{{text.hmoe}}{{site.description}}{{{feeds.0.path}}}");
    /* Of this page, not of another; whatever section it stands in. */
    SAYS(true, "archive.html:1:1 template-unknown-name: groups ()\n", "archive.html", "{{#groups}}{{/groups}}",
         "my.html", "{{#groups}}{{#feeds}}{{key}}{{/feeds}}{{.}}{{/groups}}");
    /* The stylesheet has texts, and nothing else. */
    SAYS(true, "feed.css:1:14 template-unknown-name: title ()\n", "feed.css", "{{text.home}}{{title}}");
}

static void test_a_partials_names_are_those_of_any_page(void **state) {
    (void)state;
    SAYS(true, "one.html:1:28 template-unknown-name: nothing ()\n", "archive.html", "{{> one}}", "my.html",
         "{{> one}}{{> one}}", "one.html", "{{years}}{{groups}}{{here}}{{nothing}}");
}

/* The section of the manual that begins with this line, up to the next one. */
static struct slice section_of(struct slice manual, const char *heading) {
    size_t begin = slice_find(manual, slice_of(heading), 0);
    assert_true(begin < manual.size);
    return slice_range(manual, begin, slice_find(manual, SLICE("\n## "), begin + 1));
}

/* As `name`, or as a part of one with dots. */
static bool says_name(struct slice section, struct slice name) {
    for (size_t at = 0; (at = slice_find(section, name, at)) < section.size; at++) {
        char before = section.data[at - 1];
        char after = at + name.size < section.size ? section.data[at + name.size] : ' ';
        if ((before == '`' || before == '.') && (after == '`' || after == '.'))
            return true;
    }
    return false;
}

static bool has_name(const char *line, struct slice name) {
    struct slice rest = slice_of(line);
    struct slice one;
    while (slice_take_until(&rest, ' ', &one))
        if (slice_equal(one, name))
            return true;
    return false;
}

/* Every name of the line stands in the section, in backquotes; and all that begins a row of its tables is in the line.
 */
static void expect_same_names(struct slice section, const char *names, const char *others) {
    struct slice rest = slice_of(names);
    struct slice one;
    while (slice_take_until(&rest, ' ', &one))
        if (one.size && !says_name(section, one))
            fail_msg("the manual does not say %.*s", SLICE_ARGUMENTS(one));
    for (size_t at = 0; (at = slice_find(section, SLICE("\n| `"), at)) < section.size; at++) {
        struct slice name = slice_range(section, at + 4, slice_find_byte(section, '`', at + 4));
        while (slice_take_until(&name, '.', &one))
            if (!has_name(names, one) && !has_name(others, one))
                fail_msg("no data has %.*s", SLICE_ARGUMENTS(one));
    }
}

static void test_the_manual_has_the_same_names(void **state) {
    (void)state;
    static const char *const headings[TEMPLATE_COUNT] = {
        [TEMPLATE_INDEX] = "\n## index.html",         [TEMPLATE_CHANNEL] = "\n## channel.html",
        [TEMPLATE_ARCHIVE] = "\n## archive.html",     [TEMPLATE_ARTICLE] = "\n## article.html",
        [TEMPLATE_WITHDRAWN] = "\n## withdrawn.html", [TEMPLATE_MY] = "\n## my.html",
        [TEMPLATE_ITEM] = "\n## item.html",           [TEMPLATE_ENTRY] = "\n## entry.html",
        [TEMPLATE_FEED_STYLESHEET] = "\n## feed.css",
    };
    CLEANUP(buf_release) struct buf manual = BUF(1 << 20);
    const char *of_page = NULL;
    assert_true(file_read("doc/templates.md", &manual));
    for (size_t i = 0; i < TEMPLATE_COUNT; i++) {
        const char *common = NULL;
        const char *names = template_names((enum template_name)i, &common);
        expect_same_names(section_of(buf_slice(&manual), headings[i]), names, common);
    }
    (void)template_names(TEMPLATE_INDEX, &of_page);
    expect_same_names(section_of(buf_slice(&manual), "\n## Every page"), of_page, "");
}

/* --- the stylesheet of feeds ----------------------------------------------------------------------------------- */

static void test_texts_cannot_leave_a_string_of_css(void **state) {
    (void)state;
    CLEANUP(opened_release) struct opened opened = {0};
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    OPEN(&opened, "feed.css", "a::before {content: \"{{text.home}}\\A {{{text.skip}}}\"}", "text.yaml",
         "zh: {home: \"1\\\"} * {x: y}\\\\\", skip: \"a\\nb'</style>&c\"}");
    expect_said(&opened, true, "");
    templates_render_stylesheet(&opened.templates, &buf);
    assert_string_equal(buf_string(&buf),
                        "a::before {content: \"1\\22 } * {x: y}\\5c \\A a\\a b\\27 \\3c /style\\3e \\26 c\"}");
}

static void test_the_shipped_hash_is_stable(void **state) {
    (void)state;
    size_t count = 0;
    const char *const *names = templates_shipped_names(&count);
    assert_true(count >= 15);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(names[i - 1], names[i]) < 0);
    assert_true(templates_shipped_hash() != 0 && templates_shipped_hash() == templates_shipped_hash());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shipped_ones_are_whole),
        cmocka_unit_test(test_the_users_take_their_place),
        cmocka_unit_test(test_an_empty_file_is_a_template),
        cmocka_unit_test(test_a_shipped_template_takes_the_users_partial),
        cmocka_unit_test(test_files_that_nothing_asks_for),
        cmocka_unit_test(test_all_mistakes_in_one_run),
        cmocka_unit_test(test_partials_must_not_come_back_to_themselves),
        cmocka_unit_test(test_depth_is_known_before),
        cmocka_unit_test(test_partials_that_multiply_are_known_before),
        cmocka_unit_test(test_data_that_multiplies),
        cmocka_unit_test(test_names_that_nothing_has),
        cmocka_unit_test(test_a_partials_names_are_those_of_any_page),
        cmocka_unit_test(test_the_manual_has_the_same_names),
        cmocka_unit_test(test_texts_cannot_leave_a_string_of_css),
        cmocka_unit_test(test_the_shipped_hash_is_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
