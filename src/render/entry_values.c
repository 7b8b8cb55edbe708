#include "render/entry_values.h"

#include "base/date.h"
#include "render/formats.h"
#include "render/page_values.h"

#include <assert.h>

static void add(struct entry_members *members, struct slice name, struct mustache_value value) {
    assert(members->count < ENTRY_MEMBERS_MOST);
    members->items[members->count++] = (struct mustache_member){name, value};
}

void entry_append_size(struct buf *buf, uint64_t bytes) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    size_t unit = 0;
    uint64_t tenths = 0;
    for (; bytes >= 1000; bytes /= 1000, unit++)
        tenths = bytes % 1000 / 100;
    if (unit == 0 && bytes == 0)
        return;
    buf_append_unsigned(buf, bytes);
    if (unit && bytes < 10)
        buf_append_format(buf, ".%u", (unsigned)tenths);
    buf_append_format(buf, " %s", units[unit]);
}

static struct mustache_value source_value(const struct entry *entry, struct arena *arena) {
    if (!entry->source_name.size && !entry->source_url.size)
        return (struct mustache_value){0};
    return PAGE_MAPPING(arena, {SLICE("name"), mustache_text(format_source_name(entry))},
                        {SLICE("address"), mustache_text(page_web_address(entry->source_url, arena))});
}

static struct mustache_value enclosure_value(const struct enclosure *enclosure, struct arena *arena) {
    struct slice address = page_web_address(enclosure->url, arena);
    struct slice type = format_enclosure_type(enclosure);
    CLEANUP(buf_release) struct buf size = BUF(64);
    if (!address.size)
        return (struct mustache_value){0};
    entry_append_size(&size, enclosure->length);
    return PAGE_MAPPING(arena, {SLICE("address"), mustache_text(address)}, {SLICE("type"), mustache_text(type)},
                        {SLICE("is_audio"), mustache_boolean(slice_starts_with(type, SLICE("audio/")))},
                        {SLICE("is_video"), mustache_boolean(slice_starts_with(type, SLICE("video/")))},
                        {SLICE("size"), mustache_text(arena_copy(arena, buf_slice(&size)))});
}

/* The last part of "tag:feeds.example.org,2026:district". */
static struct slice taxonomy_of(struct slice scheme) {
    size_t begin = scheme.size;
    while (begin > 0 && scheme.data[begin - 1] != ':')
        begin--;
    return slice_from(scheme, begin);
}

static struct mustache_value labels_value(const struct entry *entry, struct arena *arena) {
    struct mustache_value *items = arena_new_array(arena, entry->category_count, sizeof *items);
    for (size_t i = 0; i < entry->category_count; i++) {
        const struct category *category = &entry->categories[i];
        items[i] =
            PAGE_MAPPING(arena, {SLICE("label"), mustache_text(category->label)},
                         {SLICE("path"), mustache_text(category->path)}, {SLICE("term"), mustache_text(category->term)},
                         {SLICE("taxonomy"), mustache_text(taxonomy_of(category->scheme))});
    }
    return mustache_list(items, entry->category_count);
}

static struct mustache_value tags_value(const struct entry *entry, struct arena *arena) {
    struct mustache_value *items = arena_new_array(arena, entry->tag_count, sizeof *items);
    for (size_t i = 0; i < entry->tag_count; i++)
        items[i] = mustache_text(entry->tags[i]);
    return mustache_list(items, entry->tag_count);
}

void entry_members_begin(struct entry_members *members, const struct templates *templates, const struct entry *entry,
                         struct arena *arena) {
    bool is_own_page = !entry->url.size && entry->page.size;
    struct slice address = is_own_page ? entry->page : page_web_address(entry->url, arena);
    members->count = 0;
    add(members, SLICE("title"), mustache_text(entry->title));
    add(members, SLICE("address"), mustache_text(address));
    add(members, SLICE("is_own_page"), mustache_boolean(is_own_page));
    add(members, SLICE("id"), mustache_text(entry->id));
    add(members, SLICE("date"), page_date(templates, entry->published, arena));
    add(members, SLICE("source"), source_value(entry, arena));
    add(members, SLICE("labels"), labels_value(entry, arena));
    add(members, SLICE("has_labels"), mustache_boolean(entry->category_count > 0));
    add(members, SLICE("tags"), tags_value(entry, arena));
    add(members, SLICE("summary"), mustache_text(entry->summary));
    add(members, SLICE("language"), mustache_text(format_entry_language(templates->site, entry)));
    add(members, SLICE("image"), mustache_text(page_web_address(entry->image, arena)));
    add(members, SLICE("enclosure"), enclosure_value(&entry->enclosure, arena));
    add(members, SLICE("is_withdrawn"), mustache_boolean(entry->is_withdrawn));
}

static bool is_one_day(int64_t a, int64_t b) {
    CLEANUP(buf_release) struct buf one = BUF(64);
    CLEANUP(buf_release) struct buf other = BUF(64);
    date_append_day(&one, a);
    date_append_day(&other, b);
    return slice_equal(buf_slice(&one), buf_slice(&other));
}

bool entry_is_by(const struct site *site, const struct author *author) {
    return author->name.size && !slice_equal(author->name, format_site_author(site));
}

static struct mustache_value authors_value(const struct templates *templates, const struct entry *entry,
                                           struct arena *arena) {
    struct mustache_value *items = arena_new_array(arena, entry->author_count, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < entry->author_count; i++)
        if (entry_is_by(templates->site, &entry->authors[i]))
            items[count++] = mustache_text(entry->authors[i].name);
    return mustache_list(items, count);
}

static struct mustache_value related_value(const struct entry *entry, struct arena *arena) {
    struct mustache_value *items = arena_new_array(arena, entry->related_count, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < entry->related_count; i++) {
        struct slice address = page_web_address(entry->related[i], arena);
        if (address.size)
            items[count++] = mustache_text(address);
    }
    return mustache_list(items, count);
}

void entry_members_add_details(struct entry_members *members, const struct templates *templates,
                               const struct entry *entry, struct arena *arena) {
    add(members, SLICE("authors"), authors_value(templates, entry, arena));
    struct mustache_value related = related_value(entry, arena);
    add(members, SLICE("related"), related);
    add(members, SLICE("has_related"), mustache_boolean(related.list.count > 0));
    add(members, SLICE("updated"),
        is_one_day(entry->published, entry->updated) ? (struct mustache_value){0}
                                                     : page_date(templates, entry->updated, arena));
}
