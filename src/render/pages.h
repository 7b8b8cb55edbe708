#ifndef PINDAO_RENDER_PAGES_H
#define PINDAO_RENDER_PAGES_H

#include "model/page.h"
#include "render/templates.h"

/*
 * The pages for people (doc/templates.md says what their templates are given), and the small files that hosts and
 * search engines want beside them. The page of a channel, and of a part of its archive, is the format html
 * (render/format.h). All append to `buf`, and none can fail: templates have been checked.
 *
 * Every reference within the tree is relative to its top, by <base>, so that the tree works under any path.
 */

/* `entries`: items (format html's entry), newest first, at most HOME_ENTRIES_MOST. */
enum { HOME_ENTRIES_MOST = 30 };
void page_render_home(const struct templates *templates, const struct home_page *page, const struct slice *entries,
                      size_t count, struct buf *buf);
void page_render_archive(const struct templates *templates, const struct archive_page *page, struct buf *buf);
/* entry->page is its path; entry->content what content_render made. Its labels' channels are offered. */
void page_render_article(const struct templates *templates, const struct entry *entry, struct buf *buf);
void page_render_withdrawn(const struct templates *templates, const struct withdrawn_page *page, struct buf *buf);
void page_render_choice(const struct templates *templates, const struct choice_page *page, struct buf *buf);

/* --- recent.json, which /my/ reads --------------------------------------------------------------------------- */

enum { RECENT_DAYS = 30, RECENT_ENTRIES_MOST = 1000 };
/* One entry as a piece of it: its keys are choice_key's, looked for by scheme and term. */
void recent_append_entry(const struct templates *templates, const struct entry *entry, struct buf *buf);
/* `updated`: the newest date; INT64_MIN for none. */
void recent_append_file(const struct templates *templates, const struct slice *entries, size_t count, int64_t updated,
                        bool is_complete, struct buf *buf);

/* --- for hosts and search engines ----------------------------------------------------------------------------- */

void robots_render(const struct templates *templates, struct buf *buf);
/*
 * sitemaps.org 0.9. One file has at most SITEMAP_LINKS_MOST addresses; where there are more, sitemap.xml is the index
 * of sitemap-1.xml and so on: file number 0 is sitemap.xml. sitemap_file_count says how many there are in all.
 */
enum { SITEMAP_LINKS_MOST = 50000 };
size_t sitemap_file_count(size_t link_count);
void sitemap_append_name(size_t number, struct buf *name);
void sitemap_render(const struct templates *templates, const struct page_link *links, size_t count, size_t number,
                    struct buf *buf);
/* The rules of _headers for all files: Content-Security-Policy and its like; stands before those of feeds. */
void headers_append_pages(const struct templates *templates, struct buf *buf);
/* The Content-Security-Policy, for <meta> and _headers alike. */
struct slice page_policy(void);

#endif
