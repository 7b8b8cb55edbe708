/*
 * JSON Feed 1.1. What it has no word for stands in an object of our own, as the format allows: "_pindao" with the
 * categories' schemes and terms, the source, and the addresses of copies.
 */
#include "base/uri.h"
#include "json/writer.h"
#include "render/formats.h"

enum { ITEM_DEPTH = 2 };

static void write_present(struct json_writer *json, const char *key, struct slice text) {
    if (text.size)
        json_member_text(json, key, text);
}

static void write_address(struct json_writer *json, const char *key, struct slice address) {
    CLEANUP(buf_release) struct buf encoded = BUF(BUF_UNLIMITED);
    uri_append_encoded(&encoded, address);
    write_present(json, key, buf_slice(&encoded));
}

static void write_authors(struct json_writer *json, const struct author *authors, size_t count) {
    if (count == 0)
        return;
    json_key(json, "authors");
    json_open_array(json);
    for (size_t i = 0; i < count; i++) {
        json_open_object(json);
        write_present(json, "name", authors[i].name);
        json_close(json);
    }
    json_close(json);
}

static void write_tags(struct json_writer *json, const struct entry *entry) {
    if (entry->category_count + entry->tag_count == 0)
        return;
    json_key(json, "tags");
    json_open_array(json);
    for (size_t i = 0; i < entry->category_count; i++)
        json_string(json, entry->categories[i].label);
    for (size_t i = 0; i < entry->tag_count; i++)
        json_string(json, entry->tags[i]);
    json_close(json);
}

static void write_attachment(struct json_writer *json, const struct enclosure *enclosure) {
    if (enclosure->url.size == 0)
        return;
    json_key(json, "attachments");
    json_open_array(json);
    json_open_object(json);
    write_address(json, "url", enclosure->url);
    write_present(json, "mime_type", format_enclosure_type(enclosure));
    if (enclosure->length)
        json_member_unsigned(json, "size_in_bytes", enclosure->length);
    json_close(json);
    json_close(json);
}

static void write_categories(struct json_writer *json, const struct entry *entry) {
    if (entry->category_count == 0)
        return;
    json_key(json, "categories");
    json_open_array(json);
    for (size_t i = 0; i < entry->category_count; i++) {
        json_open_object(json);
        write_present(json, "scheme", entry->categories[i].scheme);
        write_present(json, "term", entry->categories[i].term);
        write_present(json, "label", entry->categories[i].label);
        json_close(json);
    }
    json_close(json);
}

/* Other addresses of the same text. */
static void write_related(struct json_writer *json, const struct entry *entry) {
    if (entry->related_count == 0)
        return;
    json_key(json, "related");
    json_open_array(json);
    for (size_t i = 0; i < entry->related_count; i++) {
        CLEANUP(buf_release) struct buf encoded = BUF(BUF_UNLIMITED);
        uri_append_encoded(&encoded, entry->related[i]);
        json_string(json, buf_slice(&encoded));
    }
    json_close(json);
}

static void write_extension(struct json_writer *json, const struct entry *entry) {
    bool has_source = entry->source_name.size || entry->source_url.size;
    if (!has_source && entry->category_count == 0 && entry->related_count == 0)
        return;
    json_key(json, "_pindao");
    json_open_object(json);
    write_categories(json, entry);
    if (has_source) {
        json_key(json, "source");
        json_open_object(json);
        write_present(json, "name", format_source_name(entry));
        write_address(json, "url", entry->source_url);
        json_close(json);
    }
    write_related(json, entry);
    json_close(json);
}

static void write_entry_address(struct json_writer *json, const struct site *site, const struct entry *entry) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    format_append_entry_address(&address, site, entry);
    write_present(json, "url", buf_slice(&address));
}

static void json_feed_entry(const struct templates *templates, const struct entry *entry, bool in_full,
                            struct buf *buf) {
    const struct site *site = templates->site;
    struct json_writer json = json_fragment_writer_on(buf, ITEM_DEPTH);
    json_open_object(&json);
    json_member_text(&json, "id", entry->id);
    write_entry_address(&json, site, entry);
    write_present(&json, "title", entry->title);
    /* One of the two is required. */
    if (in_full && entry->content.size)
        write_present(&json, "content_html", entry->content);
    else
        write_present(&json, "content_text", format_short_text(entry));
    write_present(&json, "summary", entry->summary);
    write_address(&json, "image", entry->image);
    json_member_time(&json, "date_published", entry->published);
    json_member_time(&json, "date_modified", entry->updated);
    write_authors(&json, entry->authors, entry->author_count);
    write_tags(&json, entry);
    write_present(&json, "language", format_entry_language(site, entry));
    write_attachment(&json, &entry->enclosure);
    write_extension(&json, entry);
    json_close(&json);
}

static void write_hubs(struct json_writer *json, const struct site *site) {
    if (site->hub_count == 0)
        return;
    json_key(json, "hubs");
    json_open_array(json);
    for (size_t i = 0; i < site->hub_count; i++) {
        json_open_object(json);
        write_present(json, "type", SLICE("WebSub"));
        write_address(json, "url", site->hubs[i]);
        json_close(json);
    }
    json_close(json);
}

static void json_feed_feed(const struct templates *templates, const struct feed *feed, const struct slice *entries,
                           struct buf *buf) {
    const struct site *site = templates->site;
    struct author author = {format_site_author(site)};
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf home = BUF(BUF_UNLIMITED);
    format_append_address(&address, site, feed->path, format_json_feed.file_name);
    format_append_home(&home, templates, feed->path);
    struct json_writer json = json_writer_on(buf);
    json_open_object(&json);
    json_member_text(&json, "version", SLICE("https://jsonfeed.org/version/1.1"));
    json_member_text(&json, "title", feed->title);
    json_member_text(&json, "home_page_url", buf_slice(&home));
    write_present(&json, "feed_url", buf_slice(&address));
    write_present(&json, "description", feed->subtitle);
    /* The large picture is `icon` here and `logo` there. */
    write_address(&json, "icon", site->logo);
    write_address(&json, "favicon", site->icon);
    write_authors(&json, &author, 1);
    write_present(&json, "language", site->language);
    write_hubs(&json, site);
    json_key(&json, "items");
    json_open_array(&json);
    for (size_t i = 0; i < feed->entry_count; i++)
        json_fragment(&json, entries[i]);
    json_close(&json);
    json_close(&json);
}

const struct format format_json_feed = {
    .name = "json",
    .file_name = "feed.json",
    .media_type = "application/feed+json",
    .served_type = "application/feed+json; charset=utf-8",
    .is_feed = true,
    .label = "JSON Feed",
    .entry = json_feed_entry,
    .feed = json_feed_feed,
};
