#include "ingest/feed_xml.h"

/* Atom, RFC 4287, with tombstones (RFC 6721), and what other formats take from it. */

#define TOMBSTONE_NAMESPACE "http://purl.org/atompub/tombstones/1.0"

/* --- links --------------------------------------------------------------------------------------------------- */

/* How good a link is as the entry's address; 0: it is none. */
static unsigned alternate_rank(struct slice type) {
    if (slice_starts_with(type, SLICE("text/html")) || slice_starts_with(type, SLICE("application/xhtml+xml")))
        return 4;
    return type.size ? 2 : 3;
}

void feed_open_link(struct feed_xml *xml, const struct feed_element *element) {
    static const struct slice registry = SLICE_CONSTANT("http://www.iana.org/assignments/relation/");
    enum feed_place in = feed_place_above(xml, 1);
    struct slice relation = slice_trim(feed_attribute(element, "rel"));
    struct slice type = slice_trim(feed_attribute(element, "type"));
    struct slice url = feed_address(xml, feed_attribute(element, "href"));
    if (slice_starts_with(relation, registry))
        relation = slice_from(relation, registry.size);
    bool alternate = !relation.size || slice_equal_ignoring_case(relation, SLICE("alternate"));
    if (in == PLACE_HEAD && slice_equal_ignoring_case(relation, SLICE("self")) && !xml->head->self.size)
        xml->head->self = url;
    else if (in == PLACE_HEAD && alternate && !xml->head->link.size)
        xml->head->link = url;
    else if (in == PLACE_SOURCE && alternate && !xml->entry.source_url.size)
        xml->entry.source_url = url;
    else if ((in == PLACE_ENTRY || in == PLACE_TOMBSTONE) && alternate)
        /* In RSS it stands behind the words of RSS itself. */
        feed_rank(&xml->entry.url, url, xml->dialect->is_rss ? 1 : alternate_rank(type));
    else if (in == PLACE_ENTRY && slice_equal_ignoring_case(relation, SLICE("enclosure")))
        feed_enclose(&xml->entry, url, arena_copy(&xml->entry.arena, type),
                     feed_kept_attribute(xml, element, "length"));
}

/* --- texts --------------------------------------------------------------------------------------------------- */

static void open_text(struct feed_xml *xml, const struct feed_element *element) {
    struct slice type = slice_trim(feed_attribute(element, "type"));
    xml->is_wrapped = slice_equal_ignoring_case(type, SLICE("xhtml"));
    if (xml->is_wrapped)
        xml->capture = CAPTURE_MARKUP;
    if (xml->is_wrapped || slice_equal_ignoring_case(type, SLICE("html")) ||
        slice_equal_ignoring_case(type, SLICE("text/html")))
        xml->kind = FEED_HTML;
}

static bool is_readable(struct slice type) {
    static const char *const types[] = {"", "text", "html", "xhtml", "text/plain", "text/html"};
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        if (slice_equal_ignoring_case(type, slice_of(types[i])))
            return true;
    return false;
}

/* Content may be anything (4.1.3.3), a picture in base64 too: `rank` 0 is for what no article is made of. */
static void open_content(struct feed_xml *xml, const struct feed_element *element) {
    struct slice type = slice_trim(feed_attribute(element, "type"));
    struct slice out_of_line = feed_attribute(element, "src");
    open_text(xml, element);
    xml->rank = is_readable(slice_trim(slice_range(type, 0, slice_find_byte(type, ';', 0)))) && !out_of_line.size;
    if (xml->rank)
        xml->entry.body_base = arena_copy(&xml->entry.arena, feed_base(xml));
}

static void take_content(struct feed_xml *xml, struct slice text) {
    if (xml->rank && !xml->entry.body.text.size)
        xml->entry.body = (struct feed_text){text, xml->kind};
}

static void take_title(struct feed_xml *xml, struct slice text) {
    xml->entry.title = (struct feed_text){text, xml->kind};
}

static void take_summary(struct feed_xml *xml, struct slice text) {
    xml->entry.summary = (struct feed_text){text, xml->kind};
}

static void take_head_title(struct feed_xml *xml, struct slice text) {
    xml->head->title = feed_plain((struct feed_text){text, xml->kind}, &xml->head->arena);
}

static void take_source_title(struct feed_xml *xml, struct slice text) {
    xml->entry.source_name = feed_plain((struct feed_text){text, xml->kind}, &xml->entry.arena);
}

/* --- the rest ------------------------------------------------------------------------------------------------ */

static void take_id(struct feed_xml *xml, struct slice text) {
    xml->entry.id = text;
}

static void take_published(struct feed_xml *xml, struct slice text) {
    feed_rank_date(&xml->entry.date, text, 4);
}

void feed_take_updated(struct feed_xml *xml, struct slice text) {
    feed_rank_date(&xml->entry.date, text, 1);
    xml->entry.updated = text;
}

void feed_take_dublin_date(struct feed_xml *xml, struct slice text) {
    feed_rank_date(&xml->entry.date, text, 2);
}

void feed_take_tag(struct feed_xml *xml, struct slice text) {
    if (text.size)
        vec_push(&xml->entry.tags.items, text);
}

static void open_category(struct feed_xml *xml, const struct feed_element *element) {
    struct slice label = feed_kept_attribute(xml, element, "label");
    feed_take_tag(xml, label.size ? label : feed_kept_attribute(xml, element, "term"));
}

/* 4.2.1: those of the entry, else of its source, else of the feed. */
static void take_name(struct feed_xml *xml, struct slice text) {
    enum feed_place of = feed_place_above(xml, 2);
    if (text.size)
        vec_push(of == PLACE_HEAD     ? &xml->head->authors.items
                 : of == PLACE_SOURCE ? &xml->entry.source_authors.items
                                      : &xml->entry.authors.items,
                 text);
}

void feed_open_thumbnail(struct feed_xml *xml, const struct feed_element *element) {
    feed_rank(&xml->entry.image, feed_address(xml, feed_attribute(element, "url")), 3);
}

void feed_open_media(struct feed_xml *xml, const struct feed_element *element) {
    struct slice url = feed_address(xml, feed_attribute(element, "url"));
    struct slice type = feed_kept_attribute(xml, element, "type");
    struct slice medium = feed_attribute(element, "medium");
    if (slice_equal(medium, SLICE("image")) || slice_starts_with(type, SLICE("image/")))
        feed_rank(&xml->entry.image, url, 2);
    else if (type.size)
        feed_enclose(&xml->entry, url, type, feed_kept_attribute(xml, element, "fileSize"));
}

/* --- tombstones ---------------------------------------------------------------------------------------------- */

static void open_tombstone(struct feed_xml *xml, const struct feed_element *element) {
    struct feed_entry *entry = &xml->entry;
    entry->id = feed_kept_attribute(xml, element, "ref");
    if (feed_is_address(entry->id))
        feed_rank(&entry->url, entry->id, 1);
    feed_rank_date(&entry->date, feed_kept_attribute(xml, element, "when"), 1);
}

static const struct feed_row rows[] = {
    {PLACE_DOCUMENT, ATOM_NAMESPACE, "feed", PLACE_HEAD, NULL, NULL, CAPTURE_TEXT},
    {PLACE_DOCUMENT, ATOM_NAMESPACE, "entry", PLACE_ENTRY, NULL, NULL, CAPTURE_TEXT},
    {PLACE_HEAD, ATOM_NAMESPACE, "title", PLACE_IGNORED, open_text, take_head_title, CAPTURE_TEXT},
    {PLACE_HEAD, ATOM_NAMESPACE, "link", PLACE_IGNORED, feed_open_link, NULL, CAPTURE_TEXT},
    {PLACE_HEAD, ATOM_NAMESPACE, "author", PLACE_PERSON, NULL, NULL, CAPTURE_TEXT},
    {PLACE_HEAD, ATOM_NAMESPACE, "entry", PLACE_ENTRY, NULL, NULL, CAPTURE_TEXT},
    {PLACE_HEAD, TOMBSTONE_NAMESPACE, "deleted-entry", PLACE_TOMBSTONE, open_tombstone, NULL, CAPTURE_TEXT},
    {PLACE_TOMBSTONE, TOMBSTONE_NAMESPACE, "comment", PLACE_IGNORED, open_text, take_title, CAPTURE_TEXT},
    {PLACE_TOMBSTONE, ATOM_NAMESPACE, "link", PLACE_IGNORED, feed_open_link, NULL, CAPTURE_TEXT},
    {PLACE_PERSON, ATOM_NAMESPACE, "name", PLACE_IGNORED, NULL, take_name, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "id", PLACE_IGNORED, NULL, take_id, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "title", PLACE_IGNORED, open_text, take_title, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "link", PLACE_IGNORED, feed_open_link, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "published", PLACE_IGNORED, NULL, take_published, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "updated", PLACE_IGNORED, NULL, feed_take_updated, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "summary", PLACE_IGNORED, open_text, take_summary, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "content", PLACE_IGNORED, open_content, take_content, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "author", PLACE_PERSON, NULL, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "category", PLACE_IGNORED, open_category, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "source", PLACE_SOURCE, NULL, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, DUBLIN_CORE_NAMESPACE, "date", PLACE_IGNORED, NULL, feed_take_dublin_date, CAPTURE_TEXT},
    {PLACE_ENTRY, MEDIA_NAMESPACE, "group", PLACE_ENTRY, NULL, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, MEDIA_NAMESPACE, "thumbnail", PLACE_IGNORED, feed_open_thumbnail, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, MEDIA_NAMESPACE, "content", PLACE_ENTRY, feed_open_media, NULL, CAPTURE_TEXT},
    {PLACE_SOURCE, ATOM_NAMESPACE, "title", PLACE_IGNORED, open_text, take_source_title, CAPTURE_TEXT},
    {PLACE_SOURCE, ATOM_NAMESPACE, "link", PLACE_IGNORED, feed_open_link, NULL, CAPTURE_TEXT},
    {PLACE_SOURCE, ATOM_NAMESPACE, "author", PLACE_PERSON, NULL, NULL, CAPTURE_TEXT},
};

const struct feed_dialect feed_atom = {"feed", ATOM_NAMESPACE, false, rows, ARRAY_LENGTH(rows)};
const struct feed_dialect feed_atom_entry = {"entry", ATOM_NAMESPACE, false, rows, ARRAY_LENGTH(rows)};
