#ifndef PINDAO_RENDER_MUSTACHE_PARTS_H
#define PINDAO_RENDER_MUSTACHE_PARTS_H

#include "render/mustache.h"

/* What the files of mustache_*.c share: a template as it is kept between reading and rendering. */

enum mustache_node_kind {
    NODE_TEXT,
    NODE_ESCAPED, /* {{name}} */
    NODE_RAW,     /* {{{name}}}, {{&name}} */
    NODE_SECTION,
    NODE_INVERTED,
    NODE_PARTIAL,
};

/*
 * Nodes stand in one array in the order of the template; a section's are those behind it up to `end`. Standalone lines
 * and what they take with them are gone already.
 */
struct mustache_node {
    enum mustache_node_kind kind;
    /*
     * Of text: it stands at the beginning of a line that is no standalone one, so that a partial's indentation goes
     * before it. A line that begins with a tag has an empty text for that.
     */
    bool begins_line;
    unsigned line; /* of the tag */
    unsigned column;
    struct slice text;         /* of text; of a tag its name */
    const struct slice *parts; /* of the name, at its dots; none of "." */
    size_t part_count;
    size_t end;                              /* of a section: the first node behind it */
    const struct mustache_template *partial; /* NULL: renders as nothing */
    bool standalone;                         /* of a partial: `indentation` goes before each of its lines */
    struct slice indentation;
};

struct mustache_template {
    struct slice name;
    struct mustache_source source;
    size_t number; /* in library.templates */
    enum mustache_loaded loaded;
    bool good; /* no mistake in itself */
    const struct mustache_node *nodes;
    size_t count;
};

/* What a partial's tag refers to: from the library, asking the loader where the name is new. Never NULL. */
struct mustache_template *mustache_refer(struct mustache_library *library, struct slice name,
                                         struct diagnostics *diagnostics);

/* Reads template->source into nodes and sets `good`; all mistakes are reported. Partials are referred to, not read. */
void mustache_parse(struct mustache_library *library, struct mustache_template *template,
                    struct diagnostics *diagnostics);

#endif
