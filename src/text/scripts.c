#include "text/scripts.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/fold.h"

#include <opencc/opencc.h>
#include <pthread.h>

/*
 * The one thing here that lasts: a converter is a foreign library's tables, never changed once open, and costs a tenth
 * of a second. It lives until the process ends.
 */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static opencc_t converter;

static void open_converter(void) {
    converter = opencc_open("t2s.json");
}

static bool is_open(void) {
    pthread_once(&once, open_converter);
    return converter && converter != (opencc_t)-1; /* NOLINT: what OpenCC returns for an error */
}

/* Most text needs nothing: the fold's table tells a hundred times faster than OpenCC. */
static bool has_traditional(struct slice text) {
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    size_t at = 0;
    while (at < text.size && !((unsigned char)text.data[at] & 0x80))
        at++;
    if (at == text.size)
        return false;
    text_fold(slice_from(text, at), &folded, NULL);
    struct slice rest = slice_from(text, at);
    /* The fold also narrows, lowers and drops; only what it makes of Han characters counts here. */
    size_t in = 0;
    size_t out = 0;
    while (in < rest.size) {
        uint32_t before = 0;
        uint32_t after = 0;
        size_t size = utf8_decode(rest, in, &before);
        in += size ? size : 1;
        if (!size || !text_is_han(before))
            continue;
        while (out < folded.size) {
            size = utf8_decode(buf_slice(&folded), out, &after);
            out += size ? size : 1;
            if (size && text_is_han(after))
                break;
        }
        if (before != after)
            return true;
    }
    return false;
}

static void append_simplified(struct slice text, struct buf *buf) {
    char *simple = text.size ? opencc_convert_utf8(converter, text.data, text.size) : NULL;
    if (simple)
        buf_append_string(buf, simple);
    else
        buf_append_slice(buf, text);
    opencc_convert_utf8_free(simple);
}

struct slice text_simplify(struct slice text, struct arena *arena) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    if (!has_traditional(text) || !is_open())
        return text;
    append_simplified(text, &buf);
    return arena_copy(arena, buf_slice(&buf));
}

/* The end of the tag or address that begins at `at`; `at` when none does. */
static size_t verbatim_end(struct slice text, size_t at) {
    struct slice here = slice_from(text, at);
    char closing = 0;
    if (text.data[at] == '<')
        closing = '>';
    else if (slice_starts_with(here, SLICE("](")))
        closing = ')';
    size_t end = closing ? slice_find_byte(text, closing, at) : text.size;
    return end < text.size ? end + 1 : at;
}

static size_t last_byte(struct slice text, char byte) {
    const char *last = text.size ? memrchr(text.data, byte, text.size) : NULL;
    return last ? (size_t)(last - text.data) : 0;
}

struct slice text_simplify_markup(struct slice text, struct arena *arena) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    if (!has_traditional(text) || !is_open())
        return text;
    size_t begin = 0;
    size_t last_tag_end = last_byte(text, '>');
    size_t last_address_end = last_byte(text, ')');
    for (size_t at = 0; at < text.size;) {
        /* A sign without its end is text: not looked for again and again. */
        bool may_begin = (at < last_tag_end && text.data[at] == '<') || (at < last_address_end && text.data[at] == ']');
        size_t end = may_begin ? verbatim_end(text, at) : at;
        if (end == at) {
            at++;
            continue;
        }
        append_simplified(slice_range(text, begin, at), &buf);
        buf_append_slice(&buf, slice_range(text, at, end));
        begin = at = end;
    }
    append_simplified(slice_from(text, begin), &buf);
    return arena_copy(arena, buf_slice(&buf));
}
