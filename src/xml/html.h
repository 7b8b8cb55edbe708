#ifndef PINDAO_XML_HTML_H
#define PINDAO_XML_HTML_H

#include "base/slice.h"

/*
 * HTML in, hardened, through libxml2's HTML parser (SAX): the only place that calls it. What the parser gets to see was
 * cut into tags and text before (html_guard.h) and holds nothing but elements and attributes that the handler wants, so
 * that neither its size limits nor its reading of comments, scripts and quotes matter.
 */
enum html_treatment {
    HTML_UNWRAP, /* the tags go, what is in them stays */
    HTML_KEEP,
    HTML_KEEP_VOID,          /* has no content and no end tag: br, hr, img */
    HTML_KEEP_IF_ATTRIBUTES, /* unwrapped when it has no attribute that is wanted: span */
    HTML_REMOVE,             /* goes with all that is in it */
    HTML_REMOVE_RAW,         /* the same, and what is in it is no markup: script */
};

struct html_element {
    const char *name; /* lower case */
    enum html_treatment treatment;
    const char *kept_as; /* another name to go by (center: div); NULL: its own */
};

struct html_attribute {
    const char *name;
    /* References decoded; valid during the call. One to a character that XML forbids ends the value (libxml2 makes it a
     * NUL). */
    struct slice value;
};

struct html_handler {
    /* What to do with an element (any case); NULL: unwrap it. */
    const struct html_element *(*element)(struct slice name);
    /* Is this attribute (any case) wanted? */
    bool (*attribute)(const struct html_element *element, struct slice name);
    /* Events, well nested: every open, void or not, has its close. Text may come in pieces. */
    void (*open)(void *context, const char *name, const struct html_attribute *attributes, size_t count);
    void (*text)(void *context, struct slice text);
    void (*close)(void *context, const char *name);
    /* All events so far are void, the document is read again: it was too deep and gets flattened. */
    void (*restart)(void *context);
};

enum {
    HTML_TAG_SIZE_MOST = 64 * 1024,
    HTML_TAG_ATTRIBUTES_MOST = 1000,
    HTML_DEPTH_MOST = 256, /* deeper elements are unwrapped */
};

/* false, without a lasting event, for a tag that passes one of the limits. `html` is UTF-8. */
MUST_CHECK bool html_parse(struct slice html, const struct html_handler *handler, void *context);

#endif
