#include "ingest/page.h"

#include "base/utf8.h"
#include "text/fold.h"

/* A page whose markup somebody has taken away: lines, indented as the elements were. */

enum { TAG_MOST = 256 /* bytes of a tag that was left standing */ };

void page_release(struct page *page) {
    vec_release(&page->lines);
}

static bool is_stop(uint32_t character) {
    return character == 0x3002 || character == 0xFF01 || character == 0xFF1F || character == '!' || character == '?';
}

/* What may end a paragraph: stops, what closes behind them, and what announces a list. */
static bool may_end(uint32_t character) {
    static const uint32_t signs[] = {0x2026, 0x201D, 0x2019, 0x300D, 0x300F, 0xFF09,
                                     ')',    0xFF1B, ';',    0xFF1A, ':',    '"'};
    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++)
        if (character == signs[i])
            return true;
    return is_stop(character);
}

static void count_characters(struct page_line *line) {
    uint32_t character = 0;
    for (size_t at = 0; at < line->text.size;) {
        size_t size = utf8_decode(line->text, at, &character);
        at += size ? size : 1;
        line->characters++;
        line->han += text_is_han(character);
        line->has_stop |= is_stop(character);
    }
    line->ends_sentence = may_end(character);
}

static void fold_line(struct page *page, struct page_line *line) {
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    CLEANUP(fold_origins_release) struct fold_origins origins = {0};
    size_t most = line->text.size < PAGE_FOLD_MOST ? line->text.size : PAGE_FOLD_MOST;
    while (most < line->text.size && ((unsigned char)line->text.data[most] & 0xC0) == 0x80)
        most--;
    text_fold(slice_range(line->text, 0, most), &folded, &origins);
    line->folded = arena_copy(page->arena, buf_slice(&folded));
    uint32_t *kept = arena_new_array(page->arena, origins.count, sizeof *kept);
    memcpy(kept, origins.offsets, origins.count * sizeof *kept);
    line->origins = kept;
}

static struct slice trim(struct slice text) {
    static const char *const blanks[] = {"\u3000", "\u00A0", "\u2002", "\u2003", "\u2009", "\uFEFF"};
    for (bool changed = true; changed;) {
        changed = false;
        text = slice_trim(text);
        for (size_t i = 0; i < ARRAY_LENGTH(blanks); i++) {
            struct slice blank = slice_of(blanks[i]);
            if (slice_starts_with(text, blank)) {
                text = slice_from(text, blank.size);
                changed = true;
            } else if (slice_ends_with(text, blank)) {
                text.size -= blank.size;
                changed = true;
            }
        }
    }
    return text;
}

struct page_line *page_add_line(struct page *page, struct slice text, unsigned number) {
    text = trim(text);
    if (!text.size || page->lines.count == PAGE_LINES_MOST)
        return NULL;
    struct page_line line = {.text = text, .number = number};
    count_characters(&line);
    fold_line(page, &line);
    vec_push(&page->lines, line);
    return &page->lines.items[page->lines.count - 1];
}

/* The end of what looks like a tag at `at`; `at` when it is a lone `<`. Template code counts: `<%@ … %>`. */
static size_t tag_end(struct slice text, size_t at) {
    char next = at + 1 < text.size ? text.data[at + 1] : ' ';
    bool name = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    if (!name && next != '/' && next != '!' && next != '%' && next != '?')
        return at;
    size_t end = slice_find_byte(slice_range(text, at, at + TAG_MOST), '>', 0);
    return at + end < text.size && end < TAG_MOST ? at + end + 1 : at;
}

/* The text of a line without tags, which some dumps leave in; the same bytes where there are none. */
static struct slice without_tags(struct page *page, struct slice line) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    size_t begin = 0;
    for (size_t at = slice_find_byte(line, '<', 0); at < line.size; at = slice_find_byte(line, '<', at)) {
        size_t end = tag_end(line, at);
        if (end == at) {
            at++;
            continue;
        }
        buf_append_slice(&buf, slice_range(line, begin, at));
        begin = at = end;
    }
    if (!begin)
        return line;
    buf_append_slice(&buf, slice_from(line, begin));
    return arena_copy(page->arena, buf_slice(&buf));
}

void page_read_text(struct page *page, struct slice text) {
    struct slice line;
    bool gap = true;
    for (unsigned number = 1; slice_take_until(&text, '\n', &line); number++) {
        struct page_line *added = page_add_line(page, without_tags(page, line), number);
        if (added)
            added->after_gap = gap;
        gap = !added;
    }
}
