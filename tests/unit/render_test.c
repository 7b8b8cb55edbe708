#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/date.h"
#include "base/file.h"
#include "check/check.h"
#include "json/reader.h"
#include "render/format.h"
#include "xml/parser.h"
#include "xml/writer.h"

#include <json-c/json.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <unistd.h>

/* 2025-07-18T00:00:00+08:00 */
enum { DAY = 1752768000 };

static const struct site site = {
    .title = {"上海分区招商资讯", 24},
    .url = {"https://feeds.example.org/", 26},
    .tag = {"feeds.example.org,2026", 22},
    .tag_seconds = DAY,
    .language = {"zh-CN", 5},
    .author = {"编辑部", 9},
    .rights = {"© <AT&T>", 9},
    .icon = {"https://feeds.example.org/i.png", 31},
    .logo = {"https://feeds.example.org/l.png", 31},
};

/* Feeds want no more of them. */
static const struct templates with_pages = {.site = &site, .has_pages = true};
static const struct templates without_pages = {.site = &site};

static const struct author authors[] = {{{"张三", 6}}, {{"李四 & 王五", 15}}};
static const struct category categories[] = {
    {{"tag:feeds.example.org,2026:district", 35}, {"putuo", 5}, {"普陀区", 9}, {"putuo/", 6}},
    {{"tag:feeds.example.org,2026:topic", 32}, {"ic", 2}, {"集成电路", 12}, {NULL, 0}},
};
static const struct slice tags[] = {{"芯片\"<&>", 10}};

/* Every field, with what is hard to write in each. */
static struct entry full_entry(void) {
    return (struct entry){
        .id = SLICE("tag:feeds.example.org,2026:url/a"),
        .title = SLICE("AT&T <b>普陀</b> \"]]>\" \xF0\xA0\xAE\xB7"),
        .url = SLICE("https://example.org/路径 a?b=1&c=2"),
        .published = DAY,
        .updated = DAY + 3600,
        .authors = authors,
        .author_count = 2,
        .summary = SLICE("一句话 & <i>两句</i>话。"),
        .content = SLICE("<p>正文 &amp; <a href=\"https://example.org/?a=1&amp;b=2\">链接</a> ]]&gt;</p>\n<p>\t</p>"),
        .source_name = SLICE("上海招商"),
        .source_url = SLICE("https://source.example.org/"),
        .language = SLICE("en"),
        .categories = categories,
        .category_count = 2,
        .tags = tags,
        .tag_count = 1,
        .image = SLICE("https://example.org/i.png?a&b"),
        .enclosure = {SLICE("https://example.org/a.mp3"), SLICE("audio/mpeg"), 1234},
    };
}

/* Nothing but what must be there. */
static struct entry bare_entry(void) {
    return (struct entry){
        .id = SLICE("tag:feeds.example.org,2026:doc/b"),
        .title = SLICE("只有标题"),
        .published = DAY - 1,
        .updated = DAY - 1,
        .authors = authors,
        .author_count = 1,
        .source_name = SLICE("无址"),
        .enclosure = {.url = SLICE("https://example.org/b.bin")},
    };
}

static struct feed sample_feed(size_t entries) {
    return (struct feed){
        .site = &site,
        .id = SLICE("tag:feeds.example.org,2026:channel/putuo/ic/"),
        .path = SLICE("/putuo/ic/"),
        .title = SLICE("普陀区 · 集成电路 <&> 上海分区招商资讯"),
        .subtitle = SLICE("副题 & 其他"),
        .updated = DAY + 3600,
        .entry_count = entries,
    };
}

/* A feed of the two entries in full, and of a third that is the first with another id, cut to its summary. */
static void render(const char *name, struct buf *buf) {
    const struct format *format = format_find(slice_of(name));
    assert_non_null(format);
    struct entry entries[] = {full_entry(), bare_entry(), full_entry()};
    entries[2].id = SLICE("tag:feeds.example.org,2026:url/c");
    struct buf pieces[3];
    struct slice slices[3];
    for (size_t i = 0; i < 3; i++) {
        pieces[i] = BUF(BUF_UNLIMITED);
        format->entry(&with_pages, &entries[i], i < 2, &pieces[i]);
        slices[i] = buf_slice(&pieces[i]);
    }
    struct feed feed = sample_feed(3);
    format->feed(&with_pages, &feed, slices, buf);
    assert_false(buf->failed);
    for (size_t i = 0; i < 3; i++)
        buf_release(&pieces[i]);
}

/* A page of an archive: two entries, in full. */
static void render_page(bool finished, bool has_older, struct buf *buf) {
    const struct format *format = format_find(SLICE("atom"));
    struct entry entries[] = {full_entry(), bare_entry()};
    struct buf pieces[2] = {BUF(BUF_UNLIMITED), BUF(BUF_UNLIMITED)};
    struct slice slices[2];
    for (size_t i = 0; i < 2; i++) {
        format->entry(&with_pages, &entries[i], true, &pieces[i]);
        slices[i] = buf_slice(&pieces[i]);
    }
    struct feed feed = sample_feed(2);
    feed.archive_page = SLICE("archive/2025-07.xml");
    feed.archive_finished = finished;
    feed.older_page = has_older ? SLICE("archive/2025-03.xml") : (struct slice){0};
    format->feed(&with_pages, &feed, slices, buf);
    for (size_t i = 0; i < 2; i++)
        buf_release(&pieces[i]);
}

static void render_opml(const struct templates *templates, struct buf *buf) {
    static const struct opml_channel channels[] = {
        {{NULL, 0}, {"全部", 6}, {NULL, 0}, {"/", 1}},
        {{"区", 3}, {"普陀区 <&>", 13}, {"副题", 6}, {"/putuo/", 7}},
        {{"主题", 6}, {"集成电路", 12}, {NULL, 0}, {"/topic/ic/", 10}},
        {{"区", 3}, {"静安区", 9}, {NULL, 0}, {"/jingan/", 8}},
    };
    opml_render(templates, channels, ARRAY_LENGTH(channels), DAY, buf);
}

static void assert_valid(struct buf *buf, size_t entries) {
    struct diagnostics diagnostics = {0};
    struct check_result result;
    check_feed(buf_slice(buf), SLICE("x"), &diagnostics, &result);
    for (size_t i = 0; i < diagnostics.items.count; i++)
        print_message("%u:%u: %.*s\n", diagnostics.items.items[i].place.line, diagnostics.items.items[i].place.column,
                      SLICE_ARGUMENTS(diagnostics.items.items[i].detail));
    assert_int_equal(result.errors + result.warnings, 0);
    assert_int_equal(result.entries, entries);
    diagnostics_release(&diagnostics);
}

static void test_formats(void **state) {
    (void)state;
    size_t count = 0;
    const char *const *names = format_names(&count);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        const struct format *format = format_find(slice_of(names[i]));
        assert_string_equal(format->name, names[i]);
        assert_int_equal(format->is_feed, strcmp(names[i], "html") != 0);
    }
    assert_null(format_find(SLICE("html5")));
}

static void test_own_check_finds_nothing(void **state) {
    (void)state;
    static const char *const names[] = {"atom", "rss", "json"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct buf buf = BUF(BUF_UNLIMITED);
        render(names[i], &buf);
        assert_valid(&buf, 3);
        buf_clear(&buf);
        struct feed empty = sample_feed(0);
        format_find(slice_of(names[i]))->feed(&with_pages, &empty, NULL, &buf);
        assert_valid(&buf, 0);
        buf_release(&buf);
    }
    struct buf buf = BUF(BUF_UNLIMITED);
    render_opml(&with_pages, &buf);
    assert_valid(&buf, 4);
    buf_release(&buf);
}

static bool holds(const struct buf *buf, const char *words) {
    return slice_find(buf_slice(buf), slice_of(words), 0) < buf->size;
}

static void test_pages_of_archives(void **state) {
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        bool finished = kind & 1;
        bool has_older = kind & 2;
        CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
        render_page(finished, has_older, &buf);
        assert_valid(&buf, 2);
        assert_int_equal(holds(&buf, "<fh:archive/>"), finished);
        assert_int_equal(holds(&buf, "xmlns:fh=\"http://purl.org/syndication/history/1.0\""), finished);
        assert_true(holds(&buf, "rel=\"self\" type=\"application/atom+xml\" "
                                "href=\"https://feeds.example.org/putuo/ic/archive/2025-07.xml\""));
        assert_true(holds(&buf, "rel=\"current\" type=\"application/atom+xml\" "
                                "href=\"https://feeds.example.org/putuo/ic/atom.xml\""));
        assert_int_equal(holds(&buf, "rel=\"prev-archive\" type=\"application/atom+xml\" "
                                     "href=\"https://feeds.example.org/putuo/ic/archive/2025-03.xml\""),
                         has_older);
        assert_false(holds(&buf, "next-archive"));
        assert_true(holds(&buf, "<id>tag:feeds.example.org,2026:channel/putuo/ic/</id>"));
    }
    /* The head says nothing of an archive but where it begins. */
    CLEANUP(buf_release) struct buf head = BUF(BUF_UNLIMITED);
    struct feed feed = sample_feed(0);
    feed.older_page = SLICE("archive/2025-07.xml");
    format_find(SLICE("atom"))->feed(&with_pages, &feed, NULL, &head);
    assert_valid(&head, 0);
    assert_true(holds(&head, "/putuo/ic/archive/2025-07.xml") && holds(&head, "rel=\"prev-archive\""));
    assert_false(holds(&head, "fh:") || holds(&head, "\"current\""));
}

static void assert_schema(const char *schema, struct buf *feed) {
    const char *shared = getenv("PINDAO_SHARED");
    char path[4096];
    snprintf(path, sizeof path, "%s/schemas/%s", shared ? shared : "../shared", schema);
    if (access(path, R_OK) != 0)
        skip();
    /* From memory: libxml2 may open no file here. */
    struct buf rules = BUF(BUF_UNLIMITED);
    assert_true(file_read(path, &rules));
    xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewMemParserCtxt(rules.data, (int)rules.size);
    xmlRelaxNGPtr grammar = xmlRelaxNGParse(parser);
    assert_non_null(grammar);
    xmlDocPtr document = xmlReadMemory(feed->data, (int)feed->size, "feed", NULL, XML_PARSE_NONET);
    assert_non_null(document);
    xmlRelaxNGValidCtxtPtr validation = xmlRelaxNGNewValidCtxt(grammar);
    assert_int_equal(xmlRelaxNGValidateDoc(validation, document), 0);
    xmlRelaxNGFreeValidCtxt(validation);
    xmlFreeDoc(document);
    xmlRelaxNGFree(grammar);
    xmlRelaxNGFreeParserCtxt(parser);
    buf_release(&rules);
}

static void test_schemas(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    render("atom", &buf);
    assert_schema("atom.rng", &buf);
    buf_clear(&buf);
    render_page(true, true, &buf);
    assert_schema("atom.rng", &buf);
    buf_clear(&buf);
    render_opml(&with_pages, &buf);
    assert_schema("opml.rng", &buf);
    buf_release(&buf);
}

/* One meaning: each feed told in the same words, as far as all three can say it. */
struct telling {
    struct buf words;
    struct buf text;
    bool in_entry;
};

static void tell(struct telling *telling, const char *what, struct slice text) {
    buf_append_format(&telling->words, "%s=%.*s\n", what, SLICE_ARGUMENTS(text));
}

static void hear_open(void *context, const char *namespace, const char *name, const struct xml_attribute_in *attributes,
                      size_t count, struct xml_place place) {
    struct telling *telling = context;
    (void)namespace;
    (void)place;
    buf_clear(&telling->text);
    telling->in_entry = telling->in_entry || strcmp(name, "entry") == 0 || strcmp(name, "item") == 0;
    for (size_t i = 0; i < count && telling->in_entry; i++) {
        const char *attribute = attributes[i].name;
        if (strcmp(attribute, "label") == 0)
            tell(telling, "category", attributes[i].value);
        else if (strcmp(attribute, "url") == 0 && strcmp(name, "thumbnail") == 0)
            tell(telling, "image", attributes[i].value);
    }
    /* Tags have a term and nothing else in Atom; links their address. */
    if (telling->in_entry && strcmp(name, "category") == 0 && count == 1 && strcmp(attributes[0].name, "term") == 0)
        tell(telling, "category", attributes[0].value);
    if (telling->in_entry && strcmp(name, "link") == 0 && count == 2)
        tell(telling, "link", attributes[1].value);
}

static void hear_text(void *context, struct slice text) {
    buf_append_slice(&((struct telling *)context)->text, text);
}

static void hear_close(void *context, const char *namespace, const char *name) {
    static const char *const names[][2] = {
        {"id", "id"},           {"guid", "id"},
        {"title", "title"},     {"link", "link"},
        {"summary", "summary"}, {"description", "summary"},
        {"encoded", "content"}, {"creator", "author"},
        {"name", "author"},     {"category", "category"},
    };
    struct telling *telling = context;
    struct slice text = buf_slice(&telling->text);
    (void)namespace;
    if (strcmp(name, "entry") == 0 || strcmp(name, "item") == 0)
        telling->in_entry = false;
    if (telling->in_entry && text.size)
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
            if (strcmp(name, names[i][0]) == 0)
                tell(telling, names[i][1], text);
    if (telling->in_entry && strcmp(name, "content") == 0)
        tell(telling, "content", text);
    buf_clear(&telling->text);
}

static void hear_json(struct telling *telling, struct json_object *item) {
    static const char *const keys[][2] = {{"id", "id"},           {"title", "title"},
                                          {"url", "link"},        {"content_html", "content"},
                                          {"summary", "summary"}, {"image", "image"}};
    struct json_object *value = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
        if (json_object_object_get_ex(item, keys[i][0], &value))
            tell(telling, keys[i][1], slice_of(json_object_get_string(value)));
    if (json_object_object_get_ex(item, "tags", &value))
        for (size_t i = 0; i < json_object_array_length(value); i++)
            tell(telling, "category", slice_of(json_object_get_string(json_object_array_get_idx(value, i))));
    if (json_object_object_get_ex(item, "authors", &value))
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            struct json_object *name = NULL;
            assert_true(json_object_object_get_ex(json_object_array_get_idx(value, i), "name", &name));
            tell(telling, "author", slice_of(json_object_get_string(name)));
        }
}

static void hear(const char *name, struct telling *telling) {
    struct buf feed = BUF(BUF_UNLIMITED);
    struct entry entry = full_entry();
    entry.source_name = entry.source_url = SLICE(""); /* its title would be heard as the entry's */
    struct buf piece = BUF(BUF_UNLIMITED);
    const struct format *format = format_find(slice_of(name));
    format->entry(&with_pages, &entry, true, &piece);
    struct slice slice = buf_slice(&piece);
    struct feed head = sample_feed(1);
    format->feed(&with_pages, &head, &slice, &feed);
    telling->words = telling->text = BUF(BUF_UNLIMITED);
    if (strcmp(name, "json") == 0) {
        size_t offset = 0;
        const char *error = NULL;
        CLEANUP(json_release) struct json_object *read = json_read(buf_slice(&feed), &offset, &error);
        struct json_object *items = NULL;
        assert_true(json_object_object_get_ex(read, "items", &items));
        hear_json(telling, json_object_array_get_idx(items, 0));
    } else {
        static const struct xml_handler handler = {.open = hear_open, .text = hear_text, .close = hear_close};
        struct xml_error error;
        assert_true(xml_parse(buf_slice(&feed), &handler, telling, &error));
    }
    buf_release(&telling->text);
    buf_release(&piece);
    buf_release(&feed);
}

static int compare_lines(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Formats order an entry's fields differently; fields that stand more than once keep theirs by being compared whole. */
static void sort_lines(struct buf *words, struct slice *lines, size_t *ret_count) {
    struct slice rest = buf_slice(words);
    size_t count = 0;
    while (count < 64 && slice_take_until(&rest, '\n', &lines[count]))
        count++;
    qsort(lines, count, sizeof *lines, compare_lines);
    *ret_count = count;
}

static void test_one_meaning(void **state) {
    (void)state;
    static const char *const names[] = {"atom", "rss", "json"};
    struct telling tellings[3] = {0};
    struct slice lines[3][64];
    size_t counts[3];
    for (size_t i = 0; i < 3; i++) {
        hear(names[i], &tellings[i]);
        sort_lines(&tellings[i].words, lines[i], &counts[i]);
    }
    assert_true(counts[0] > 10);
    for (size_t i = 1; i < 3; i++)
        for (size_t j = 0; j < counts[0] && j < counts[i]; j++)
            if (!slice_equal(lines[0][j], lines[i][j]))
                fail_msg("atom: %.*s\n%s: %.*s", SLICE_ARGUMENTS(lines[0][j]), names[i], SLICE_ARGUMENTS(lines[i][j]));
    assert_int_equal(counts[0], counts[1]);
    assert_int_equal(counts[0], counts[2]);
    for (size_t i = 0; i < 3; i++)
        buf_release(&tellings[i].words);
}

static void assert_holds(struct buf *buf, const char *words) {
    if (!strstr(buf_string(buf), words))
        fail_msg("%s\nshould hold: %s", buf_string(buf), words);
}

static void assert_holds_not(struct buf *buf, const char *words) {
    if (strstr(buf_string(buf), words))
        fail_msg("%s\nshould not hold: %s", buf_string(buf), words);
}

static void test_atom(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    render("atom", &buf);
    assert_holds(&buf, "<feed xmlns=\"http://www.w3.org/2005/Atom\"");
    assert_holds(
        &buf,
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://feeds.example.org/putuo/ic/atom.xml\"/>");
    assert_holds(&buf, "<published>2025-07-18T00:00:00+08:00</published>");
    assert_holds(&buf, "<updated>2025-07-18T01:00:00+08:00</updated>");
    assert_holds(&buf, "<title type=\"text\">AT&amp;T &lt;b&gt;普陀&lt;/b&gt;");
    assert_holds(&buf, "<content type=\"html\">&lt;p&gt;正文 &amp;amp; ");
    assert_holds(&buf, "<entry xml:lang=\"en\">");
    assert_holds(&buf, "href=\"https://example.org/%E8%B7%AF%E5%BE%84%20a?b=1&amp;c=2\"");
    assert_holds(&buf, "<category scheme=\"tag:feeds.example.org,2026:topic\" term=\"ic\" label=\"集成电路\"/>");
    assert_holds(&buf,
                 "<link rel=\"enclosure\" href=\"https://example.org/a.mp3\" type=\"audio/mpeg\" length=\"1234\"/>");
    assert_holds(&buf,
                 "<link rel=\"enclosure\" href=\"https://example.org/b.bin\" type=\"application/octet-stream\"/>");
    /* Neither content nor address: the text there is stands as content. */
    assert_holds(&buf, "<content type=\"text\">只有标题</content>");
    assert_holds_not(&buf, "version=\"2");
    assert_holds_not(&buf, "xhtml");
    buf_release(&buf);
}

/* One entry and the feed around it, of this channel. */
static void render_one(const struct templates *templates, const char *name, const struct entry *entry,
                       const struct feed *feed, struct buf *buf) {
    const struct format *format = format_find(slice_of(name));
    CLEANUP(buf_release) struct buf piece = BUF(BUF_UNLIMITED);
    format->entry(templates, entry, true, &piece);
    struct slice slice = buf_slice(&piece);
    format->feed(templates, feed, &slice, buf);
    assert_valid(buf, 1);
}

/* Without an address of its own it has that of its page, and then Atom needs no content for it (4.1.2). */
static void test_entries_with_pages(void **state) {
    (void)state;
    static const char *const links[][2] = {
        {"atom", "<link rel=\"alternate\" href=\"https://feeds.example.org/article/0f.html\"/>"},
        {"rss", "<link>https://feeds.example.org/article/0f.html</link>"},
        {"json", "\"url\": \"https://feeds.example.org/article/0f.html\""},
    };
    struct feed feed = sample_feed(1);
    for (size_t i = 0; i < ARRAY_LENGTH(links); i++) {
        CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
        CLEANUP(buf_release) struct buf own = BUF(BUF_UNLIMITED);
        struct entry entry = bare_entry();
        entry.page = SLICE("article/0f.html");
        render_one(&with_pages, links[i][0], &entry, &feed, &buf);
        assert_holds(&buf, links[i][1]);
        assert_holds_not(&buf, "<content");
        /* Its guid is no address all the same. */
        if (strcmp(links[i][0], "rss") == 0)
            assert_holds(&buf, "<guid isPermaLink=\"false\">tag:feeds.example.org,2026:doc/b</guid>");
        entry.url = SLICE("https://example.org/b");
        render_one(&with_pages, links[i][0], &entry, &feed, &own);
        assert_holds_not(&own, "article/0f.html");
    }
}

/* Where people are led from a feed: to its page, if there are any; a page of an archive to that of the same month. */
static void test_pages_of_channels(void **state) {
    (void)state;
    static const struct {
        const char *format, *page, *no_page;
    } homes[] = {
        {"atom", "<link rel=\"alternate\" type=\"text/html\" href=\"https://feeds.example.org/putuo/ic/\"/>", NULL},
        {"rss", "<link>https://feeds.example.org/putuo/ic/</link>", "<link>https://feeds.example.org/</link>"},
        {"json", "\"home_page_url\": \"https://feeds.example.org/putuo/ic/\"",
         "\"home_page_url\": \"https://feeds.example.org/\""},
    };
    struct feed feed = sample_feed(1);
    struct entry entry = bare_entry();
    for (size_t i = 0; i < ARRAY_LENGTH(homes); i++) {
        CLEANUP(buf_release) struct buf with = BUF(BUF_UNLIMITED);
        CLEANUP(buf_release) struct buf without = BUF(BUF_UNLIMITED);
        render_one(&with_pages, homes[i].format, &entry, &feed, &with);
        render_one(&without_pages, homes[i].format, &entry, &feed, &without);
        assert_holds(&with, homes[i].page);
        assert_holds_not(&without, homes[i].page);
        if (homes[i].no_page)
            assert_holds(&without, homes[i].no_page);
    }
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    feed.archive_page = SLICE("archive/2025-07.xml");
    render_one(&with_pages, "atom", &entry, &feed, &page);
    assert_holds(&page, "rel=\"alternate\" type=\"text/html\" "
                        "href=\"https://feeds.example.org/putuo/ic/archive/2025-07.html\"");
}

/* From where the feed stands to the top of the tree, wherever that is. */
static void test_stylesheets(void **state) {
    (void)state;
    static const struct {
        const char *path, *archive_page, *wanted;
    } cases[] = {
        {"/", NULL, "feed.css"},
        {"/", "archive/2025-07.xml", "../feed.css"},
        {"/putuo/ic/", NULL, "../../feed.css"},
        {"/putuo/ic/", "archive/2025-07-18.xml", "../../../feed.css"},
    };
    struct entry entry = bare_entry();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        for (size_t k = 0; k < 2; k++) {
            CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
            CLEANUP(buf_release) struct buf wanted = BUF(BUF_UNLIMITED);
            struct feed feed = sample_feed(1);
            feed.path = slice_of(cases[i].path);
            if (cases[i].archive_page)
                feed.archive_page = slice_of(cases[i].archive_page);
            render_one(&without_pages, k ? "rss" : "atom", &entry, &feed, &buf);
            buf_append_format(&wanted,
                              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<?xml-stylesheet type=\"text/css\" href=\"%s\"?>\n<%s ",
                              cases[i].wanted, k ? "rss" : "feed");
            assert_true(slice_starts_with(buf_slice(&buf), buf_slice(&wanted)));
        }
}

static void test_rss(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    render("rss", &buf);
    assert_holds(&buf, "<title>AT&#x26;T &#x3C;b&#x3E;普陀");
    assert_holds(&buf, "<guid isPermaLink=\"false\">tag:feeds.example.org,2026:url/a</guid>");
    assert_holds(&buf, "<pubDate>Fri, 18 Jul 2025 00:00:00 +0800</pubDate>");
    assert_holds(&buf, "<atom:updated>2025-07-18T01:00:00+08:00</atom:updated>");
    assert_holds(&buf, "<lastBuildDate>Fri, 18 Jul 2025 01:00:00 +0800</lastBuildDate>");
    assert_holds(&buf, "<content:encoded>&lt;p&gt;正文 &amp;amp; ");
    assert_holds(&buf, "<enclosure url=\"https://example.org/b.bin\" length=\"0\" type=\"application/octet-stream\"/>");
    assert_holds(&buf, "<source url=\"https://source.example.org/\">上海招商</source>");
    assert_holds(&buf, "<dc:source>无址</dc:source>");
    assert_holds(&buf, "<dc:language>en</dc:language>");
    assert_holds(&buf, "<category domain=\"tag:feeds.example.org,2026:district\">普陀区</category>");
    assert_holds(&buf, "<description>副题 &#x26; 其他</description>");
    assert_holds_not(&buf, "CDATA");
    buf_release(&buf);
}

static void test_json_feed(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    render("json", &buf);
    assert_holds(&buf, "\"feed_url\": \"https://feeds.example.org/putuo/ic/feed.json\"");
    assert_holds(&buf, "\"title\": \"AT&T <b>普陀</b> \\\"]]>\\\"");
    assert_holds(&buf, "\"date_modified\": \"2025-07-18T01:00:00+08:00\"");
    assert_holds(&buf, "\"content_text\": \"只有标题\"");
    assert_holds(&buf, "\"content_text\": \"一句话 & <i>两句</i>话。\"");
    assert_holds(&buf, "\"term\": \"putuo\"");
    assert_holds(&buf, "\"size_in_bytes\": 1234");
    buf_release(&buf);
}

/* The third entry is cut to its summary: its body is in no format. */
static void test_summary_only(void **state) {
    (void)state;
    static const char *const names[] = {"atom", "rss", "json"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct buf buf = BUF(BUF_UNLIMITED);
        struct entry entry = full_entry();
        format_find(slice_of(names[i]))->entry(&with_pages, &entry, false, &buf);
        assert_holds(&buf, "一句话");
        assert_holds_not(&buf, "正文");
        buf_release(&buf);
    }
}

static void test_opml(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    render_opml(&with_pages, &buf);
    /* Channels of one folder stand together, wherever they came. */
    assert_holds(&buf, "    <outline text=\"区\">\n"
                       "      <outline type=\"rss\" text=\"普陀区 &lt;&amp;&gt;\" title=\"普陀区 &lt;&amp;&gt;\" "
                       "description=\"副题\" language=\"zh-CN\" xmlUrl=\"https://feeds.example.org/putuo/atom.xml\" "
                       "htmlUrl=\"https://feeds.example.org/putuo/\"/>\n"
                       "      <outline type=\"rss\" text=\"静安区\"");
    assert_holds(&buf, "xmlUrl=\"https://feeds.example.org/atom.xml\"");
    buf_clear(&buf);
    render_opml(&without_pages, &buf);
    assert_valid(&buf, 4);
    assert_holds_not(&buf, "htmlUrl");
    buf_release(&buf);
}

static int set_up(void **state) {
    (void)state;
    xml_set_up();
    return date_set_zone("Asia/Shanghai") ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    xmlRelaxNGCleanupTypes();
    xml_tear_down();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_own_check_finds_nothing),
        cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_one_meaning),
        cmocka_unit_test(test_atom),
        cmocka_unit_test(test_rss),
        cmocka_unit_test(test_json_feed),
        cmocka_unit_test(test_summary_only),
        cmocka_unit_test(test_opml),
        cmocka_unit_test(test_pages_of_archives),
        cmocka_unit_test(test_entries_with_pages),
        cmocka_unit_test(test_pages_of_channels),
        cmocka_unit_test(test_stylesheets),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
