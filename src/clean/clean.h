#ifndef PINDAO_CLEAN_CLEAN_H
#define PINDAO_CLEAN_CLEAN_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/article.h"

/*
 * From an article's body to what is matched, counted and shown. Pure functions of the article.
 *
 * Plain text: one paragraph a line. Of BODY_TEXT the lines, with the inline headings of this kind of news (`一、标题
 * 正文…二、标题 正文`) on lines of their own; of BODY_MARKDOWN and BODY_HTML the text of the sanitised HTML.
 */
struct plain_text {
    struct slice text; /* the body, or the summary where there is no body */
    size_t lead_size;  /* bytes of its first paragraph, at most 150 characters: what rules call the lead */
    size_t shown_size; /* bytes of what clean_html makes of it; of plain text without the tags around paragraphs */
    bool has_image;    /* in a body of Markdown or HTML */
};
enum { LEAD_MOST = 150 /* characters */ };

/* false (with nothing set) for HTML that must be refused (text/sanitiser.h). `scratch` may be NULL-limited: heap use
 * only within the call. */
MUST_CHECK bool clean_plain_text(const struct article *article, struct arena *arena, struct plain_text *ret_text);

/* The body as safe HTML: <p>, <h2> for sections …; false as above. Relative addresses are resolved against the
 * article's url. */
MUST_CHECK bool clean_html(const struct article *article, struct buf *html);

/* The article's own summary as one line, cut like the others, else whole sentences of its text: at most 120 characters.
 */
struct slice clean_summary(const struct article *article, const struct plain_text *text, struct arena *arena);

/*
 * Headings inside running text. Calls `piece` for every paragraph and heading of `text` in order. A heading is `一、`
 * to `二十、` (numbered upwards from 一, at least two of them), at the start of a line or behind the end of a sentence,
 * and at most 40 characters up to the blank or 。 that ends it; a sentence that merely contains 一、 is not broken.
 */
void clean_sections(struct slice text, void (*piece)(void *context, struct slice text, bool is_heading), void *context);

#endif
