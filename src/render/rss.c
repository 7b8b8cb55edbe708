/*
 * RSS 2.0 as the RSS Advisory Board's profile has it. What RSS has no word for comes from others': the full text from
 * the content module, authors without an e-mail address, language and source without an address from Dublin Core, the
 * date of a change from Atom.
 */
#include "base/date.h"
#include "base/uri.h"
#include "render/formats.h"
#include "xml/writer.h"

static void write_address(struct xml_writer *xml, const char *name, struct slice address) {
    CLEANUP(buf_release) struct buf encoded = BUF(BUF_UNLIMITED);
    uri_append_encoded(&encoded, address);
    xml_element(xml, name, buf_slice(&encoded));
}

static void write_address_attribute(struct xml_writer *xml, const char *name, struct slice address) {
    CLEANUP(buf_release) struct buf encoded = BUF(BUF_UNLIMITED);
    uri_append_encoded(&encoded, address);
    xml_attribute(xml, name, buf_slice(&encoded));
}

static void write_date(struct xml_writer *xml, const char *name, int64_t seconds) {
    CLEANUP(buf_release) struct buf date = BUF(BUF_UNLIMITED);
    date_append_rfc822(&date, seconds);
    xml_element(xml, name, buf_slice(&date));
}

static void write_updated(struct xml_writer *xml, int64_t seconds) {
    CLEANUP(buf_release) struct buf date = BUF(BUF_UNLIMITED);
    date_append_rfc3339(&date, seconds);
    xml_element(xml, "atom:updated", buf_slice(&date));
}

/* Text that some readers take for HTML: numeric references are what most of them show right. */
static void write_text(struct xml_writer *xml, const char *name, struct slice text) {
    xml_open(xml, name);
    xml_text_numeric(xml, text);
    xml_close(xml);
}

static void write_entry_link(struct xml_writer *xml, const struct site *site, const struct entry *entry) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    format_append_entry_address(&address, site, entry);
    xml_element_present(xml, "link", buf_slice(&address));
}

/* Other addresses of the same text; RSS has no word of its own for them. */
static void write_related(struct xml_writer *xml, const struct entry *entry) {
    for (size_t i = 0; i < entry->related_count; i++) {
        xml_open(xml, "atom:link");
        xml_attribute(xml, "rel", SLICE("related"));
        write_address_attribute(xml, "href", entry->related[i]);
        xml_close(xml);
    }
}

static void write_guid(struct xml_writer *xml, struct slice id) {
    xml_open(xml, "guid");
    xml_attribute(xml, "isPermaLink", SLICE("false"));
    xml_text(xml, id);
    xml_close(xml);
}

static void write_categories(struct xml_writer *xml, const struct entry *entry) {
    for (size_t i = 0; i < entry->category_count; i++) {
        xml_open(xml, "category");
        xml_attribute(xml, "domain", entry->categories[i].scheme);
        xml_text(xml, entry->categories[i].label);
        xml_close(xml);
    }
    for (size_t i = 0; i < entry->tag_count; i++)
        xml_element(xml, "category", entry->tags[i]);
}

/* All three attributes are required; a length that nobody knows is 0. */
static void write_enclosure(struct xml_writer *xml, const struct enclosure *enclosure) {
    CLEANUP(buf_release) struct buf length = BUF(32);
    buf_append_unsigned(&length, enclosure->length);
    xml_open(xml, "enclosure");
    write_address_attribute(xml, "url", enclosure->url);
    xml_attribute(xml, "length", buf_slice(&length));
    xml_attribute(xml, "type", format_enclosure_type(enclosure));
    xml_close(xml);
}

/* source must have an address; a name alone goes to Dublin Core. */
static void write_source(struct xml_writer *xml, const struct entry *entry) {
    if (!entry->source_url.size) {
        xml_element_present(xml, "dc:source", entry->source_name);
        return;
    }
    xml_open(xml, "source");
    write_address_attribute(xml, "url", entry->source_url);
    xml_text(xml, format_source_name(entry));
    xml_close(xml);
}

static void write_image(struct xml_writer *xml, struct slice address) {
    xml_open(xml, "media:thumbnail");
    write_address_attribute(xml, "url", address);
    xml_close(xml);
}

static void rss_entry(const struct templates *templates, const struct entry *entry, bool in_full, struct buf *buf) {
    const struct site *site = templates->site;
    struct xml_writer *xml = xml_fragment_writer_new(buf, 2);
    xml_open(xml, "item");
    write_text(xml, "title", entry->title);
    write_entry_link(xml, site, entry);
    write_related(xml, entry);
    write_guid(xml, entry->id);
    write_date(xml, "pubDate", entry->published);
    write_updated(xml, entry->updated);
    for (size_t i = 0; i < entry->author_count; i++)
        xml_element(xml, "dc:creator", entry->authors[i].name);
    xml_element_present(xml, "dc:language", format_entry_language(site, entry));
    if (entry->summary.size)
        write_text(xml, "description", entry->summary);
    if (in_full)
        xml_element_present(xml, "content:encoded", entry->content);
    write_source(xml, entry);
    write_categories(xml, entry);
    if (entry->enclosure.url.size)
        write_enclosure(xml, &entry->enclosure);
    if (entry->image.size)
        write_image(xml, entry->image);
    xml_close(xml);
    xml_writer_free(xml);
}

static void write_self(struct xml_writer *xml, const struct feed *feed) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    format_append_address(&address, feed->site, feed->path, format_rss.file_name);
    xml_open(xml, "atom:link");
    xml_attribute(xml, "rel", SLICE("self"));
    xml_attribute(xml, "type", slice_of(format_rss.media_type));
    xml_attribute(xml, "href", buf_slice(&address));
    xml_close(xml);
}

static void write_hubs(struct xml_writer *xml, const struct site *site) {
    for (size_t i = 0; i < site->hub_count; i++) {
        xml_open(xml, "atom:link");
        xml_attribute(xml, "rel", SLICE("hub"));
        write_address_attribute(xml, "href", site->hubs[i]);
        xml_close(xml);
    }
}

static void write_logo(struct xml_writer *xml, const struct feed *feed, struct slice home) {
    xml_open(xml, "image");
    write_address(xml, "url", feed->site->logo);
    write_text(xml, "title", feed->title);
    xml_element(xml, "link", home);
    xml_close(xml);
}

static void write_head(struct xml_writer *xml, const struct templates *templates, const struct feed *feed) {
    const struct site *site = feed->site;
    CLEANUP(buf_release) struct buf home = BUF(BUF_UNLIMITED);
    format_append_home(&home, templates, feed->path);
    write_text(xml, "title", feed->title);
    xml_element(xml, "link", buf_slice(&home));
    write_text(xml, "description", feed->subtitle.size ? feed->subtitle : feed->title);
    xml_element_present(xml, "language", site->language);
    if (site->rights.size)
        write_text(xml, "copyright", site->rights);
    write_date(xml, "lastBuildDate", feed->updated);
    xml_element(xml, "generator", SLICE("pindao"));
    xml_element(xml, "ttl", SLICE("60"));
    if (site->logo.size)
        write_logo(xml, feed, buf_slice(&home));
    write_self(xml, feed);
    write_hubs(xml, site);
}

/* Items are put into it as they are, so every prefix that one uses is declared here. */
static void write_root(struct xml_writer *xml) {
    xml_open(xml, "rss");
    xml_attribute(xml, "version", SLICE("2.0"));
    xml_attribute(xml, "xmlns:atom", SLICE("http://www.w3.org/2005/Atom"));
    xml_attribute(xml, "xmlns:content", SLICE("http://purl.org/rss/1.0/modules/content/"));
    xml_attribute(xml, "xmlns:dc", SLICE("http://purl.org/dc/elements/1.1/"));
    xml_attribute(xml, "xmlns:media", SLICE("http://search.yahoo.com/mrss/"));
}

static void rss_feed(const struct templates *templates, const struct feed *feed, const struct slice *entries,
                     struct buf *buf) {
    CLEANUP(buf_release) struct buf stylesheet = BUF(BUF_UNLIMITED);
    format_append_stylesheet(&stylesheet, feed);
    struct xml_writer *xml = xml_writer_new(buf);
    xml_document(xml);
    xml_stylesheet(xml, buf_slice(&stylesheet));
    write_root(xml);
    xml_open(xml, "channel");
    write_head(xml, templates, feed);
    for (size_t i = 0; i < feed->entry_count; i++)
        xml_fragment(xml, entries[i]);
    xml_close(xml);
    xml_close(xml);
    xml_writer_free(xml);
}

const struct format format_rss = {
    .name = "rss",
    .file_name = "rss.xml",
    .media_type = "application/rss+xml",
    .served_type = "application/xml; charset=utf-8",
    .is_feed = true,
    .label = "RSS",
    .entry = rss_entry,
    .feed = rss_feed,
};
