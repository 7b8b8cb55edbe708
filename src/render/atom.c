/* Atom, RFC 4287; thumbnails by Media RSS, which readers look for here as well. */
#include "base/date.h"
#include "base/uri.h"
#include "render/formats.h"
#include "xml/writer.h"

static void write_address(struct xml_writer *xml, const char *attribute, struct slice address) {
    CLEANUP(buf_release) struct buf encoded = BUF(BUF_UNLIMITED);
    uri_append_encoded(&encoded, address);
    xml_attribute(xml, attribute, buf_slice(&encoded));
}

static void write_date(struct xml_writer *xml, const char *name, int64_t seconds) {
    CLEANUP(buf_release) struct buf date = BUF(BUF_UNLIMITED);
    date_append_rfc3339(&date, seconds);
    xml_element(xml, name, buf_slice(&date));
}

static void write_text(struct xml_writer *xml, const char *name, const char *type, struct slice text) {
    xml_open(xml, name);
    xml_attribute(xml, "type", slice_of(type));
    xml_text(xml, text);
    xml_close(xml);
}

static void write_author(struct xml_writer *xml, struct slice name) {
    xml_open(xml, "author");
    xml_element(xml, "name", name);
    xml_close(xml);
}

static void write_alternate(struct xml_writer *xml, struct slice address) {
    xml_open(xml, "link");
    xml_attribute(xml, "rel", SLICE("alternate"));
    write_address(xml, "href", address);
    xml_close(xml);
}

static void write_entry_alternate(struct xml_writer *xml, const struct site *site, const struct entry *entry) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    format_append_entry_address(&address, site, entry);
    if (address.size)
        write_alternate(xml, buf_slice(&address));
}

/* Other addresses of the same text. */
static void write_related(struct xml_writer *xml, const struct entry *entry) {
    for (size_t i = 0; i < entry->related_count; i++) {
        xml_open(xml, "link");
        xml_attribute(xml, "rel", SLICE("related"));
        write_address(xml, "href", entry->related[i]);
        xml_close(xml);
    }
}

static void write_enclosure(struct xml_writer *xml, const struct enclosure *enclosure) {
    xml_open(xml, "link");
    xml_attribute(xml, "rel", SLICE("enclosure"));
    write_address(xml, "href", enclosure->url);
    xml_attribute(xml, "type", format_enclosure_type(enclosure));
    if (enclosure->length) {
        CLEANUP(buf_release) struct buf length = BUF(32);
        buf_append_unsigned(&length, enclosure->length);
        xml_attribute(xml, "length", buf_slice(&length));
    }
    xml_close(xml);
}

static void write_categories(struct xml_writer *xml, const struct entry *entry) {
    for (size_t i = 0; i < entry->category_count; i++) {
        xml_open(xml, "category");
        xml_attribute(xml, "scheme", entry->categories[i].scheme);
        xml_attribute(xml, "term", entry->categories[i].term);
        xml_attribute(xml, "label", entry->categories[i].label);
        xml_close(xml);
    }
    for (size_t i = 0; i < entry->tag_count; i++) {
        xml_open(xml, "category");
        xml_attribute(xml, "term", entry->tags[i]);
        xml_close(xml);
    }
}

/* No updated in it (4.2.11 only recommends one): when the source changed is not known. */
static void write_source(struct xml_writer *xml, const struct entry *entry) {
    if (!entry->source_name.size && !entry->source_url.size)
        return;
    xml_open(xml, "source");
    if (entry->source_url.size) {
        CLEANUP(buf_release) struct buf id = BUF(BUF_UNLIMITED);
        uri_append_encoded(&id, entry->source_url);
        xml_element(xml, "id", buf_slice(&id));
    }
    xml_element(xml, "title", format_source_name(entry));
    if (entry->source_url.size)
        write_alternate(xml, entry->source_url);
    xml_close(xml);
}

/* 4.1.2: an entry without content must have an alternate link, so one that has none shows what it has. */
static void write_content(struct xml_writer *xml, const struct entry *entry, bool in_full) {
    if (entry->summary.size)
        write_text(xml, "summary", "text", entry->summary);
    if (in_full && entry->content.size)
        write_text(xml, "content", "html", entry->content);
    else if (!entry->url.size && !entry->page.size)
        write_text(xml, "content", "text", format_short_text(entry));
}

static void write_image(struct xml_writer *xml, struct slice address) {
    xml_open(xml, "media:thumbnail");
    write_address(xml, "url", address);
    xml_close(xml);
}

static void atom_entry(const struct templates *templates, const struct entry *entry, bool in_full, struct buf *buf) {
    const struct site *site = templates->site;
    struct xml_writer *xml = xml_fragment_writer_new(buf, 1);
    struct slice language = format_entry_language(site, entry);
    xml_open(xml, "entry");
    if (language.size)
        xml_attribute(xml, "xml:lang", language);
    xml_element(xml, "id", entry->id);
    write_text(xml, "title", "text", entry->title);
    write_entry_alternate(xml, site, entry);
    write_related(xml, entry);
    write_date(xml, "published", entry->published);
    write_date(xml, "updated", entry->updated);
    for (size_t i = 0; i < entry->author_count; i++)
        write_author(xml, entry->authors[i].name);
    write_content(xml, entry, in_full);
    write_source(xml, entry);
    write_categories(xml, entry);
    if (entry->enclosure.url.size)
        write_enclosure(xml, &entry->enclosure);
    if (entry->image.size)
        write_image(xml, entry->image);
    xml_close(xml);
    xml_writer_free(xml);
}

/* To another document of the feed: `name` is that of its file below the feed's path. */
static void write_document(struct xml_writer *xml, const struct feed *feed, const char *relation, const char *type,
                           struct slice name) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    format_append_address(&address, feed->site, feed->path, "");
    buf_append_slice(&address, name);
    xml_open(xml, "link");
    xml_attribute(xml, "rel", slice_of(relation));
    xml_attribute(xml, "type", slice_of(type));
    xml_attribute(xml, "href", buf_slice(&address));
    xml_close(xml);
}

/* The page for people: of the channel, or of the same part of its archive ("archive/2026-11.html"). */
static void write_page(struct xml_writer *xml, const struct feed *feed) {
    CLEANUP(buf_release) struct buf name = BUF(256);
    if (feed->archive_page.size) {
        buf_append_slice(&name, slice_range(feed->archive_page, 0, feed->archive_page.size - strlen(".xml")));
        buf_append_string(&name, ".html");
    }
    write_document(xml, feed, "alternate", "text/html", buf_slice(&name));
}

/*
 * RFC 5005 section 4. Pages have no next-archive link, which would be a change to each when a younger one begins: from
 * the head down the chain every page is found.
 */
static void write_documents(struct xml_writer *xml, const struct feed *feed) {
    const struct slice head = slice_of(format_atom.file_name);
    const char *type = format_atom.media_type;
    write_document(xml, feed, "self", type, feed->archive_page.size ? feed->archive_page : head);
    if (feed->archive_page.size)
        write_document(xml, feed, "current", type, head);
    if (feed->older_page.size)
        write_document(xml, feed, "prev-archive", type, feed->older_page);
}

/* WebSub, 4: beside the self link, in the document that people subscribe to. */
static void write_hubs(struct xml_writer *xml, const struct feed *feed) {
    for (size_t i = 0; i < feed->site->hub_count && !feed->archive_page.size; i++) {
        xml_open(xml, "link");
        xml_attribute(xml, "rel", SLICE("hub"));
        write_address(xml, "href", feed->site->hubs[i]);
        xml_close(xml);
    }
}

/* Entries are put into it as they are, so every prefix that one uses is declared here. */
static void write_root(struct xml_writer *xml, const struct feed *feed) {
    const struct site *site = feed->site;
    xml_open(xml, "feed");
    xml_attribute(xml, "xmlns", SLICE("http://www.w3.org/2005/Atom"));
    xml_attribute(xml, "xmlns:media", SLICE("http://search.yahoo.com/mrss/"));
    if (feed->tombstone_count)
        xml_attribute(xml, "xmlns:at", SLICE("http://purl.org/atompub/tombstones/1.0"));
    if (feed->archive_finished)
        xml_attribute(xml, "xmlns:fh", SLICE("http://purl.org/syndication/history/1.0"));
    if (site->language.size)
        xml_attribute(xml, "xml:lang", site->language);
}

/* RFC 6721: for readers that keep entries which a feed shows no more. */
static void write_tombstones(struct xml_writer *xml, const struct feed *feed) {
    for (size_t i = 0; i < feed->tombstone_count; i++) {
        CLEANUP(buf_release) struct buf when = BUF(64);
        date_append_rfc3339(&when, feed->tombstones[i].at);
        xml_open(xml, "at:deleted-entry");
        xml_attribute(xml, "ref", feed->tombstones[i].id);
        xml_attribute(xml, "when", buf_slice(&when));
        xml_close(xml);
    }
}

static void atom_feed(const struct templates *templates, const struct feed *feed, const struct slice *entries,
                      struct buf *buf) {
    const struct site *site = templates->site;
    CLEANUP(buf_release) struct buf stylesheet = BUF(BUF_UNLIMITED);
    format_append_stylesheet(&stylesheet, feed);
    struct xml_writer *xml = xml_writer_new(buf);
    xml_document(xml);
    xml_stylesheet(xml, buf_slice(&stylesheet));
    write_root(xml, feed);
    xml_element(xml, "id", feed->id);
    write_text(xml, "title", "text", feed->title);
    if (feed->subtitle.size)
        write_text(xml, "subtitle", "text", feed->subtitle);
    write_date(xml, "updated", feed->updated);
    write_author(xml, format_site_author(site));
    write_documents(xml, feed);
    if (templates->has_pages)
        write_page(xml, feed);
    write_hubs(xml, feed);
    if (feed->archive_finished) {
        xml_open(xml, "fh:archive");
        xml_close(xml);
    }
    xml_element(xml, "generator", SLICE("pindao"));
    xml_element_present(xml, "rights", site->rights);
    xml_element_present(xml, "icon", site->icon);
    xml_element_present(xml, "logo", site->logo);
    for (size_t i = 0; i < feed->entry_count; i++)
        xml_fragment(xml, entries[i]);
    write_tombstones(xml, feed);
    xml_close(xml);
    xml_writer_free(xml);
}

const struct format format_atom = {
    .name = "atom",
    .file_name = "atom.xml",
    .media_type = "application/atom+xml",
    .served_type = "application/xml; charset=utf-8",
    .is_feed = true,
    .label = "Atom",
    .entry = atom_entry,
    .feed = atom_feed,
};
