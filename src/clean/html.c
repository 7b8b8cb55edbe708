#include "clean/clean.h"

#include "clean/markup.h"
#include "text/sanitiser.h"

#include <cmark.h>

static void append_piece(void *context, struct slice text, bool is_heading) {
    struct buf *html = context;
    const char *tag = is_heading ? "h2" : "p";
    buf_append_format(html, "<%s>", tag);
    html_append_escaped(html, text);
    buf_append_format(html, "</%s>\n", tag);
}

bool clean_markup(const struct article *article, struct buf *html) {
    if (article->format == BODY_HTML)
        return html_sanitise(article->body, article->url, html);
    /* cmark leaves out raw HTML and dangerous addresses; the sanitiser does the rest: one allow-list for all. */
    char *made = cmark_markdown_to_html(article->body.data, article->body.size, CMARK_OPT_DEFAULT);
    bool safe = html_sanitise(slice_of(made), article->url, html);
    free(made);
    return safe;
}

bool clean_html(const struct article *article, struct buf *html) {
    if (article->body.size && article->format != BODY_TEXT)
        return clean_markup(article, html);
    clean_sections(article->body.size ? article->body : article->summary, append_piece, html);
    return true;
}
