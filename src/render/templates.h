#ifndef PINDAO_RENDER_TEMPLATES_H
#define PINDAO_RENDER_TEMPLATES_H

#include "model/settings.h"
#include "render/interface_text.h"
#include "render/mustache.h"

/*
 * What pages and contents are drawn from: the shipped templates, of which the user's take the place file by file
 * (doc/templates.md), and the interface text in the site's language. All of it is read and found good before anything
 * is rendered; afterwards it is const, and any number of threads render from it.
 *
 * The shipped ones are built into the program, so that it works wherever its binary stands.
 */
enum template_name {
    TEMPLATE_INDEX,
    TEMPLATE_CHANNEL,
    TEMPLATE_ARCHIVE,
    TEMPLATE_ARTICLE,
    TEMPLATE_WITHDRAWN,
    TEMPLATE_MY,
    TEMPLATE_ITEM,
    TEMPLATE_ENTRY,
    TEMPLATE_FEED_STYLESHEET, /* feed.css */
    TEMPLATE_COUNT,
};

/* A file that is put into the tree as it is: style.css, my.js, page.js, favicon.svg. */
struct template_asset {
    const char *name; /* its path in the tree, too */
    const char *type; /* "text/css; charset=utf-8" */
    struct slice bytes;
};
enum { TEMPLATE_ASSETS = 4 };

struct templates {
    const struct site *site;
    const struct settings *settings;
    bool has_pages; /* html is among the formats */
    struct arena arena;
    struct interface_text text;
    struct mustache_value text_values; /* a mapping: every key of it, for {{text.…}} */
    struct mustache_value site_values; /* a mapping, for {{site.…}} */
    struct mustache_library library;
    const struct mustache_template *all[TEMPLATE_COUNT];
    struct template_asset assets[TEMPLATE_ASSETS];
};

/*
 * Reads and checks everything: mistakes of templates and of text.yaml are all reported, with file, line and column; so
 * is a partial that reaches itself, and what goes deeper than rendering does. So rendering cannot fail. A name that no
 * data has, and a file that nothing asks for, are warnings. false when there was a mistake; there is then nothing to
 * release. Settings outlive it.
 */
MUST_CHECK bool templates_open(const struct settings *settings, struct diagnostics *diagnostics,
                               struct templates *ret_templates);
void templates_release(struct templates *templates);

/* Appends what the template makes of the data. */
void templates_render(const struct templates *templates, enum template_name name, const struct mustache_value *data,
                      struct buf *buf);

/* The stylesheet of feeds (feed.css): of interface text alone. */
void templates_render_stylesheet(const struct templates *templates, struct buf *buf);

/* The names of all shipped files, for config/: any other file of the user's folder must be a partial (*.html). */
const char *const *templates_shipped_names(size_t *ret_count);
/* Of their bytes: a program with other ones makes other pages. */
uint64_t templates_shipped_hash(void);

#endif
