#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/date.h"
#include "proof.h"
#include "render/entry_values.h"
#include "render/page_values.h"
#include "render/pages.h"

static const struct mustache_value *member(const struct mustache_value *mapping, const char *name) {
    assert_int_equal(mapping->kind, MUSTACHE_MAPPING);
    for (size_t i = 0; i < mapping->mapping.count; i++)
        if (slice_equal(mapping->mapping.members[i].name, slice_of(name)))
            return &mapping->mapping.members[i].value;
    fail_msg("no member %s", name);
    return NULL;
}

static void assert_text(const struct mustache_value *mapping, const char *name, const char *text) {
    struct slice found = member(mapping, name)->text;
    assert_int_equal(found.size, strlen(text));
    assert_memory_equal(found.data, text, found.size);
}

static struct mustache_value all_of(const struct page_values *values) {
    return mustache_mapping(values->members.items, values->members.count);
}

static void test_base(void **state) {
    struct proof *proof = *state;
    static const char *const paths[][3] = {
        {"", "./", "https://feeds.example.org/sub/"},
        {"my/", "../", "https://feeds.example.org/sub/my/"},
        {"article/0f.html", "../", "https://feeds.example.org/sub/article/0f.html"},
        {"putuo/ic/", "../../", "https://feeds.example.org/sub/putuo/ic/"},
        {"putuo/ic/archive/2026-11.html", "../../../", "https://feeds.example.org/sub/putuo/ic/archive/2026-11.html"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        struct page_values values = page_values_new(
            &proof->templates, &(struct page_about){.path = slice_of(paths[i][0]), .name = SLICE("名")});
        struct mustache_value all = all_of(&values);
        assert_text(&all, "here", paths[i][0]);
        assert_text(&all, "base", paths[i][1]);
        assert_text(&all, "canonical", paths[i][2]);
        assert_text(&all, "title", "名 · 上海招商 <\"站\">");
        page_values_release(&values);
    }
}

static void test_titles(void **state) {
    struct proof *proof = *state;
    struct page_values values =
        page_values_new(&proof->templates, &(struct page_about){.name = proof->settings.site.title});
    struct mustache_value all = all_of(&values);
    assert_text(&all, "title", "上海招商 <\"站\">");
    page_values_release(&values);
    values = page_values_new(&proof->templates, &(struct page_about){.name = SLICE("名"), .title = SLICE("题")});
    all = all_of(&values);
    assert_text(&all, "title", "题");
    page_values_release(&values);
}

/* Atom first, the rest in the order of the configuration, and never the page itself. */
static void test_feeds(void **state) {
    struct proof *proof = *state;
    const struct page_about about = {
        .path = SLICE("putuo/"), .name = SLICE("普陀区"), .has_feeds = true, .feeds_path = SLICE("putuo/")};
    struct page_values values = page_values_new(&proof->templates, &about);
    struct mustache_value all = all_of(&values);
    const struct mustache_value *feeds = member(&all, "feeds");
    assert_int_equal(feeds->list.count, 3);
    assert_text(&feeds->list.items[0], "name", "atom");
    assert_text(&feeds->list.items[0], "label", "Atom");
    assert_text(&feeds->list.items[0], "type", "application/atom+xml");
    assert_text(&feeds->list.items[0], "path", "putuo/atom.xml");
    assert_text(&feeds->list.items[0], "address", "https://feeds.example.org/sub/putuo/atom.xml");
    assert_text(&feeds->list.items[0], "title", "普陀区 · Atom");
    assert_text(&feeds->list.items[1], "name", "rss");
    assert_text(&feeds->list.items[2], "name", "json");
    assert_text(&all, "opml", "feeds.opml");
    page_values_release(&values);
}

static void test_without_atom(void **state) {
    struct proof *proof = *state;
    struct settings without = proof->settings;
    struct templates templates = proof->templates;
    templates.settings = &without;
    without.output.format_count = 2; /* rss, html */
    assert_string_equal(page_main_format(&templates)->name, "rss");
    assert_int_equal(page_opml_path(&templates).size, 0);
    without.output.formats[0] = SLICE("html");
    without.output.format_count = 1;
    assert_null(page_main_format(&templates));
    assert_int_equal(page_opml_path(&templates).size, 0);
    struct page_values values =
        page_values_new(&templates, &(struct page_about){.name = SLICE("名"), .has_feeds = true});
    struct mustache_value all = all_of(&values);
    assert_int_equal(member(&all, "feeds")->list.count, 0);
    page_values_release(&values);
}

static void test_numbers(void **state) {
    struct proof *proof = *state;
    CLEANUP(arena_release) struct arena arena = {0};
    static const struct {
        size_t number;
        const char *language, *text;
    } rows[] = {
        {0, "zh-CN", "0"},
        {7, "zh-CN", "7"},
        {999, "zh-CN", "999"},
        {1000, "zh-CN", "1,000"},
        {12345, "en", "12,345"},
        {1234567, "zh", "1,234,567"},
        {1234567, "de", "1.234.567"},
        {1234, "fr-CA", "1\u202F234"},
        {1234, "", "1,234"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct site site = proof->settings.site;
        struct templates templates = proof->templates;
        templates.site = &site;
        site.language = slice_of(rows[i].language);
        struct mustache_value value = page_number(&templates, rows[i].number, &arena);
        assert_int_equal(value.kind, MUSTACHE_NUMBER);
        assert_string_equal(arena_copy(&arena, value.text).data, rows[i].text);
    }
}

static void test_sizes(void **state) {
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {{0, ""},          {1, "1 B"},       {999, "999 B"},      {1000, "1.0 kB"},
                {9999, "9.9 kB"}, {10000, "10 kB"}, {1234567, "1.2 MB"}, {UINT64_MAX, "18 EB"}};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        CLEANUP(buf_release) struct buf buf = BUF(64);
        entry_append_size(&buf, rows[i].bytes);
        assert_string_equal(buf_string(&buf), rows[i].text);
    }
}

static void test_dates_and_texts(void **state) {
    struct proof *proof = *state;
    CLEANUP(arena_release) struct arena arena = {0};
    struct mustache_value date = page_date(&proof->templates, PROOF_DAY, &arena);
    assert_text(&date, "iso", "2025-07-18T00:00:00+08:00");
    assert_text(&date, "text", "2025年7月18日");
    struct slice month = page_period_name(&proof->templates, ARCHIVE_MONTH, PROOF_DAY, &arena);
    assert_true(slice_equal(month, SLICE("2025年7月")));
    struct slice day = page_period_name(&proof->templates, ARCHIVE_DAY, PROOF_DAY, &arena);
    assert_true(slice_equal(day, SLICE("2025年7月18日")));
    assert_true(slice_equal(page_joined(SLICE("a"), SLICE("b"), &arena), SLICE("a · b")));
    assert_true(slice_equal(page_joined(SLICE("a"), SLICE(""), &arena), SLICE("a")));
    assert_true(slice_equal(page_joined(SLICE(""), SLICE("b"), &arena), SLICE("b")));
    assert_true(slice_equal(page_reference(SLICE("")), SLICE("./")));
    assert_true(slice_equal(page_reference(SLICE("a/")), SLICE("a/")));
}

/* Nobody is led to what is no address of the web. */
static void test_addresses(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    static const char *const rows[][2] = {
        {"", ""},
        {"https://example.org/a?b&c", "https://example.org/a?b&c"},
        {"http://example.org/路 a", "http://example.org/%E8%B7%AF%20a"},
        {"javascript:alert(1)", ""},
        {"data:text/html,x", ""},
        {"//example.org/", ""},
        {"relative/", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        assert_true(slice_equal(page_web_address(slice_of(rows[i][0]), &arena), slice_of(rows[i][1])));
    /* Encoded it would pass the limit; it is one all the same. */
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    buf_append_string(&address, "https://example.org/");
    for (size_t i = 0; i < 600; i++)
        buf_append_string(&address, "路");
    assert_int_equal(page_web_address(buf_slice(&address), &arena).size, 20 + 600 * 9);
}

static void test_script(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    struct mustache_value script = page_data_script(" id=\"x\"", SLICE("{\"a\":\"</script><!--<\"}\n"), &arena);
    assert_int_equal(script.kind, MUSTACHE_HTML);
    assert_string_equal(arena_copy(&arena, script.text).data,
                        "<script id=\"x\">{\"a\":\"\\u003c/script>\\u003c!--\\u003c\"}</script>");
}

static void test_qr(void **state) {
    struct proof *proof = *state;
    CLEANUP(arena_release) struct arena arena = {0};
    struct mustache_value qr = page_qr(&proof->templates, SLICE("https://feeds.example.org/atom.xml"), &arena);
    assert_int_equal(qr.kind, MUSTACHE_HTML);
    assert_true(slice_starts_with(qr.text, SLICE("<svg ")) && slice_ends_with(qr.text, SLICE("</svg>")));
    assert_true(slice_find(qr.text, SLICE("role=\"img\" aria-label=\"订阅"), 0) < qr.text.size);
    char longer[4096];
    memset(longer, 'a', sizeof longer);
    assert_int_equal(page_qr(&proof->templates, (struct slice){longer, sizeof longer}, &arena).text.size, 0);
    assert_int_equal(page_qr(&proof->templates, SLICE(""), &arena).text.size, 0);
}

static void test_links(void **state) {
    struct proof *proof = *state;
    CLEANUP(arena_release) struct arena arena = {0};
    const struct channel_link links[] = {{SLICE("全部"), SLICE(""), 1234}, {SLICE("区"), SLICE("putuo/"), 0}};
    struct mustache_value list = page_channel_links(&proof->templates, links, 2, &arena);
    assert_int_equal(list.list.count, 2);
    assert_text(&list.list.items[0], "path", "./");
    assert_text(&list.list.items[0], "count", "1,234");
    assert_text(&list.list.items[1], "path", "putuo/");
    assert_text(&list.list.items[1], "title", "区");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base),    cmocka_unit_test(test_titles),          cmocka_unit_test(test_feeds),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_dates_and_texts), cmocka_unit_test(test_without_atom),
        cmocka_unit_test(test_sizes),   cmocka_unit_test(test_addresses),       cmocka_unit_test(test_script),
        cmocka_unit_test(test_qr),      cmocka_unit_test(test_links),
    };
    return cmocka_run_group_tests(tests, proof_set_up, proof_tear_down);
}
