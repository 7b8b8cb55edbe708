#include "cmd/classify_lines.h"

#include "clean/clean.h"
#include "cmd/article_input.h"
#include "cmd/explained.h"
#include "cmd/labelling.h"
#include "ingest/labelled_by.h"
#include "json/fields.h"

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
    static const enum article_field unwanted[] = {
        ARTICLE_FIELD_DATE,      ARTICLE_FIELD_UPDATED,   ARTICLE_FIELD_AUTHOR,
        ARTICLE_FIELD_LANGUAGE,  ARTICLE_FIELD_TAGS,      ARTICLE_FIELD_IMAGE,
        ARTICLE_FIELD_ENCLOSURE, ARTICLE_FIELD_WITHDRAWN, ARTICLE_FIELD_ENTRY_ID};
    *filter = (struct line_filter){.settings = settings, .classifier = classifier, .explain = explain};
    filter->rules = taxonomies_hash(&settings->taxonomies);
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
    *worker = (struct line_worker){.classifier = classifier_worker_new(filter->classifier),
                                   .reasons = BUF(BUF_UNLIMITED),
                                   .hand = BUF(BUF_UNLIMITED)};
}

void line_worker_release(struct line_worker *worker) {
    classifier_worker_free(worker->classifier);
    arena_release(&worker->article);
    arena_release(&worker->members);
    buf_release(&worker->reasons);
    buf_release(&worker->hand);
    *worker = (struct line_worker){0};
}

/* --- labels into a line ------------------------------------------------------------------------------------- */

/* One line at hand. */
struct labelling {
    const struct line_filter *filter;
    struct line_worker *worker;
    const struct decision *decisions;
    struct labelled_by labelled_by;
    struct buf *out;
};

/* What a line gets, by number: a list of labels for each taxonomy, then labelled_by, then the reasons. */
static size_t value_count(const struct line_filter *filter) {
    return filter->settings->taxonomies.count + 1 + filter->explain;
}

static struct slice value_name(const struct line_filter *filter, size_t number) {
    const struct taxonomies *taxonomies = &filter->settings->taxonomies;
    if (number < taxonomies->count)
        return taxonomies->items[number].id;
    return number == taxonomies->count ? labelled_by_name : explain_name;
}

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

/* That of a member of this name; value_count: it is none of ours. */
static size_t value_number(const struct line_filter *filter, struct slice name) {
    size_t number = 0;
    while (number < value_count(filter) && !slice_equal(value_name(filter, number), name))
        number++;
    return number;
}

static void append_value(const struct labelling *labelling, size_t number) {
    size_t taxonomies = labelling->filter->settings->taxonomies.count;
    if (number < taxonomies)
        append_labels(labelling, number);
    else if (number == taxonomies)
        labelled_by_append(&labelling->labelled_by, labelling->out);
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

/*
 * What somebody had given: as it stood at the first labelling, else the members that are about to be replaced. A name
 * that stands twice: the last one counts.
 */
static void find_labels_by_hand(struct labelling *labelling, struct slice record, const struct json_members *members) {
    const struct line_filter *filter = labelling->filter;
    struct buf *hand = &labelling->worker->hand;
    size_t taxonomies = filter->settings->taxonomies.count;
    buf_clear(hand);
    for (size_t number = 0; number < taxonomies; number++) {
        const struct json_member *given = NULL;
        for (size_t i = 0; i < members->count; i++)
            if (slice_equal(members->items[i].name, value_name(filter, number)))
                given = &members->items[i];
        if (!given || given->kind == JSON_NULL)
            continue;
        buf_append_string(hand, hand->size ? ", \"" : "{\"");
        buf_append_slice(hand, value_name(filter, number));
        buf_append_string(hand, "\": ");
        buf_append_slice(hand, slice_range(record, given->offset, value_end(record, given)));
    }
    if (hand->size)
        buf_append_byte(hand, '}');
    labelling->labelled_by.hand = buf_slice(hand);
}

static void make_labelled_by(struct labelling *labelling, const struct classify_input *input, struct slice record,
                             const struct json_members *members) {
    struct labelled_by before = {0};
    bool is_labelled = false;
    for (size_t i = 0; i < members->count; i++)
        if (slice_equal(members->items[i].name, labelled_by_name))
            is_labelled = labelled_by_read(&members->items[i], &labelling->worker->members, &before);
    labelling->labelled_by = (struct labelled_by){
        .rules = labelling->filter->rules, .article = labelling_article_hash(input), .hand = before.hand};
    if (!is_labelled)
        find_labels_by_hand(labelling, record, members);
}

/* The record with its values replaced, and what it did not have behind its last member. */
static void append_labelled(const struct labelling *labelling, struct slice record,
                            const struct json_members *members) {
    size_t values = value_count(labelling->filter);
    CLEANUP(memory_free) bool *written = memory_new_array(values, sizeof *written);
    size_t done = 0;
    for (size_t i = 0; i < members->count; i++) {
        const struct json_member *member = &members->items[i];
        size_t number = value_number(labelling->filter, member->name);
        if (number == values)
            continue;
        buf_append_slice(labelling->out, slice_range(record, done, member->offset));
        append_value(labelling, number);
        done = value_end(record, member);
        written[number] = true;
    }
    /* An article has a title: there is a last member. */
    size_t end = value_end(record, &members->items[members->count - 1]);
    buf_append_slice(labelling->out, slice_range(record, done, end));
    for (size_t i = 0; i < values; i++) {
        if (written[i])
            continue;
        buf_append_string(labelling->out, ", \"");
        buf_append_slice(labelling->out, value_name(labelling->filter, i));
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
    size_t begin = labelled->size;
    labelling.decisions = classify(worker->classifier, &input, filter->explain, place, diagnostics);
    if (filter->explain)
        make_reasons(filter, worker, &input, labelling.decisions);
    arena_clear(&worker->members);
    /* It has just been read. */
    if (!json_members_read(record, &worker->members, &members, &error))
        return;
    make_labelled_by(&labelling, &input, record, &members);
    append_labelled(&labelling, record, &members);
    if (labelled->size - begin > RECORD_MOST) {
        /* With labels, build would refuse it; without, it asks the rules itself. */
        buf_truncate(labelled, begin);
        buf_append_slice(labelled, record);
    }
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
