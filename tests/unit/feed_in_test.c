#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/feed_reading.h"

/* Feeds of all dialects → lines → articles. */

/* The article of the line with this number; its line must be one. */
static const struct article *article_at(unsigned wanted) {
    struct slice rest = buf_slice(&lines);
    struct slice line = {0};
    for (unsigned number = 0; number < wanted; number++)
        assert_true(slice_take_until(&rest, '\n', &line));
    if (!reading_parse(&test, "feed", line))
        fail_msg("line %u: %.*s", wanted, SLICE_ARGUMENTS(line));
    return &test.article;
}

#define ATOM(...) "<feed xmlns='http://www.w3.org/2005/Atom'>" __VA_ARGS__ "</feed>"
#define ENTRY(...)                                                                                                     \
    ATOM("<entry><id>urn:a</id><title>甲</title><updated>2026-01-02T03:04:05Z</updated>" __VA_ARGS__ "</entry>")
#define RSS(...)                                                                                                       \
    "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/"        \
    "elements/1.1/' xmlns:atom='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'>"             \
    "<channel>" __VA_ARGS__ "</channel></rss>"
#define ITEM(...) RSS("<item><title>甲</title><pubDate>Fri, 02 Jan 2026 03:04:05 GMT</pubDate>" __VA_ARGS__ "</item>")

/* --- Atom ---------------------------------------------------------------------------------------------------- */

static void an_atom_entry_is_an_article(void **unused) {
    (void)unused;
    const struct article *article =
        only("<?xml version='1.0' encoding='gb2312'?>\n"
             "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/' xml:lang='zh-CN'>\n"
             "<title type='html'>某&lt;b>报&lt;/b></title><link rel='self' href='https://example.org/atom.xml'/>"
             "<link href='https://example.org/'/><author><name>社</name></author>\n"
             "<entry xml:lang='en_GB'><id>urn:a</id><title type='html'>A &amp;amp; &lt;i>B&lt;/i></title>"
             "<link rel='related' href='https://example.org/no'/>"
             "<link rel='alternate' type='application/pdf' href='/a.pdf'/>"
             "<link rel='alternate' type='text/html' href='/a.html'/>"
             "<link rel='enclosure' href='a.mp3' type='audio/mpeg' length='77'/>"
             "<published>2026-01-01T00:00:00+08:00</published><updated>2026-01-02T03:04:05Z</updated>"
             "<author><name>张三</name><email>a@b.c</email></author><author><name>李四</name></author>"
             "<summary>一 &lt; 二</summary>"
             "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>正<br/>文 &amp;lt; <img alt='\"' "
             "src='i.png'/></p></div></content>"
             "<category term='ic' label='集成电路'/><category term='x,y'/>"
             "<media:group><media:content medium='image' url='/big.jpg'/><media:thumbnail url='/t.jpg'/></media:group>"
             "<source><id>urn:s</id><title>源</title><link href='https://source.example.org/'/>"
             "<author><name>不是</name></author></source></entry></feed>");
    assert_slice(article->url, "https://example.org/a.html");
    assert_slice(article->id, "");
    assert_slice(article->title, "A & B");
    assert_slice(article->language, "en-GB");
    assert_int_equal(article->date.seconds, 1767196800);
    assert_int_equal(article->updated.seconds, MOMENT);
    assert_slice(article->summary, "一 < 二");
    assert_slice(article->body, "<p>正<br>文 &amp;lt; <img alt=\"&quot;\" src=\"i.png\"></p>");
    assert_int_equal(article->format, BODY_HTML);
    assert_int_equal(article->author_count, 2);
    assert_slice(article->authors[1].name, "李四");
    assert_slice(article->source_name, "源");
    assert_slice(article->source_url, "https://source.example.org/");
    assert_int_equal(article->tag_count, 2);
    assert_slice(article->tags[0], "集成电路");
    assert_slice(article->tags[1], "x,y");
    assert_slice(article->image, "https://example.org/t.jpg");
    assert_slice(article->enclosure.url, "https://example.org/a.mp3");
    assert_int_equal(article->enclosure.length, 77);
    assert_int_equal(test.diagnostics.items.count, 0);
}

static void what_stands_above_an_entry_holds_for_it(void **unused) {
    (void)unused;
    /* Behind it, too. */
    const struct article *article =
        only(ATOM("<entry><id>urn:a</id><title>甲</title><updated>2026-01-02T03:04:05Z</updated>"
                  "<link href='http://example.org/1'/><summary>乙</summary></entry>"
                  "<title>报</title><link href='http://example.org/'/><author><name>社</name></author>"));
    assert_slice(article->source_name, "报");
    assert_slice(article->source_url, "http://example.org/");
    assert_slice(article->authors[0].name, "社");
    article = only(ATOM("<author><name>社</name></author>"
                        "<entry><id>urn:a</id><title>甲</title><updated>2026-01-02T03:04:05Z</updated><summary>乙"
                        "</summary><source><title>源</title><author><name>丙</name></author></source></entry>"));
    assert_int_equal(article->author_count, 1);
    assert_slice(article->authors[0].name, "丙");
    assert_slice(article->source_name, "源");
}

static void bases_are_inherited(void **unused) {
    (void)unused;
    const struct article *article =
        only("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://example.org/a/b'><entry xml:base='c/'>"
             "<id>urn:a</id><title>甲</title><updated>2026-01-02T03:04:05Z</updated><link href='1.html'/>"
             "<content type='html' xml:base='../d/'>&lt;p>&lt;a href='x'>y&lt;/a></content></entry></feed>");
    assert_slice(article->url, "https://example.org/a/c/1.html");
    assert_slice(article->body, "<p><a href=\"https://example.org/a/d/x\">y</a></p>");
    buf_clear(&lines);
    assert_true(feed_to_lines(SLICE(ENTRY("<summary>a</summary><link href='/1'/>")), SLICE("https://up.example.org/f"),
                              &lines, &feed));
    assert_slice(article_at(1)->url, "https://up.example.org/1");
}

static void an_id_is_for_what_has_no_address(void **unused) {
    (void)unused;
    const struct article *article = only(ENTRY("<summary>a</summary>"));
    assert_slice(article->id, "urn:a");
    assert_slice(article->url, "");
    article = only(ENTRY("<summary>a</summary><link href='HTTP://example.org/路径 a'/>"));
    assert_slice(article->id, "");
    assert_slice(article->url, "HTTP://example.org/%E8%B7%AF%E5%BE%84%20a");
    /* An address that cannot be used is complained of; the id is what it goes by. */
    article = only(ENTRY("<summary>a</summary><link href='javascript:alert(1)'/>"));
    assert_slice(article->id, "urn:a");
    assert_int_equal(reading_count(&test, DIAGNOSTIC_FIELD_INVALID, NULL), 1);
}

static void content_of_other_kinds_is_none(void **unused) {
    (void)unused;
    assert_slice(only(ENTRY("<summary>a</summary><content type='image/png'>iVBORw0KGgo=</content>"))->body, "");
    assert_slice(only(ENTRY("<summary>a</summary><content type='text/html' src='https://e.org/x'/>"))->body, "");
    assert_slice(only(ENTRY("<content type='application/xml'><x>b</x></content>"))->summary, "甲");
    const struct article *article = only(ENTRY("<content> 一段。\n二段 &lt;b>。 </content>"));
    assert_slice(article->body, "一段。\n二段 <b>。");
    assert_int_equal(article->format, BODY_TEXT);
}

static void tombstones_withdraw(void **unused) {
    (void)unused;
    assert_true(translate("<feed xmlns='http://www.w3.org/2005/Atom' "
                          "xmlns:at='http://purl.org/atompub/tombstones/1.0'>\n"
                          "<at:deleted-entry ref='tag:up.example.org,2026:url/example.org/a?b=1' "
                          "when='2026-01-02T03:04:05Z'><at:comment>误</at:comment></at:deleted-entry>\n"
                          "<at:deleted-entry ref='https://example.org/b' when='2026-01-02T03:04:05Z'/>\n"
                          "<at:deleted-entry ref='urn:c' when='2026-01-02T03:04:05Z'/>\n"
                          "<at:deleted-entry ref='urn:d' when='2026-01-02T03:04:05Z'><link "
                          "href='http://example.org/d'/></at:deleted-entry></feed>"));
    assert_int_equal(feed.tombstones, 4);
    assert_int_equal(feed.entries, 0);
    const struct article *article = article_at(2);
    assert_true(article->withdrawn);
    assert_slice(article->url, "https://example.org/a?b=1");
    assert_slice(article->title, "误");
    assert_int_equal(article->date.seconds, MOMENT);
    assert_slice(article_at(3)->url, "https://example.org/b");
    assert_slice(article_at(4)->id, "urn:c");
    assert_slice(article_at(5)->url, "http://example.org/d");
    assert_slice(article_at(5)->entry_id, "urn:d");
}

/* RFC 6721: so that a tombstone, which has the id alone, is understood later. */
static void an_entry_of_atom_keeps_its_id_beside_its_address(void **unused) {
    (void)unused;
    const struct article *article =
        only("<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><id>urn:a</id>"
             "<link href='https://example.org/a'/><title>甲</title>"
             "<updated>2026-01-02T03:04:05Z</updated><summary>乙</summary></entry></feed>");
    assert_slice(article->url, "https://example.org/a");
    assert_slice(article->id, "");
    assert_slice(article->entry_id, "urn:a");
}

#define OWN_ID "tag:up.example.org,2026:url/example.org/a?b=1"

/* Pindao's own, of an article with an address: not another article beside the one that was kept. */
static void a_stub_takes_the_place_of_what_was_withdrawn(void **unused) {
    (void)unused;
    static const char *const feeds[] = {
        "<rss version='2.0'><channel><title>t</title><item><title>（已撤回）</title><guid "
        "isPermaLink='false'>" OWN_ID "</guid><pubDate>Fri, 02 Jan 2026 00:00:00 +0800</pubDate>"
        "<description>本文已撤回。</description></item></channel></rss>",
        "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"t\", \"items\": [{\"id\": \"" OWN_ID "\", "
        "\"title\": \"（已撤回）\", \"content_text\": \"本文已撤回。\", \"date_published\": \"2026-01-02\"}]}",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(feeds); i++) {
        const struct article *article = only(feeds[i]);
        assert_slice(article->url, "https://example.org/a?b=1");
        assert_slice(article->id, "");
        assert_slice(article->title, "（已撤回）");
    }
}

/* --- RSS ----------------------------------------------------------------------------------------------------- */

static void an_rss_item_is_an_article(void **unused) {
    (void)unused;
    const struct article *article =
        only(RSS("<title>某报</title><link>https://example.org/</link><language>zh-cn</language>"
                 "<image><title>图</title><url>https://example.org/logo.png</url><link>https://no/</link></image>"
                 "<atom:link rel='self' href='https://example.org/rss.xml'/>"
                 "<item><title><![CDATA[AT&amp;T <b>降价</b>&nbsp;了]]></title><link>\n /a/1.html\n</link>"
                 "<guid isPermaLink='false'>http://example.org/?p=1</guid>"
                 "<pubDate>Fri, 02 Jan 26 03:04:05 GMT</pubDate><atom:updated>2026-01-03T00:00:00Z</atom:updated>"
                 "<description>短 &amp;lt;说&amp;gt;</description>"
                 "<content:encoded><![CDATA[<p>正文 &lt;1&gt;</p>]]></content:encoded>"
                 "<author>z@example.org (不是)</author><dc:creator>张三</dc:creator><dc:creator>李四</dc:creator>"
                 "<category>甲</category><category domain='urn:x'>乙,丙</category><dc:subject>丁</dc:subject>"
                 "<enclosure url='/p.jpg' length='' type='image/jpeg'/>"
                 "<source url='https://source.example.org/rss'>源</source></item>"));
    assert_slice(article->title, "AT&T 降价 了");
    assert_slice(article->url, "https://example.org/a/1.html");
    assert_int_equal(article->date.seconds, MOMENT);
    assert_int_equal(article->updated.seconds, 1767398400);
    assert_slice(article->summary, "短 <说>");
    assert_slice(article->body, "<p>正文 &lt;1&gt;</p>");
    assert_int_equal(article->author_count, 2);
    assert_int_equal(article->tag_count, 3);
    assert_slice(article->tags[1], "乙,丙");
    assert_slice(article->image, "https://example.org/p.jpg");
    assert_slice(article->enclosure.type, "image/jpeg");
    assert_slice(article->source_name, "源");
    assert_slice(article->source_url, "https://source.example.org/rss");
    assert_slice(article->language, "zh-cn");
    assert_int_equal(test.diagnostics.items.count, 0);
}

static void guids_are_addresses_where_they_say_so(void **unused) {
    (void)unused;
    static const struct {
        const char *item, *url, *id;
    } wanted[] = {
        {ITEM("<guid isPermaLink='true'>https://e.org/1</guid><link>https://e.org/2?from=rss</link>"),
         "https://e.org/1", ""},
        {ITEM("<guid>https://e.org/1</guid><link>https://e.org/2</link>"), "https://e.org/2", ""},
        {ITEM("<guid>https://e.org/1</guid>"), "https://e.org/1", ""},
        {ITEM("<guid isPermaLink='true'>x-1</guid>"), "", "x-1"},
        {ITEM("<guid isPermaLink='false'>https://e.org/1</guid>"), "", "https://e.org/1"},
        {ITEM("<atom:link href='https://e.org/3'/><guid>7</guid>"), "https://e.org/3", ""},
        {ITEM("<link>https://proxy/1</link><o:origLink "
              "xmlns:o='http://rssnamespace.org/feedburner/ext/1.0'>https://e.org/4</o:origLink>"),
         "https://e.org/4", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
        const struct article *article = only(wanted[i].item);
        assert_slice(article->url, wanted[i].url);
        assert_slice(article->id, wanted[i].id);
    }
}

/* Is this description, alone, the body or the summary, and as what? */
static void check_description(const char *description, const char *body, enum body_format format, const char *summary) {
    CLEANUP(buf_release) struct buf text = BUF(1 << 16);
    buf_append_format(&text, ITEM("<description>%s</description>"), description);
    const struct article *article = only(buf_string(&text));
    assert_slice(article->body, body);
    assert_slice(article->summary, summary);
    if (body[0])
        assert_int_equal(article->format, format);
}

static void a_description_is_a_body_or_a_summary(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 16);
    check_description("一句话。", "", BODY_TEXT, "一句话。");
    check_description("a &lt; b &amp; c", "", BODY_TEXT, "a < b & c");
    check_description("&lt;p>正文&lt;/p>", "<p>正文</p>", BODY_HTML, "");
    check_description("<![CDATA[一&nbsp;二]]>", "一&nbsp;二", BODY_HTML, "");
    /* Markup that nobody escaped. */
    check_description("甲<p class='x'>乙<br/>丙</p>", "甲<p class=\"x\">乙<br>丙</p>", BODY_HTML, "");
    for (size_t i = 0; i < 201; i++)
        buf_append_string(&text, "长");
    check_description(buf_string(&text), buf_string(&text), BODY_TEXT, "");
    check_description("", "", BODY_TEXT, "甲");
}

static void titles_are_decoded_once(void **unused) {
    (void)unused;
    static const struct {
        const char *title, *wanted;
    } titles[] = {
        {"A &amp; B", "A & B"},
        {"A &amp;amp; B", "A & B"},
        {"A &amp;amp;lt; B", "A &lt; B"},
        {"1 &lt; 2 > 1", "1 < 2 > 1"},
        {"x&lt;y and z>w", "x<y and z>w"},
        {"&lt;b>粗&lt;/b>体", "粗体"},
        {"&lt;script> 怎么用 &lt;/script>", "<script> 怎么用 </script>"},
        {"<![CDATA[甲&#8212;乙]]>", "甲—乙"},
        {"甲<em>乙</em>丙", "甲乙丙"},
        {"Q&amp;A; B", "Q&A; B"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(titles); i++) {
        CLEANUP(buf_release) struct buf text = BUF(1 << 16);
        buf_append_format(&text, RSS("<item><title>%s</title><pubDate>2026-01-02</pubDate></item>"), titles[i].title);
        assert_slice(only(buf_string(&text))->title, titles[i].wanted);
    }
}

static void an_item_without_a_title_gets_one(void **unused) {
    (void)unused;
    assert_slice(
        only(RSS("<item><pubDate>2026-01-02</pubDate><description>第一句。第二句。</description></item>"))->title,
        "第一句");
    assert_slice(only(RSS("<item><title> </title><pubDate>2026-01-02</pubDate>"
                          "<description>&lt;p>问？&lt;/p>&lt;p>答。&lt;/p></description></item>"))
                     ->title,
                 "问？");
    CLEANUP(buf_release) struct buf text = BUF(1 << 16);
    buf_append_string(&text, "<rss><channel><item><pubDate>2026-01-02</pubDate><description>");
    for (size_t i = 0; i < 100; i++)
        buf_append_string(&text, "字");
    buf_append_string(&text, "。</description></item></channel></rss>");
    struct slice title = only(buf_string(&text))->title;
    assert_int_equal(title.size, 60 * strlen("字"));
    assert_true(slice_ends_with(title, SLICE("…")));
}

static void old_rss_is_read(void **unused) {
    (void)unused;
    const struct article *article =
        only("<?xml version='1.0'?>\n<!DOCTYPE rss PUBLIC \"-//Netscape Communications//DTD RSS 0.91//EN\" "
             "\"http://my.netscape.com/publish/formats/rss-0.91.dtd\">\n<rss version='0.91'><channel><title>报</title>"
             "<link>http://example.org/</link><item><title>甲</title><link>http://example.org/1</link>"
             "<description>乙</description><pubDate>2 Jan 2026 03:04:05 UT</pubDate></item></channel></rss>");
    assert_slice(article->source_name, "报");
    assert_int_equal(article->date.seconds, MOMENT);
    assert_true(translate("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
                          "xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>\n"
                          "<channel rdf:about='http://example.org/'><title>报</title><link>http://example.org/</link>"
                          "<dc:language>zh</dc:language><items/></channel>\n"
                          "<image><title>图</title></image>\n"
                          "<item rdf:about='u'><title>甲</title><link>http://example.org/1</link>"
                          "<description>乙</description><dc:date>2026-01-02T03:04:05Z</dc:date>"
                          "<dc:creator>张三</dc:creator></item>\n</rdf:RDF>"));
    article = article_at(4);
    assert_slice(article->source_name, "报");
    assert_slice(article->language, "zh");
    assert_slice(article->authors[0].name, "张三");
    assert_int_equal(article->date.seconds, MOMENT);
    assert_slice(only("<rss xmlns='http://backend.userland.com/rss2'><channel><item><title>甲</title><pubDate>2026-01-"
                      "02</pubDate></item></channel></rss>")
                     ->title,
                 "甲");
}

static void people_have_names(void **unused) {
    (void)unused;
    assert_slice(only(ITEM("<author>a@b.c (张三)</author>"))->authors[0].name, "张三");
    assert_slice(only(ITEM("<author>张三 &lt;a@b.c></author>"))->authors[0].name, "张三");
    assert_slice(only(ITEM("<author>张三 (本报)</author>"))->authors[0].name, "张三 (本报)");
    assert_int_equal(only(ITEM("<author>a@b.c</author>"))->author_count, 0);
}

static void the_best_date_counts(void **unused) {
    (void)unused;
    const char *item =
        RSS("<item><title>甲</title><pubDate>昨天</pubDate><dc:date>2026-01-02T03:04:05Z</dc:date></item>");
    assert_int_equal(only(item)->date.seconds, MOMENT);
    assert_false(only(item)->updated.present);
    assert_int_equal(only(ENTRY("<published>2026-01-02T11:04:05+08:00</published>"))->date.seconds, MOMENT);
    assert_false(test.article.updated.present);
}

/* --- JSON Feed ----------------------------------------------------------------------------------------------- */

static void a_json_item_is_an_article(void **unused) {
    (void)unused;
    assert_true(
        translate("{\"version\": \"https://jsonfeed.org/version/1\", \"title\": \"报\", \"language\": \"zh\",\n"
                  "\"home_page_url\": \"https://example.org/\", \"author\": {\"name\": \"社\"},\n"
                  "\"items\": [\n{\"id\": 7, \"url\": \"/a\", \"external_url\": \"https://x/\", \"title\": \"\\u7532\","
                  "\"content_html\": \"<p>正文</p>\", \"content_text\": \"不\", \"summary\": \"短\", \"expired\": true,"
                  "\"date_published\": \"2026-01-02T03:04:05Z\", \"image\": \"/i.png\", \"tags\": [\"x\", 1, \"y\"],"
                  "\"attachments\": [{\"url\": \"/a.mp3\", \"mime_type\": \"audio/mpeg\", \"size_in_bytes\": 12}]},\n"
                  "{\"id\": \"b\", \"content_text\": \"一段。\\n二段。\", \"date_modified\": \"2026-01-02T03:04:05Z\","
                  "\"authors\": [{\"name\": \"张三\"}, {\"url\": \"https://no/\"}]}\n]}"));
    const struct article *article = article_at(4);
    assert_slice(article->url, "https://example.org/a");
    assert_slice(article->title, "甲");
    assert_slice(article->body, "<p>正文</p>");
    assert_slice(article->summary, "短");
    assert_slice(article->authors[0].name, "社");
    assert_slice(article->image, "https://example.org/i.png");
    assert_int_equal(article->tag_count, 2);
    assert_int_equal(article->enclosure.length, 12);
    assert_slice(article->source_name, "报");
    assert_slice(article->language, "zh");
    article = article_at(5);
    assert_slice(article->id, "b");
    assert_slice(article->title, "一段");
    assert_slice(article->body, "一段。\n二段。");
    assert_int_equal(article->format, BODY_TEXT);
    assert_int_equal(article->date.seconds, MOMENT);
    assert_int_equal(article->author_count, 1);
}

/* --- lines and problems -------------------------------------------------------------------------------------- */

static void entries_stand_in_their_lines(void **unused) {
    (void)unused;
    assert_true(
        translate("\n\n<rss><channel>\n<item>\n<title>一</title><pubDate>2026-01-02</pubDate></item><item><title>二"
                  "</title><pubDate>2026-01-02</pubDate></item>\n\n\n<item\n><title>三</title>"
                  "<pubDate>2026-01-02</pubDate></item></channel></rss>"));
    assert_slice(article_at(4)->title, "一");
    assert_slice(article_at(5)->title, "二");
    assert_slice(article_at(8)->title, "三");
    assert_slice(slice_range(buf_slice(&lines), 0, 3), "\n\n\n");
}

static void what_is_no_feed_is_refused(void **unused) {
    (void)unused;
    static const struct {
        const char *text, *problem;
        unsigned line, column;
    } wanted[] = {
        {"", "there is nothing in it", 0, 0},
        {" \n", "there is nothing in it", 0, 0},
        {"你好", "neither XML nor JSON", 0, 0},
        {"<!DOCTYPE html><p>登录", "this is an HTML page, no feed", 0, 0},
        {"<HTML><br></HTML>", "this is an HTML page, no feed", 0, 0},
        {"<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'/>", "this is an HTML page, no feed", 2, 1},
        {"<opml/>", "no feed begins with <opml>", 1, 1},
        {"<feed/>", "no feed begins with <feed>", 1, 1},
        {"<feed xmlns='http://purl.org/atom/ns#'/>", "this is Atom 0.3, a draft of 2003 that is not read", 1, 1},
        {"\n<rss><channel>\n<item></channel></rss>", NULL, 3, 0},
        {"<rss><channel><title>&unheard;</title></channel></rss>", NULL, 1, 0},
        {"<rss><channel>\n<title>甲&nbsp;<!--&nbsp;-->&mdash;\x08&unheard;</title></channel></rss>", NULL, 2, 0},
        {"<!DOCTYPE x [<!ENTITY a 'b'>]><rss/>", NULL, 1, 0},
        {"<!DOCTYPE rss SYSTEM 'file:///etc/passwd'><rss/>", NULL, 1, 0},
        {"[]", "this is JSON, but no JSON Feed: it has no version of that format", 1, 1},
        {"{\"items\":[]}", "this is JSON, but no JSON Feed: it has no version of that format", 1, 1},
        {"{\"version\":\"https://jsonfeed.org/version/1\"}", "a JSON Feed without a list of items", 1, 1},
        {"{\n\"items\":[]", NULL, 2, 11},
        {"{\"version\":\"https://jsonfeed.org/version/1\",\n\"items\":[{},\n {\"a\":}]}", NULL, 3, 7},
        {"{\"version\":\"https://jsonfeed.org/version/1\",\n\"items\":[[]]}", "an item that is no object in { }", 2,
         10},
        {"{\"version\":\"https://jsonfeed.org/version/1\",\n\"items\":[1]}", NULL, 2, 10},
        {"{\"version\":\"https://jsonfeed.org/version/1\",\n\"items\":[{}],\n\"x\":tru}", NULL, 3, 5},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
        buf_clear(&lines);
        buf_append_string(&lines, "x");
        if (feed_to_lines(slice_of(wanted[i].text), (struct slice){0}, &lines, &feed))
            fail_msg("this was read: %s", wanted[i].text);
        assert_string_equal(buf_string(&lines), "x");
        assert_true(feed.problem[0]);
        if (wanted[i].problem)
            assert_string_equal(feed.problem, wanted[i].problem);
        assert_int_equal(feed.line, wanted[i].line);
        if (wanted[i].column)
            assert_int_equal(feed.column, wanted[i].column);
    }
}

/* Whole or not at all: no part of a feed that breaks off is one. */
static void no_part_of_a_feed_is_one(void **unused) {
    (void)unused;
    static const char *const feeds[] = {
        "<?xml version='1.0' encoding='utf-8'?>\n<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://e.org/'>"
        "<title>报</title><!-- x --><entry xml:lang='zh'><id>urn:a</id><title type='html'>甲&amp;amp;</title>"
        "<link href='a'/><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>乙<br/></p></div></content>"
        "<updated>2026-01-02T03:04:05Z</updated></entry></feed>",
        RSS("<title>报</title><item><title><![CDATA[甲]]></title><!--&nbsp;--><description>&lt;p>乙 "
            "&#38;amp;&nbsp;</description>"
            "<guid>http://e.org/1</guid><pubDate>Fri, 02 Jan 2026 03:04:05 GMT</pubDate></item>"),
        JSON("{\"id\":\"a\",\"title\":\"\\u7532\",\"tags\":[\"x\"],\"date_published\":\"2026-01-02\"},{\"id\":\"b\","
             "\"content_text\":\"\\\"乙\"}"),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(feeds); i++) {
        assert_true(translate(feeds[i]));
        for (size_t size = 0; size < strlen(feeds[i]); size++) {
            /* On the heap, so that a sanitizer sees who reads behind its end. */
            char *part = memory_new(size + !size);
            memcpy(part, feeds[i], size);
            buf_clear(&lines);
            assert_false(feed_to_lines((struct slice){part, size}, (struct slice){0}, &lines, &feed));
            assert_int_equal(lines.size, 0);
            assert_true(feed.problem[0]);
            free(part);
        }
        /* Nor is one with a byte too many read beyond its end, whatever comes of it. */
        CLEANUP(buf_release) struct buf damaged = BUF(1 << 16);
        for (size_t at = 0; at < strlen(feeds[i]); at++) {
            buf_clear(&damaged);
            buf_append(&damaged, feeds[i], strlen(feeds[i]));
            damaged.data[at] = (char)(damaged.data[at] ^ 0x15);
            buf_clear(&lines);
            if (!feed_to_lines(buf_slice(&damaged), (struct slice){0}, &lines, &feed))
                assert_int_equal(lines.size, 0);
        }
    }
}

static void time_is_linear(void **unused) {
    (void)unused;
    enum { ENTRIES = 20000 };
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_string(&text, "<rss><channel>");
    for (unsigned i = 0; i < ENTRIES; i++)
        buf_append_format(&text,
                          "<item><title>a < b &lt; %u</title><link>https://e.org/%u</link><description>&lt; &lt; &amp; "
                          "%0200u</description><pubDate>2026-01-02</pubDate></item>",
                          i, i, i);
    buf_append_string(&text, "</channel></rss>");
    buf_clear(&lines);
    assert_false(feed_to_lines(buf_slice(&text), (struct slice){0}, &lines, &feed)); /* a raw < */
    for (size_t at = 0; (at = slice_find(buf_slice(&text), SLICE("a < b"), at)) < text.size;)
        text.data[at + 2] = '>';
    assert_true(feed_to_lines(buf_slice(&text), (struct slice){0}, &lines, &feed));
    assert_int_equal(feed.entries, ENTRIES);
    assert_slice(article_at(ENTRIES)->url, "https://e.org/19999");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_atom_entry_is_an_article, init, release),
        cmocka_unit_test_setup_teardown(what_stands_above_an_entry_holds_for_it, init, release),
        cmocka_unit_test_setup_teardown(bases_are_inherited, init, release),
        cmocka_unit_test_setup_teardown(an_id_is_for_what_has_no_address, init, release),
        cmocka_unit_test_setup_teardown(content_of_other_kinds_is_none, init, release),
        cmocka_unit_test_setup_teardown(tombstones_withdraw, init, release),
        cmocka_unit_test_setup_teardown(an_entry_of_atom_keeps_its_id_beside_its_address, init, release),
        cmocka_unit_test_setup_teardown(a_stub_takes_the_place_of_what_was_withdrawn, init, release),
        cmocka_unit_test_setup_teardown(an_rss_item_is_an_article, init, release),
        cmocka_unit_test_setup_teardown(guids_are_addresses_where_they_say_so, init, release),
        cmocka_unit_test_setup_teardown(a_description_is_a_body_or_a_summary, init, release),
        cmocka_unit_test_setup_teardown(titles_are_decoded_once, init, release),
        cmocka_unit_test_setup_teardown(an_item_without_a_title_gets_one, init, release),
        cmocka_unit_test_setup_teardown(old_rss_is_read, init, release),
        cmocka_unit_test_setup_teardown(people_have_names, init, release),
        cmocka_unit_test_setup_teardown(the_best_date_counts, init, release),
        cmocka_unit_test_setup_teardown(a_json_item_is_an_article, init, release),
        cmocka_unit_test_setup_teardown(entries_stand_in_their_lines, init, release),
        cmocka_unit_test_setup_teardown(what_is_no_feed_is_refused, init, release),
        cmocka_unit_test_setup_teardown(no_part_of_a_feed_is_one, init, release),
        cmocka_unit_test_setup_teardown(time_is_linear, init, release),
    };
    xml_set_up();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xml_tear_down();
    return failed;
}
