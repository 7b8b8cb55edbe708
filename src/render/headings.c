#include "render/headings.h"

enum { LEVELS = 6, TITLE_LEVEL = 1 };

struct outline {
    unsigned levels[LEVELS]; /* of the headings that the one at hand stands below, itself included, as they were */
    unsigned depth;
    unsigned open; /* the level that the heading at hand was given; 0: none is open */
};

/* The level of a heading's tag that begins here, 0 for any other: behind "<" or "</". */
static unsigned level_at(struct slice html, size_t at) {
    if (at + 2 >= html.size || html.data[at] != 'h' || html.data[at + 1] < '1' || html.data[at + 1] > '6')
        return 0;
    char behind = html.data[at + 2];
    return behind == '>' || behind == ' ' ? (unsigned)(html.data[at + 1] - '0') : 0;
}

/* Levels only rise from the outermost in, so that no more than LEVELS are ever kept. */
static unsigned open_heading(struct outline *outline, unsigned level) {
    while (outline->depth && outline->levels[outline->depth - 1] >= level)
        outline->depth--;
    outline->levels[outline->depth++] = level;
    unsigned given = TITLE_LEVEL + outline->depth;
    return given > LEVELS ? LEVELS : given;
}

void headings_append_in_order(struct slice html, struct buf *buf) {
    struct outline outline = {0};
    size_t copied = 0;
    /* Text is escaped: every < begins a tag. */
    for (size_t at = 0; (at = slice_find_byte(html, '<', at)) < html.size; at++) {
        bool closes = at + 1 < html.size && html.data[at + 1] == '/';
        size_t name = at + 1 + closes;
        unsigned level = level_at(html, name);
        if (!level)
            continue;
        if (!closes)
            outline.open = open_heading(&outline, level);
        buf_append_slice(buf, slice_range(html, copied, name));
        buf_append_format(buf, "h%u", outline.open ? outline.open : level);
        copied = name + 2;
    }
    buf_append_slice(buf, slice_from(html, copied));
}
