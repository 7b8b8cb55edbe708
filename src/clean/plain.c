#include "clean/clean.h"

#include "base/utf8.h"
#include "clean/markup.h"
#include "text/sanitiser.h"

/* Text of an article is at most its record, escapes resolved; HTML text is never longer than its HTML. */
enum { MARKUP_MOST = 16 << 20 /* bytes */ };

static void append_line(void *context, struct slice text, bool is_heading) {
    struct buf *lines = context;
    (void)is_heading;
    if (lines->size)
        buf_append_byte(lines, '\n');
    buf_append_slice(lines, text);
}

/* Pieces are parts of the text without overlap and a line end each, for which at least one byte was left out, or
 * nothing was. */
static struct slice text_by_lines(struct slice text, struct arena *arena) {
    CLEANUP(buf_release) struct buf lines = BUF(BUF_UNLIMITED);
    clean_sections(text, append_line, &lines);
    return arena_copy(arena, buf_slice(&lines));
}

/*
 * Most text is lines already, and is then not copied: it has no 一、, which may begin a heading, and no ideographic
 * blanks. Both hold the byte E3, which is rare enough for memchr to run from one to the next.
 */
static bool is_plain(struct slice text) {
    const struct slice one = SLICE("一、");
    const struct slice comma = SLICE("、");
    const struct slice blank = SLICE("\u3000");
    for (size_t at = slice_find_byte(text, blank.data[0], 0); at < text.size;
         at = slice_find_byte(text, blank.data[0], at + 1)) {
        struct slice here = slice_from(text, at);
        if (slice_starts_with(here, blank) ||
            (slice_starts_with(here, comma) && slice_ends_with(slice_range(text, 0, at + comma.size), one)))
            return false;
    }
    return true;
}

static size_t lead_of(struct slice text) {
    struct slice lead = slice_range(text, 0, slice_find_byte(text, '\n', 0));
    size_t most = utf8_offset(lead, LEAD_MOST);
    return lead.size < most ? lead.size : most;
}

bool clean_plain_text(const struct article *article, struct arena *arena, struct plain_text *ret_text) {
    struct slice text = article->body.size ? article->body : article->summary;
    struct plain_text result = {0};
    if (article->body.size && article->format != BODY_TEXT) {
        CLEANUP(buf_release) struct buf html = BUF(MARKUP_MOST);
        CLEANUP(buf_release) struct buf plain = BUF(MARKUP_MOST);
        if (!clean_markup(article, &html) || html.failed)
            return false;
        html_append_text(buf_slice(&html), &plain);
        text = arena_copy(arena, slice_trim(buf_slice(&plain)));
        result.shown_size = html.size;
        result.has_image = slice_find(buf_slice(&html), SLICE("<img"), 0) < html.size;
    } else if (!is_plain(text)) {
        text = text_by_lines(text, arena);
    }
    result.text = slice_trim(text);
    result.lead_size = lead_of(result.text);
    result.shown_size = result.shown_size ? result.shown_size : result.text.size;
    *ret_text = result;
    return true;
}
