#ifndef PINDAO_RENDER_MUSTACHE_H
#define PINDAO_RENDER_MUSTACHE_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "diag/diag.h"

/*
 * Mustache, for the pages and the entries' content (DESIGN.md, section 6): comments, set delimiters, interpolation,
 * sections, inverted sections and partials as the specification has them (tests/mustache); none of its optional
 * modules.
 *
 * A library reads each template once, with the partials that it reaches. After that nothing changes it, so that any
 * number of threads render from it, each into a buffer and a collector of its own.
 *
 * What data holds is never read as a template. A name that the data does not have renders as nothing; mustache_names
 * lets somebody who knows the data find such names before.
 */

/* --- data --------------------------------------------------------------------------------------------------- */

enum mustache_kind {
    MUSTACHE_NOTHING, /* a zeroed value: false, renders as nothing, but found: outer contexts are not asked */
    MUSTACHE_BOOLEAN, /* renders as true or false */
    MUSTACHE_TEXT,    /* escaped where it is interpolated; false when empty */
    MUSTACHE_HTML,    /* the same, but never escaped: must be HTML that can be trusted */
    MUSTACHE_NUMBER,  /* text that needs no escaping; false when empty or "0" */
    MUSTACHE_LIST,    /* false when empty; renders as nothing but in a section */
    MUSTACHE_LAZY,    /* a list whose items are made as they are wanted */
    MUSTACHE_MAPPING, /* true, also when empty; renders as nothing itself */
};

/* All of it is borrowed and must last until the rendering has ended. */
struct mustache_value {
    enum mustache_kind kind;
    union {
        bool truth;
        struct slice text; /* of TEXT, HTML and NUMBER */
        struct {
            const struct mustache_value *items;
            size_t count;
        } list;
        struct {
            const struct mustache_member *members; /* of two with one name the first counts */
            size_t count;
        } mapping;
        struct {
            /*
             * Makes item number `index`; false when there is none, which ends the list. It is asked in order from 0
             * on, anew for each section over the list (an inverted one asks for the first only), by whatever thread
             * renders. `arena` lives until the next item is wanted; what the item points to may be in it.
             */
            bool (*item)(const void *context, size_t index, struct arena *arena, struct mustache_value *ret_item);
            const void *context;
        } lazy;
    };
};

struct mustache_member {
    struct slice name; /* without dots: {{a.b}} is the member b of the member a, never a member called a.b */
    struct mustache_value value;
};

struct mustache_value mustache_boolean(bool truth);
struct mustache_value mustache_text(struct slice text);
struct mustache_value mustache_html(struct slice html);
struct mustache_value mustache_number(struct slice text);
struct mustache_value mustache_list(const struct mustache_value *items, size_t count);
struct mustache_value mustache_mapping(const struct mustache_member *members, size_t count);

/* --- templates ---------------------------------------------------------------------------------------------- */

struct mustache_source {
    struct slice file; /* for messages */
    struct slice text; /* UTF-8; a BOM at its beginning is passed over */
};

enum mustache_loaded {
    MUSTACHE_LOADED,
    MUSTACHE_ABSENT, /* no template has this name */
    MUSTACHE_FAILED, /* it has, but it cannot be had; the loader has reported why */
};

/*
 * Where templates come from, and the one place that knows which file overrides which. `name` is whatever stands in the
 * tag, "../x" too: a loader that opens files takes only names that it knows. What it returns must last as long as the
 * library; it may be put into `arena`. Asked once for each name.
 */
struct mustache_loader {
    enum mustache_loaded (*load)(void *context, struct slice name, struct arena *arena, struct diagnostics *diagnostics,
                                 struct mustache_source *ret_source);
    void *context;
    bool absent_is_empty; /* a partial that is absent renders as nothing, as the specification has it, unreported */
};

/* Born with `{.loader = …}`. Filled by one thread, before others render. */
struct mustache_template;
struct mustache_library {
    struct mustache_loader loader;
    struct arena arena;
    struct map numbers; /* name → number in templates */
    VEC(struct mustache_template *) templates;
};

/*
 * The template of this name, ready to be rendered; owned by the library. NULL when it, or a partial that it reaches, is
 * absent or has a mistake. Each mistake was reported when its template was first read: file, line and column of the
 * tag, and the line itself.
 */
MUST_CHECK const struct mustache_template *mustache_find(struct mustache_library *library, struct slice name,
                                                         struct diagnostics *diagnostics);
void mustache_library_release(struct mustache_library *library);

/* A name that a template asks the data for, whole ("site.title"); "." is not one. */
struct mustache_name {
    struct slice name;
    struct place place;
};
typedef void mustache_visit(void *context, const struct mustache_name *name);
/* Every use of a name in the template, then in the partials that it reaches, each once; in their order. */
void mustache_names(const struct mustache_library *library, const struct mustache_template *template,
                    mustache_visit *visit, void *context);

/* --- rendering ---------------------------------------------------------------------------------------------- */

enum {
    MUSTACHE_SECTIONS_MOST = 64, /* sections within each other in one template */
    MUSTACHE_DEPTH_MOST = 256,   /* sections and partials within each other while rendering: partials may recur */
};

/*
 * What a rendering may take: sections within sections and partials beside each other make 30^9 or 2^40 of a few lines.
 * A step is a node that is rendered, a context in which a name is looked for, an item of a list; making one of a lazy
 * list is MUSTACHE_LAZY_STEPS of them.
 */
struct mustache_budget {
    size_t steps;
    size_t bytes;
};
enum { MUSTACHE_LAZY_STEPS = 100 };

/*
 * Appends. false when partials went too deep or the budget ran out, which is reported at the tag that was rendered
 * then; what is in `buf` is of no use, and at most one text or value longer than the budget. A buffer that has met its
 * ceiling ends the rendering early and says so itself.
 */
MUST_CHECK bool mustache_render(const struct mustache_template *template, const struct mustache_value *data,
                                struct mustache_budget budget, struct diagnostics *diagnostics, struct buf *buf);

/* Text as {{name}} writes it, for whoever makes a value of MUSTACHE_HTML around it. Appends. */
void mustache_append_escaped(struct buf *buf, struct slice text);

#endif
