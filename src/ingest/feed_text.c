#include "base/uri.h"
#include "base/utf8.h"
#include "ingest/feed_entry.h"
#include "text/sanitiser.h"
#include "text/sentences.h"

/* Text of feeds: what is HTML in it, and what a title is made of. */

enum {
    TITLE_MOST = 60,        /* characters of one that is made */
    TITLE_LOOKED_AT = 4096, /* bytes */
    REFERENCE_MOST = 32,    /* bytes of &CounterClockwiseContourIntegral; */
};

static bool is_letter(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

struct slice feed_resolve(struct slice base, struct slice reference, struct arena *arena) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    reference = slice_trim(reference);
    if (!reference.size || !base.size || feed_is_address(reference) || !uri_resolve(base, reference, &address))
        return reference;
    return arena_copy(arena, buf_slice(&address));
}

bool feed_is_address(struct slice text) {
    CLEANUP(buf_release) struct buf encoded = BUF(1 << 14);
    if (!slice_equal_ignoring_case(slice_range(text, 0, 4), SLICE("http")))
        return false;
    uri_append_encoded(&encoded, text);
    return !encoded.failed && uri_is_web(buf_slice(&encoded));
}

/* `&amp;`, `&#38;`, `&#x26;` at the front. */
static bool starts_with_reference(struct slice text) {
    size_t end = slice_find_byte(slice_range(text, 0, REFERENCE_MOST), ';', 0);
    size_t at = 1;
    bool number = at < text.size && text.data[at] == '#';
    if (end == REFERENCE_MOST || end >= text.size || end < 3)
        return false;
    at += number;
    if (number && (text.data[at] | 0x20) == 'x')
        at++;
    if (at == end || (!number && !is_letter(text.data[at])))
        return false;
    for (; at < end; at++)
        if (!is_digit(text.data[at]) && !is_letter(text.data[at]))
            return false;
    return true;
}

/* The name of the tag at the front, which has an end; empty: there is none. */
static struct slice tag_name(struct slice text, size_t *last_end) {
    size_t begin = text.size > 1 && text.data[1] == '/' ? 2 : 1;
    size_t end = begin;
    while (end < text.size && (is_letter(text.data[end]) || (end > begin && is_digit(text.data[end]))))
        end++;
    bool ends = end < text.size && end > begin && memchr(" \t\r\n/>", text.data[end], 6);
    /* Of a text full of < without a > only the first is looked behind. */
    if (!ends || !*last_end)
        return (struct slice){0};
    if (slice_find_byte(text, '>', end) == text.size) {
        *last_end = 0;
        return (struct slice){0};
    }
    return slice_range(text, begin, end);
}

static bool is_title_element(struct slice name) {
    static const char *const names[] = {"a",   "b",   "br", "em", "font", "i",  "s",  "small", "span", "strong",
                                        "sub", "sup", "u",  "p",  "div",  "h1", "h2", "h3",    "mark", "img"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (slice_equal_ignoring_case(name, slice_of(names[i])))
            return true;
    return false;
}

static bool has_markup(struct slice text, bool is_title) {
    size_t last_end = 1;
    for (size_t at = 0; at < text.size; at++) {
        if (text.data[at] == '&' && starts_with_reference(slice_from(text, at)))
            return true;
        if (text.data[at] != '<')
            continue;
        struct slice name = tag_name(slice_from(text, at), &last_end);
        if (name.size && (!is_title || is_title_element(name)))
            return true;
        if (!is_title && last_end && slice_starts_with(slice_from(text, at), SLICE("<!--")))
            return true;
    }
    return false;
}

bool feed_has_markup(struct slice text) {
    return has_markup(text, false);
}

static struct slice text_of_html(struct slice html, struct arena *arena) {
    CLEANUP(buf_release) struct buf safe = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    if (!html_sanitise(html, (struct slice){0}, &safe))
        return (struct slice){0};
    html_append_text(buf_slice(&safe), &text);
    return arena_copy(arena, slice_trim(buf_slice(&text)));
}

struct slice feed_plain(struct feed_text text, struct arena *arena) {
    struct slice trimmed = slice_trim(text.text);
    bool html = text.kind == FEED_HTML || (text.kind == FEED_EITHER && feed_has_markup(trimmed));
    return html ? text_of_html(trimmed, arena) : trimmed;
}

struct slice feed_plain_title(struct feed_text title, struct arena *arena) {
    /* All that will be shown of it, and more; and a name is looked for behind each <. */
    if (title.kind == FEED_EITHER)
        title.kind = has_markup(slice_range(title.text, 0, TITLE_LOOKED_AT), true) ? FEED_HTML : FEED_PLAIN;
    return feed_plain(title, arena);
}

struct slice feed_title_of(struct slice plain, struct arena *arena) {
    const struct slice stop = SLICE("。");
    plain = slice_trim(plain);
    if (!plain.size)
        return plain;
    struct slice title = text_summary(slice_range(plain, 0, sentence_end(plain, 0)), TITLE_MOST, arena);
    return slice_ends_with(title, stop) ? slice_range(title, 0, title.size - stop.size) : title;
}

struct slice feed_person(struct slice text) {
    text = slice_trim(text);
    size_t open = slice_find_byte(text, '(', 0);
    size_t at = slice_find_byte(text, '@', 0);
    if (at == text.size)
        return text;
    if (at < open && open < text.size && slice_ends_with(text, SLICE(")")))
        return slice_trim(slice_range(text, open + 1, text.size - 1));
    /* Name <name@host>, as mail has it. */
    size_t angle = slice_find_byte(text, '<', 0);
    return angle < at ? slice_trim(slice_range(text, 0, angle)) : (struct slice){0};
}
