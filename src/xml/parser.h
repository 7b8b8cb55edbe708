#ifndef PINDAO_XML_PARSER_H
#define PINDAO_XML_PARSER_H

#include "base/slice.h"

/*
 * XML in, hardened: no network, no DOCTYPE (but one that the handler knows), no entities but the five, no recovery,
 * libxml2's own limits kept, at most XML_ATTRIBUTES_MOST attributes a tag (libxml2 compares each with all others).
 * Events come in document order; names are resolved: namespace address and local name (libxml2's strings, valid during
 * the call). Text is UTF-8 whatever encoding the document declares.
 */
struct xml_attribute_in {
    const char *name;      /* local */
    const char *namespace; /* NULL for none */
    struct slice value;
};

/* 1-based; columns count characters of the document. */
struct xml_place {
    unsigned line;
    unsigned column;
};

struct xml_handler {
    /* `place` is that of the tag's <. */
    void (*open)(void *context, const char *namespace, const char *name, const struct xml_attribute_in *attributes,
                 size_t count, struct xml_place place);
    void (*text)(void *context, struct slice text); /* may come in pieces; CDATA too */
    void (*close)(void *context, const char *namespace, const char *name);
    /* May be NULL. A DOCTYPE with a public identifier and nothing in brackets: false refuses the document. */
    bool (*doctype)(void *context, const char *public_identifier, struct xml_place place);
    /* Whatever the XML declaration says: it has been converted, or whoever sent it has said so (RFC 7303 3.2). */
    bool is_utf8;
};
enum { XML_ATTRIBUTES_MOST = 1000 };

struct xml_error {
    unsigned line;
    unsigned column;
    char message[200];
};

/*
 * Parses the whole document (at most 1 GiB). false at the first error, with its place and libxml2's words;
 * no event comes after it.
 */
MUST_CHECK bool xml_parse(struct slice document, const struct xml_handler *handler, void *context,
                          struct xml_error *ret_error);

#endif
