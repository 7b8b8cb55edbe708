#ifndef PINDAO_XML_WRITER_H
#define PINDAO_XML_WRITER_H

#include "base/buf.h"

/*
 * XML out: the stack of open elements, indentation and all escaping are here and nowhere else. Text must have
 * gone through the choke point: nothing here looks for characters that XML forbids. Text is escaped, never put
 * in CDATA.
 *
 * Straight into the buffer, not through libxml2's xmlTextWriter, for three things that it does (2.9.14): in a
 * fragment it writes every Han character of an attribute as a reference; it has no numeric references for the
 * text that RSS wants so; it wants a terminated copy of every string, and makes another one.
 *
 *     struct xml_writer *xml = xml_writer_new(&buf);
 *     xml_document(xml);
 *     xml_open(xml, "feed"); xml_attribute(xml, "xmlns", …);
 *     xml_element(xml, "title", title);
 *     xml_close(xml);
 *     xml_writer_free(xml);
 *
 * Elements with children are indented by two blanks a level and stand on lines of their own, so that trees diff
 * well; text is never reindented. An element has children or text, not both. Depth at most 32.
 * An error is the buffer's: look at buf->failed. Misnesting asserts.
 */
struct xml_writer;

struct xml_writer *xml_writer_new(struct buf *buf);
/* For a piece that stands `depth` levels deep in a document: it begins with its indentation and ends with a line end.
 */
struct xml_writer *xml_fragment_writer_new(struct buf *buf, unsigned depth);
void xml_writer_free(struct xml_writer *xml); /* NULL is fine */

void xml_document(struct xml_writer *xml); /* <?xml version="1.0" encoding="UTF-8"?> */
/* <?xml-stylesheet?> of type text/css, behind xml_document (Associating Style Sheets with XML documents, section 3). */
void xml_stylesheet(struct xml_writer *xml, struct slice address);
void xml_open(struct xml_writer *xml, const char *name); /* name must live until xml_close */
void xml_attribute(struct xml_writer *xml, const char *name, struct slice value);
void xml_text(struct xml_writer *xml, struct slice text);
/* & and < as &#x26; and &#x3C;: RSS Advisory Board profile, "Character data"; the same text to an XML parser. */
void xml_text_numeric(struct xml_writer *xml, struct slice text);
void xml_close(struct xml_writer *xml);
/* Open, text, close; _present does nothing for an empty text. */
void xml_element(struct xml_writer *xml, const char *name, struct slice text);
void xml_element_present(struct xml_writer *xml, const char *name, struct slice text);
/* Pieces written by a fragment writer of the right depth, as they are. */
void xml_fragment(struct xml_writer *xml, struct slice piece);

/* Once, before anything of libxml2 runs: allocators that exit instead of failing, error output off. */
void xml_set_up(void);
void xml_tear_down(void);

#endif
