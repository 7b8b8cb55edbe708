#include "ingest/page.h"

#include "ingest/readers.h"
#include "ingest/restored.h"
#include "text/choke.h"

/* The dump of one article's page: one file, one record. How it is taken apart is told in page.h. */

static bool next_record(struct slice text, size_t *position, unsigned *line, struct record_bounds *ret_bounds) {
    size_t begin = *position;
    unsigned first = *line;
    bool first_seen = false;
    for (; *position < text.size; (*position)++) {
        bool line_end = text.data[*position] == '\n';
        *line += line_end;
        if (!first_seen && !line_end && !strchr(" \t\r", text.data[*position])) {
            first_seen = true;
            begin = *position;
            first = *line;
        }
    }
    if (!first_seen)
        return false;
    *ret_bounds = (struct record_bounds){begin, text.size, first, text.size - begin > RECORD_MOST};
    return true;
}

/* Everything that is known of the page. *ret_choked: what the choke point did to it. */
static void read_page(struct page *page, struct slice record, struct choke_report *ret_choked) {
    struct slice text = text_choke(record, CHOKE_TEXT, page->arena, ret_choked);
    text = text_restore(text, page->arena, &page->restored);
    page->title = SIZE_MAX;
    if (page_is_html(text))
        page_read_html(page, text);
    else
        page_read_text(page, text);
    page_lay_out(page);
}

static bool parse_page(const struct source *source, const struct taxonomies *taxonomies, struct slice record,
                       struct place place, struct arena *arena, struct diagnostics *diagnostics,
                       struct article *ret_article) {
    CLEANUP(page_release) struct page page = {.arena = arena};
    struct raw_article raw = {.place = place, .format = BODY_TEXT};
    struct choke_report choked = {0};
    (void)taxonomies; /* a page has no labels of its own */
    read_page(&page, record, &choked);
    page_fields(&page, &raw);
    raw.broken = choked.ill_formed;
    raw.dropped = choked.forbidden;
    if (!fields_to_article(source, &raw, arena, diagnostics, ret_article))
        return false;
    report_restored(&page.restored, place, diagnostics);
    return true;
}

/* --- clean --report ------------------------------------------------------------------------------------------ */

static const char *class_name(const struct page *page, size_t at) {
    static const char *const names[] = {
        [PAGE_OTHER] = "no sentence", [PAGE_BLANK] = "joined",     [PAGE_NAVIGATION] = "navigation",
        [PAGE_LABELS] = "labels",     [PAGE_BYLINE] = "byline",    [PAGE_CAPTION] = "caption",
        [PAGE_FOOT] = "foot",         [PAGE_SENTENCES] = "beside", [PAGE_TITLE] = "title",
        [PAGE_BODY] = "body",
    };
    const struct page_line *line = &page->lines.items[at];
    if (line->class == PAGE_SENTENCES || line->class == PAGE_OTHER)
        return at >= page->body_end    ? "behind the article"
               : at < page->body_begin ? "before the article"
                                       : names[line->class];
    return names[line->class];
}

static void describe_page(struct slice record, struct place place, struct arena *arena, struct buf *report) {
    CLEANUP(page_release) struct page page = {.arena = arena};
    struct raw_article raw = {.place = place};
    struct choke_report choked = {0};
    read_page(&page, record, &choked);
    page_fields(&page, &raw);
    for (size_t i = 0; i < page.lines.count; i++) {
        const struct page_line *line = &page.lines.items[i];
        if (line->class == PAGE_BODY || line->class == PAGE_TITLE || line->class == PAGE_BLANK)
            continue;
        buf_append_format(report, "%.*s:%u: dropped (%s): %.*s\n", SLICE_ARGUMENTS(place.file),
                          place.line + line->number - 1, class_name(&page, i), SLICE_ARGUMENTS(line->text));
    }
    describe_restored(&page.restored, place, report);
}

const struct reader reader_page = {
    .name = "page",
    .by_line = false,
    .endings = ".html .htm",
    .next = next_record,
    .parse = parse_page,
    .describe = describe_page,
};
