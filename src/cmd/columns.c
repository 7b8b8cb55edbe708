#include "cmd/columns.h"

#include "base/utf8.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_ELSEWHERE = 100, WIDTH_LEAST = 40 };

/* Controls, and those that make text around them run the other way. */
static bool is_harmful(uint32_t character) {
    return character < 0x20 || (character >= 0x7F && character < 0xA0) || character == 0x061C ||
           (character >= 0x200E && character <= 0x200F) || (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069);
}

/* The character at `at`, or a blank where it is none to show; its size. */
static size_t take(struct slice text, size_t at, uint32_t *ret_character) {
    uint32_t character = ' ';
    size_t size = utf8_decode(text, at, &character);
    *ret_character = size == 0 || is_harmful(character) ? ' ' : character;
    return size ? size : 1;
}

size_t columns_of(struct slice text) {
    size_t columns = 0;
    uint32_t character;
    for (size_t at = 0; at < text.size;) {
        at += take(text, at, &character);
        columns += utf8_columns(character);
    }
    return columns;
}

void columns_append(struct buf *buf, struct slice text) {
    columns_append_cut(buf, text, SIZE_MAX);
}

void columns_append_cut(struct buf *buf, struct slice text, size_t most) {
    bool fits = most == SIZE_MAX || columns_of(text) <= most;
    size_t room = fits ? SIZE_MAX : most ? most - 1 : 0;
    for (size_t at = 0; at < text.size;) {
        char bytes[UTF8_MOST];
        uint32_t character;
        at += take(text, at, &character);
        if (utf8_columns(character) > room)
            break;
        room -= utf8_columns(character);
        buf_append(buf, bytes, utf8_encode(character, bytes));
    }
    if (!fits)
        buf_append_string(buf, "…");
}

size_t columns_so_far(const struct buf *buf) {
    const char *line = buf->size ? memrchr(buf->data, '\n', buf->size) : NULL;
    size_t begin = line ? (size_t)(line - buf->data) + 1 : 0;
    return columns_of(slice_from(buf_slice(buf), begin));
}

void columns_pad(struct buf *buf, size_t column) {
    size_t now = columns_so_far(buf);
    if (now >= column && now > 0)
        buf_append_byte(buf, ' ');
    for (; now < column; now++)
        buf_append_byte(buf, ' ');
}

size_t columns_of_terminal(void) {
    struct winsize size;
    if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return WIDTH_ELSEWHERE;
    return size.ws_col < WIDTH_LEAST ? WIDTH_LEAST : size.ws_col;
}

void columns_flow_add(struct columns_flow *flow, struct slice piece) {
    size_t now = columns_so_far(flow->buf);
    size_t column = flow->indent;
    if (!flow->is_fresh) {
        while (column < now + 2)
            column += flow->step;
        if (column + columns_of(piece) > flow->width) {
            buf_append_byte(flow->buf, '\n');
            column = flow->indent;
        }
    }
    if (column > 0)
        columns_pad(flow->buf, column);
    buf_append_slice(flow->buf, piece);
    flow->is_fresh = false;
}
