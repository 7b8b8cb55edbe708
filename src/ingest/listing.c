#include "ingest/fields.h"
#include "ingest/readers.h"
#include "ingest/restored.h"
#include "text/choke.h"

#include "base/date.h"

/*
 * The dump of a list page. A record stands between two lines of `-`: a line of title, with the column in front as
 * 【column】, a body of one line or more, a line of date. Behind the last record follows what the page has at its foot.
 *
 * A record ends behind the last line of its stretch that is a date and nothing else, since a body may hold such a line
 * too. What follows there, and is no page foot, becomes a record of its own, which `parse` then refuses with its line.
 */

enum { DATE_LINE_MOST = 64 /* bytes: longer lines are no dates, and need not be tried */ };

/* One line, and where it stands. */
struct line {
    size_t begin;
    size_t end;        /* without its line end */
    struct slice text; /* trimmed */
};

static bool take_line(struct slice text, size_t *position, struct line *ret_line) {
    if (*position >= text.size)
        return false;
    size_t end = slice_find_byte(text, '\n', *position);
    *ret_line = (struct line){*position, end, slice_trim(slice_range(text, *position, end))};
    *position = end < text.size ? end + 1 : end;
    return true;
}

static bool is_separator(const struct line *line) {
    return slice_equal(line->text, SLICE("-"));
}

static bool is_date(struct slice line) {
    struct timestamp date;
    return line.size && line.size <= DATE_LINE_MOST && date_parse(line, &date);
}

/* Lines that begin the foot of such pages: an invitation to write, links as a list. */
static bool begins_foot(struct slice line) {
    const struct slice starts[] = {SLICE("有想补充的信息"), SLICE("- 联系我们"), SLICE("- 企业入驻")};
    for (size_t i = 0; i < ARRAY_LENGTH(starts); i++)
        if (slice_starts_with(line, starts[i]))
            return true;
    return false;
}

/* The lines from one separator to the next. Offsets are those of lines' first bytes; SIZE_MAX: there is no such line.
 */
struct stretch {
    size_t next;   /* where the next separator begins, or the end of the text */
    size_t title;  /* the first line that is not blank */
    size_t second; /* the next one that is not blank */
    size_t date;   /* the last line that is a date */
    size_t date_end;
    size_t after;    /* the first line behind the date that is not blank */
    size_t foot;     /* the first line that begins a page foot */
    size_t last_end; /* end of the last line that is not blank */
};

static void add_line(struct stretch *stretch, const struct line *line) {
    stretch->last_end = line->end;
    if (stretch->title == SIZE_MAX)
        stretch->title = line->begin;
    else if (stretch->second == SIZE_MAX)
        stretch->second = line->begin;
    if (begins_foot(line->text) && stretch->foot == SIZE_MAX)
        stretch->foot = line->begin;
    if (is_date(line->text) && stretch->foot == SIZE_MAX) {
        stretch->date = line->begin;
        stretch->date_end = line->end;
        stretch->after = SIZE_MAX;
    } else if (stretch->date != SIZE_MAX && stretch->after == SIZE_MAX) {
        stretch->after = line->begin;
    }
}

static struct stretch stretch_at(struct slice text, size_t begin) {
    struct stretch stretch = {text.size, SIZE_MAX, SIZE_MAX, SIZE_MAX, 0, SIZE_MAX, SIZE_MAX, begin};
    size_t position = begin;
    struct line line;
    while (take_line(text, &position, &line)) {
        if (is_separator(&line)) {
            stretch.next = line.begin;
            break;
        }
        if (line.text.size)
            add_line(&stretch, &line);
    }
    return stretch;
}

/* Where the record that begins a stretch ends. */
static size_t record_end(const struct stretch *stretch) {
    bool date_below_title = stretch->date == stretch->second && stretch->after != SIZE_MAX;
    if (stretch->date != SIZE_MAX && (!date_below_title || stretch->after == stretch->foot))
        return stretch->date_end;
    return stretch->foot != SIZE_MAX ? stretch->foot : stretch->last_end;
}

static unsigned lines_between(struct slice text, size_t begin, size_t end) {
    unsigned lines = 0;
    for (size_t at = slice_find_byte(text, '\n', begin); at < end; at = slice_find_byte(text, '\n', at + 1))
        lines++;
    return lines;
}

static bool next_record(struct slice text, size_t *position, unsigned *line, struct record_bounds *ret_bounds) {
    while (*position < text.size) {
        size_t begin = *position;
        struct line first;
        bool separated = take_line(text, position, &first) && is_separator(&first);
        struct stretch stretch = stretch_at(text, separated ? *position : begin);
        bool is_record = stretch.title != stretch.foot; /* both SIZE_MAX: nothing but blank lines */
        bool is_hole = stretch.title == SIZE_MAX && separated && stretch.next < text.size;
        size_t end = record_end(&stretch);
        bool more = is_record && stretch.after != SIZE_MAX && stretch.after >= end && stretch.after != stretch.foot;
        unsigned here = *line;
        *position = more ? stretch.after : stretch.next;
        *line += lines_between(text, begin, *position);
        if (is_record)
            *ret_bounds = (struct record_bounds){stretch.title, end, here + lines_between(text, begin, stretch.title),
                                                 end - stretch.title > RECORD_MOST};
        else if (is_hole)
            *ret_bounds = (struct record_bounds){first.begin, first.end, here, false};
        if (is_record || is_hole)
            return true;
    }
    return false;
}

/* 【column】title */
static void split_title(struct slice line, struct raw_article *raw) {
    const struct slice open = SLICE("【");
    const struct slice close = SLICE("】");
    size_t end = slice_find(line, close, 0);
    if (slice_starts_with(line, open) && end < line.size && slice_trim(slice_from(line, end + close.size)).size) {
        raw->fields[ARTICLE_FIELD_COLUMN] =
            (struct raw_value){.kind = RAW_TEXT, .text = slice_range(line, open.size, end)};
        line = slice_from(line, end + close.size);
    }
    raw->fields[ARTICLE_FIELD_TITLE] = (struct raw_value){.kind = RAW_TEXT, .text = line};
}

static bool parse_record(const struct source *source, const struct taxonomies *taxonomies, struct slice record,
                         struct place place, struct arena *arena, struct diagnostics *diagnostics,
                         struct article *ret_article) {
    struct raw_article raw = {.place = place, .format = source->format};
    struct choke_report choked = {0};
    struct restore_report restored;
    record = text_restore(text_choke(record, CHOKE_TEXT, arena, &choked), arena, &restored);
    raw.broken = choked.ill_formed;
    raw.dropped = choked.forbidden;
    struct stretch stretch = stretch_at(record, 0);
    size_t position = 0;
    struct line title;
    (void)taxonomies; /* a listing has no labels of its own */
    if (!take_line(record, &position, &title) || is_separator(&title)) {
        diag_report(diagnostics, DIAGNOSTIC_RECORD_BROKEN, place, "nothing between two lines of -");
        return false;
    }
    struct slice body = slice_from(record, position);
    if (!is_date(title.text))
        split_title(title.text, &raw);
    if (stretch.date != SIZE_MAX) {
        struct slice date = slice_trim(slice_range(record, stretch.date, stretch.date_end));
        unsigned line = place.line + lines_between(record, 0, stretch.date);
        raw.fields[ARTICLE_FIELD_DATE] = (struct raw_value){.kind = RAW_TEXT, .text = date, .line = line, .column = 1};
        body =
            stretch.after != SIZE_MAX ? slice_from(record, stretch.after) : slice_range(record, position, stretch.date);
    }
    raw.fields[ARTICLE_FIELD_BODY] = (struct raw_value){.kind = RAW_TEXT, .text = body};
    if (!fields_to_article(source, &raw, arena, diagnostics, ret_article))
        return false;
    report_restored(&restored, place, diagnostics);
    return true;
}

/* What `next` left between records is not seen here; of a record, everything but its title, body and date. */
static void describe_record(struct slice record, struct place place, struct arena *arena, struct buf *report) {
    struct raw_article raw = {0};
    struct choke_report choked = {0};
    struct restore_report restored;
    record = text_restore(text_choke(record, CHOKE_TEXT, arena, &choked), arena, &restored);
    size_t position = 0;
    struct line title;
    struct stretch stretch = stretch_at(record, 0);
    if (take_line(record, &position, &title))
        split_title(title.text, &raw);
    struct slice column = raw.fields[ARTICLE_FIELD_COLUMN].text;
    if (column.size)
        buf_append_format(report, "%.*s:%u: taken as column: %.*s\n", SLICE_ARGUMENTS(place.file), place.line,
                          SLICE_ARGUMENTS(column));
    if (stretch.date != SIZE_MAX)
        buf_append_format(report, "%.*s:%u: taken as date: %.*s\n", SLICE_ARGUMENTS(place.file),
                          place.line + lines_between(record, 0, stretch.date),
                          SLICE_ARGUMENTS(slice_trim(slice_range(record, stretch.date, stretch.date_end))));
    describe_restored(&restored, place, report);
}

const struct reader reader_listing = {
    .name = "listing",
    .by_line = false,
    .endings = ".txt",
    .next = next_record,
    .parse = parse_record,
    .describe = describe_record,
};
