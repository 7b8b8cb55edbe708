#ifndef PINDAO_XML_PARSER_H
#define PINDAO_XML_PARSER_H

#include "base/slice.h"

/*
 * XML in, hardened: no network, no DOCTYPE, no entities but the five, no recovery, libxml2's own limits kept. Events come in document
 * order; names are resolved: namespace address and local name (libxml2's strings, valid during the call).
 */
struct xml_attribute_in {
    const char *name;      /* local */
    const char *namespace; /* NULL for none */
    struct slice value;
};

struct xml_handler {
    void (*open)(void *context, const char *namespace, const char *name, const struct xml_attribute_in *attributes,
                 size_t count, unsigned line);
    void (*text)(void *context, struct slice text); /* may come in pieces; CDATA too */
    void (*close)(void *context, const char *namespace, const char *name, unsigned line);
};

struct xml_error {
    unsigned line;
    unsigned column;
    char message[200];
};

/* Parses the whole document. false at the first error, with its place and libxml2's words. */
MUST_CHECK bool xml_parse(struct slice document, const struct xml_handler *handler, void *context,
                          struct xml_error *ret_error);

#endif
