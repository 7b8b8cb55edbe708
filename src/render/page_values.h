#ifndef PINDAO_RENDER_PAGE_VALUES_H
#define PINDAO_RENDER_PAGE_VALUES_H

#include "base/arena.h"
#include "base/vec.h"
#include "model/feed.h"
#include "render/format.h"

/*
 * The data of a page, gathered member by member: first what all pages have (doc/templates.md), then what only this one
 * shows. Text is escaped by the template; as HTML goes only what is made here.
 *
 *     struct page_values values = page_values_new(templates, &(struct page_about){.path = path, .name = name});
 *     page_values_add(&values, "count", page_number(templates, count, &values.arena));
 *     page_values_render(&values, TEMPLATE_CHANNEL, buf);
 *     page_values_release(&values);
 */
struct page_values {
    const struct templates *templates;
    struct arena arena; /* of whatever the values point to that nobody else has */
    VEC(struct mustache_member) members;
};

/* Paths are of the tree, without a slash in front: "" is its top. */
struct page_about {
    struct slice path;        /* "putuo/ic/", "putuo/archive/2026-11.html" */
    struct slice name;        /* of its heading */
    struct slice title;       /* of its window; empty: the name, then the site's title */
    struct slice description; /* plain text; may be empty */
    struct slice image;       /* absolute address; may be empty */
    bool is_article;
    bool noindex;
    bool has_feeds;          /* of the channel that it is the page of, … */
    struct slice feeds_path; /* … which is this one */
};

/* What `about` points to, and all that is added, must last until the page is rendered. */
struct page_values page_values_new(const struct templates *templates, const struct page_about *about);
void page_values_add(struct page_values *values, const char *name, struct mustache_value value);
void page_values_add_text(struct page_values *values, const char *name, struct slice text);
/* Appends what the template makes of it. */
void page_values_render(const struct page_values *values, enum template_name name, struct buf *buf);
void page_values_release(struct page_values *values);

/* --- values that are more than a text; what they point to that is new is in the arena -------------------------- */

/* A mapping of the members in braces: PAGE_MAPPING(arena, {SLICE("path"), path}, {SLICE("count"), count}). */
#define PAGE_MAPPING(arena, ...)                                                                                       \
    page_mapping(arena, (const struct mustache_member[]){__VA_ARGS__},                                                 \
                 sizeof((const struct mustache_member[]){__VA_ARGS__}) / sizeof(struct mustache_member))
struct mustache_value page_mapping(struct arena *arena, const struct mustache_member *members, size_t count);
/* {iso, text}, in the site's zone. */
struct mustache_value page_date(const struct templates *templates, int64_t seconds, struct arena *arena);
/* "1,234", with what the site's language puts between thousands. */
struct mustache_value page_number(const struct templates *templates, size_t number, struct arena *arena);
/* [{title, path, count}] */
struct mustache_value page_channel_links(const struct templates *templates, const struct channel_link *links,
                                         size_t count, struct arena *arena);
/* HTML that is there already, one piece an item; without the line end that a piece has from its template. */
struct mustache_value page_pieces(const struct slice *pieces, size_t count, struct arena *arena);
/* A QR code of the address, as inline SVG with a label; empty when no code holds that much. */
struct mustache_value page_qr(const struct templates *templates, struct slice address, struct arena *arena);

/*
 * JSON as a script element that nothing runs, with these attributes (" type=\"application/json\""): no "<" is left in
 * it that could end the element.
 */
struct mustache_value page_data_script(const char *attributes, struct slice json, struct arena *arena);

/* --- texts ------------------------------------------------------------------------------------------------------ */

/* As a reference to it, seen from the top of the tree: never empty, so that templates can ask whether there is one. */
struct slice page_reference(struct slice path);
/* The absolute address of a path of the tree. */
struct slice page_address(const struct templates *templates, struct slice path, struct arena *arena);
/* An address of anybody's, percent-encoded; empty where it is none of the web: nothing else may be led to. */
struct slice page_web_address(struct slice address, struct arena *arena);
/* Interface text of a period of an archive: "2026年11月". */
struct slice page_period_name(const struct templates *templates, enum archive_period period, int64_t seconds,
                              struct arena *arena);
/* "普陀区 · 2026年10月"; only what is not empty. */
struct slice page_joined(struct slice first, struct slice second, struct arena *arena);
/* "feeds.opml", or empty where none is made. */
struct slice page_opml_path(const struct templates *templates);
/* The feed of each channel that people are told to take: Atom, else the first; NULL where there is none. */
const struct format *page_main_format(const struct templates *templates);

#endif
