#include "ingest/source.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Reading one piece of the plan, and one record again. */

enum { EXTENSION = 1 << 16 /* bytes read at once in search of the end of a piece's last line */ };

static const struct slice byte_order_mark = {"\xEF\xBB\xBF", 3};

struct reading {
    const struct ingest_plan *plan;
    const struct ingest_file *file;
    const struct ingest_piece *piece;
    struct ingest_worker *worker;
    struct diagnostics *diagnostics;
    int descriptor;
    uint64_t spool_begin; /* 0 where the file itself is read */
    uint64_t text_begin;  /* where worker->text begins in the file */
    struct slice text;    /* whole records */
    bool hinted;          /* that this is GB18030 */
};

void ingest_worker_release(struct ingest_worker *worker) {
    if (worker->open_file)
        close(worker->descriptor);
    buf_release(&worker->text);
    arena_release(&worker->arena);
    *worker = (struct ingest_worker){0};
}

static struct place file_place(const struct reading *reading) {
    return (struct place){.file = slice_of(reading->file->path)};
}

/* The file stays open from piece to piece. */
static bool open_file(struct reading *reading) {
    struct ingest_worker *worker = reading->worker;
    if (reading->file->text) {
        if (ingest_text_place(reading->file, &reading->descriptor, &reading->spool_begin))
            return true;
        diag_report(reading->diagnostics, DIAGNOSTIC_SOURCE_CHANGED, file_place(reading), "%s", "");
        return false;
    }
    if (worker->open_file != reading->piece->file + 1) {
        if (worker->open_file)
            close(worker->descriptor);
        worker->descriptor = open(reading->file->path, O_RDONLY | O_CLOEXEC);
        worker->open_file = worker->descriptor >= 0 ? reading->piece->file + 1 : 0;
    }
    reading->descriptor = worker->descriptor;
    if (worker->open_file)
        return true;
    enum diagnostic_id id = file_error_is_own(errno) ? DIAGNOSTIC_READING_FAILED : DIAGNOSTIC_SOURCE_UNREADABLE;
    diag_report(reading->diagnostics, id, file_place(reading), "%s", strerror(errno));
    return false;
}

/* Appends bytes [begin, end) of the file to the worker's text. *ret_whole is false when the file has shrunk. */
static bool read_bytes(struct reading *reading, uint64_t begin, uint64_t end, bool *ret_whole) {
    struct buf *text = &reading->worker->text;
    size_t wanted = (size_t)(end - begin);
    size_t size = 0;
    if (!wanted)
        return true;
    char *room = buf_reserve(text, wanted);
    assert(room);
    if (!file_read_at(reading->descriptor, room, wanted, reading->spool_begin + begin, &size)) {
        diag_report(reading->diagnostics, DIAGNOSTIC_SOURCE_UNREADABLE, file_place(reading), "%s", strerror(errno));
        return false;
    }
    text->size += size;
    *ret_whole = size == wanted;
    if (size < wanted)
        diag_report(reading->diagnostics, DIAGNOSTIC_SOURCE_CHANGED, file_place(reading), "it became shorter");
    return true;
}

/*
 * The piece's last line may end behind the piece. It is read to its end, or until it is too large to be a record: then
 * the pieces that it runs through find no line that begins in them.
 */
static bool read_last_line(struct reading *reading) {
    struct buf *text = &reading->worker->text;
    uint64_t at = reading->piece->end;
    const char *last_end = text->size ? memrchr(text->data, '\n', text->size) : NULL;
    size_t line = last_end ? (size_t)(last_end - text->data) + 1 : 0;
    bool whole = true;
    while (line < text->size && at < reading->file->size && text->size - line <= RECORD_MOST) {
        size_t searched = text->size;
        uint64_t end = reading->file->size - at > EXTENSION ? at + EXTENSION : reading->file->size;
        if (!read_bytes(reading, at, end, &whole))
            return false;
        size_t found = slice_find_byte(buf_slice(text), '\n', searched);
        if (found < text->size)
            buf_truncate(text, found + 1);
        if (found < text->size || !whole)
            break;
        at = end;
    }
    return true;
}

/* Lines that begin in the piece. The byte before it tells whether one begins with it. */
static bool read_lines(struct reading *reading) {
    const struct ingest_piece *piece = reading->piece;
    struct buf *text = &reading->worker->text;
    bool whole = true;
    size_t first = 0;
    reading->text_begin = piece->begin ? piece->begin - 1 : 0;
    if (!read_bytes(reading, reading->text_begin, piece->end, &whole))
        return false;
    if (piece->begin) {
        /* The last byte may end a line, but none that begins in this piece. */
        size_t searched = text->size ? text->size - 1 : 0;
        const char *end = searched ? memchr(text->data, '\n', searched) : NULL;
        if (!end)
            return true;
        first = (size_t)(end - text->data) + 1;
    }
    if (whole && !read_last_line(reading))
        return false;
    reading->text = slice_from(buf_slice(text), first);
    return true;
}

static bool read_text(struct reading *reading) {
    bool whole = true;
    struct buf *text = &reading->worker->text;
    text->limit = BUF_UNLIMITED;
    buf_clear(text);
    reading->text = (struct slice){"", 0};
    if (!open_file(reading))
        return false;
    if (reading->file->reader->by_line) {
        if (!read_lines(reading))
            return false;
    } else {
        if (!read_bytes(reading, 0, reading->piece->end, &whole))
            return false;
        reading->text = buf_slice(text);
    }
    if (!reading->piece->begin && slice_starts_with(reading->text, byte_order_mark))
        reading->text = slice_from(reading->text, byte_order_mark.size);
    return true;
}

/* Said once a file: what is wrong with one record of such a file is wrong with all, so the first piece is enough. */
static void hint_at_encoding(struct reading *reading, struct slice record, struct place place) {
    if (reading->hinted || reading->piece->begin || utf8_valid_prefix(record) == record.size)
        return;
    if (!utf8_looks_like_gb18030(record))
        return;
    diag_report(reading->diagnostics, DIAGNOSTIC_ENCODING_GB18030, place, "%s", "");
    reading->hinted = true;
}

static size_t reported(const struct diagnostics *diagnostics) {
    return diagnostics->items.count + diagnostics->dropped;
}

/* One record: true with the article, false after reporting why there is none. */
static bool read_record(struct reading *reading, const struct record_bounds *bounds, struct article *article) {
    const struct ingest_file *file = reading->file;
    struct slice record = slice_range(reading->text, bounds->begin, bounds->end);
    struct place place = {.file = slice_of(file->path), .line = bounds->line};
    size_t before = reported(reading->diagnostics);
    reading->worker->line = bounds->line;
    if (bounds->too_large) {
        diag_report(reading->diagnostics, DIAGNOSTIC_RECORD_TOO_LARGE, place, "%s", "");
        return false;
    }
    arena_clear(&reading->worker->arena);
    bool good = file->reader->parse(file->source, &reading->plan->settings->taxonomies, record, place,
                                    &reading->worker->arena, reading->diagnostics, article);
    if (reported(reading->diagnostics) > before)
        hint_at_encoding(reading, record, place);
    return good;
}

void ingest_piece_read(const struct ingest_plan *plan, size_t piece, struct ingest_worker *worker,
                       void (*take)(void *context, const struct article *article, struct location location,
                                    struct slice bytes),
                       void *context, struct diagnostics *diagnostics, struct ingest_result *ret_result) {
    struct reading reading = {.plan = plan,
                              .piece = &plan->pieces.items[piece],
                              .file = &plan->files.items[plan->pieces.items[piece].file],
                              .worker = worker,
                              .diagnostics = diagnostics};
    struct ingest_result result = {0};
    struct record_bounds bounds;
    size_t position = 0;
    unsigned line = 1;
    if (!read_text(&reading)) {
        *ret_result = result;
        return;
    }
    uint64_t offset = reading.text_begin + (uint64_t)(reading.text.data - buf_slice(&worker->text).data);
    while (reading.file->reader->next(reading.text, &position, &line, &bounds)) {
        struct article article;
        if (!read_record(&reading, &bounds, &article)) {
            result.refused++;
            continue;
        }
        struct location location = {reading.piece->file, (uint32_t)(bounds.end - bounds.begin), offset + bounds.begin};
        take(context, &article, location, slice_range(reading.text, bounds.begin, bounds.end));
    }
    result.lines = line - 1;
    result.is_closed = reading.text.size == 0 || reading.text.data[reading.text.size - 1] == '\n';
    *ret_result = result;
}

bool ingest_read_again(const struct ingest_plan *plan, struct location location, uint32_t content_hash,
                       struct arena *arena, struct article *ret_article) {
    CLEANUP(diagnostics_release) struct diagnostics unused = {0};
    const struct ingest_file *file = &plan->files.items[location.file];
    CLEANUP(file_close) int opened = file->text ? -1 : open(file->path, O_RDONLY | O_CLOEXEC);
    int descriptor = opened;
    uint64_t begin = 0;
    char *bytes = arena_reserve(arena, location.size + (size_t)1);
    size_t size = 0;
    if (file->text && !ingest_text_place(file, &descriptor, &begin))
        return false;
    if (descriptor < 0 || !file_read_at(descriptor, bytes, location.size, begin + location.offset, &size) ||
        size != location.size)
        return false;
    struct slice record = {bytes, size};
    struct place place = {.file = slice_of(file->path), .line = 1};
    return (uint32_t)hash64(record) == content_hash &&
           file->reader->parse(file->source, &plan->settings->taxonomies, record, place, arena, &unused, ret_article);
}
