#include "ingest/feed_xml.h"

/*
 * RSS: 2.0 and 0.91–0.94, and those in RDF, 0.90 and 1.0, whose items stand beside the channel. What RSS has no word
 * for comes from the modules that everybody uses.
 */
#define RDF_NAMESPACE "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define CONTENT_NAMESPACE "http://purl.org/rss/1.0/modules/content/"
#define FEEDBURNER_NAMESPACE "http://rssnamespace.org/feedburner/ext/1.0"

/* Of an item's addresses. The first two are meant to last, the others are pages of it. */
enum { RANK_ORIGINAL = 6, RANK_PERMANENT = 5, RANK_LINK = 3, RANK_LIKELY = 2 };

/* --- the channel --------------------------------------------------------------------------------------------- */

static void take_head_title(struct feed_xml *xml, struct slice text) {
    xml->head->title = feed_plain_title((struct feed_text){text, FEED_EITHER}, &xml->head->arena);
}

static void take_head_link(struct feed_xml *xml, struct slice text) {
    if (text.size)
        xml->head->link = feed_address(xml, text);
}

static void take_head_language(struct feed_xml *xml, struct slice text) {
    xml->head->language = text;
}

static void take_generator(struct feed_xml *xml, struct slice text) {
    xml->head->is_plain = slice_equal(text, SLICE("pindao"));
}

/* --- what an item is called by ------------------------------------------------------------------------------- */

static void take_link(struct feed_xml *xml, struct slice text) {
    feed_rank(&xml->entry.url, feed_address(xml, text), RANK_LINK);
}

static void open_guid(struct feed_xml *xml, const struct feed_element *element) {
    struct slice answer = slice_trim(feed_attribute(element, "isPermaLink"));
    xml->rank = slice_equal_ignoring_case(answer, SLICE("true"))    ? RANK_PERMANENT
                : slice_equal_ignoring_case(answer, SLICE("false")) ? 0
                                                                    : RANK_LIKELY;
}

static void take_guid(struct feed_xml *xml, struct slice text) {
    xml->entry.id = text;
    if (xml->rank && feed_is_address(text))
        feed_rank(&xml->entry.url, text, xml->rank);
}

static void take_original(struct feed_xml *xml, struct slice text) {
    feed_rank(&xml->entry.url, feed_address(xml, text), RANK_ORIGINAL);
}

/* --- texts --------------------------------------------------------------------------------------------------- */

static enum feed_text_kind kind_of_texts(const struct feed_xml *xml) {
    return xml->head->is_plain ? FEED_PLAIN : FEED_EITHER;
}

static void take_title(struct feed_xml *xml, struct slice text) {
    xml->entry.title = (struct feed_text){text, kind_of_texts(xml)};
}

static void keep_body_base(struct feed_xml *xml, const struct feed_element *element) {
    (void)element;
    xml->entry.body_base = arena_copy(&xml->entry.arena, feed_base(xml));
}

static void take_description(struct feed_xml *xml, struct slice text) {
    xml->entry.summary = (struct feed_text){text, kind_of_texts(xml)};
}

static void take_content(struct feed_xml *xml, struct slice text) {
    if (text.size)
        xml->entry.body = (struct feed_text){text, FEED_HTML};
}

/* --- people, dates, sources ---------------------------------------------------------------------------------- */

/* Dublin Core names people, RSS gives their addresses: who is named by both is one. */
static void add_author(struct feed_xml *xml, struct slice name, unsigned rank) {
    struct feed_entry *entry = &xml->entry;
    if (!name.size || rank < entry->author_rank)
        return;
    if (rank > entry->author_rank)
        vec_clear(&entry->authors.items);
    entry->author_rank = rank;
    vec_push(&entry->authors.items, name);
}

static void take_author(struct feed_xml *xml, struct slice text) {
    add_author(xml, feed_person(text), 1);
}

static void take_creator(struct feed_xml *xml, struct slice text) {
    add_author(xml, feed_person(text), 2);
}

static void take_published(struct feed_xml *xml, struct slice text) {
    feed_rank_date(&xml->entry.date, text, 4);
}

static void take_issued(struct feed_xml *xml, struct slice text) {
    feed_rank_date(&xml->entry.date, text, 3);
}

static void take_language(struct feed_xml *xml, struct slice text) {
    if (text.size)
        xml->entry.language = text;
}

static void open_source(struct feed_xml *xml, const struct feed_element *element) {
    xml->entry.source_url = feed_address(xml, feed_attribute(element, "url"));
}

static void take_source(struct feed_xml *xml, struct slice text) {
    if (text.size)
        xml->entry.source_name = text;
}

static void open_enclosure(struct feed_xml *xml, const struct feed_element *element) {
    feed_enclose(&xml->entry, feed_address(xml, feed_attribute(element, "url")),
                 feed_kept_attribute(xml, element, "type"), feed_kept_attribute(xml, element, "length"));
}

static void take_image(struct feed_xml *xml, struct slice text) {
    feed_rank(&xml->entry.image, feed_address(xml, text), 2);
}

static const struct feed_row rows[] = {
    {PLACE_DOCUMENT, NULL, "rss", PLACE_ROOT, NULL, NULL, CAPTURE_TEXT},
    {PLACE_DOCUMENT, RDF_NAMESPACE, "RDF", PLACE_ROOT, NULL, NULL, CAPTURE_TEXT},
    {PLACE_ROOT, NULL, "channel", PLACE_HEAD, NULL, NULL, CAPTURE_TEXT},
    {PLACE_ROOT, NULL, "item", PLACE_ENTRY, NULL, NULL, CAPTURE_TEXT},
    {PLACE_HEAD, NULL, "item", PLACE_ENTRY, NULL, NULL, CAPTURE_TEXT},
    {PLACE_HEAD, NULL, "title", PLACE_IGNORED, NULL, take_head_title, CAPTURE_TEXT},
    {PLACE_HEAD, NULL, "link", PLACE_IGNORED, NULL, take_head_link, CAPTURE_TEXT},
    {PLACE_HEAD, NULL, "language", PLACE_IGNORED, NULL, take_head_language, CAPTURE_TEXT},
    {PLACE_HEAD, NULL, "generator", PLACE_IGNORED, NULL, take_generator, CAPTURE_TEXT},
    {PLACE_HEAD, DUBLIN_CORE_NAMESPACE, "language", PLACE_IGNORED, NULL, take_head_language, CAPTURE_TEXT},
    {PLACE_HEAD, ATOM_NAMESPACE, "link", PLACE_IGNORED, feed_open_link, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, NULL, "title", PLACE_IGNORED, NULL, take_title, CAPTURE_TAGS},
    {PLACE_ENTRY, NULL, "link", PLACE_IGNORED, NULL, take_link, CAPTURE_TEXT},
    {PLACE_ENTRY, NULL, "guid", PLACE_IGNORED, open_guid, take_guid, CAPTURE_TEXT},
    {PLACE_ENTRY, NULL, "pubDate", PLACE_IGNORED, NULL, take_published, CAPTURE_TEXT},
    {PLACE_ENTRY, NULL, "description", PLACE_IGNORED, keep_body_base, take_description, CAPTURE_TAGS},
    {PLACE_ENTRY, NULL, "author", PLACE_IGNORED, NULL, take_author, CAPTURE_TEXT},
    {PLACE_ENTRY, NULL, "category", PLACE_IGNORED, NULL, feed_take_tag, CAPTURE_TEXT},
    {PLACE_ENTRY, NULL, "enclosure", PLACE_IGNORED, open_enclosure, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, NULL, "source", PLACE_IGNORED, open_source, take_source, CAPTURE_TEXT},
    {PLACE_ENTRY, NULL, "image", PLACE_PICTURE, NULL, NULL, CAPTURE_TEXT},
    {PLACE_PICTURE, NULL, "url", PLACE_IGNORED, NULL, take_image, CAPTURE_TEXT},
    {PLACE_ENTRY, CONTENT_NAMESPACE, "encoded", PLACE_IGNORED, keep_body_base, take_content, CAPTURE_TAGS},
    {PLACE_ENTRY, XHTML_NAMESPACE, "body", PLACE_IGNORED, keep_body_base, take_content, CAPTURE_MARKUP},
    {PLACE_ENTRY, DUBLIN_CORE_NAMESPACE, "creator", PLACE_IGNORED, NULL, take_creator, CAPTURE_TEXT},
    {PLACE_ENTRY, DUBLIN_CORE_NAMESPACE, "date", PLACE_IGNORED, NULL, feed_take_dublin_date, CAPTURE_TEXT},
    {PLACE_ENTRY, DUBLIN_CORE_NAMESPACE, "subject", PLACE_IGNORED, NULL, feed_take_tag, CAPTURE_TEXT},
    {PLACE_ENTRY, DUBLIN_CORE_NAMESPACE, "source", PLACE_IGNORED, NULL, take_source, CAPTURE_TEXT},
    {PLACE_ENTRY, DUBLIN_CORE_NAMESPACE, "language", PLACE_IGNORED, NULL, take_language, CAPTURE_TEXT},
    {PLACE_ENTRY, DUBLIN_TERMS_NAMESPACE, "issued", PLACE_IGNORED, NULL, take_issued, CAPTURE_TEXT},
    {PLACE_ENTRY, DUBLIN_TERMS_NAMESPACE, "modified", PLACE_IGNORED, NULL, feed_take_updated, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "published", PLACE_IGNORED, NULL, take_issued, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "updated", PLACE_IGNORED, NULL, feed_take_updated, CAPTURE_TEXT},
    {PLACE_ENTRY, ATOM_NAMESPACE, "link", PLACE_IGNORED, feed_open_link, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, FEEDBURNER_NAMESPACE, "origLink", PLACE_IGNORED, NULL, take_original, CAPTURE_TEXT},
    {PLACE_ENTRY, MEDIA_NAMESPACE, "group", PLACE_ENTRY, NULL, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, MEDIA_NAMESPACE, "thumbnail", PLACE_IGNORED, feed_open_thumbnail, NULL, CAPTURE_TEXT},
    {PLACE_ENTRY, MEDIA_NAMESPACE, "content", PLACE_ENTRY, feed_open_media, NULL, CAPTURE_TEXT},
};

const struct feed_dialect feed_rss = {"rss", NULL, true, rows, ARRAY_LENGTH(rows)};
const struct feed_dialect feed_rdf = {"RDF", RDF_NAMESPACE, true, rows, ARRAY_LENGTH(rows)};
