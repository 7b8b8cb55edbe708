#ifndef PINDAO_RENDER_FORMAT_H
#define PINDAO_RENDER_FORMAT_H

#include "base/buf.h"
#include "model/feed.h"
#include "render/templates.h"

/*
 * The formats in which a channel is written. To add one: one file render/NAME.c with a `struct format`, a row in the
 * table of render/format.c, its check in check/, a paragraph in pindao(1), golden cases. Formats know nothing of each
 * other. All but html are feeds; html is the channel's page, which people look at.
 *
 * An entry's rendering does not depend on its channel, so it is rendered once (twice where some channel shows only its
 * summary) and put into every feed as it is.
 */
struct format {
    const char *name;       /* "atom", as in output.formats */
    const char *file_name;  /* "atom.xml" */
    const char *media_type; /* "application/atom+xml": what links to it say, and nothing else */
    /*
     * As what hosts are to serve it: "application/xml; charset=utf-8". Browsers show what is called
     * application/atom+xml as plain text, whatever its stylesheet.
     */
    const char *served_type;
    const char *label;   /* "Atom", for people */
    bool is_feed;        /* readers subscribe to it: it is checked, counted by guards, told to hubs */
    size_t entries_most; /* of the head; 0: all. No entry of a page in full */
    /* One entry as a piece of a feed; `in_full` false: its summary only. */
    void (*entry)(const struct templates *templates, const struct entry *entry, bool in_full, struct buf *buf);
    /* A whole feed around the pieces. */
    void (*feed)(const struct templates *templates, const struct feed *feed, const struct slice *entries,
                 struct buf *buf);
};

const struct format *format_find(struct slice name);
const char *const *format_names(size_t *ret_count);

/* Addresses of a channel's files: site.url + path + file name. */
void format_append_address(struct buf *buf, const struct site *site, struct slice path, const char *file_name);

/* OPML 2.0 of the Atom feeds of channels: one level of untyped folders. */
struct opml_channel {
    struct slice folder; /* label of its folder; empty: at the top */
    struct slice title;
    struct slice subtitle;
    struct slice path;
};
void opml_render(const struct templates *templates, const struct opml_channel *channels, size_t count, int64_t updated,
                 struct buf *buf);

/*
 * The rule of one feed in _headers, a file of the tree that Netlify, Cloudflare Pages and others read: its path and,
 * indented, the header that leads to its hubs and itself (WebSub, 4). A rule a feed, because not every host puts what a
 * wildcard stands for into a header's value; the feeds say it themselves, so that a host that takes a hundred rules
 * loses nothing.
 */
void headers_append_feed(const struct site *site, struct slice path, const char *file_name, struct buf *buf);

#endif
