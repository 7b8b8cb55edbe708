#include "assemble/archive.h"

#include "base/date.h"

#define FIRST_SECOND INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */

enum { HOUR = 60 * 60, DAY = 24 * HOUR };

#define FOLDER "archive/"
#define ENDING ".xml"

/* "2026-11-22" is cut to what names the period. */
static size_t name_size(enum archive_period period) {
    return period == ARCHIVE_MONTH ? strlen("2026-11") : strlen("2026-11-22");
}

/* The first moment of the month or day that the calendar shows at `seconds`. */
static int64_t begin_at(enum archive_period period, int64_t seconds) {
    CLEANUP(buf_release) struct buf day = BUF(64);
    struct timestamp begin = {0};
    date_append_day(&day, seconds);
    buf_truncate(&day, name_size(period));
    if (period == ARCHIVE_MONTH)
        buf_append_string(&day, "-01");
    /* The year 1 begins somewhere before any date that there is, elsewhere after the first. */
    return date_parse(buf_slice(&day), &begin) && begin.seconds <= seconds ? begin.seconds : FIRST_SECOND;
}

/* Half a day past the longest day or month lies in the next one, and in no later one. */
static int64_t end_of(enum archive_period period, int64_t begin) {
    int64_t end = begin_at(period, begin + (period == ARCHIVE_MONTH ? 31 * DAY : DAY) + 12 * HOUR);
    return end > begin ? end : INT64_MAX;
}

struct archive_span archive_span_at(enum archive_period period, int64_t seconds) {
    int64_t begin = begin_at(period, seconds);
    int64_t end = end_of(period, begin);
    /* Clocks that are set back over midnight show the end of a day again, when the next one has begun. */
    while (seconds >= end) {
        begin = end;
        end = end_of(period, begin);
    }
    return (struct archive_span){begin, end};
}

static void append_page(struct buf *buf, enum archive_period period, struct archive_span span, const char *ending) {
    CLEANUP(buf_release) struct buf day = BUF(64);
    date_append_day(&day, span.begin);
    buf_append_string(buf, FOLDER);
    buf_append_slice(buf, slice_range(buf_slice(&day), 0, name_size(period)));
    buf_append_string(buf, ending);
}

void archive_append_page(struct buf *buf, enum archive_period period, struct archive_span span) {
    append_page(buf, period, span, ENDING);
}

void archive_append_html_page(struct buf *buf, enum archive_period period, struct archive_span span) {
    append_page(buf, period, span, ".html");
}

void archive_append_path(struct buf *buf, const struct channel *channel, int64_t date) {
    enum archive_period period = channel->rule->archive;
    buf_append_slice(buf, slice_from(channel->path, 1));
    archive_append_page(buf, period, archive_span_at(period, date));
}

/* "2026-11.xml", "2026-11.html", whatever the digits. */
static bool is_page_name(struct slice name, enum archive_period *ret_period) {
    static const struct slice shape = SLICE_CONSTANT("0000-00-00");
    struct slice ending = slice_ends_with(name, SLICE(".html")) ? SLICE(".html") : SLICE(ENDING);
    if (!slice_ends_with(name, ending))
        return false;
    name.size -= ending.size;
    if (name.size != name_size(ARCHIVE_MONTH) && name.size != name_size(ARCHIVE_DAY))
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (shape.data[i] == '-' ? name.data[i] != '-' : name.data[i] < '0' || name.data[i] > '9')
            return false;
    *ret_period = name.size == name_size(ARCHIVE_MONTH) ? ARCHIVE_MONTH : ARCHIVE_DAY;
    return true;
}

bool archive_page_in_path(struct slice path, struct slice *ret_owner, enum archive_period *ret_period) {
    static const struct slice folder = SLICE_CONSTANT("/" FOLDER);
    for (size_t at = slice_find(path, folder, 0); at < path.size; at = slice_find(path, folder, at + 1)) {
        struct slice rest = slice_from(path, at + folder.size);
        struct slice name;
        if (!slice_take_until(&rest, '/', &name) || !is_page_name(name, ret_period))
            continue;
        *ret_owner = slice_range(path, 0, at + 1);
        return true;
    }
    return false;
}
