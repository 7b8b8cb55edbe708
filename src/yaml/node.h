#ifndef PINDAO_YAML_NODE_H
#define PINDAO_YAML_NODE_H

#include "base/arena.h"
#include "diag/diag.h"

/*
 * YAML as a tree of nodes that know their place: configuration, rules and front matter. Scalars are never typed: `no`,
 * `5G` and `12345` stay the text they are; who wants a number parses it.
 *
 * Refused, each with its place: input over 1 MiB, more than 32 levels, anchors, aliases, tags, several documents,
 * duplicate keys, keys that are no scalars. Everything lives in the arena; the source text is not needed afterwards
 * (lines for excerpts are copied).
 */
enum node_kind {
    NODE_SCALAR,
    NODE_LIST,
    NODE_MAPPING,
};

enum { NODE_SOURCE_MOST = 1 << 20 /* bytes */, NODE_LEVELS_MOST = 32 };

struct node {
    enum node_kind kind;
    struct place place; /* of its first character */
    struct slice line;  /* the source line it starts on, for excerpts */
    struct slice text;  /* scalar: its value */
    bool quoted;        /* scalar: written in quotes or as a block */
    struct node *first; /* list, mapping: its items in order */
    size_t count;
    struct node *next; /* the following item of the same parent */
    struct slice key;  /* item of a mapping: its key */
    struct place key_place;
    struct slice key_line;
};

/*
 * Reads one document. `file` is its name in messages (borrowed for the arena's lifetime), `first_line` the number of
 * its first line (front matter starts at 2). NULL after reporting into *diagnostics; an empty document is an empty
 * mapping.
 */
struct node *node_read(struct slice yaml, struct slice file, unsigned first_line, struct arena *arena,
                       struct diagnostics *diagnostics);

/*
 * The same for whoever wants to find further mistakes in one run: what can be passed over (duplicate keys, of which the
 * first stays; anchors and tags, without effect; aliases, read as nothing) is reported, and the rest still read. NULL
 * only when the syntax is broken or a limit passed. Success is to be told from the diagnostics.
 */
struct node *node_read_on(struct slice yaml, struct slice file, unsigned first_line, struct arena *arena,
                          struct diagnostics *diagnostics);

/* The value under a key of a mapping; NULL when there is none (or the node is no mapping, or NULL). */
const struct node *node_get(const struct node *mapping, struct slice key);

/* `key:` with nothing behind it. */
bool node_is_empty(const struct node *node);

/*
 * Where byte `offset` of a scalar (or key) stands that begins at `place` on `line`: exact where it is written on one
 * line without escapes, else `place` itself.
 */
struct place node_place_inside(struct place place, struct slice line, struct slice text, size_t offset);

/* Reports at a node (or at its key), with its line as excerpt. */
struct diagnostic *node_report(struct diagnostics *diagnostics, enum diagnostic_id id, const struct node *node,
                               const char *format, ...) PRINTF_LIKE(4, 5);
struct diagnostic *node_report_key(struct diagnostics *diagnostics, enum diagnostic_id id, const struct node *node,
                                   const char *format, ...) PRINTF_LIKE(4, 5);
/* Reports at byte `offset` of a scalar. */
struct diagnostic *node_report_inside(struct diagnostics *diagnostics, enum diagnostic_id id, const struct node *node,
                                      size_t offset, const char *format, ...) PRINTF_LIKE(5, 6);

#endif
