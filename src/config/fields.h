#ifndef PINDAO_CONFIG_FIELDS_H
#define PINDAO_CONFIG_FIELDS_H

#include "config/config.h"
#include "yaml/node.h"

/*
 * The keys of feeds.yaml, as tables: key, kind of value, where it goes, bounds, whether it must be there. Nothing else
 * in config/ compares key names. To add a key: a row here, a paragraph in doc/feeds.yaml.5, a line in
 * doc/feeds.schema.json (tests/unit/keys_test.c holds the three together), and the code that uses it.
 */
enum value_kind {
    VALUE_TEXT,     /* struct slice: a scalar that is not empty */
    VALUE_FLAG,     /* bool: true or false */
    VALUE_COUNT,    /* unsigned: a whole number, least to most */
    VALUE_NUMBER,   /* double: a decimal number, least to most */
    VALUE_SIZE,     /* uint64_t: bytes; 500k, 2M, 1G count by 1,024 */
    VALUE_DURATION, /* int64_t: seconds; 3d, 36h */
    VALUE_CHOICE,   /* unsigned: index into `choices` */
    VALUE_NODE,     /* const struct node *: read further by its owner */
};

struct key_row {
    const char *key;
    enum value_kind kind;
    bool required;
    size_t offset; /* of the value in the target */
    double least, most;
    const char *const *choices; /* ends with NULL */
};

struct key_table {
    const char *name; /* as in the manual's subsections and the schema's $defs */
    const struct key_row *rows;
    size_t count;
    bool open; /* other keys name taxonomies: whoever reads the table sees to them */
};

/* Every table, for the test that compares them with the manual and the schema. */
const struct key_table *const *key_tables(size_t *ret_count);

/* What the readers of all parts share. */
struct loading {
    struct settings *settings; /* being filled; its arena owns everything, the nodes too */
    struct diagnostics *diagnostics;
    const struct known_names *known;
    size_t word_count; /* of all rules, expanded */
};

/*
 * Reads a mapping into *target by its table. Unknown keys, wrong kinds, bad values and missing required keys are
 * reported; a member whose key is missing or wrong keeps its value. An empty value counts as an empty mapping.
 */
void table_read(struct loading *loading, const struct key_table *table, const struct node *mapping, void *target);
bool table_has(const struct key_table *table, struct slice key);

/* Names that might have been meant: most of them by far fit the nearest one. */
void report_unknown_key(struct loading *loading, const struct node *item, const struct slice *known, size_t count);
/* «a mapping is wanted»: and why it is none, where that can be seen. */
void report_wrong_kind(struct loading *loading, const struct node *node, const char *wanted);
/* A name that is not among those known; the nearest is the hint. */
void report_unknown_name(struct loading *loading, enum diagnostic_id id, const struct node *node, const char *what,
                         struct slice name, const struct slice *known, size_t count);

/* false after reporting when it is no mapping (list); an empty value passes for one with no items. */
MUST_CHECK bool want_mapping(struct loading *loading, const struct node *node);
MUST_CHECK bool want_list(struct loading *loading, const struct node *node);

/* The scalars of a value that is one, or a list of them; others are reported and left out. NULL gives none. */
struct scalars {
    const struct node **items;
    size_t count;
};
struct scalars scalars_read(struct loading *loading, const struct node *node);

/* A copy in the settings' arena; NULL for none. */
void *loading_keep(struct loading *loading, const void *items, size_t count, size_t size);

struct word_place word_place_of(struct place place);

#endif
