#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check/check.h"
#include "check/checker.h"
#include "xml/writer.h"

#define ATOM_HEAD                                                                                                      \
    "<feed xmlns='http://www.w3.org/2005/Atom'>\n<id>tag:a,2026:f</id><title>t</title>"                                \
    "<updated>2026-01-01T00:00:00Z</updated><author><name>n</name></author><link rel='self' href='http://a/f'/>\n"
#define ENTRY_HEAD "<entry><id>tag:a,2026:e</id><title>t</title><updated>2026-01-01T00:00:00+08:00</updated>"
#define ENTRY(inside) ENTRY_HEAD inside "</entry>\n"
#define ATOM_WITH(inside) ATOM_HEAD inside "</feed>"
#define LINKED "<link href='http://a/e'/>"
#define ARCHIVE "<archive xmlns='http://purl.org/syndication/history/1.0'/>"
#define CURRENT "<link rel='current' href='http://a/f'/>"
#define OLDER "<link rel='prev-archive' href='http://a/1'/>"

#define RSS_HEAD                                                                                                       \
    "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom' xmlns:dc='http://purl.org/dc/elements/1.1/'>\n"       \
    "<channel><title>t</title><link>http://a/</link><description>d</description>"                                      \
    "<atom:link rel='self' href='http://a/rss'/>\n"
#define RSS_WITH(inside) RSS_HEAD inside "</channel></rss>"
#define ITEM(inside) "<item><title>t</title><guid isPermaLink='false'>g</guid>" inside "</item>\n"

#define JSON_WITH(members, items)                                                                                      \
    "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"t\", \"feed_url\": \"http://a/f\",\n" members    \
    "\"items\": [\n" items "]}"
#define JSON_ITEM(members) "{\"id\": \"1\", \"content_text\": \"c\"" members "}"

#define OPML_WITH(body) "<opml version='2.0'><head><title>t</title></head><body>" body "</body></opml>"

struct mistake {
    const char *feed;
    const char *words; /* of the message */
    unsigned line;     /* 0: any */
    unsigned column;
};

static struct check_result check(const char *feed, struct diagnostics *diagnostics) {
    struct check_result result;
    check_feed(slice_of(feed), SLICE("x"), diagnostics, &result);
    return result;
}

static void print(const struct diagnostics *diagnostics) {
    for (size_t i = 0; i < diagnostics->items.count; i++) {
        const struct diagnostic *item = &diagnostics->items.items[i];
        print_message("   %u:%u %.*s\n", item->place.line, item->place.column, SLICE_ARGUMENTS(item->detail));
    }
}

/* Exactly one problem, with these words, there. */
static void assert_mistakes(const struct mistake *mistakes, size_t count, bool is_error) {
    for (size_t i = 0; i < count; i++) {
        struct diagnostics diagnostics = {0};
        struct check_result result = check(mistakes[i].feed, &diagnostics);
        bool found = diagnostics.items.count == 1 && result.errors == is_error && result.warnings == !is_error;
        if (found) {
            const struct diagnostic *item = &diagnostics.items.items[0];
            struct slice words = slice_of(mistakes[i].words);
            found = slice_find(item->detail, words, 0) < item->detail.size && item->place.line > 0 &&
                    item->id == (is_error ? DIAGNOSTIC_FEED_ERROR : DIAGNOSTIC_FEED_WARNING) &&
                    (mistakes[i].line == 0 || mistakes[i].line == item->place.line) &&
                    (mistakes[i].column == 0 || mistakes[i].column == item->place.column);
        }
        if (!found) {
            print(&diagnostics);
            fail_msg("%s\nshould give one «%s» at %u:%u", mistakes[i].feed, mistakes[i].words, mistakes[i].line,
                     mistakes[i].column);
        }
        diagnostics_release(&diagnostics);
    }
}

static void test_atom_mistakes(void **state) {
    (void)state;
    static const struct mistake mistakes[] = {
        {ATOM_WITH(ENTRY("")), "neither <content> nor an alternate link", 3, 1},
        {ATOM_WITH(ENTRY(LINKED) ENTRY(LINKED)), "a second entry with the id «tag:a,2026:e»", 4, 1},
        {ATOM_WITH("<entry><title>t</title><updated>2026-01-01T00:00:00Z</updated>" LINKED "</entry>"),
         "<entry> without <id>", 3, 1},
        {ATOM_WITH("<entry><id>tag:x,1:e</id><updated>2026-01-01T00:00:00Z</updated>" LINKED "</entry>"),
         "<entry> without <title>", 3, 1},
        {ATOM_WITH("<entry><id>tag:x,1:e</id><title>t</title>" LINKED "</entry>"), "<entry> without <updated>", 3, 1},
        {ATOM_WITH("<entry><id>e</id><title>t</title><updated>2026-01-01T00:00:00Z</updated>" LINKED "</entry>"),
         "<id> «e»: not an absolute address", 3, 8},
        {ATOM_WITH(ENTRY(LINKED "<published>2026-02-30T00:00:00Z</published>")), "<published> «2026-02-30", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<published>2026-01-01</published>")), "RFC 3339", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<published>2026-01-01t00:00:00z</published>")), "RFC 3339", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<title>again</title>")), "<title> stands twice", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<link href='http://a/2'/>")), "a second alternate link", 3, 0},
        {ATOM_WITH(ENTRY("<link rel='alternate'/><content>c</content>")), "<link> without href", 3, 0},
        {ATOM_WITH(ENTRY("<link href='http://a /'/>")), "no address", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<link rel='enclosure' type='audio' href='http://a/b'/>")), "not a media type", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<link rel='enclosure' type='a/b' length='1k' href='http://a/b'/>")), "whole number", 3,
         0},
        {ATOM_WITH(ENTRY(LINKED "<summary type='text/html'>c</summary>")), "only text, html and xhtml", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<summary>a<b/></summary>")), "allows only (escaped) text", 3, 0},
        {ATOM_WITH(ENTRY("<content type='html'><p>c</p></content>")), "allows only (escaped) text", 3, 0},
        {ATOM_WITH(ENTRY("<content type='xhtml'>c</content>")), "without its <div>", 3, 0},
        {ATOM_WITH(ENTRY("<content type='xhtml'><p xmlns='http://www.w3.org/1999/xhtml'/></content>")),
         "must be a <div>", 3, 0},
        {ATOM_WITH(ENTRY("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'/>x</content>")),
         "text beside the <div>", 3, 0},
        {ATOM_WITH(ENTRY("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'/>"
                         "<div xmlns='http://www.w3.org/1999/xhtml'/></content>")),
         "a second element", 3, 0},
        {ATOM_WITH(ENTRY("<summary>s</summary><content type='a/b' src='http://a/c'>c</content>")), "must be empty", 3,
         0},
        {ATOM_WITH(ENTRY(LINKED "<content type='image/png'>AAAA</content>")), "needs a <summary>", 3, 1},
        {ATOM_WITH(ENTRY(LINKED "<category label='x'/>")), "<category> without term", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<category term='x' scheme='topics'/>")), "scheme of <category> «topics»", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<author><uri>http://a/</uri></author>")), "<author> without <name>", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<author><name/></author>")), "<name> «»", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<author><name>n</name><email>me</email></author>")), "no e-mail", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<pubDate xmlns='http://www.w3.org/2005/Atom'/>")), "there is no <pubDate>", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<subtitle>s</subtitle>")), "does not belong in <entry>", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "loose")), "text between the elements of <entry>", 3, 1},
        {ATOM_WITH("<link rel='x' href='http://a/' target='_blank'/>"), "no attribute target", 3, 1},
        {"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='zh_CN'><id>tag:a,2026:f</id><title>t</title>"
         "<updated>2026-01-01T00:00:00Z</updated><link rel='self' href='http://a/f'/></feed>",
         "language tag", 1, 1},
        {"<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:a,2026:f</id><title>t</title>"
         "<updated>2026-01-01T00:00:00Z</updated><link rel='self' href='http://a/f'/>\n" ENTRY(LINKED) "</feed>",
         "neither this <entry> nor the feed has an <author>", 2, 1},
        {ATOM_HEAD, "Premature end", 0, 0},
        {"<?xml version='1.0'?><!DOCTYPE feed>" ATOM_WITH(""), "DOCTYPE", 1, 0},
        {"<feed xmlns='http://purl.org/atom/ns#' version='0.3'/>", "Atom 0.3", 1, 1},
        {"<feed/>", "namespace", 1, 1},
        {ATOM_WITH("<deleted-entry xmlns='http://purl.org/atompub/tombstones/1.0' ref='tag:a,2026:x'/>"),
         "without when", 3, 1},
    };
    assert_mistakes(mistakes, ARRAY_LENGTH(mistakes), true);
}

static void test_rss_mistakes(void **state) {
    (void)state;
    static const struct mistake mistakes[] = {
        {RSS_WITH("<item><guid isPermaLink='false'>g</guid></item>"), "neither <title> nor <description>", 3, 1},
        {RSS_WITH(ITEM("") ITEM("")), "the <guid> «g» stands in line 3 already", 4, 0},
        {RSS_WITH("<item><title>t</title><guid>g</guid></item>"), "isPermaLink=\"false\"", 3, 0},
        {RSS_WITH(ITEM("<pubDate>Fri, 18 Jul 2025 00:00 +0800</pubDate><pubDate>18 Jul 2025 00:00 GMT</pubDate>")),
         "stands twice", 3, 0},
        {RSS_WITH(ITEM("<pubDate>Sat, 18 Jul 2025 00:00:00 +0800</pubDate>")), "another day of the week", 3, 0},
        {RSS_WITH(ITEM("<pubDate>2025-07-18T00:00:00Z</pubDate>")), "the month", 3, 0},
        {RSS_WITH(ITEM("<pubDate>Fri, 18 七月 2025 00:00:00 +0800</pubDate>")), "the month", 3, 0},
        {RSS_WITH(ITEM("<pubDate>Fri, 18 Jul 2025 24:00:00 +0800</pubDate>")), "no such time", 3, 0},
        {RSS_WITH(ITEM("<pubDate>Fri, 18 Jul 2025 00:00:00 +08:00</pubDate>")), "the zone", 3, 0},
        {RSS_WITH(ITEM("<enclosure url='http://a/b' type='audio/mpeg'/>")), "without length", 3, 0},
        {RSS_WITH(ITEM("<enclosure length='1' type='audio/mpeg'/>")), "without url", 3, 0},
        {RSS_WITH(ITEM("<enclosure url='http://a/b' length='1'/>")), "without type", 3, 0},
        {RSS_WITH(ITEM("<link>/relative</link>")), "not an absolute address", 3, 0},
        {RSS_WITH(ITEM("<author>Somebody</author>")), "no e-mail", 3, 0},
        {RSS_WITH(ITEM("<source>s</source>")), "<source> without url", 3, 0},
        {RSS_WITH(ITEM("<description><p>x</p></description>")), "holds only text", 3, 0},
        {RSS_WITH(ITEM("<updated>x</updated>")), "there is no <updated>", 3, 0},
        {RSS_WITH(ITEM("<atom:updated>yesterday</atom:updated>")), "RFC 3339", 3, 0},
        {RSS_WITH("<language>chinese simplified</language>"), "language tag", 3, 1},
        {RSS_WITH("<ttl>one hour</ttl>"), "whole number", 3, 1},
        {RSS_WITH("<image><url>http://a/i</url><link>http://a/</link></image>"), "<image> without <title>", 3, 1},
        {RSS_WITH("<image><url>http://a/i</url><link>http://a/</link><title>t</title><width>145</width></image>"),
         "<width> 145 is over 144", 3, 0},
        {RSS_WITH("<skipHours><hour>24</hour></skipHours>"), "is over 23", 3, 0},
        {RSS_WITH("<skipDays><day>Mo</day></skipDays>"), "is not Monday", 3, 0},
        {RSS_WITH("<cloud domain='a' port='80' path='/' registerProcedure=''/>"), "without protocol", 3, 1},
        {"<rss version='2.0'><channel><title>t</title><link>http://a/</link>"
         "<link xmlns='http://www.w3.org/2005/Atom' rel='self' href='http://a/f'/></channel></rss>",
         "<channel> without <description>", 1, 20},
        {"<rss version='2.0'/>", "<rss> without <channel>", 1, 1},
        {"<rss version='3.0'><channel><title>t</title><link>http://a/</link><description/>"
         "<link xmlns='http://www.w3.org/2005/Atom' rel='self' href='http://a/f'/></channel></rss>",
         "no RSS version «3.0»", 1, 1},
        {RSS_WITH("") "<!-- -->x", "Extra content", 0, 0},
        {"<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' "
         "'http://my.netscape.com/publish/formats/rss-0.91.dtd' [<!ENTITY a 'b'>]>" RSS_WITH(""),
         "DOCTYPE", 1, 0},
        {"<!DOCTYPE rss PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x.dtd'>\n" RSS_WITH(""), "DOCTYPE", 1, 0},
    };
    assert_mistakes(mistakes, ARRAY_LENGTH(mistakes), true);
}

static void test_json_mistakes(void **state) {
    (void)state;
    static const struct mistake mistakes[] = {
        {JSON_WITH("", JSON_ITEM("") ",\n" JSON_ITEM("")), "the id «1» is that of item 0 already", 4, 1},
        {JSON_WITH("", "{\"content_text\": \"c\"}"), "the item has no id", 3, 1},
        {JSON_WITH("", "{\"id\": \"1\"}"), "neither content_html nor content_text", 3, 1},
        {JSON_WITH("", JSON_ITEM(", \"date_published\": \"yesterday\"")), "date_published «yesterday»", 3, 0},
        {JSON_WITH("", JSON_ITEM(", \"url\": \"/relative\"")), "not an absolute address", 3, 34},
        {JSON_WITH("", JSON_ITEM(", \"tags\": \"a\"")), "tags must be an array", 3, 0},
        {JSON_WITH("", JSON_ITEM(", \"tags\": [\"a\",\n1]")), "else than strings", 4, 1},
        {JSON_WITH("", JSON_ITEM(", \"authors\": [{}]")), "none of name, url and avatar", 3, 0},
        {JSON_WITH("", JSON_ITEM(", \"attachments\": [{\"url\": \"http://a/\"}]")), "no mime_type", 3, 0},
        {JSON_WITH("", JSON_ITEM(", \"attachments\": [{\"url\": \"http://a/\", \"mime_type\": \"a/b\", "
                                 "\"size_in_bytes\": \"1\"}]")),
         "must be a number", 3, 0},
        {JSON_WITH("", JSON_ITEM(", \"language\": \"中文\"")), "language tag", 3, 0},
        {JSON_WITH("", JSON_ITEM(", \"_x\": 1")), "must be an object", 3, 0},
        {JSON_WITH("", JSON_ITEM(", \"title\": null")), "title must be a string", 3, 0},
        {JSON_WITH("", "1"), "else than objects", 3, 1},
        {JSON_WITH("\"expired\": \"no\",\n", ""), "expired must be true or false", 2, 1},
        {JSON_WITH("\"hubs\": [{\"type\": \"WebSub\"}],", ""), "the hub has no url", 2, 0},
        {JSON_WITH("\"icon\": \"i.png\",", ""), "icon «i.png»", 2, 1},
        {"{\"version\": \"https://jsonfeed.org/version/1.1\", \"feed_url\": \"http://a/\", \"items\": []}", "no title",
         1, 1},
        {"{\"version\": \"https://jsonfeed.org/version/1.1\", \"feed_url\": \"http://a/\", \"title\": \"t\"}",
         "no items", 1, 1},
        {"{\"title\": \"t\", \"feed_url\": \"http://a/\", \"items\": []}", "no version", 1, 1},
        {"{\"version\": \"https://jsonfeed.org/version/9\", \"title\": \"t\", \"feed_url\": \"http://a/\", \"items\": "
         "[]}",
         "no JSON Feed version", 1, 2},
        {JSON_WITH("", JSON_ITEM("") ","), "not JSON", 3, 0},
        {"[]", "is an object", 1, 1},
        {"\xEF\xBB\xBF" JSON_WITH("", ""), "byte order mark", 1, 1},
    };
    assert_mistakes(mistakes, ARRAY_LENGTH(mistakes), true);
}

static void test_opml_and_other_mistakes(void **state) {
    (void)state;
    static const struct mistake mistakes[] = {
        {OPML_WITH("\n<outline title='t'/>"), "<outline> without text", 2, 1},
        {OPML_WITH("<outline text='t' type='rss'/>"), "without xmlUrl", 1, 0},
        {OPML_WITH("<outline text='t' type='rss' xmlUrl='/f'/>"), "not an absolute address", 1, 0},
        {OPML_WITH(""), "<body> without <outline>", 1, 0},
        {"<opml><head><title>t</title></head><body><outline text='t'/></body></opml>", "<opml> without version", 1, 1},
        {"<opml version='3'><head><title>t</title></head><body><outline text='t'/></body></opml>", "OPML version", 1,
         1},
        {"<opml version='2.0'><body><outline text='t'/></body></opml>", "<opml> without <head>", 1, 1},
        {"<opml version='2.0'><head><title>t</title><dateCreated>2026</dateCreated></head><body><outline text='t'/>"
         "</body></opml>",
         "<dateCreated>", 1, 0},
        {"<!DOCTYPE html>\n<html><p>unclosed</html>", "an HTML page, not a feed", 1, 1},
        {"<!-- x --> <HTML>", "an HTML page, not a feed", 1, 1},
        {"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "an HTML page, not a feed", 1, 22},
        {"<other/>", "begins no feed", 1, 1},
        {" \n", "an empty file", 1, 1},
        {"plain words", "neither XML nor JSON", 1, 1},
        {" <?xml version='1.0'?>" ATOM_WITH(""), "XML declaration allowed only at the start", 1, 0},
    };
    assert_mistakes(mistakes, ARRAY_LENGTH(mistakes), true);
}

static void test_warnings(void **state) {
    (void)state;
    static const struct mistake mistakes[] = {
        {ATOM_WITH(ENTRY("<link href='/e'/>")), "a relative address", 3, 0},
        {ATOM_WITH(ENTRY(LINKED "<link rel='enclosure' href='http://a/b'/>")), "should say its type", 3, 0},
        {ATOM_WITH("<entry><id>tag:a,2026:e</id><title/><updated>2026-01-01T00:00:00Z</updated>" LINKED "</entry>"),
         "nothing in it", 3, 0},
        {ATOM_WITH(
             ENTRY(LINKED) "<entry><id>tag:a,2026:e</id><title>t</title><updated>2027-01-01T00:00:00Z</updated>" LINKED
                           "</entry>"),
         "a second entry", 4, 1},
        {ATOM_WITH(ENTRY(LINKED "<published> 2026-01-01T00:00:00Z </published>")), "blanks around", 3, 0},
        {ATOM_WITH("<x xmlns=''/>"), "has no namespace", 3, 1},
        {ATOM_WITH(ARCHIVE), "should have a current link", 1, 1},
        {ATOM_WITH(ARCHIVE CURRENT "<complete xmlns='http://purl.org/syndication/history/1.0'/>"),
         "a part is not the whole", 1, 1},
        {ATOM_WITH(CURRENT "\n" CURRENT), "a second current link", 4, 1},
        {ATOM_WITH(OLDER "\n" OLDER), "a second prev-archive link", 4, 1},
        {ATOM_WITH("<link rel='next-archive' href='http://a/2'/><link href='http://a/3' "
                   "rel='http://www.iana.org/assignments/relation/next-archive'/>"),
         "a second next-archive link", 3, 0},
        {RSS_WITH("<item><title>t</title></item>"), "without <guid>", 3, 1},
        {RSS_WITH(ITEM("<enclosure url='http://a/b' length='1' type='a/b'/><enclosure url='http://a/c' length='1' "
                       "type='a/b'/>")),
         "a second enclosure", 3, 0},
        {"<rss version='2.0'><channel><title>t</title><link>http://a/</link><description/></channel></rss>",
         "no atom:link to itself", 1, 0},
        {"<rss version='0.91'><channel><title>t</title><link>http://a/</link><description/>"
         "<link xmlns='http://www.w3.org/2005/Atom' rel='self' href='http://a/f'/></channel></rss>",
         "RSS 0.91", 1, 1},
        {JSON_WITH("\"titel\": 1,", ""), "«titel» is no key of a feed", 2, 1},
        {JSON_WITH("", "{\"id\": 7, \"content_html\": \"\"}"), "id is a number", 3, 2},
        {"{\"version\": \"https://jsonfeed.org/version/1\", \"title\": \"t\", \"items\": []}", "no feed_url", 1, 1},
        {"<opml version='2.0'><head/><body><outline text='t'/></body></opml>", "<head> without <title>", 1, 0},
        {"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
         "<channel rdf:about='http://a/f'><title>t</title><link>http://a/</link><description>d</description>"
         "<items><rdf:Seq/></items></channel><item "
         "rdf:about='http://a/e'><title>t</title><link>http://a/e</link></item>"
         "</rdf:RDF>",
         "RSS 1.0", 1, 1},
        {"<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' "
         "'http://my.netscape.com/publish/formats/rss-0.91.dtd'>\n" RSS_WITH(""),
         "DOCTYPE of RSS 0.91", 1, 0},
    };
    assert_mistakes(mistakes, ARRAY_LENGTH(mistakes), false);
}

static void assert_clean(const char *feed, enum feed_kind kind, size_t entries) {
    struct diagnostics diagnostics = {0};
    struct check_result result = check(feed, &diagnostics);
    print(&diagnostics);
    assert_int_equal(diagnostics.items.count, 0);
    assert_int_equal(result.kind, kind);
    assert_int_equal(result.entries, entries);
    diagnostics_release(&diagnostics);
}

static void test_valid(void **state) {
    (void)state;
    assert_clean(ATOM_WITH(""), FEED_ATOM, 0);
    assert_clean("\xEF\xBB\xBF<?xml version='1.0' encoding='UTF-8'?>\n" ATOM_WITH(ENTRY(LINKED)), FEED_ATOM, 1);
    assert_clean(ATOM_WITH(ENTRY("<content type='xhtml'>\n<div xmlns='http://www.w3.org/1999/xhtml'>a<p><b>c</b></p>"
                                 "</div>\n</content>")),
                 FEED_ATOM, 1);
    assert_clean(ATOM_WITH(ENTRY("<content type='image/svg+xml'><svg xmlns='http://www.w3.org/2000/svg'/></content>")),
                 FEED_ATOM, 1);
    assert_clean(ATOM_WITH(ENTRY("<source><author><name>n</name></author></source>" LINKED
                                 "<link href='http://a/en' hreflang='en'/><x xmlns='urn:x'><y/>z</x>")),
                 FEED_ATOM, 1);
    assert_clean(ATOM_WITH("<complete xmlns='http://purl.org/syndication/history/1.0'/>"
                           "<t:deleted-entry xmlns:t='http://purl.org/atompub/tombstones/1.0' ref='tag:a,2026:x' "
                           "when='2026-01-01T00:00:00.5Z'><t:comment>c</t:comment><source><id>tag:a,2026:s</id>"
                           "<title>s</title></source></t:deleted-entry>"),
                 FEED_ATOM, 0);
    assert_clean(
        ATOM_WITH(ARCHIVE CURRENT OLDER "<link rel='next-archive' href='http://a/2'/>" ENTRY(LINKED OLDER OLDER)),
        FEED_ATOM, 1);
    assert_clean(RSS_WITH(ITEM("<pubDate>Fri, 18 Jul 2025 00:00:00 +0800</pubDate><dc:creator>c</dc:creator>"
                               "<category domain='x'>c</category><source url='http://a/'>s</source>")),
                 FEED_RSS, 1);
    assert_clean(RSS_WITH("<item><description>&lt;p></description><guid>http://a/1</guid>"
                          "<pubDate>1 Jan 2026 00:00 GMT</pubDate></item>"),
                 FEED_RSS, 1);
    assert_clean(JSON_WITH("\"_x\": {\"y\": [1]},", JSON_ITEM(", \"authors\": [{\"name\": \"a\"}], \"tags\": [\"t\"]")),
                 FEED_JSON, 1);
    assert_clean("{\"version\": \"https://jsonfeed.org/version/1\", \"title\": \"t\", \"feed_url\": \"http://a/\", "
                 "\"author\": {\"name\": \"n\"}, \"items\": []}",
                 FEED_JSON, 0);
    assert_clean(OPML_WITH("<outline text='f'><outline text='t' type='rss' xmlUrl='http://a/f'/></outline>"), FEED_OPML,
                 1);
}

static void test_encodings(void **state) {
    (void)state;
    assert_clean(
        "<?xml version='1.0' encoding='GB18030'?>" ATOM_WITH(ENTRY(LINKED "<summary>\xC6\xD5\xCD\xD3</summary>")),
        FEED_ATOM, 1);
    static const struct mistake wrong[] = {
        {ATOM_WITH(ENTRY(LINKED "<summary>\xC6\xD5\xCD\xD3</summary>")), "encoding", 3, 0},
    };
    assert_mistakes(wrong, 1, true);
}

static void test_values(void **state) {
    (void)state;
    assert_true(value_is_iri(SLICE("http://例子.中国/路径?q=%E5#f")));
    assert_true(value_is_iri(SLICE("tag:feeds.example.org,2026:doc/1")));
    assert_true(value_is_iri(SLICE("urn:uuid:1")));
    static const char *const not_iris[] = {"",      "x",     "http:", "http://",      "http:///x",   "http:x",
                                           "//a/b", "a b:c", "1a:b",  "http://a/%zz", "http://a/\"", "http://a/\n"};
    for (size_t i = 0; i < ARRAY_LENGTH(not_iris); i++)
        if (value_is_iri(slice_of(not_iris[i])))
            fail_msg("%s", not_iris[i]);
    assert_true(value_is_rfc3339(SLICE("2024-02-29T23:59:60.123-08:00")));
    static const char *const not_dates[] = {"",
                                            "2023-02-29T00:00:00Z",
                                            "2024-01-01T00:00Z",
                                            "2024-01-01T00:00:00",
                                            "2024-01-01T00:00:00+0800",
                                            "2024-01-01 00:00:00Z",
                                            "2024-13-01T00:00:00Z",
                                            "2024-01-01T24:00:00Z",
                                            "2024-01-01T00:00:00.Z",
                                            "2024-01-01T00:00:00ZZ"};
    for (size_t i = 0; i < ARRAY_LENGTH(not_dates); i++)
        if (value_is_rfc3339(slice_of(not_dates[i])))
            fail_msg("%s", not_dates[i]);
    assert_true(value_is_language(SLICE("zh-Hans-CN")));
    assert_true(value_is_language(SLICE("x-klingon")));
    assert_false(value_is_language(SLICE("zh_CN")));
    assert_false(value_is_language(SLICE("")));
    assert_false(value_is_language(SLICE("zh-")));
    assert_true(value_is_media_type(SLICE("text/html; charset=utf-8")));
    assert_false(value_is_media_type(SLICE("text/")));
    assert_false(value_is_media_type(SLICE("text/a b")));
    assert_null(value_rfc822_mistake(SLICE("Thu, 29 Feb 2024 00:00:00 GMT")));
    assert_non_null(value_rfc822_mistake(SLICE("Wed, 29 Feb 2023 00:00:00 GMT")));
    assert_non_null(value_rfc822_mistake(SLICE("18 Jul 25 00:00:00 GMT")));
}

static void note_entry(void *context, struct slice id, struct slice published) {
    buf_append_format(context, "%.*s %.*s|", SLICE_ARGUMENTS(id), SLICE_ARGUMENTS(published));
}

static void test_each_entry(void **state) {
    (void)state;
    struct buf seen = BUF(BUF_UNLIMITED);
    const char *feed = ATOM_WITH(ENTRY("<source><id>tag:other,2026:s</id></source><published>2026-01-01T00:00:00Z</"
                                       "published>") "<entry><id> tag:a&amp;b </id></entry>");
    assert_true(check_each_entry(slice_of(feed), note_entry, &seen));
    assert_string_equal(buf_string(&seen), "tag:a,2026:e 2026-01-01T00:00:00Z|tag:a&b |");
    assert_false(check_each_entry(SLICE("<feed>"), note_entry, &seen));
    buf_clear(&seen);
    assert_true(check_each_entry(
        SLICE("<rss version='2.0'><channel><item><guid>g1</guid><source>s</source><pubDate>d1</pubDate></item><image>"
              "<guid>no</guid></image><item "
              "xmlns:a='http://www.w3.org/2005/Atom'><a:id>no</a:id></item></channel></rss>"),
        note_entry, &seen));
    assert_string_equal(buf_string(&seen), "g1 d1| |");
    buf_clear(&seen);
    assert_true(check_each_entry(SLICE("{\"items\": [{\"id\": \"j\", \"date_published\": \"d\"}, {\"id\": 3}]}"),
                                 note_entry, &seen));
    assert_string_equal(buf_string(&seen), "j d| |");
    assert_false(check_each_entry(SLICE("{}"), note_entry, &seen));
    buf_release(&seen);
}

static int set_up(void **state) {
    (void)state;
    xml_set_up();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    xml_tear_down();
    return 0;
}

/* A feed so large that its items are read one by one, with these items at the end. */
static struct check_result check_large(const char *items, const char *end, struct diagnostics *diagnostics) {
    enum { COUNT = 2000 };
    CLEANUP(buf_release) struct buf feed = BUF(4 << 20);
    struct check_result result;
    buf_append_string(&feed, "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"t\", \"items\": [\n");
    for (int i = 0; i < COUNT; i++)
        buf_append_format(&feed, "{\"id\": \"i%d\", \"content_text\": \"%01000d\"}%s\n", i, i,
                          i + 1 < COUNT ? "," : "");
    buf_append_string(&feed, items);
    buf_append_string(&feed, end);
    check_feed(buf_slice(&feed), SLICE("x"), diagnostics, &result);
    return result;
}

static void test_large_json(void **state) {
    (void)state;
    static const char end[] = "], \"feed_url\": \"http://a/f\"}";
    static const struct mistake mistakes[] = {
        {",{\"id\": \"i7\", \"content_text\": \"c\"}", "is that of item 7 already", 2002, 2},
        {",7", "items holds something else than objects", 2002, 2},
        {",{\"id\": \"x\"}", "neither content_html nor", 2002, 2},
        {",{\"id\": \"x\", \"content_text\": \"c\", \"url\": 1}", "url must be a string", 2002, 35},
        {",", "not JSON", 0, 0},
        {",{\"id\": \"x\"", "not JSON", 0, 0},
        {",null", "items holds something else than objects", 2002, 2},
        {",{\"id\": 007}", "not JSON", 0, 0},
        {"{}", "not JSON", 0, 0},
        {"] \"", "not JSON", 0, 0},
    };
    struct diagnostics clean = {0};
    struct check_result result = check_large("", end, &clean);
    assert_int_equal(result.entries, 2000);
    assert_int_equal(result.errors + result.warnings, 0);
    assert_int_equal(clean.items.count, 0);
    diagnostics_release(&clean);
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        struct diagnostics diagnostics = {0};
        result = check_large(mistakes[i].feed, end, &diagnostics);
        bool is_json = !strstr(mistakes[i].words, "JSON");
        print(&diagnostics);
        assert_int_equal(result.errors, 1);
        assert_int_equal(diagnostics.items.count, 1);
        assert_int_equal(result.entries, is_json ? 2001 : 0);
        const struct diagnostic *item = &diagnostics.items.items[0];
        assert_true(slice_find(item->detail, slice_of(mistakes[i].words), 0) < item->detail.size);
        if (mistakes[i].line)
            assert_true(item->place.line == mistakes[i].line && item->place.column == mistakes[i].column);
        diagnostics_release(&diagnostics);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_atom_mistakes),
        cmocka_unit_test(test_rss_mistakes),
        cmocka_unit_test(test_json_mistakes),
        cmocka_unit_test(test_large_json),
        cmocka_unit_test(test_opml_and_other_mistakes),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_each_entry),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
