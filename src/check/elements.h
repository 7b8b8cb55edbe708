#ifndef PINDAO_CHECK_ELEMENTS_H
#define PINDAO_CHECK_ELEMENTS_H

#include "check/checker.h"

/*
 * The checks that all XML formats share, driven by tables: which element may stand in which, how often, with which
 * attributes and what kind of text. What a table cannot say stands in the hooks of its dialect. To check one more
 * element: a row in the dialect's table. For src/check only.
 */
enum { ELEMENTS_MOST = 64, ELEMENT_FOREIGN = ELEMENTS_MOST };
#define ELEMENT(number) ((uint64_t)1 << (number))

struct element_rule {
    const char *namespace; /* NULL for none */
    const char *name;
    uint64_t parents;  /* bits of elements; 0: it is the root */
    uint64_t once;     /* parents in which it may stand but once */
    uint64_t required; /* children that it must have */
    enum value value;
    bool markup; /* elements in it belong to somebody else and are not looked at */
};

struct attribute_rule {
    unsigned element;
    const char *name;
    bool required;
    enum value value;
};

/* An open element. */
struct frame {
    unsigned element;
    unsigned flags; /* the dialect's own */
    uint64_t seen;  /* children so far */
    struct xml_place place;
    size_t foreign;    /* children that are markup */
    bool has_text;     /* that is not blank, outside of markup */
    size_t text_begin; /* in elements.text */
};

struct elements;
struct dialect {
    const char *name; /* "Atom", for messages */
    enum feed_kind kind;
    const struct element_rule *rules; /* row 0 is the root */
    size_t rule_count;
    const struct attribute_rule *attributes;
    size_t attribute_count;
    uint64_t entries;       /* elements that count as entries */
    bool strict_attributes; /* those without a namespace that have no row are errors */
    /* After the checks by table; the newest frame is the element's. Either may be NULL. */
    void (*open)(struct elements *elements, const struct xml_attribute_in *attributes, size_t count);
    void (*close)(struct elements *elements, struct slice text);
    /* A child of the newest frame that is markup or unknown here; NULL: nothing to say. */
    void (*foreign)(struct elements *elements, const char *namespace, const char *name, struct xml_place place);
};

extern const struct dialect dialect_atom;
extern const struct dialect dialect_rss;
extern const struct dialect dialect_rss1;
extern const struct dialect dialect_opml;

struct elements {
    struct checker *checker;
    const struct dialect *dialect; /* NULL before the root, and for a root that is no feed's */
    bool unknown_root;
    size_t foreign_depth; /* inside something that is not looked at */
    VEC(struct frame) frames;
    struct buf text; /* of the element that is being read */
    bool capturing;
    /* Free for the dialect: */
    bool has_feed_author;
    bool has_self;
    bool lacks_author;
    struct xml_place without_author;
    struct slice entry_id;  /* in the checker's arena */
    uint64_t entry_updated; /* its hash */
    uint64_t alternates[8]; /* type and language of the alternate links of the newest feed, entry or source, hashed */
    size_t alternate_count;
};

struct frame *elements_top(struct elements *elements);
struct frame *elements_parent(struct elements *elements); /* of the newest; NULL for the root */
/* The value of an attribute without namespace; data is NULL when there is none. */
struct slice element_attribute(const struct xml_attribute_in *attributes, size_t count, const char *name);

#endif
