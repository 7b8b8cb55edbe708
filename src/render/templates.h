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
    bool has_pages;  /* html is among the formats */
    bool has_choice; /* some taxonomy has channels of its own: there is something to tick on /my/ */
    struct arena arena;
    struct interface_text text;
    struct mustache_value text_values; /* a mapping: every key of it, for {{text.…}} */
    struct mustache_value site_values; /* a mapping, for {{site.…}} */
    struct mustache_library library;
    const struct mustache_template *all[TEMPLATE_COUNT];
    struct template_asset assets[TEMPLATE_ASSETS];
    struct templates_failure *failure; /* of rendering, in whatever thread */
};

enum {
    /* Tags and texts of a template with those of all partials that it takes in, each as often as it does. */
    TEMPLATES_NODES_MOST = 100000,
    /*
     * Steps of mustache_budget. A page may show a month of 20,000 articles, which takes some millions; what is made for
     * each article must not take long a hundred thousand times.
     */
    TEMPLATES_PAGE_STEPS = 20000000,
    TEMPLATES_ARTICLE_STEPS = 1000000,
    TEMPLATES_BYTES_MOST = 128 << 20,
};

/*
 * Reads and checks everything: mistakes of templates and of text.yaml are all reported, with file, line and column; so
 * is a partial that reaches itself, and what goes deeper or is more than rendering takes. What is left for rendering to
 * find is a template that multiplies its data (templates_take_failure). A name that no data has, and a file that
 * nothing asks for, are warnings. false when there was a mistake; there is then nothing to release. Settings outlive
 * it.
 */
MUST_CHECK bool templates_open(const struct settings *settings, struct diagnostics *diagnostics,
                               struct templates *ret_templates);
void templates_release(struct templates *templates);

/*
 * Appends what the template makes of the data. When that is too much, or was in any earlier call, nothing that may be
 * used: whoever renders needs no check of every call, but one of templates_take_failure before anything is published.
 */
void templates_render(const struct templates *templates, enum template_name name, const struct mustache_value *data,
                      struct buf *buf);

/*
 * Has a rendering failed since templates_open? The first that did is reported, with the tag at which it did; only once.
 * To be asked when no thread renders.
 */
MUST_CHECK bool templates_take_failure(const struct templates *templates, struct diagnostics *diagnostics);

/* The stylesheet of feeds (feed.css): of interface text alone. */
void templates_render_stylesheet(const struct templates *templates, struct buf *buf);

/* The names of all shipped files, for config/: any other file of the user's folder must be a partial (*.html). */
const char *const *templates_shipped_names(size_t *ret_count);
/* Of their bytes: a program with other ones makes other pages. */
uint64_t templates_shipped_hash(void);

#endif
