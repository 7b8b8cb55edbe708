#include "text/sanitiser.h"

#include "base/utf8.h"

/* Of sanitised HTML only: well-formed, lower-case, no references but those that html_append_escaped writes. */

void html_append_escaped(struct buf *buf, struct slice text) {
    size_t begin = 0;
    for (size_t at = 0; at < text.size; at++) {
        const char *reference = NULL;
        switch (text.data[at]) {
        case '&':
            reference = "&amp;";
            break;
        case '<':
            reference = "&lt;";
            break;
        case '>':
            reference = "&gt;";
            break;
        case '"':
            reference = "&quot;";
            break;
        case '\'':
            reference = "&#39;";
            break;
        default:
            continue;
        }
        buf_append(buf, text.data + begin, at - begin);
        buf_append_string(buf, reference);
        begin = at + 1;
    }
    buf_append(buf, text.data + begin, text.size - begin);
}

struct extraction {
    struct buf *text;
    size_t begin;         /* of what this call appends */
    bool blank_due;       /* a run of blanks was seen and not yet written */
    bool line_end_inside; /* … with a line end in it, which between Chinese characters means nothing */
    bool line_due;        /* a block began or ended */
    size_t preformatted;  /* open <pre> */
};

static bool is_block(struct slice name) {
    static const char *const blocks[] = {"article", "blockquote", "br",     "caption", "dd",    "div", "dl",
                                         "dt",      "figcaption", "figure", "h1",      "h2",    "h3",  "h4",
                                         "h5",      "h6",         "hr",     "li",      "ol",    "p",   "pre",
                                         "section", "table",      "tbody",  "tfoot",   "thead", "tr",  "ul"};
    for (size_t i = 0; i < ARRAY_LENGTH(blocks); i++)
        if (slice_equal(name, slice_of(blocks[i])))
            return true;
    return false;
}

/* What is due before a character comes. */
static void settle(struct extraction *extraction, char next) {
    struct buf *text = extraction->text;
    bool at_begin = text->size == extraction->begin;
    if (!at_begin && extraction->line_due) {
        buf_append_byte(text, '\n');
    } else if (!at_begin && extraction->blank_due) {
        bool wide = (text->data[text->size - 1] & 0x80) && (next & 0x80);
        if (!(wide && extraction->line_end_inside))
            buf_append_byte(text, ' ');
    }
    extraction->line_due = extraction->blank_due = extraction->line_end_inside = false;
}

static void extract_tag(struct extraction *extraction, struct slice tag) {
    bool closes = slice_starts_with(tag, SLICE("/"));
    tag = slice_from(tag, closes);
    size_t end = slice_find_byte(tag, ' ', 0);
    struct slice name = slice_range(tag, 0, end);
    if (slice_equal(name, SLICE("pre"))) {
        if (!closes)
            extraction->preformatted++;
        else if (extraction->preformatted > 0)
            extraction->preformatted--;
    }
    if (is_block(name))
        extraction->line_due = true;
    else if (slice_equal(name, SLICE("td")) || slice_equal(name, SLICE("th")))
        extraction->blank_due = true;
}

/* The character of the reference at the front of `text`; returns its size, 1 for a lone ampersand. */
static size_t take_reference(struct slice text, char *ret_character) {
    static const struct {
        const char *reference;
        char character;
    } references[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    *ret_character = '&';
    for (size_t i = 0; i < ARRAY_LENGTH(references); i++) {
        if (!slice_starts_with(text, slice_of(references[i].reference)))
            continue;
        *ret_character = references[i].character;
        return strlen(references[i].reference);
    }
    return 1;
}

static void extract_byte(struct extraction *extraction, char byte) {
    bool blank = byte == ' ' || byte == '\t' || byte == '\n';
    if (blank && extraction->preformatted > 0 && byte == '\n') {
        extraction->line_due = true;
    } else if (blank) {
        extraction->blank_due = true;
        extraction->line_end_inside |= byte == '\n';
    } else {
        if (extraction->blank_due || extraction->line_due)
            settle(extraction, byte);
        buf_append_byte(extraction->text, byte);
    }
}

void html_append_text(struct slice safe_html, struct buf *text) {
    struct extraction extraction = {.text = text, .begin = text->size};
    for (size_t at = 0; at < safe_html.size && !text->failed;) {
        char byte = safe_html.data[at];
        if (byte == '<') {
            size_t end = slice_find_byte(safe_html, '>', at);
            extract_tag(&extraction, slice_range(safe_html, at + 1, end));
            at = end + 1;
        } else if (byte == '&') {
            at += take_reference(slice_from(safe_html, at), &byte);
            extract_byte(&extraction, byte);
        } else {
            extract_byte(&extraction, byte);
            at++;
        }
    }
}
