#ifndef PINDAO_INGEST_HTML_TAGS_H
#define PINDAO_INGEST_HTML_TAGS_H

#include "base/buf.h"

/*
 * Tags, attributes and character references of HTML, for page_html.c: what is needed to get at the text of a page and
 * no more. Nothing that comes out of this is ever HTML again. (HTML that is shown goes through text/sanitiser.h.)
 */
enum tag {
    TAG_OTHER, /* inline, or unknown: only its content counts */
    TAG_HTML,  /* also body and the doctype */
    TAG_HEAD,
    TAG_TITLE,
    TAG_META,
    TAG_LINK,
    TAG_BLOCK, /* div, section, table cells, … */
    TAG_LIST,
    TAG_ITEM,
    TAG_PARAGRAPH,
    TAG_BREAK,
    TAG_H1,
    TAG_H2,
    TAG_H3, /* and lower ones */
    TAG_ANCHOR,
    TAG_NAV,
    TAG_FOOTER,
    TAG_ASIDE,
    TAG_FORM,
    TAG_DROPPED, /* script, style, select: goes with all that is in it */
};

enum html_tag_kind {
    HTML_OPENS,
    HTML_CLOSES,
    HTML_SKIPPED, /* a comment, a doctype, a processing instruction */
};

struct html_tag {
    enum html_tag_kind kind;
    enum tag tag;
    struct slice name;
    struct slice attributes; /* as written */
};

/* The tag that begins at `at` (where `<` stands). Returns its end; `at` when it is a lone `<`. Tags over 64 KiB end
 * there. */
size_t html_tag_read(struct slice html, size_t at, struct html_tag *ret_tag);

bool html_tag_breaks(enum tag tag);  /* it begins and ends lines */
bool html_tag_is_void(enum tag tag); /* it has no content */
bool html_tag_drops(enum tag tag);

/* Where the element that was opened before `at` ends, its end tag included. */
size_t html_content_end(struct slice html, size_t at, struct slice name);

/* The value as written; empty when there is none. */
struct slice html_attribute_value(struct slice attributes, struct slice name);

/* The character reference at the front of `text`: its size, 0 when it is none. Never a control character. */
size_t html_reference(struct slice text, uint32_t *ret_character);
void html_append_decoded(struct slice text, struct buf *buf);

#endif
