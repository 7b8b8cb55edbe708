#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/feed_reading.h"

/* What is mended before a strict parser sees a feed. */

#define RSS(...)                                                                                                       \
    "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>" __VA_ARGS__                \
    "</channel></rss>"
#define ITEM(...) RSS("<item><title>甲</title><pubDate>2026-01-02</pubDate>" __VA_ARGS__ "</item>")

static void a_bad_character_costs_only_itself(void **unused) {
    (void)unused;
    assert_slice(
        only(RSS("<item><title>甲\x08乙&#x1F;丙\xEF\xBF\xBF&#0;丁</title><pubDate>2026-01-02</pubDate></item>"))->title,
        "甲乙丙丁");
    assert_int_equal(reading_count(&test, DIAGNOSTIC_TEXT_REPAIRED, NULL), 1);
    assert_slice(only(RSS("<item><title>甲\xC3(乙</title><pubDate>2026-01-02</pubDate></item>"))->title,
                 "甲\xEF\xBF\xBD(乙");
    assert_slice(only(JSON("{\"id\":\"a\",\"title\":\"甲\xFF乙\",\"date_published\":\"2026-01-02\"}"))->title,
                 "甲\xEF\xBF\xBD乙");
}

/* HTML has names for characters that XML has not; feeds made of templates have them outside of CDATA. */
static void names_of_characters_in_html_are_known(void **unused) {
    (void)unused;
    const struct article *article =
        only(ITEM("<!-- &nbsp; --><link>https://example.org/?a=1&amp;b=&middot;</link>"
                  "<description>&ldquo;一&rdquo;&nbsp;&lsquo;二&rsquo;&mdash;&ndash;&hellip;&bull;&copy;&reg;&trade;"
                  "&times;&laquo;&raquo;&deg;&yen;&euro;&emsp;|&ensp;|&thinsp;&amp;lt;&amp;nbsp;</description>"
                  "<content:encoded><![CDATA[<p>a&amp;nbsp;b&nbsp;c&unheard;]]>&hellip;</content:encoded>"));
    assert_slice(article->url, "https://example.org/?a=1&b=%C2%B7");
    assert_slice(article->summary, "“一”\u00A0‘二’—–…•©®™×«»°¥€\u2003|\u2002|\u2009<");
    assert_slice(article->body, "<p>a&amp;nbsp;b&nbsp;c&unheard;…");
    assert_slice(only(ITEM("<description>&ldquo;一&rdquo;&mdash;&yen;1&times;2&amp;nbsp;3</description>"))->body,
                 "“一”—¥1×2&nbsp;3");
    /* In CDATA a reference is text, which is decoded once, as it was. */
    assert_slice(
        only(RSS("<item><title><![CDATA[甲&amp;mdash;乙]]>&mdash;</title><pubDate>2026-01-02</pubDate></item>"))->title,
        "甲&mdash;乙—");
    /* Of what stands behind them the place is that of the feed. */
    assert_false(translate("<rss>\n&nbsp;&mdash;甲<!--&nbsp;--></x></rss>"));
    unsigned column = feed.column;
    assert_false(translate("<rss>\n&#160;&#8212;甲<!--&nbsp;--></x></rss>"));
    assert_int_equal(feed.line, 2);
    assert_int_equal(feed.column, column);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_bad_character_costs_only_itself, init, release),
        cmocka_unit_test_setup_teardown(names_of_characters_in_html_are_known, init, release),
    };
    xml_set_up();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xml_tear_down();
    return failed;
}
