/*
 * recent.json: what /my/ chooses from. Small before all: it is fetched whole, by phones too. So an entry is one line,
 * and says of itself what a list shows; the rest is where it leads.
 */
#include "base/uri.h"
#include "json/writer.h"
#include "render/formats.h"
#include "render/pages.h"
#include "text/sentences.h"

enum { SUMMARY_MOST = 60 /* characters */ };

/* "tag:feeds.example.org,2026:district" → district; NULL where nothing is called so (any more). */
static const struct taxonomy *taxonomy_of(const struct taxonomies *taxonomies, struct slice scheme) {
    struct slice part;
    struct slice last = {0};
    while (slice_take_until(&scheme, ':', &part))
        last = part;
    return taxonomy_find(taxonomies, last);
}

static void write_keys(struct json_writer *json, const struct taxonomies *taxonomies, const struct entry *entry,
                       struct arena *arena) {
    json_key(json, "keys");
    json_open_array(json);
    for (size_t i = 0; i < entry->category_count; i++) {
        const struct taxonomy *taxonomy = taxonomy_of(taxonomies, entry->categories[i].scheme);
        uint16_t term = taxonomy ? taxonomy_find_term(taxonomy, entry->categories[i].term) : TERM_NONE;
        if (term != TERM_NONE)
            json_string(json, choice_key(taxonomies, taxonomy, term, arena));
    }
    json_close(json);
}

void recent_append_entry(const struct templates *templates, const struct entry *entry, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf line = BUF(BUF_UNLIMITED);
    struct slice source = format_source_name(entry);
    struct slice summary = text_summary(entry->summary, SUMMARY_MOST, &arena);
    uri_append_encoded(&address, entry->url.size ? entry->url : entry->page);
    struct json_writer json = json_line_writer_on(&line);
    json_open_object(&json);
    json_member_text(&json, "title", entry->title);
    if (address.size)
        json_member_text(&json, "url", buf_slice(&address));
    json_member_time(&json, "date", entry->published);
    if (source.size)
        json_member_text(&json, "source", source);
    if (summary.size)
        json_member_text(&json, "summary", summary);
    write_keys(&json, &templates->settings->taxonomies, entry, &arena);
    json_close(&json);
    /* Without its line end: it becomes a part of the file. */
    buf_append_slice(buf, slice_trim(buf_slice(&line)));
}

void recent_append_file(const struct templates *templates, const struct slice *entries, size_t count, int64_t updated,
                        bool is_complete, struct buf *buf) {
    (void)templates;
    struct json_writer json = json_writer_on(buf);
    json_open_object(&json);
    if (updated == INT64_MIN) {
        json_key(&json, "updated");
        json_fragment(&json, SLICE("null"));
    } else {
        json_member_time(&json, "updated", updated);
    }
    json_member_unsigned(&json, "days", RECENT_DAYS);
    json_member_boolean(&json, "is_complete", is_complete);
    json_key(&json, "entries");
    json_open_array(&json);
    for (size_t i = 0; i < count; i++)
        json_fragment(&json, entries[i]);
    json_close(&json);
    json_close(&json);
}
