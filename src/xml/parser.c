#include "xml/parser.h"

#include "base/vec.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

enum { XML_DOCUMENT_MOST = 1 << 30 };

struct parse {
    const struct xml_handler *handler;
    void *context;
    xmlParserCtxtPtr libxml;
    bool failed;
    struct xml_error error;
    VEC(struct xml_attribute_in) attributes;
};

static void fail(struct parse *parse, int line, int column, const char *message) {
    if (parse->failed)
        return;
    parse->failed = true;
    parse->error.line = line > 0 ? (unsigned)line : 0;
    parse->error.column = column > 0 ? (unsigned)column : 0;
    size_t size = strcspn(message, "\n");
    if (size >= sizeof parse->error.message)
        size = sizeof parse->error.message - 1;
    memcpy(parse->error.message, message, size);
    parse->error.message[size] = '\0';
}

/*
 * Not stopped here: libxml2 may be inside a start tag whose values point into the input that stopping frees.
 * After a fatal error it stops by itself; after a namespace error it goes on, and nothing is passed on.
 */
static void on_error(void *data, xmlErrorPtr error) {
    struct parse *parse = data;
    /* Behind a DOCTYPE an unknown entity is only a warning to libxml2, for it might be declared where nobody looks. */
    if (error->level >= XML_ERR_ERROR || error->code == XML_WAR_UNDECLARED_ENTITY)
        fail(parse, error->line, error->int2, error->message ? error->message : "not well-formed");
}

static void on_doctype(void *data, const xmlChar *name, const xmlChar *external, const xmlChar *address) {
    struct parse *parse = data;
    (void)name;
    (void)address;
    struct xml_place place = {(unsigned)parse->libxml->input->line, (unsigned)parse->libxml->input->col};
    bool declares = *parse->libxml->input->cur == '[';
    if (external && !declares && parse->handler->doctype &&
        parse->handler->doctype(parse->context, (const char *)external, place))
        return;
    fail(parse, xmlSAX2GetLineNumber(parse->libxml), xmlSAX2GetColumnNumber(parse->libxml),
         "a DOCTYPE, which is refused: entities may blow up or read files");
    xmlStopParser(parse->libxml);
}

static unsigned count_characters(const xmlChar *begin, const xmlChar *end) {
    unsigned count = 0;
    for (; begin < end; begin++)
        count += (*begin & 0xC0) != 0x80;
    return count;
}

/* Where the tag began that libxml2 has just read: a raw < cannot stand in it but first. */
static struct xml_place tag_place(const struct parse *parse) {
    const xmlParserInput *input = parse->libxml->input;
    const xmlChar *begin = memrchr(input->base, '<', (size_t)(input->cur - input->base));
    struct xml_place place = {(unsigned)input->line, (unsigned)input->col};
    if (!begin)
        return place;
    const xmlChar *line_end = memrchr(begin, '\n', (size_t)(input->cur - begin));
    if (!line_end) {
        unsigned size = count_characters(begin, input->cur);
        place.column = place.column > size ? place.column - size : 1;
        return place;
    }
    for (const xmlChar *at = begin; at <= line_end; at++)
        place.line -= *at == '\n' && place.line > 1;
    const xmlChar *line = memrchr(input->base, '\n', (size_t)(begin - input->base));
    place.column = 1 + count_characters(line ? line + 1 : input->base, begin);
    return place;
}

static void on_open(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *namespace,
                    int namespace_count, const xmlChar **namespaces, int count, int defaulted, const xmlChar **values) {
    struct parse *parse = data;
    (void)prefix;
    (void)namespace_count;
    (void)namespaces;
    (void)defaulted;
    if (parse->failed)
        return;
    vec_clear(&parse->attributes);
    /* Five pointers each: name, prefix, namespace, begin and end of the value. */
    for (int i = 0; i < count; i++, values += 5)
        vec_push(&parse->attributes, (struct xml_attribute_in){
                                         .name = (const char *)values[0],
                                         .namespace = (const char *)values[2],
                                         .value = {(const char *)values[3], (size_t)(values[4] - values[3])},
                                     });
    parse->handler->open(parse->context, (const char *)namespace, (const char *)name, parse->attributes.items,
                         parse->attributes.count, tag_place(parse));
}

static void on_text(void *data, const xmlChar *text, int size) {
    struct parse *parse = data;
    if (!parse->failed)
        parse->handler->text(parse->context, (struct slice){(const char *)text, (size_t)size});
}

static void on_close(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *namespace) {
    struct parse *parse = data;
    (void)prefix;
    if (!parse->failed)
        parse->handler->close(parse->context, (const char *)namespace, (const char *)name);
}

static void run(struct parse *parse, struct slice document) {
    xmlParserCtxtPtr libxml = xmlCreateMemoryParserCtxt(document.data, (int)document.size);
    parse->libxml = libxml;
    if (!libxml) {
        fail(parse, 1, 1, "not XML");
        return;
    }
    /* No entityDecl and no getEntity: no entity is ever declared or found. */
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .startElementNs = on_open,
        .endElementNs = on_close,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .serror = on_error,
    };
    *libxml->sax = sax;
    libxml->userData = parse;
    /* NOENT: without it &amp; in an attribute arrives as &#38;. It can bring in nothing else: there are no entities. */
    xmlCtxtUseOptions(libxml, XML_PARSE_NONET | XML_PARSE_NOENT | (parse->handler->is_utf8 ? XML_PARSE_IGNORE_ENC : 0));
    xmlParseDocument(libxml);
    if (!libxml->wellFormed)
        fail(parse, xmlSAX2GetLineNumber(libxml), xmlSAX2GetColumnNumber(libxml), "not well-formed XML");
    xmlFreeParserCtxt(libxml);
}

/* --- tags before they are parsed ---------------------------------------------------------------------------- */

/* Behind `end`, looked for from `at` on. */
static size_t behind(struct slice document, size_t at, struct slice end) {
    at = slice_find(document, end, at);
    return at < document.size ? at + end.size : document.size;
}

/* Behind the tag that begins at `at`; its quoted values are counted. */
static size_t skip_tag(struct slice document, size_t at, size_t *ret_values) {
    size_t values = 0;
    for (at++; at < document.size && document.data[at] != '>'; at++) {
        char quote = document.data[at];
        if (quote != '"' && quote != '\'')
            continue;
        at = slice_find_byte(document, quote, at + 1);
        values++;
    }
    *ret_values = values;
    return at < document.size ? at + 1 : document.size;
}

/* Where a tag with too many attributes begins; document.size when none does. Linear, whatever the input. */
static size_t find_overfull_tag(struct slice document) {
    size_t at = slice_find_byte(document, '<', 0);
    while (at < document.size) {
        struct slice here = slice_from(document, at);
        size_t next = 0;
        size_t values = 0;
        if (slice_starts_with(here, SLICE("<!--")))
            next = behind(document, at + 4, SLICE("-->"));
        else if (slice_starts_with(here, SLICE("<![CDATA[")))
            next = behind(document, at + 9, SLICE("]]>"));
        else if (slice_starts_with(here, SLICE("<?")))
            next = behind(document, at + 2, SLICE("?>"));
        else
            next = skip_tag(document, at, &values);
        if (values > XML_ATTRIBUTES_MOST)
            return at;
        at = slice_find_byte(document, '<', next);
    }
    return document.size;
}

/* false after failing at such a tag. */
static bool tags_are_bounded(struct parse *parse, struct slice document) {
    size_t at = find_overfull_tag(document);
    int line = 1;
    size_t begin = 0;
    if (at == document.size)
        return true;
    for (size_t end = slice_find_byte(document, '\n', 0); end < at; end = slice_find_byte(document, '\n', begin)) {
        line++;
        begin = end + 1;
    }
    const xmlChar *bytes = (const xmlChar *)document.data;
    fail(parse, line, (int)count_characters(bytes + begin, bytes + at) + 1, "a tag with more than 1,000 attributes");
    return false;
}

bool xml_parse(struct slice document, const struct xml_handler *handler, void *context, struct xml_error *ret_error) {
    struct parse parse = {.handler = handler, .context = context};
    if (document.size == 0)
        fail(&parse, 1, 1, "an empty document");
    else if (document.size > XML_DOCUMENT_MOST)
        fail(&parse, 1, 1, "over 1 GiB");
    else if (tags_are_bounded(&parse, document))
        run(&parse, document);
    vec_release(&parse.attributes);
    if (parse.failed)
        *ret_error = parse.error;
    return !parse.failed;
}
