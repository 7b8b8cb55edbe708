#include "xml/html.h"

#include "base/buf.h"
#include "base/memory.h"
#include "xml/html_guard.h"

#include <libxml/HTMLparser.h>

/* The element that all stands in, so that the parser invents no paragraph around bare text; the guard lets no other
 * pass. */
#define WRAPPER "body"

enum { ATTRIBUTES_MOST = 32 /* of those a handler wants, far more than there are */ };

struct parsing {
    const struct html_handler *handler;
    void *context;
    htmlParserCtxtPtr parser;
    bool too_deep;
};

static bool is_wrapper(const xmlChar *name) {
    return strcmp((const char *)name, WRAPPER) == 0;
}

static void on_open(void *context, const xmlChar *name, const xmlChar **attributes) {
    struct parsing *parsing = context;
    /* Two more than what is ours: the wrapper, and the html around it that the parser may invent. */
    if (parsing->parser->nameNr > HTML_DEPTH_MOST + 2) {
        parsing->too_deep = true;
        xmlStopParser(parsing->parser);
    }
    if (is_wrapper(name) || parsing->too_deep)
        return;
    struct html_attribute list[ATTRIBUTES_MOST];
    size_t count = 0;
    for (; attributes && *attributes && count < ATTRIBUTES_MOST; attributes += 2)
        list[count++] = (struct html_attribute){(const char *)attributes[0], slice_of((const char *)attributes[1])};
    parsing->handler->open(parsing->context, (const char *)name, list, count);
}

static void on_close(void *context, const xmlChar *name) {
    struct parsing *parsing = context;
    if (!is_wrapper(name) && !parsing->too_deep)
        parsing->handler->close(parsing->context, (const char *)name);
}

static void on_text(void *context, const xmlChar *text, int size) {
    struct parsing *parsing = context;
    if (!parsing->too_deep)
        parsing->handler->text(parsing->context, (struct slice){(const char *)text, (size_t)size});
}

static void parse_plain(struct parsing *parsing, struct slice plain) {
    parsing->parser = htmlNewParserCtxt();
    if (!parsing->parser)
        memory_exhausted();
    *parsing->parser->sax = (htmlSAXHandler){
        .startElement = on_open,
        .endElement = on_close,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
    };
    parsing->parser->userData = parsing;
    /* IGNORE_ENC: no <meta> changes what the bytes mean. */
    htmlCtxtReadMemory(parsing->parser, plain.data, (int)plain.size, NULL, "UTF-8",
                       HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                           HTML_PARSE_NODEFDTD | HTML_PARSE_NOIMPLIED | HTML_PARSE_IGNORE_ENC);
    htmlFreeParserCtxt(parsing->parser);
}

bool html_parse(struct slice html, const struct html_handler *handler, void *context) {
    struct parsing parsing = {.handler = handler, .context = context};
    CLEANUP(buf_release) struct buf plain = BUF(INT32_MAX);
    for (bool flatten = false;; flatten = true) {
        buf_clear(&plain);
        buf_append_string(&plain, "<" WRAPPER ">");
        if (!html_guard(html, handler, flatten, &plain))
            return false;
        buf_append_string(&plain, "</" WRAPPER ">");
        if (plain.failed)
            return false;
        parsing.too_deep = false;
        parse_plain(&parsing, buf_slice(&plain));
        if (!parsing.too_deep || flatten)
            return true;
        handler->restart(context);
    }
}
