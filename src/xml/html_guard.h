#ifndef PINDAO_XML_HTML_GUARD_H
#define PINDAO_XML_HTML_GUARD_H

#include "base/buf.h"
#include "xml/html.h"

/*
 * What stands before libxml2's HTML parser: cuts HTML into tags and text, as browsers do, and writes the wanted part
 * anew in plain form: lower-case names, every value in double quotes, no stray `<`, no comments, no doctype. Linear in
 * time, whatever the input.
 */
/*
 * Appends the plain form. `flatten`: never opens an element more than HTML_DEPTH_MOST deep, by an estimate that is on
 * the high side for misnested tags, so use it only for what was found too deep. false for a tag over the limits.
 */
MUST_CHECK bool html_guard(struct slice html, const struct html_handler *handler, bool flatten, struct buf *plain);

#endif
