#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/date.h"
#include "proof.h"
#include "render/pages.h"

#include <json-c/json.h>

static void draw(struct proof *proof, const struct entry *entry) {
    buf_clear(&proof->buf);
    page_render_article(&proof->templates, entry, &proof->buf);
    assert_false(proof->buf.failed);
}

/* What the page says as JSON-LD; NULL when it is not there or no JSON. */
static struct json_object *json_ld(const struct proof *proof) {
    static const char begin_mark[] = "<script type=\"application/ld+json\">";
    struct slice page = buf_slice(&proof->buf);
    size_t begin = slice_find(page, SLICE("<script type=\"application/ld+json\">"), 0) + sizeof begin_mark - 1;
    size_t end = slice_find(page, SLICE("</script>"), begin);
    assert_true(begin < end && end < page.size);
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_slice(&text, slice_range(page, begin, end));
    /* Whatever stands in it, no HTML parser sees anything in it. */
    assert_int_equal(slice_count_byte(buf_slice(&text), '<'), 0);
    return json_tokener_parse(buf_string(&text));
}

static const char *text_at(struct json_object *json, const char *key) {
    return json_object_get_string(json_object_object_get(json, key));
}

static struct entry full_entry(void) {
    struct entry entry = proof_entry();
    entry.url = SLICE("");
    entry.page = SLICE("article/0123456789abcdef0123.html");
    return entry;
}

static void test_full(void **state) {
    struct proof *proof = *state;
    struct entry entry = full_entry();
    draw(proof, &entry);
    proof_keep(proof, "article.html");
    proof_assert_relative(proof);
    assert_true(proof_has(proof, "<base href=\"../\">"));
    assert_true(proof_has(proof, "property=\"og:type\" content=\"article\""));
    assert_true(proof_has(proof, "property=\"og:image\" content=\"https://example.org/%E5%9B%BE.png?a&amp;b\""));
    assert_true(proof_has(proof, "<h1>&lt;script&gt;alert(1)&lt;/script&gt; &quot;引&quot; &#39;x&#39; {{site.title}} "
                                 "{{{text.home}}} &amp; 普陀 &lt;/title&gt; &lt;!--</h1>"));
    /* The content is HTML already. */
    assert_true(proof_has(proof, "<p>正文 &amp; <a href=\"https://example.org/?a=1&amp;b=2\">链接</a></p>"));
    assert_true(proof_has(proof, "张三 &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_true(proof_has(proof, "更新于 <time datetime=\"2025-07-21T00:00:00+08:00\">2025年7月21日</time>"));
    assert_true(proof_has(proof, "href=\"putuo/\">普陀&lt;区&gt;</a>"));
    assert_true(proof_has(proof, "href=\"putuo/atom.xml\""));
    assert_true(proof_has(proof, "href=\"https://copy.example.org/?a=1&amp;b=2\""));
    assert_false(proof_has(proof, "javascript:alert(2)"));
    assert_false(proof_has(proof, "alert(1)</script>"));
}

static void test_json_ld(void **state) {
    struct proof *proof = *state;
    struct entry entry = full_entry();
    draw(proof, &entry);
    struct json_object *json = json_ld(proof);
    assert_non_null(json);
    assert_string_equal(text_at(json, "@context"), "https://schema.org");
    assert_string_equal(text_at(json, "@type"), "NewsArticle");
    assert_int_equal(strlen(text_at(json, "headline")), entry.title.size);
    assert_memory_equal(text_at(json, "headline"), entry.title.data, entry.title.size);
    assert_string_equal(text_at(json, "datePublished"), "2025-07-18T00:00:00+08:00");
    assert_string_equal(text_at(json, "dateModified"), "2025-07-21T00:00:00+08:00");
    assert_string_equal(text_at(json, "inLanguage"), "en");
    assert_string_equal(text_at(json, "image"), "https://example.org/%E5%9B%BE.png?a&b");
    assert_string_equal(text_at(json, "mainEntityOfPage"),
                        "https://feeds.example.org/sub/article/0123456789abcdef0123.html");
    assert_memory_equal(text_at(json, "description"), entry.summary.data, entry.summary.size);
    struct json_object *authors = json_object_object_get(json, "author");
    /* The site, which feeds must name where nobody else is known, did not write it. */
    assert_int_equal(json_object_array_length(authors), 1);
    assert_string_equal(text_at(json_object_array_get_idx(authors, 0), "@type"), "Person");
    assert_string_equal(text_at(json_object_object_get(json, "publisher"), "name"), "上海招商 <\"站\">");
    json_object_put(json);
}

static void test_bare(void **state) {
    struct proof *proof = *state;
    struct entry entry = proof_bare_entry();
    draw(proof, &entry);
    proof_keep(proof, "article-bare.html");
    proof_assert_relative(proof);
    assert_false(proof_has(proof, "og:image") || proof_has(proof, "name=\"description\""));
    assert_int_equal(proof_count(proof, "<time"), 1);
    /* No list of nothing, no heading above it. */
    assert_false(proof_has(proof, "class=\"others\"") || proof_has(proof, "class=\"related\"") ||
                 proof_has(proof, "<p></p>"));
    struct json_object *json = json_ld(proof);
    assert_non_null(json);
    assert_string_equal(text_at(json, "inLanguage"), "zh-CN");
    assert_null(json_object_object_get(json, "image"));
    assert_null(json_object_object_get(json, "description"));
    json_object_put(json);
}

/* An article that has got an address after all keeps its page, which leads there. */
static void test_original(void **state) {
    struct proof *proof = *state;
    struct entry entry = proof_bare_entry();
    entry.url = SLICE("https://example.org/a b");
    draw(proof, &entry);
    assert_true(proof_has(proof, "href=\"https://example.org/a%20b\""));
    entry.url = SLICE("javascript:alert(1)");
    draw(proof, &entry);
    assert_false(proof_has(proof, "javascript:"));
    /* The same of where copies stand. */
    entry.related = &proof_related[1];
    entry.related_count = 1;
    draw(proof, &entry);
    assert_false(proof_has(proof, "javascript:") || proof_has(proof, "class=\"related\""));
}

static void test_withdrawn(void **state) {
    struct proof *proof = *state;
    buf_clear(&proof->buf);
    page_render_withdrawn(&proof->templates,
                          &(struct withdrawn_page){SLICE("article/0123456789abcdef0123.html"), PROOF_DAY}, &proof->buf);
    proof_keep(proof, "withdrawn.html");
    proof_assert_relative(proof);
    assert_true(proof_has(proof, "<meta name=\"robots\" content=\"noindex\">"));
    assert_true(proof_has(proof, "datetime=\"2025-07-18T00:00:00+08:00\">2025年7月18日"));
    assert_false(proof_has(proof, "rel=\"canonical\"") || proof_has(proof, "og:"));
    assert_true(proof_has(proof, "<base href=\"../\">"));
}

static void test_archive(void **state) {
    struct proof *proof = *state;
    static const struct archive_period_link periods[] = {
        {PROOF_DAY, SLICE_CONSTANT("putuo/archive/2025-07.html"), 1234},
        {PROOF_DAY - INT64_C(40) * 86400, SLICE_CONSTANT("putuo/archive/2025-06.html"), 1},
        {PROOF_DAY - INT64_C(250) * 86400, SLICE_CONSTANT("putuo/archive/2024-11.html"), 2},
    };
    const struct archive_page page = {SLICE("putuo/"), SLICE("普陀<区>"), ARCHIVE_MONTH, periods, 3};
    buf_clear(&proof->buf);
    page_render_archive(&proof->templates, &page, &proof->buf);
    proof_keep(proof, "archive-index.html");
    proof_assert_relative(proof);
    assert_true(proof_has(proof, "<base href=\"../../\">"));
    assert_true(proof_has(proof, "href=\"https://feeds.example.org/sub/putuo/archive/\""));
    assert_true(proof_has(proof, "<a href=\"putuo/\">普陀&lt;区&gt;</a>"));
    assert_int_equal(proof_count(proof, "<h2>2025</h2>"), 1);
    assert_int_equal(proof_count(proof, "<h2>2024</h2>"), 1);
    assert_true(proof_has(proof, "<a href=\"putuo/archive/2025-07.html\">2025年7月</a>"));
    assert_true(proof_has(proof, "<a href=\"putuo/archive/2025-06.html\">2025年6月</a>"));
    assert_true(proof_has(proof, "<a href=\"putuo/archive/2024-11.html\">2024年11月</a>"));
    assert_true(proof_has(proof, "1,234"));
    /* Of the channel /, which has nothing in it yet. */
    buf_clear(&proof->buf);
    page_render_archive(&proof->templates, &(struct archive_page){.period = ARCHIVE_DAY}, &proof->buf);
    proof_keep(proof, "archive-index-empty.html");
    proof_assert_relative(proof);
    assert_true(proof_has(proof, "<base href=\"../\">") && proof_has(proof, "<a href=\"./\">上海招商"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),     cmocka_unit_test(test_json_ld),   cmocka_unit_test(test_bare),
        cmocka_unit_test(test_original), cmocka_unit_test(test_withdrawn), cmocka_unit_test(test_archive),
    };
    return cmocka_run_group_tests(tests, proof_set_up, proof_tear_down);
}
