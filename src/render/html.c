/* HTML, for people: the page of a channel, and of a part of its archive, that shows how to subscribe and what is new.
 */
#include "render/entry_values.h"
#include "render/formats.h"
#include "render/page_values.h"

/* An item of a list is its summary in any case. */
static void html_entry(const struct templates *templates, const struct entry *entry, bool in_full, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct entry_members members;
    (void)in_full;
    entry_members_begin(&members, templates, entry, &arena);
    const struct mustache_member all[] = {
        {SLICE("entry"), mustache_mapping(members.items, members.count)},
        {SLICE("site"), templates->site_values},
        {SLICE("text"), templates->text_values},
    };
    struct mustache_value data = mustache_mapping(all, ARRAY_LENGTH(all));
    templates_render(templates, TEMPLATE_ITEM, &data, buf);
}

/* Where a file below the channel's path stands in the tree. */
static struct slice path_below(const struct feed *feed, struct slice name, struct arena *arena) {
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    buf_append_slice(&path, slice_from(feed->path, slice_starts_with(feed->path, SLICE("/"))));
    buf_append_slice(&path, name);
    return arena_copy(arena, buf_slice(&path));
}

/* "archive/2026-11.xml" is the page for readers, "archive/2026-11.html" that for people. */
static struct slice archive_path(const struct feed *feed, struct slice page, struct arena *arena) {
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    if (!page.size)
        return page;
    buf_append_slice(&name, slice_range(page, 0, page.size - strlen(".xml")));
    buf_append_string(&name, ".html");
    return path_below(feed, buf_slice(&name), arena);
}

static struct slice channel_name(const struct templates *templates, const struct feed *feed) {
    return feed->name.size ? feed->name : templates->site->title;
}

static struct mustache_value channel_value(const struct templates *templates, const struct feed *feed,
                                           struct arena *arena) {
    struct slice path = page_reference(path_below(feed, SLICE(""), arena));
    return PAGE_MAPPING(arena, {SLICE("title"), mustache_text(channel_name(templates, feed))},
                        {SLICE("subtitle"), mustache_text(feed->subtitle)}, {SLICE("path"), mustache_text(path)});
}

static void add_entries(struct page_values *values, const struct feed *feed, const struct slice *entries) {
    struct arena *arena = &values->arena;
    page_values_add(values, "count", page_number(values->templates, feed->matching, arena));
    page_values_add(values, "shown", page_number(values->templates, feed->entry_count, arena));
    page_values_add(values, "has_more", mustache_boolean(feed->matching > feed->entry_count));
    page_values_add(values, "entries", page_pieces(entries, feed->entry_count, arena));
    page_values_add(values, "is_empty", mustache_boolean(feed->entry_count == 0));
}

/* Where older entries stand. */
static void add_archive(struct page_values *values, const struct feed *feed) {
    struct arena *arena = &values->arena;
    bool has_archive = feed->archive != ARCHIVE_NONE && feed->matching > 0;
    struct slice older_name = {0};
    if (feed->older_page.size)
        older_name = page_period_name(values->templates, feed->archive, feed->older_begin, arena);
    page_values_add_text(values, "older", archive_path(feed, feed->older_page, arena));
    page_values_add_text(values, "older_name", older_name);
    page_values_add_text(values, "archive",
                         has_archive ? path_below(feed, SLICE("archive/"), arena) : (struct slice){0});
}

static void add_qr(struct page_values *values, const struct feed *feed) {
    const struct format *format = page_main_format(values->templates);
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    if (format && !feed->archive_page.size)
        format_append_address(&address, values->templates->site, feed->path, format->file_name);
    page_values_add(values, "qr", page_qr(values->templates, buf_slice(&address), &values->arena));
}

static void html_feed(const struct templates *templates, const struct feed *feed, const struct slice *entries,
                      struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    bool is_head = !feed->archive_page.size;
    struct slice path = path_below(feed, SLICE(""), &arena);
    struct slice period = {0};
    if (!is_head)
        period = page_period_name(templates, feed->archive, feed->archive_begin, &arena);
    const struct page_about about = {
        .path = is_head ? path : archive_path(feed, feed->archive_page, &arena),
        .name = page_joined(channel_name(templates, feed), period, &arena),
        .description = feed->subtitle,
        .has_feeds = is_head,
        .feeds_path = path,
    };
    CLEANUP(page_values_release) struct page_values values = page_values_new(templates, &about);
    page_values_add(&values, "channel", channel_value(templates, feed, &arena));
    page_values_add_text(&values, "period", period);
    add_entries(&values, feed, entries);
    add_archive(&values, feed);
    add_qr(&values, feed);
    page_values_add(&values, "related",
                    page_channel_links(templates, feed->related, feed->related_count, &values.arena));
    page_values_add(&values, "has_related", mustache_boolean(feed->related_count > 0));
    page_values_render(&values, TEMPLATE_CHANNEL, buf);
}

const struct format format_html = {
    .name = "html",
    .file_name = "index.html",
    .media_type = "text/html",
    .served_type = "text/html; charset=utf-8",
    .label = "HTML",
    .entries_most = 100,
    .entry = html_entry,
    .feed = html_feed,
};
