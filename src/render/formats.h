#ifndef PINDAO_RENDER_FORMATS_H
#define PINDAO_RENDER_FORMATS_H

#include "render/format.h"

/* The rows of format.c's table, one a file; for src/render only. */
extern const struct format format_atom;
extern const struct format format_rss;
extern const struct format format_json_feed;
extern const struct format format_html;

/*
 * What is said in words of their own by each format, decided once. Addresses go out percent-encoded: what an
 * article has may hold blanks and Han characters, and not every reader takes an IRI.
 */
struct slice format_enclosure_type(const struct enclosure *enclosure); /* application/octet-stream when unknown */
/* What an entry without content shows: its summary, or its title where rights allow no more. */
struct slice format_short_text(const struct entry *entry);
/* Where the entry can be read: its own address, else that of its page, as it goes out. Nothing where it has neither. */
void format_append_entry_address(struct buf *buf, const struct site *site, const struct entry *entry);
/* What people look at instead of a channel's feeds: its page; the site's address where there are no pages. */
void format_append_home(struct buf *buf, const struct templates *templates, struct slice path);
/*
 * Of feed.css, seen from a feed of the channel with this path, or from a page of its archive: "../../feed.css". A
 * reference within the tree, which works under any path.
 */
void format_append_stylesheet(struct buf *buf, const struct feed *feed);
/* The site's author; its title where it names none, for Atom wants one. */
struct slice format_site_author(const struct site *site);
/* Empty where the entry is in the site's language. */
struct slice format_entry_language(const struct site *site, const struct entry *entry);
/* Whom the entry is from; its address where it has no name. */
struct slice format_source_name(const struct entry *entry);

#endif
