#include "xml/writer.h"

#include "base/memory.h"

#include <assert.h>

enum { XML_DEPTH_MOST = 32 };

struct open_element {
    const char *name;
    bool has_children;
    bool has_text;
};

struct xml_writer {
    struct buf *buf;
    unsigned base_depth;
    unsigned depth;
    bool in_tag; /* the newest start tag has no > yet: attributes may come */
    struct open_element open[XML_DEPTH_MOST];
};

/* What stands for a byte; NULL for itself. A carriage return as it is would come back as a line feed (XML 1.0, 2.11).
 */
static const char *const text_escapes[256] = {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['\r'] = "&#13;"};
/* Attributes are normalised (3.3.3): line ends and tabs in them would come back as blanks. */
static const char *const attribute_escapes[256] = {
    ['&'] = "&amp;",  ['<'] = "&lt;",   ['>'] = "&gt;",  ['"'] = "&quot;",
    ['\r'] = "&#13;", ['\n'] = "&#10;", ['\t'] = "&#9;",
};
static const char *const numeric_escapes[256] = {
    ['&'] = "&#x26;", ['<'] = "&#x3C;", ['>'] = "&#x3E;", ['\r'] = "&#13;"};

static void append_escaped(struct buf *buf, struct slice text, const char *const escapes[256]) {
    size_t begin = 0;
    for (size_t i = 0; i < text.size; i++) {
        const char *escape = escapes[(unsigned char)text.data[i]];
        if (!escape)
            continue;
        buf_append(buf, text.data + begin, i - begin);
        buf_append_string(buf, escape);
        begin = i + 1;
    }
    buf_append_slice(buf, slice_from(text, begin));
}

static void append_indentation(struct xml_writer *xml) {
    static const char blanks[] = "                                                                ";
    size_t size = 2 * ((size_t)xml->base_depth + xml->depth);
    assert(size < sizeof blanks);
    buf_append(xml->buf, blanks, size);
}

struct xml_writer *xml_fragment_writer_new(struct buf *buf, unsigned depth) {
    struct xml_writer *xml = memory_new(sizeof *xml);
    xml->buf = buf;
    xml->base_depth = depth;
    return xml;
}

struct xml_writer *xml_writer_new(struct buf *buf) {
    return xml_fragment_writer_new(buf, 0);
}

void xml_writer_free(struct xml_writer *xml) {
    if (!xml)
        return;
    assert(xml->depth == 0);
    free(xml);
}

void xml_document(struct xml_writer *xml) {
    assert(xml->depth == 0 && xml->base_depth == 0);
    buf_append_string(xml->buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

/* What looks like attributes is escaped as they are. */
void xml_stylesheet(struct xml_writer *xml, struct slice address) {
    assert(xml->depth == 0 && xml->base_depth == 0);
    buf_append_string(xml->buf, "<?xml-stylesheet type=\"text/css\" href=\"");
    append_escaped(xml->buf, address, attribute_escapes);
    buf_append_string(xml->buf, "\"?>\n");
}

/* The parent's start tag ends, and its children stand on lines of their own. */
static void begin_child(struct xml_writer *xml) {
    if (xml->depth == 0)
        return;
    struct open_element *parent = &xml->open[xml->depth - 1];
    assert(!parent->has_text);
    parent->has_children = true;
    if (xml->in_tag)
        buf_append(xml->buf, ">\n", 2);
    xml->in_tag = false;
}

void xml_open(struct xml_writer *xml, const char *name) {
    assert(xml->depth < XML_DEPTH_MOST);
    begin_child(xml);
    append_indentation(xml);
    buf_append_byte(xml->buf, '<');
    buf_append_string(xml->buf, name);
    xml->open[xml->depth++] = (struct open_element){.name = name};
    xml->in_tag = true;
}

void xml_attribute(struct xml_writer *xml, const char *name, struct slice value) {
    assert(xml->in_tag);
    buf_append_byte(xml->buf, ' ');
    buf_append_string(xml->buf, name);
    buf_append(xml->buf, "=\"", 2);
    append_escaped(xml->buf, value, attribute_escapes);
    buf_append_byte(xml->buf, '"');
}

static void write_text(struct xml_writer *xml, struct slice text, const char *const escapes[256]) {
    assert(xml->depth > 0 && !xml->open[xml->depth - 1].has_children);
    if (text.size == 0)
        return;
    if (xml->in_tag)
        buf_append_byte(xml->buf, '>');
    xml->in_tag = false;
    xml->open[xml->depth - 1].has_text = true;
    append_escaped(xml->buf, text, escapes);
}

void xml_text(struct xml_writer *xml, struct slice text) {
    write_text(xml, text, text_escapes);
}

void xml_text_numeric(struct xml_writer *xml, struct slice text) {
    write_text(xml, text, numeric_escapes);
}

void xml_close(struct xml_writer *xml) {
    assert(xml->depth > 0);
    const struct open_element *element = &xml->open[--xml->depth];
    if (xml->in_tag) {
        buf_append(xml->buf, "/>\n", 3);
        xml->in_tag = false;
        return;
    }
    if (element->has_children)
        append_indentation(xml);
    buf_append(xml->buf, "</", 2);
    buf_append_string(xml->buf, element->name);
    buf_append(xml->buf, ">\n", 2);
}

void xml_element(struct xml_writer *xml, const char *name, struct slice text) {
    xml_open(xml, name);
    xml_text(xml, text);
    xml_close(xml);
}

void xml_element_present(struct xml_writer *xml, const char *name, struct slice text) {
    if (text.size)
        xml_element(xml, name, text);
}

void xml_fragment(struct xml_writer *xml, struct slice piece) {
    begin_child(xml);
    buf_append_slice(xml->buf, piece);
}
