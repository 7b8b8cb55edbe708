#include "cmd/classify_lines.h"

#include "clean/clean.h"
#include "cmd/article_input.h"
#include "cmd/explained.h"
#include "ingest/json_fields.h"

/*
 * No member is called so. Rules look neither at dates nor at pictures: what a line says there is no reason to complain,
 * let alone to leave it out.
 */
static const struct slice no_name = SLICE_CONSTANT("\x7f");

static const struct slice explain_name = SLICE_CONSTANT("explain");

static bool read_field_name(struct slice pair, struct source *source) {
    size_t equals = slice_find_byte(pair, '=', 0);
    enum article_field field = article_field_find(slice_trim(slice_range(pair, 0, equals)));
    struct slice name = slice_trim(slice_from(pair, equals + 1));
    if (field == ARTICLE_FIELD_COUNT || !name.size)
        return false;
    source->fields[field] = name;
    return true;
}

bool line_filter_init(struct line_filter *filter, const struct settings *settings, const struct classifier *classifier,
                      const char *fields, bool explain) {
    static const enum article_field unwanted[] = {ARTICLE_FIELD_DATE,      ARTICLE_FIELD_UPDATED,  ARTICLE_FIELD_AUTHOR,
                                                  ARTICLE_FIELD_LANGUAGE,  ARTICLE_FIELD_TAGS,     ARTICLE_FIELD_IMAGE,
                                                  ARTICLE_FIELD_ENCLOSURE, ARTICLE_FIELD_WITHDRAWN};
    *filter = (struct line_filter){.settings = settings, .classifier = classifier, .explain = explain};
    struct source *source = &filter->source;
    source->reader = "jsonl";
    for (size_t i = 0; i < ARRAY_LENGTH(unwanted); i++)
        source->fields[unwanted[i]] = no_name;
    /* What every article must have, in forms that say nothing. */
    source->defaults[ARTICLE_FIELD_DATE] = SLICE("1970-01-01");
    source->defaults[ARTICLE_FIELD_SUMMARY] = SLICE(".");
    struct slice rest = slice_of(fields);
    struct slice pair;
    while (rest.size && slice_take_until(&rest, ',', &pair))
        if (!read_field_name(pair, source))
            return false;
    return true;
}

void line_worker_init(struct line_worker *worker, const struct line_filter *filter) {
    *worker =
        (struct line_worker){.classifier = classifier_worker_new(filter->classifier), .reasons = BUF(BUF_UNLIMITED)};
}

void line_worker_release(struct line_worker *worker) {
    classifier_worker_free(worker->classifier);
    arena_release(&worker->article);
    arena_release(&worker->members);
    buf_release(&worker->reasons);
    *worker = (struct line_worker){0};
}

/* --- labels into a line ------------------------------------------------------------------------------------- */

/* One line at hand. */
struct labelling {
    const struct line_filter *filter;
    struct line_worker *worker;
    const struct decision *decisions;
    struct buf *out;
};

static void append_labels(const struct labelling *labelling, size_t taxonomy) {
    const struct decision *decision = &labelling->decisions[taxonomy];
    bool any = false;
    buf_append_byte(labelling->out, '[');
    for (size_t i = 0; i < decision->taxonomy->term_count; i++) {
        if (!decision->terms[i].chosen)
            continue;
        buf_append_string(labelling->out, any ? ", \"" : "\"");
        buf_append_slice(labelling->out, decision->taxonomy->terms[i].id);
        buf_append_byte(labelling->out, '"');
        any = true;
    }
    buf_append_byte(labelling->out, ']');
}

/* The value for a member of this name: the number of its taxonomy, or count for the reasons; count + 1: keep it. */
static size_t value_number(const struct line_filter *filter, struct slice name) {
    const struct taxonomies *taxonomies = &filter->settings->taxonomies;
    for (size_t i = 0; i < taxonomies->count; i++)
        if (slice_equal(taxonomies->items[i].id, name))
            return i;
    bool is_explain = filter->explain && slice_equal(name, explain_name);
    return is_explain ? taxonomies->count : taxonomies->count + 1;
}

static void append_value(const struct labelling *labelling, size_t number) {
    if (number < labelling->filter->settings->taxonomies.count)
        append_labels(labelling, number);
    else
        buf_append_slice(labelling->out, buf_slice(&labelling->worker->reasons));
}

/* Where a value ends that was read before: for strings the text is not what was written. */
static size_t value_end(struct slice record, const struct json_member *member) {
    if (member->kind != JSON_STRING)
        return member->offset + member->text.size;
    size_t at = member->offset + 1;
    while (record.data[at] != '"')
        at += record.data[at] == '\\' ? 2 : 1;
    return at + 1;
}

/* The record with its values replaced, and what it did not have behind its last member. */
static void append_labelled(const struct labelling *labelling, struct slice record,
                            const struct json_members *members) {
    const struct taxonomies *taxonomies = &labelling->filter->settings->taxonomies;
    size_t value_count = taxonomies->count + labelling->filter->explain;
    CLEANUP(memory_free) bool *written = memory_new_array(value_count, sizeof *written);
    size_t done = 0;
    for (size_t i = 0; i < members->count; i++) {
        const struct json_member *member = &members->items[i];
        size_t number = value_number(labelling->filter, member->name);
        if (number >= value_count)
            continue;
        buf_append_slice(labelling->out, slice_range(record, done, member->offset));
        append_value(labelling, number);
        done = value_end(record, member);
        written[number] = true;
    }
    /* An article has a title: there is a last member. */
    size_t end = value_end(record, &members->items[members->count - 1]);
    buf_append_slice(labelling->out, slice_range(record, done, end));
    for (size_t i = 0; i < value_count; i++) {
        if (written[i])
            continue;
        buf_append_string(labelling->out, ", \"");
        buf_append_slice(labelling->out, i < taxonomies->count ? taxonomies->items[i].id : explain_name);
        buf_append_string(labelling->out, "\": ");
        append_value(labelling, i);
    }
    buf_append_slice(labelling->out, slice_from(record, end));
}

/* --- reasons ------------------------------------------------------------------------------------------------ */

/* On one line: a line feed in what a writer wrote is never part of a string. */
static void append_unfolded(struct slice json, struct buf *buf) {
    for (size_t at = 0; at < json.size;) {
        size_t end = slice_find_byte(json, '\n', at);
        buf_append_slice(buf, slice_range(json, at, end));
        for (at = end + 1; at < json.size && json.data[at] == ' '; at++)
            ;
    }
}

static void make_reasons(const struct line_filter *filter, struct line_worker *worker,
                         const struct classify_input *input, const struct decision *decisions) {
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    struct json_writer json = json_writer_on(&folded);
    json_open_array(&json);
    for (size_t i = 0; i < filter->settings->taxonomies.count; i++) {
        struct explanation explanation;
        explanation_make(worker->classifier, input, &decisions[i], &worker->article, &explanation);
        explanation_write_json(&explanation, &json);
    }
    json_close(&json);
    buf_clear(&worker->reasons);
    append_unfolded(buf_slice(&folded), &worker->reasons);
}

/* --- lines -------------------------------------------------------------------------------------------------- */

static bool read_line(const struct line_filter *filter, struct line_worker *worker, struct slice record,
                      struct place place, struct diagnostics *diagnostics, struct article *article,
                      struct plain_text *text) {
    const struct reader *reader = reader_find(filter->source.reader);
    arena_clear(&worker->article);
    if (!reader->parse(&filter->source, &filter->settings->taxonomies, record, place, &worker->article, diagnostics,
                       article))
        return false;
    if (clean_plain_text(article, &worker->article, text))
        return true;
    diag_report(diagnostics, DIAGNOSTIC_HTML_REFUSED, place, "%.*s", SLICE_ARGUMENTS(article->title));
    return false;
}

static void classify_line(const struct line_filter *filter, struct line_worker *worker, struct slice record,
                          struct place place, struct buf *labelled, struct diagnostics *diagnostics) {
    struct article article;
    struct plain_text text;
    struct json_members members;
    struct json_error error;
    if (!read_line(filter, worker, record, place, diagnostics, &article, &text))
        return;
    const struct classify_input input = article_input(&article, &text);
    struct labelling labelling = {.filter = filter, .worker = worker, .out = labelled};
    labelling.decisions = classify(worker->classifier, &input, filter->explain, place, diagnostics);
    if (filter->explain)
        make_reasons(filter, worker, &input, labelling.decisions);
    arena_clear(&worker->members);
    if (json_members_read(record, &worker->members, &members, &error))
        append_labelled(&labelling, record, &members);
    buf_append_byte(labelled, '\n');
}

void lines_classify(const struct line_filter *filter, struct line_worker *worker, struct slice lines, struct slice file,
                    struct buf *labelled, struct diagnostics *diagnostics, unsigned *ret_lines) {
    struct slice rest = lines;
    unsigned line = 0;
    while (rest.size) {
        size_t end = slice_find_byte(rest, '\n', 0);
        struct slice record = slice_range(rest, 0, end);
        line++;
        struct place place = {.file = file, .line = line};
        rest = slice_from(rest, end + 1);
        if (record.size > RECORD_MOST) {
            diag_report(diagnostics, DIAGNOSTIC_RECORD_TOO_LARGE, place, "%s", "");
        } else if (slice_trim(record).size == 0) {
            buf_append_slice(labelled, record);
            buf_append_byte(labelled, '\n');
        } else {
            classify_line(filter, worker, record, place, labelled, diagnostics);
        }
    }
    *ret_lines = line;
}
