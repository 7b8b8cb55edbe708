#include "ingest/page.h"

#include "base/utf8.h"
#include "ingest/html_tags.h"
#include "text/fold.h"

/*
 * A page as HTML → lines: one for each block, with what its elements tell. Only text and a few attributes are wanted
 * and nothing of it is shown as HTML, so that this needs no parser: it cuts tags from text, once, in one pass, and
 * keeps the line numbers that a report needs.
 */

enum {
    OPEN_MOST = 256,    /* elements open at once that are remembered; deeper ones are only text */
    UNCLOSED_MOST = 16, /* kinds of elements to be dropped that never end */
};

struct open_element {
    enum tag tag;
    bool is_surrounding; /* it, or one around it */
};

struct html_reading {
    struct page *page;
    struct open_element open[OPEN_MOST];
    size_t depth;
    size_t links; /* open <a> */
    struct buf text;
    unsigned line;      /* where the tokeniser is */
    unsigned text_line; /* where the text at hand began */
    unsigned linked;    /* characters of it inside links */
    enum page_element element;
    bool blank_due, wide_break;
    struct slice
        unclosed[UNCLOSED_MOST]; /* names of elements that have no end tag from here on: not looked for again */
    size_t unclosed_count;
};

static void release_text(struct html_reading *reading) {
    buf_release(&reading->text);
}

static bool in_surrounding(const struct html_reading *reading) {
    return reading->depth > 0 && reading->open[reading->depth - 1].is_surrounding;
}

/* The block at hand is over. */
static void end_line(struct html_reading *reading) {
    struct page *page = reading->page;
    if (reading->text.size) {
        struct page_line *line =
            page_add_line(page, arena_copy(page->arena, buf_slice(&reading->text)), reading->text_line);
        if (line) {
            line->element = reading->element;
            line->linked = reading->linked;
            line->is_surrounding = in_surrounding(reading);
            line->after_gap = true;
        }
    }
    buf_clear(&reading->text);
    reading->linked = 0;
    reading->element = PAGE_ELEMENT_NONE;
    reading->blank_due = reading->wide_break = false;
}

static void append(struct html_reading *reading, struct slice bytes) {
    if (!reading->text.size)
        reading->text_line = reading->line;
    bool wide = reading->text.size && ((unsigned char)reading->text.data[reading->text.size - 1] & 0x80) &&
                ((unsigned char)bytes.data[0] & 0x80);
    if (reading->text.size && reading->blank_due && !(wide && reading->wide_break))
        buf_append_byte(&reading->text, ' ');
    reading->blank_due = reading->wide_break = false;
    buf_append_slice(&reading->text, bytes);
    reading->linked += reading->links > 0;
}

/* Text between tags: runs of blanks are one, and a line end between Chinese characters is none. */
static void take_text(struct html_reading *reading, struct slice text) {
    for (size_t at = 0; at < text.size;) {
        char byte = text.data[at];
        if (byte == '\n' || byte == ' ' || byte == '\t') {
            reading->blank_due = true;
            reading->wide_break |= byte == '\n';
            reading->line += byte == '\n';
            at++;
            continue;
        }
        char bytes[UTF8_MOST];
        uint32_t character = 0;
        size_t size = byte == '&' ? html_reference(slice_from(text, at), &character) : 0;
        if (size) {
            if (character == 0xA0 || character == ' ' || character == 0x2002 || character == 0x2003)
                reading->blank_due = true;
            else
                append(reading, (struct slice){bytes, utf8_encode(character, bytes)});
        } else {
            size = utf8_decode(text, at, &character);
            size = size ? size : 1;
            append(reading, slice_range(text, at, at + size));
        }
        at += size;
    }
}

/* --- elements ------------------------------------------------------------------------------------------------ */

/* Do class and id say that this surrounds an article? One that says content or article does not. */
static bool says_surrounding(struct slice names) {
    static const char *const around[] = {"nav",        "navbar",     "menu",       "crumb",     "crumbs",  "breadcrumb",
                                         "footer",     "foot",       "sidebar",    "aside",     "share",   "related",
                                         "recommend",  "comment",    "comments",   "copyright", "toolbar", "pager",
                                         "pagination", "hot",        "advert",     "search",    "login",   "tags",
                                         "tagcloud",   "friendlink", "breadcrumbs"};
    static const char *const inside[] = {"article", "content", "detail", "main", "text", "body"};
    bool surrounding = false;
    size_t begin = 0;
    for (size_t at = 0; at <= names.size; at++) {
        char letter = at < names.size ? names.data[at] : ' ';
        if (((letter | 32) >= 'a' && (letter | 32) <= 'z') || (letter >= '0' && letter <= '9'))
            continue;
        struct slice name = slice_range(names, begin, at);
        for (size_t i = 0; i < ARRAY_LENGTH(inside); i++)
            if (slice_equal_ignoring_case(name, slice_of(inside[i])))
                return false;
        for (size_t i = 0; i < ARRAY_LENGTH(around); i++)
            surrounding = surrounding || slice_equal_ignoring_case(name, slice_of(around[i]));
        begin = at + 1;
    }
    return surrounding;
}

static bool is_surrounding(enum tag tag, struct slice attributes) {
    if (tag == TAG_NAV || tag == TAG_FOOTER || tag == TAG_ASIDE || tag == TAG_FORM)
        return true;
    if (tag != TAG_BLOCK && tag != TAG_LIST)
        return false;
    return says_surrounding(html_attribute_value(attributes, SLICE("class"))) ||
           says_surrounding(html_attribute_value(attributes, SLICE("id")));
}

static struct page_value decoded(struct html_reading *reading, struct slice value) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    html_append_decoded(value, &text);
    return (struct page_value){slice_trim(arena_copy(reading->page->arena, buf_slice(&text))), reading->line};
}

static void take_meta(struct html_reading *reading, struct slice attributes) {
    struct page_meta *meta = &reading->page->meta;
    const struct {
        struct slice name;
        struct page_value *value;
    } rows[] = {
        {SLICE("ArticleTitle"), &meta->title},
        {SLICE("og:title"), &meta->title},
        {SLICE("PubDate"), &meta->date},
        {SLICE("publishdate"), &meta->date},
        {SLICE("article:published_time"), &meta->date},
        {SLICE("og:release_date"), &meta->date},
        {SLICE("datePublished"), &meta->date},
        {SLICE("article:modified_time"), &meta->updated},
        {SLICE("ContentSource"), &meta->source},
        {SLICE("Author"), &meta->author},
        {SLICE("article:author"), &meta->author},
        {SLICE("og:url"), &meta->url},
    };
    struct slice name = html_attribute_value(attributes, SLICE("name"));
    if (!name.size)
        name = html_attribute_value(attributes, SLICE("property"));
    struct slice content = html_attribute_value(attributes, SLICE("content"));
    for (size_t i = 0; content.size && i < ARRAY_LENGTH(rows); i++)
        if (slice_equal_ignoring_case(name, rows[i].name) && !rows[i].value->text.size)
            *rows[i].value = decoded(reading, content);
}

static void take_link(struct html_reading *reading, struct slice attributes) {
    struct slice href = html_attribute_value(attributes, SLICE("href"));
    if (slice_equal_ignoring_case(html_attribute_value(attributes, SLICE("rel")), SLICE("canonical")) &&
        (slice_starts_with(href, SLICE("http://")) || slice_starts_with(href, SLICE("https://"))))
        reading->page->meta.url = decoded(reading, href);
}

static void open_element(struct html_reading *reading, enum tag tag, struct slice attributes) {
    bool surrounding = in_surrounding(reading) || is_surrounding(tag, attributes);
    if (tag == TAG_META)
        take_meta(reading, attributes);
    else if (tag == TAG_LINK)
        take_link(reading, attributes);
    if (html_tag_breaks(tag))
        end_line(reading);
    if (html_tag_is_void(tag) || tag == TAG_OTHER)
        return;
    reading->links += tag == TAG_ANCHOR;
    /* A paragraph or an item ends the one before it. */
    if ((tag == TAG_PARAGRAPH || tag == TAG_ITEM) && reading->depth && reading->open[reading->depth - 1].tag == tag)
        reading->depth--;
    if (reading->depth < OPEN_MOST && tag != TAG_ANCHOR)
        reading->open[reading->depth++] = (struct open_element){tag, surrounding};
}

static enum page_element element_of(enum tag tag) {
    switch (tag) {
    case TAG_TITLE:
        return PAGE_ELEMENT_TITLE;
    case TAG_H1:
        return PAGE_ELEMENT_H1;
    case TAG_H2:
        return PAGE_ELEMENT_H2;
    case TAG_H3:
        return PAGE_ELEMENT_H3;
    default:
        return PAGE_ELEMENT_NONE;
    }
}

static void close_element(struct html_reading *reading, enum tag tag) {
    enum { FAR = 32 /* open elements that a misnested end tag may close */ };
    if (tag == TAG_ANCHOR) {
        reading->links -= reading->links > 0;
        return;
    }
    if (html_tag_breaks(tag)) {
        reading->element = element_of(tag);
        end_line(reading);
    }
    for (size_t i = reading->depth; i > 0 && i + FAR > reading->depth; i--)
        if (reading->open[i - 1].tag == tag) {
            reading->depth = i - 1;
            return;
        }
}

/* --- tags ---------------------------------------------------------------------------------------------------- */

/* Behind an element that is dropped with all that is in it; `at` when it has no end: then its content is text. */
static size_t skip_content(struct html_reading *reading, struct slice html, size_t at, struct slice name) {
    for (size_t i = 0; i < reading->unclosed_count; i++)
        if (slice_equal_ignoring_case(reading->unclosed[i], name))
            return at;
    size_t end = html_content_end(html, at, name);
    if (end == at && reading->unclosed_count < UNCLOSED_MOST)
        reading->unclosed[reading->unclosed_count++] = name;
    return end;
}

/* A tag, comment or whatever else begins with `<` at `at`; returns where text goes on. */
static size_t take_markup(struct html_reading *reading, struct slice html, size_t at) {
    struct html_tag tag;
    size_t end = html_tag_read(html, at, &tag);
    if (end == at) {
        take_text(reading, slice_range(html, at, at + 1));
        return at + 1;
    }
    if (tag.kind == HTML_OPENS && html_tag_drops(tag.tag))
        end = skip_content(reading, html, end, tag.name);
    else if (tag.kind == HTML_OPENS)
        open_element(reading, tag.tag, tag.attributes);
    else if (tag.kind == HTML_CLOSES)
        close_element(reading, tag.tag);
    reading->line += (unsigned)slice_count_byte(slice_range(html, at, end), '\n');
    return end;
}

void page_read_html(struct page *page, struct slice html) {
    CLEANUP(release_text) struct html_reading reading = {.page = page, .text = BUF(BUF_UNLIMITED), .line = 1};
    for (size_t at = 0; at < html.size;) {
        size_t next = slice_find_byte(html, '<', at);
        take_text(&reading, slice_range(html, at, next));
        at = next < html.size ? take_markup(&reading, html, next) : next;
    }
    end_line(&reading);
}

/*
 * Is this HTML, rather than text in which some tags were left standing? Such tags have nothing in them.
 */
bool page_is_html(struct slice record) {
    enum { LOOKED_AT = 1 << 16, FILLED_LEAST = 2 };
    struct slice front = slice_range(record, 0, LOOKED_AT);
    unsigned filled = 0;
    for (size_t at = slice_find_byte(front, '<', 0); at < front.size; at = slice_find_byte(front, '<', at + 1)) {
        struct html_tag tag;
        size_t end = html_tag_read(front, at, &tag);
        if (end == at)
            continue;
        if (tag.tag == TAG_HTML)
            return true;
        size_t text = end;
        while (text < front.size && strchr(" \t\n\r", front.data[text]))
            text++;
        filled += tag.kind == HTML_OPENS && html_tag_breaks(tag.tag) && text < front.size && front.data[text] != '<';
        if (filled >= FILLED_LEAST)
            return true;
    }
    return false;
}
