#include "json/writer.h"
#include "render/content.h"
#include "render/entry_values.h"
#include "render/formats.h"
#include "render/headings.h"
#include "render/page_values.h"
#include "render/pages.h"

/* --- what search engines read ------------------------------------------------------------------------------------ */

static void write_present(struct json_writer *json, const char *key, struct slice text) {
    if (text.size)
        json_member_text(json, key, text);
}

static void write_named(struct json_writer *json, const char *type, struct slice name, struct slice logo) {
    json_open_object(json);
    json_member_text(json, "@type", slice_of(type));
    json_member_text(json, "name", name);
    write_present(json, "logo", logo);
    json_close(json);
}

static void write_authors(struct json_writer *json, const struct site *site, const struct entry *entry) {
    bool has_any = false;
    for (size_t i = 0; i < entry->author_count; i++) {
        if (!entry_is_by(site, &entry->authors[i]))
            continue;
        if (!has_any) {
            json_key(json, "author");
            json_open_array(json);
        }
        has_any = true;
        write_named(json, "Person", entry->authors[i].name, (struct slice){0});
    }
    if (has_any)
        json_close(json);
}

/* schema.org's NewsArticle. */
static void write_article(struct json_writer *json, const struct templates *templates, const struct entry *entry,
                          struct arena *arena) {
    const struct site *site = templates->site;
    json_open_object(json);
    json_member_text(json, "@context", SLICE("https://schema.org"));
    json_member_text(json, "@type", SLICE("NewsArticle"));
    json_member_text(json, "headline", entry->title);
    json_member_time(json, "datePublished", entry->published);
    json_member_time(json, "dateModified", entry->updated);
    write_authors(json, site, entry);
    json_key(json, "publisher");
    write_named(json, "Organization", site->title, page_web_address(site->logo, arena));
    write_present(json, "inLanguage", entry->language.size ? entry->language : site->language);
    write_present(json, "image", page_web_address(entry->image, arena));
    json_member_text(json, "mainEntityOfPage", page_address(templates, entry->page, arena));
    write_present(json, "description", entry->summary);
    json_close(json);
}

static struct mustache_value json_ld_value(const struct templates *templates, const struct entry *entry,
                                           struct arena *arena) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    struct json_writer json = json_line_writer_on(&text);
    write_article(&json, templates, entry, arena);
    return page_data_script(" type=\"application/ld+json\"", buf_slice(&text), arena);
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

/* The channels of its labels, each with the feed to take. */
static struct mustache_value channels_value(const struct templates *templates, const struct entry *entry,
                                            struct arena *arena) {
    const struct format *format = page_main_format(templates);
    struct mustache_value *items = arena_new_array(arena, entry->category_count, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < entry->category_count; i++) {
        const struct category *category = &entry->categories[i];
        CLEANUP(buf_release) struct buf feed = BUF(BUF_UNLIMITED);
        if (!category->path.size)
            continue;
        if (format) {
            buf_append_slice(&feed, category->path);
            buf_append_string(&feed, format->file_name);
        }
        items[count++] = PAGE_MAPPING(arena, {SLICE("title"), mustache_text(category->label)},
                                      {SLICE("path"), mustache_text(category->path)},
                                      {SLICE("feed"), mustache_text(arena_copy(arena, buf_slice(&feed)))});
    }
    return mustache_list(items, count);
}

void page_render_article(const struct templates *templates, const struct entry *entry, struct buf *buf) {
    const struct page_about about = {
        .path = entry->page,
        .name = entry->title,
        .description = entry->summary,
        .image = entry->image,
        .is_article = true,
    };
    CLEANUP(buf_release) struct buf content = BUF(BUF_UNLIMITED);
    CLEANUP(page_values_release) struct page_values values = page_values_new(templates, &about);
    struct entry_members members;
    entry_members_begin(&members, templates, entry, &values.arena);
    entry_members_add_details(&members, templates, entry, &values.arena);
    page_values_add(&values, "entry", mustache_mapping(members.items, members.count));
    headings_append_in_order(entry->body, &content);
    page_values_add(&values, "content", mustache_html(buf_slice(&content)));
    page_values_add(&values, "shows_image", mustache_boolean(content_wants_image(entry)));
    page_values_add(&values, "json_ld", json_ld_value(templates, entry, &values.arena));
    page_values_add_text(&values, "original", page_web_address(entry->url, &values.arena));
    struct mustache_value channels = channels_value(templates, entry, &values.arena);
    page_values_add(&values, "channels", channels);
    page_values_add(&values, "has_channels", mustache_boolean(channels.list.count > 0));
    page_values_render(&values, TEMPLATE_ARTICLE, buf);
}
