#include "ingest/upstream_records.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "ingest/readers.h"
#include "json/fields.h"
#include "json/reader.h"

/*
 * Answers of many records. Where they begin is found first, since the newest may come first and the oldest is wanted
 * first; then each is parsed in an arena that is cleared behind it. So memory follows the number of records, twelve
 * bytes each.
 */

enum { RECORDS_MOST = 1000000 };

struct record {
    uint32_t begin, end; /* bytes of the text */
    unsigned line;
};
struct records {
    VEC(struct record) items;
};

static void release_records(struct records *records) {
    vec_release(&records->items);
}

void upstream_take(struct upstream_run *run, const struct article *article) {
    run->reading.withdrawn += article->withdrawn;
    run->reading.articles += !article->withdrawn;
    run->take(run->context, article);
}

void upstream_say_first_refusal(struct upstream_run *run) {
    for (size_t i = 0; i < run->diagnostics.items.count; i++) {
        const struct diagnostic *item = &run->diagnostics.items.items[i];
        if (diagnostic_severity(item->id) != SEVERITY_REFUSED)
            continue;
        buf_append_string(run->problem, ": ");
        if (item->place.line)
            buf_append_format(run->problem, "line %u: ", item->place.line);
        buf_append_string(run->problem, diagnostic_text(item->id));
        if (item->detail.size)
            buf_append_format(run->problem, ": %.*s", SLICE_ARGUMENTS(item->detail));
        return;
    }
}

static bool add_record(struct upstream_run *run, struct records *records, size_t begin, size_t end, unsigned line) {
    if (records->items.count == RECORDS_MOST) {
        buf_append_format(run->problem, "it has more than %d records", RECORDS_MOST);
        return false;
    }
    vec_push(&records->items, (struct record){(uint32_t)begin, (uint32_t)end, line});
    return true;
}

/* --- one record ---------------------------------------------------------------------------------------------- */

static unsigned characters_in(struct slice text) {
    unsigned count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return count;
}

/*
 * Readers of lines count columns from where a record begins: an object of a JSON array may begin anywhere and have
 * several lines.
 */
static void place_anew(struct upstream_run *run, const struct record *record, size_t first) {
    for (size_t i = first; i < run->diagnostics.items.count; i++) {
        struct diagnostic *item = &run->diagnostics.items.items[i];
        size_t at = record->begin;
        if (item->place.line != record->line || !item->place.column)
            continue;
        for (unsigned left = item->place.column; at < record->end; at++)
            if (((unsigned char)run->text.data[at] & 0xC0) != 0x80 && --left == 0)
                break;
        const char *before = memrchr(run->text.data, '\n', at);
        size_t line_begin = before ? (size_t)(before - run->text.data) + 1 : 0;
        item->place.line += (unsigned)slice_count_byte(slice_range(run->text, record->begin, at), '\n');
        item->place.column = characters_in(slice_range(run->text, line_begin, at)) + 1;
        item->excerpt = (struct slice){0};
    }
}

static void read_record(struct upstream_run *run, const struct reader *reader, const struct record *record,
                        bool is_element) {
    struct slice text = slice_range(run->text, record->begin, record->end);
    struct place place = {.file = run->answer->url, .line = record->line};
    struct article article;
    size_t reported = run->diagnostics.items.count;
    arena_clear(&run->arena);
    if (text.size > RECORD_MOST) {
        diag_report(&run->diagnostics, DIAGNOSTIC_RECORD_TOO_LARGE, place, "%s", "");
        run->reading.refused++;
        return;
    }
    bool good = reader->parse(&run->source, run->taxonomies, text, place, &run->arena, &run->diagnostics, &article);
    if (is_element)
        place_anew(run, record, reported);
    if (good)
        upstream_take(run, &article);
    else
        run->reading.refused++;
}

/* All of them, the oldest first. false when most are broken: then this is something else. */
static bool read_all(struct upstream_run *run, const struct reader *reader, const struct records *records,
                     bool are_elements) {
    size_t count = records->items.count;
    bool newest_first = run->source.upstream.order == ORDER_NEWEST_FIRST;
    for (size_t i = 0; i < count; i++)
        read_record(run, reader, &records->items.items[newest_first ? count - 1 - i : i], are_elements);
    size_t broken = run->diagnostics.per_id[DIAGNOSTIC_RECORD_BROKEN];
    if (broken * 2 <= count)
        return true;
    buf_append_format(run->problem, "%zu of %zu records cannot be read", broken, count);
    upstream_say_first_refusal(run);
    return false;
}

/* --- lines --------------------------------------------------------------------------------------------------- */

/* The last line of JSON Lines, without a line end: whole, or what is left of a line. */
static bool is_whole(struct upstream_run *run, const struct records *records) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct json_members members;
    struct json_error error;
    size_t count = records->items.count;
    if (!count || run->text.data[run->text.size - 1] == '\n')
        return true;
    const struct record *last = &records->items.items[count - 1];
    if (json_members_read(slice_range(run->text, last->begin, last->end), &arena, &members, &error))
        return true;
    if (count == 1)
        buf_append_format(run->problem, "this is not JSON: %s", error.reason);
    else
        buf_append_format(run->problem, "it is cut off in line %u: %s", last->line, error.reason);
    return false;
}

bool upstream_read_records(struct upstream_run *run, const struct reader *reader) {
    CLEANUP(release_records) struct records records = {0};
    struct record_bounds bounds;
    size_t position = 0;
    unsigned line = 1;
    while (reader->next(run->text, &position, &line, &bounds))
        if (!add_record(run, &records, bounds.begin, bounds.end, bounds.line))
            return false;
    return (!reader->by_line || is_whole(run, &records)) && read_all(run, reader, &records, false);
}

/* --- arrays -------------------------------------------------------------------------------------------------- */

bool upstream_read_array(struct upstream_run *run) {
    CLEANUP(release_records) struct records records = {0};
    struct slice rest = slice_trim(run->text);
    struct slice element;
    size_t counted = 0;
    unsigned line = 1;
    while (json_next_element(&rest, &element)) {
        size_t begin = (size_t)(element.data - run->text.data);
        line += (unsigned)slice_count_byte(slice_range(run->text, counted, begin), '\n');
        counted = begin;
        if (!add_record(run, &records, begin, begin + element.size, line))
            return false;
    }
    if (rest.size) {
        buf_append_format(run->problem, "this JSON array breaks off, or goes wrong, behind its element %zu (line %u)",
                          records.items.count, line);
        return false;
    }
    return read_all(run, &reader_jsonl, &records, true);
}
