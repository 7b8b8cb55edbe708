#ifndef PINDAO_INGEST_FEED_XML_H
#define PINDAO_INGEST_FEED_XML_H

#include "ingest/feed_entry.h"
#include "xml/parser.h"

/*
 * Inside of feed_xml.c, feed_atom.c and feed_rss.c: a dialect is a table of elements, each with where it stands, what
 * stands in it, and what becomes of its attributes and its text. An element without a row is passed over with all that
 * is in it.
 *
 * A document is read twice, for what holds for all entries may stand behind them: the head first, then the entries.
 */
enum feed_place {
    PLACE_IGNORED,
    PLACE_DOCUMENT, /* around the root */
    PLACE_ROOT,
    PLACE_HEAD, /* atom:feed, rss:channel */
    PLACE_ENTRY,
    PLACE_SOURCE,
    PLACE_PERSON,
    PLACE_TOMBSTONE,
    PLACE_PICTURE, /* <image> of an item */
};

enum feed_capture {
    CAPTURE_TEXT,   /* markup inside is passed over */
    CAPTURE_TAGS,   /* text that is markup already; tags inside that were not escaped join it */
    CAPTURE_MARKUP, /* real markup, which becomes HTML */
};

struct feed_xml;
struct feed_element {
    const struct xml_attribute_in *attributes;
    size_t count;
};

struct feed_row {
    enum feed_place in;
    const char *namespace; /* NULL: that of RSS, whichever it is */
    const char *name;
    enum feed_place to; /* where its children are; PLACE_IGNORED with `take`: they belong to its text */
    void (*open)(struct feed_xml *xml, const struct feed_element *element);
    void (*take)(struct feed_xml *xml, struct slice text); /* trimmed, in the arena; NULL: its text means nothing */
    enum feed_capture capture;                             /* `open` may choose another */
};

struct feed_dialect {
    const char *root, *namespace; /* NULL: none */
    bool is_rss;
    const struct feed_row *rows;
    size_t count;
};
extern const struct feed_dialect feed_atom, feed_atom_entry, feed_rss, feed_rdf;

/* The string that an element inherits, in feed_xml.inherited. */
struct feed_inherited {
    size_t begin, size;
};

struct feed_frame {
    enum feed_place place;
    size_t inherited; /* size of feed_xml.inherited before this element */
    struct feed_inherited base, language;
};

struct feed_xml {
    const struct feed_dialect *dialect;
    struct feed_lines *lines;
    struct feed_head *head;
    bool reading_head;
    struct feed_entry entry;
    VEC(struct feed_frame) frames;
    struct buf inherited;
    /* While text is collected: */
    const struct feed_row *row; /* NULL: it is not */
    enum feed_capture capture;
    size_t depth; /* of elements inside */
    struct buf text;
    /* What attributes have said of it: */
    enum feed_text_kind kind;
    bool is_wrapped; /* XHTML of Atom: in a div that is no part of it */
    unsigned rank;
    struct slice attribute;
    char problem[200]; /* the root is that of no feed */
    struct xml_place root;
};

#define ATOM_NAMESPACE "http://www.w3.org/2005/Atom"
#define DUBLIN_CORE_NAMESPACE "http://purl.org/dc/elements/1.1/"
#define DUBLIN_TERMS_NAMESPACE "http://purl.org/dc/terms/"
#define MEDIA_NAMESPACE "http://search.yahoo.com/mrss/"
#define XHTML_NAMESPACE "http://www.w3.org/1999/xhtml"

/* An attribute without a namespace; empty when there is none. Valid during the event. */
struct slice feed_attribute(const struct feed_element *element, const char *name);
/* The same, trimmed, in the arena of what is read now. */
struct slice feed_kept_attribute(struct feed_xml *xml, const struct feed_element *element, const char *name);
/* An address, seen from where the element stands. */
struct slice feed_address(struct feed_xml *xml, struct slice reference);
struct arena *feed_arena(struct feed_xml *xml);
/* Where the element stands whose text is taken, or that opens: `above` 1 for its parent, 2 for the one around that. */
enum feed_place feed_place_above(const struct feed_xml *xml, size_t above);
/* xml:base and xml:lang that hold there. */
struct slice feed_base(const struct feed_xml *xml);
struct slice feed_language(const struct feed_xml *xml);

/* Rows of both dialects. */
void feed_open_link(struct feed_xml *xml, const struct feed_element *element);      /* atom:link */
void feed_open_thumbnail(struct feed_xml *xml, const struct feed_element *element); /* media:thumbnail */
void feed_open_media(struct feed_xml *xml, const struct feed_element *element);     /* media:content */
void feed_take_updated(struct feed_xml *xml, struct slice text);
void feed_take_tag(struct feed_xml *xml, struct slice text);
void feed_take_dublin_date(struct feed_xml *xml, struct slice text);

#endif
