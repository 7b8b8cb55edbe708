#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/pages.h"
#include "unit/drawn.h"
#include "xml/writer.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

enum { DAY = 1752768000 /* 2025-07-18T00:00:00+08:00 */, FILE_MOST = 50 * 1024 * 1024 };

static const char namespace_name[] = "http://www.sitemaps.org/schemas/sitemap/0.9";

/* The child of this name, which is the n-th one; its text is to be given back. */
static xmlChar *child_text(const xmlNode *node, const char *name, unsigned place) {
    const xmlNode *child = xmlFirstElementChild((xmlNode *)(uintptr_t)node);
    for (unsigned i = 0; child && i < place; i++)
        child = xmlNextElementSibling((xmlNode *)(uintptr_t)child);
    assert_non_null(child);
    assert_string_equal((const char *)child->name, name);
    assert_string_equal((const char *)child->ns->href, namespace_name);
    return xmlNodeGetContent(child);
}

/* The rules of a file as sitemaps.org has them; what is called `item` in `root`. How many there are. */
static size_t assert_sitemap(struct slice text, const char *root, const char *item, void (*visit)(const char *, void *),
                             void *context) {
    size_t count = 0;
    assert_true(text.size < FILE_MOST);
    assert_true(slice_starts_with(text, SLICE("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")));
    xmlDoc *document = xmlReadMemory(text.data, (int)text.size, NULL, NULL, XML_PARSE_NONET);
    assert_non_null(document);
    const xmlNode *top = xmlDocGetRootElement(document);
    assert_string_equal((const char *)top->name, root);
    assert_string_equal((const char *)top->ns->href, namespace_name);
    for (xmlNode *child = xmlFirstElementChild((xmlNode *)(uintptr_t)top); child;
         child = xmlNextElementSibling(child)) {
        xmlChar *address = child_text(child, "loc", 0);
        xmlChar *changed = child_text(child, "lastmod", 1);
        struct timestamp moment;
        assert_string_equal((const char *)child->name, item);
        assert_int_equal(xmlChildElementCount(child), 2);
        assert_true(strlen((const char *)address) < 2048);
        assert_true(slice_starts_with(slice_of((const char *)address), SLICE("https://feeds.example.org/")));
        assert_int_equal(strlen((const char *)changed), strlen("2025-07-18T00:00:00+08:00"));
        assert_true(date_parse(slice_of((const char *)changed), &moment));
        if (visit)
            visit((const char *)address, context);
        xmlFree(address);
        xmlFree(changed);
        count++;
    }
    xmlFreeDoc(document);
    return count;
}

static void test_file_counts(void **state) {
    (void)state;
    static const size_t counts[][2] = {{0, 0},     {1, 1},      {49999, 1},  {50000, 1},
                                       {50001, 3}, {100000, 3}, {100001, 4}, {200000, 5}};
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++)
        assert_int_equal(sitemap_file_count(counts[i][0]), counts[i][1]);
}

static void test_names(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf names = BUF(BUF_UNLIMITED);
    sitemap_append_name(0, &names);
    sitemap_append_name(1, &names);
    sitemap_append_name(12, &names);
    assert_string_equal(buf_string(&names), "sitemap.xmlsitemap-1.xmlsitemap-12.xml");
}

static void test_one_file(void **state) {
    CLEANUP(draw_release) struct drawn drawn;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    const struct page_link links[] = {{SLICE(""), DAY}, {SLICE("pu&tuo/<路>/"), DAY + 1}};
    draw_begin(state, &drawn, assert_good(state, HEAD), NULL, NULL);
    assert_true(date_set_zone("Asia/Shanghai"));
    sitemap_render(&drawn.templates, links, 2, 0, &buf);
    assert_string_equal(buf_string(&buf),
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
                        "  <url>\n    <loc>https://feeds.example.org/</loc>\n"
                        "    <lastmod>2025-07-18T00:00:00+08:00</lastmod>\n  </url>\n"
                        "  <url>\n    <loc>https://feeds.example.org/pu&amp;tuo/%3C%E8%B7%AF%3E/</loc>\n"
                        "    <lastmod>2025-07-18T00:00:01+08:00</lastmod>\n  </url>\n</urlset>\n");
    assert_int_equal(assert_sitemap(buf_slice(&buf), "urlset", "url", NULL, NULL), 2);
}

/* Every one comes once, in order. */
static void expect_next(const char *address, void *context) {
    size_t *next = context;
    char wanted[64];
    snprintf(wanted, sizeof wanted, "https://feeds.example.org/article/%06zu.html", (*next)++);
    assert_string_equal(address, wanted);
}

static void expect_part(const char *address, void *context) {
    size_t *next = context;
    char wanted[64];
    snprintf(wanted, sizeof wanted, "https://feeds.example.org/sitemap-%zu.xml", ++*next);
    assert_string_equal(address, wanted);
}

static void test_an_index(void **state) {
    enum { COUNT = SITEMAP_LINKS_MOST + 1 };
    static struct page_link links[COUNT];
    CLEANUP(draw_release) struct drawn drawn;
    CLEANUP(arena_release) struct arena arena = {0};
    draw_begin(state, &drawn, assert_good(state, HEAD), NULL, NULL);
    assert_true(date_set_zone("Asia/Shanghai"));
    for (size_t i = 0; i < COUNT; i++) {
        CLEANUP(buf_release) struct buf path = BUF(64);
        buf_append_format(&path, "article/%06zu.html", i);
        links[i] = (struct page_link){arena_copy(&arena, buf_slice(&path)), DAY - (int64_t)i};
    }
    links[7].updated = DAY + 86400;
    size_t next = 0, parts = 0;
    static const size_t wanted[] = {2, SITEMAP_LINKS_MOST, 1};
    assert_int_equal(sitemap_file_count(COUNT), ARRAY_LENGTH(wanted));
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
        CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
        sitemap_render(&drawn.templates, links, COUNT, i, &buf);
        assert_false(buf.failed);
        size_t count = i == 0 ? assert_sitemap(buf_slice(&buf), "sitemapindex", "sitemap", expect_part, &parts)
                              : assert_sitemap(buf_slice(&buf), "urlset", "url", expect_next, &next);
        assert_int_equal(count, wanted[i]);
        /* The index says when the newest of a part has changed. */
        if (i == 0)
            assert_true(contains(buf_slice(&buf), "<lastmod>2025-07-19T00:00:00+08:00</lastmod>"));
    }
    assert_int_equal(next, COUNT);
}

static void test_robots(void **state) {
    CLEANUP(draw_release) struct drawn drawn;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    draw_begin(state, &drawn, assert_good(state, HEAD), NULL, NULL);
    robots_render(&drawn.templates, &buf);
    assert_string_equal(buf_string(&buf),
                        "User-agent: *\nDisallow:\n\nSitemap: https://feeds.example.org/sitemap.xml\n");
}

/* Cloudflare: one asterisk a rule, 2,000 characters a line; headers are indented. */
static void test_headers(void **state) {
    CLEANUP(draw_release) struct drawn drawn;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    draw_begin(state, &drawn, assert_good(state, HEAD), NULL, NULL);
    headers_append_pages(&drawn.templates, &buf);
    struct slice rest = buf_slice(&buf);
    struct slice line;
    size_t rules = 0;
    while (slice_take_until(&rest, '\n', &line)) {
        assert_true(line.size <= 2000);
        if (slice_starts_with(line, SLICE("/"))) {
            assert_int_equal(slice_count_byte(line, '*'), 1);
            rules++;
        } else if (line.size) {
            assert_true(slice_starts_with(line, SLICE("  ")) && contains(line, ": "));
        }
    }
    assert_int_equal(rules, 4);
    assert_true(slice_starts_with(buf_slice(&buf), SLICE("/*\n  Content-Security-Policy: default-src 'none';")));
    assert_true(contains(buf_slice(&buf), "\n  X-Content-Type-Options: nosniff\n"));
    assert_true(contains(buf_slice(&buf), "\n  Referrer-Policy: strict-origin-when-cross-origin\n"));
    assert_true(contains(buf_slice(&buf), "\n/*.xml\n  Access-Control-Allow-Origin: *\n"));
    assert_true(contains(buf_slice(&buf), "\n/*.json\n  Access-Control-Allow-Origin: *\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_counts),
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_one_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_index, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_robots, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_headers, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
