#include "render/format.h"

#include "base/uri.h"
#include "render/formats.h"

static const struct format *const formats[] = {&format_atom, &format_rss, &format_json_feed, &format_html};

const struct format *format_find(struct slice name) {
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
        if (slice_equal(name, slice_of(formats[i]->name)))
            return formats[i];
    return NULL;
}

const char *const *format_names(size_t *ret_count) {
    static const char *const names[] = {"atom", "rss", "json", "html"};
    _Static_assert(ARRAY_LENGTH(names) == ARRAY_LENGTH(formats), "a name for each row");
    *ret_count = ARRAY_LENGTH(names);
    return names;
}

void format_append_address(struct buf *buf, const struct site *site, struct slice path, const char *file_name) {
    /* The site's address ends with the slash that the path begins with. */
    if (slice_starts_with(path, SLICE("/")) && slice_ends_with(site->url, SLICE("/")))
        path = slice_from(path, 1);
    uri_append_encoded(buf, site->url);
    uri_append_encoded(buf, path);
    buf_append_string(buf, file_name);
}

void format_append_entry_address(struct buf *buf, const struct site *site, const struct entry *entry) {
    if (entry->url.size)
        uri_append_encoded(buf, entry->url);
    else if (entry->page.size)
        format_append_address(buf, site, entry->page, "");
}

void format_append_home(struct buf *buf, const struct templates *templates, struct slice path) {
    format_append_address(buf, templates->site, templates->has_pages ? path : (struct slice){0}, "");
}

void format_append_stylesheet(struct buf *buf, const struct feed *feed) {
    size_t folders = slice_count_byte(slice_from(feed->path, 1), '/') + slice_count_byte(feed->archive_page, '/');
    for (size_t i = 0; i < folders; i++)
        buf_append_string(buf, "../");
    buf_append_string(buf, "feed.css");
}

struct slice format_enclosure_type(const struct enclosure *enclosure) {
    return enclosure->type.size ? enclosure->type : SLICE("application/octet-stream");
}

struct slice format_short_text(const struct entry *entry) {
    return entry->summary.size ? entry->summary : entry->title;
}

struct slice format_site_author(const struct site *site) {
    return site->author.size ? site->author : site->title;
}

struct slice format_entry_language(const struct site *site, const struct entry *entry) {
    return slice_equal_ignoring_case(site->language, entry->language) ? (struct slice){NULL, 0} : entry->language;
}

struct slice format_source_name(const struct entry *entry) {
    return entry->source_name.size ? entry->source_name : entry->source_url;
}
