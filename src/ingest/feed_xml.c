#include "ingest/feed_xml.h"

#include "base/uri.h"
#include "text/sanitiser.h"

#include <stdarg.h>
#include <stdio.h>

/* Events of the XML parser → rows of a dialect's table. */

#define XML_NAMESPACE "http://www.w3.org/XML/1998/namespace"
enum { BASE_MOST = 512 /* bytes, of one that is worth keeping: every element may have its own */ };

static bool names_equal(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* --- where it stands ----------------------------------------------------------------------------------------- */

static const struct feed_frame *top(const struct feed_xml *xml) {
    return &xml->frames.items[xml->frames.count - 1];
}

static struct slice inherited(const struct feed_xml *xml, struct feed_inherited part) {
    return slice_range(buf_slice(&xml->inherited), part.begin, part.begin + part.size);
}

struct slice feed_base(const struct feed_xml *xml) {
    return inherited(xml, top(xml)->base);
}

struct slice feed_language(const struct feed_xml *xml) {
    return inherited(xml, top(xml)->language);
}

enum feed_place feed_place_above(const struct feed_xml *xml, size_t above) {
    return xml->frames.count > above ? xml->frames.items[xml->frames.count - 1 - above].place : PLACE_IGNORED;
}

struct arena *feed_arena(struct feed_xml *xml) {
    return xml->reading_head ? &xml->head->arena : &xml->entry.arena;
}

struct slice feed_attribute(const struct feed_element *element, const char *name) {
    for (size_t i = 0; i < element->count; i++)
        if (!element->attributes[i].namespace && strcmp(element->attributes[i].name, name) == 0)
            return element->attributes[i].value;
    return (struct slice){0};
}

struct slice feed_kept_attribute(struct feed_xml *xml, const struct feed_element *element, const char *name) {
    return arena_copy(feed_arena(xml), slice_trim(feed_attribute(element, name)));
}

struct slice feed_address(struct feed_xml *xml, struct slice reference) {
    struct slice base = feed_base(xml);
    struct slice address = feed_resolve(base.size ? base : xml->lines->base, reference, feed_arena(xml));
    return arena_copy(feed_arena(xml), address);
}

static struct slice xml_attribute(const struct feed_element *element, const char *name) {
    for (size_t i = 0; i < element->count; i++)
        if (names_equal(element->attributes[i].namespace, XML_NAMESPACE) &&
            strcmp(element->attributes[i].name, name) == 0)
            return slice_trim(element->attributes[i].value);
    return (struct slice){0};
}

static struct feed_inherited keep_inherited(struct feed_xml *xml, struct slice text) {
    struct feed_inherited part = {xml->inherited.size, text.size};
    buf_append_slice(&xml->inherited, text);
    return part;
}

/* A frame for the element, with what it inherits and what it says itself. */
static void push_frame(struct feed_xml *xml, enum feed_place place, const struct feed_element *element) {
    struct feed_frame frame = {.place = place, .inherited = xml->inherited.size};
    if (xml->frames.count) {
        frame.base = top(xml)->base;
        frame.language = top(xml)->language;
    }
    struct slice base = xml_attribute(element, "base");
    struct slice language = xml_attribute(element, "lang");
    if (base.size && base.size <= BASE_MOST) {
        CLEANUP(buf_release) struct buf resolved = BUF(BASE_MOST);
        struct slice around = inherited(xml, frame.base);
        if (uri_resolve(around.size ? around : xml->lines->base, base, &resolved))
            base = buf_slice(&resolved);
        if (!resolved.failed)
            frame.base = keep_inherited(xml, base);
    }
    if (language.size && language.size < BASE_MOST)
        frame.language = keep_inherited(xml, language);
    vec_push(&xml->frames, frame);
}

static void pop_frame(struct feed_xml *xml) {
    buf_truncate(&xml->inherited, top(xml)->inherited);
    xml->frames.count--;
}

/* --- markup inside text -------------------------------------------------------------------------------------- */

/* What a browser would take for a second one if it had an end tag. */
static bool is_void(const char *name) {
    static const char *const names[] = {"area",  "base", "br",   "col",   "embed",  "hr",    "img",
                                        "input", "link", "meta", "param", "source", "track", "wbr"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* The div of Atom (RFC 4287 3.1.1.3) that holds XHTML and is no part of it. */
static bool is_wrapper(const struct feed_xml *xml, const char *name) {
    return xml->is_wrapped && xml->depth == 1 && strcmp(name, "div") == 0;
}

static void open_markup(struct feed_xml *xml, const char *name, const struct feed_element *element) {
    if (xml->capture == CAPTURE_TEXT || is_wrapper(xml, name))
        return;
    buf_append_byte(&xml->text, '<');
    buf_append_string(&xml->text, name);
    for (size_t i = 0; i < element->count; i++) {
        if (element->attributes[i].namespace)
            continue;
        buf_append_byte(&xml->text, ' ');
        buf_append_string(&xml->text, element->attributes[i].name);
        buf_append_string(&xml->text, "=\"");
        html_append_escaped(&xml->text, element->attributes[i].value);
        buf_append_byte(&xml->text, '"');
    }
    buf_append_byte(&xml->text, '>');
}

static void close_markup(struct feed_xml *xml, const char *name) {
    if (xml->capture == CAPTURE_TEXT || is_wrapper(xml, name) || is_void(name))
        return;
    buf_append_string(&xml->text, "</");
    buf_append_string(&xml->text, name);
    buf_append_byte(&xml->text, '>');
}

/* --- events -------------------------------------------------------------------------------------------------- */

static const struct feed_dialect *const dialects[] = {&feed_atom, &feed_atom_entry, &feed_rss, &feed_rdf};

static bool is_rss_namespace(const char *namespace) {
    static const char *const namespaces[] = {
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://channel.netscape.com/rdf/simple/0.9/",
        "http://backend.userland.com/rss2",
        "http://backend.userland.com/RSS2",
        "http://blogs.law.harvard.edu/tech/rss",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(namespaces); i++)
        if (namespace && strcmp(namespace, namespaces[i]) == 0)
            return true;
    return false;
}

static void choose_dialect(struct feed_xml *xml, const char *namespace, const char *name, struct xml_place place) {
    xml->root = place;
    for (size_t i = 0; i < ARRAY_LENGTH(dialects); i++)
        if (strcmp(name, dialects[i]->root) == 0 &&
            (names_equal(namespace, dialects[i]->namespace) || (dialects[i]->is_rss && is_rss_namespace(namespace))))
            xml->dialect = dialects[i];
    if (xml->dialect)
        return;
    if (strcmp(name, "html") == 0)
        snprintf(xml->problem, sizeof xml->problem, "this is an HTML page, no feed");
    else if (names_equal(namespace, "http://purl.org/atom/ns#"))
        snprintf(xml->problem, sizeof xml->problem, "this is Atom 0.3, a draft of 2003 that is not read");
    else
        snprintf(xml->problem, sizeof xml->problem, "no feed begins with <%.60s>%s%.100s", name,
                 namespace ? " of " : "", namespace ? namespace : "");
}

static bool is_entry(enum feed_place place) {
    return place == PLACE_ENTRY || place == PLACE_TOMBSTONE;
}

static const struct feed_row *find_row(const struct feed_xml *xml, enum feed_place in, const char *namespace,
                                       const char *name) {
    const struct feed_dialect *dialect = xml->dialect;
    if (in == PLACE_IGNORED)
        return NULL;
    if (dialect->is_rss && is_rss_namespace(namespace))
    namespace = NULL;
    /* As many write it. */
    if (names_equal(namespace, "http://search.yahoo.com/mrss"))
    namespace = MEDIA_NAMESPACE;
    for (size_t i = 0; i < dialect->count; i++)
        if (dialect->rows[i].in == in && strcmp(dialect->rows[i].name, name) == 0 &&
            names_equal(dialect->rows[i].namespace, namespace))
            return &dialect->rows[i];
    return NULL;
}

/* Is it of the other of the two readings? */
static bool is_out_of_turn(const struct feed_xml *xml, const struct feed_row *row) {
    return xml->reading_head ? is_entry(row->to) : row->in == PLACE_HEAD && !is_entry(row->to);
}

static void on_open(void *context, const char *namespace, const char *name, const struct xml_attribute_in *attributes,
                    size_t count, struct xml_place place) {
    struct feed_xml *xml = context;
    const struct feed_element element = {attributes, count};
    if (xml->row) {
        xml->depth++;
        open_markup(xml, name, &element);
        return;
    }
    if (!xml->frames.count) {
        choose_dialect(xml, namespace, name, place);
        vec_push(&xml->frames, (struct feed_frame){.place = xml->dialect ? PLACE_DOCUMENT : PLACE_IGNORED});
    }
    const struct feed_row *row = find_row(xml, top(xml)->place, namespace, name);
    if (!row || is_out_of_turn(xml, row)) {
        push_frame(xml, PLACE_IGNORED, &(struct feed_element){0});
        return;
    }
    bool begins = is_entry(row->to) && !is_entry(row->in);
    if (begins)
        feed_entry_clear(&xml->entry);
    push_frame(xml, row->to, &element);
    if (begins) {
        xml->entry.line = place.line;
        xml->entry.withdrawn = row->to == PLACE_TOMBSTONE;
        xml->entry.language = arena_copy(&xml->entry.arena, feed_language(xml));
    }
    xml->capture = row->capture;
    xml->kind = FEED_PLAIN;
    xml->is_wrapped = false;
    if (row->open)
        row->open(xml, &element);
    if (row->take) {
        xml->row = row;
        xml->depth = 0;
        buf_clear(&xml->text);
    }
}

static void on_text(void *context, struct slice text) {
    struct feed_xml *xml = context;
    if (!xml->row || (xml->is_wrapped && xml->depth == 0))
        return;
    if (xml->capture == CAPTURE_MARKUP)
        html_append_escaped(&xml->text, text);
    else
        buf_append_slice(&xml->text, text);
}

static void on_close(void *context, const char *namespace, const char *name) {
    struct feed_xml *xml = context;
    (void)namespace;
    if (xml->row && xml->depth) {
        close_markup(xml, name);
        xml->depth--;
        return;
    }
    if (xml->row) {
        const struct feed_row *row = xml->row;
        xml->row = NULL;
        row->take(xml, arena_copy(feed_arena(xml), slice_trim(buf_slice(&xml->text))));
    } else if (is_entry(top(xml)->place) && !is_entry(feed_place_above(xml, 1))) {
        feed_lines_append(xml->lines, &xml->entry);
    }
    pop_frame(xml);
}

/* That of RSS 0.91 is the only one that stands in feeds; it declares nothing that any of them uses. */
static bool on_doctype(void *context, const char *public_identifier, struct xml_place place) {
    (void)context;
    (void)place;
    return strcmp(public_identifier, "-//Netscape Communications//DTD RSS 0.91//EN") == 0;
}

/* --- the two readings ---------------------------------------------------------------------------------------- */

static bool read_once(struct feed_xml *xml, struct slice text, struct feed_in *ret_feed) {
    static const struct xml_handler handler = {
        .open = on_open, .text = on_text, .close = on_close, .doctype = on_doctype, .is_utf8 = true};
    struct xml_error error;
    vec_clear(&xml->frames);
    buf_clear(&xml->inherited);
    bool good = xml_parse(text, &handler, xml, &error);
    /* HTML is seldom XML, but it is HTML that has to be named. */
    if (xml->problem[0])
        return feed_refuse(ret_feed, xml->root.line, xml->root.column, "%s", xml->problem);
    return good || feed_refuse(ret_feed, error.line, error.column, "not well-formed XML: %s", error.message);
}

bool feed_read_xml(struct slice text, struct feed_lines *lines, struct feed_head *head, struct feed_in *ret_feed) {
    struct feed_xml xml = {.lines = lines,
                           .head = head,
                           .reading_head = true,
                           .inherited = BUF(BUF_UNLIMITED),
                           .text = BUF(BUF_UNLIMITED)};
    bool good = read_once(&xml, text, ret_feed);
    if (good) {
        xml.reading_head = false;
        lines->has_tombstones = xml.dialect && !xml.dialect->is_rss;
        if (!lines->base.size)
            lines->base = feed_is_address(head->self) ? head->self : head->link;
        good = read_once(&xml, text, ret_feed);
    }
    feed_entry_release(&xml.entry);
    vec_release(&xml.frames);
    buf_release(&xml.inherited);
    buf_release(&xml.text);
    return good;
}
