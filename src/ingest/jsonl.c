#include "ingest/fields.h"
#include "ingest/labelled_by.h"
#include "ingest/readers.h"
#include "json/fields.h"

/* One article a line, one JSON object an article. */

/* Lists of mappings of texts are the deepest shape that any field has. */
enum { SHAPE_LEVELS = 3, LABEL_FIELDS_MOST = 64 };

static bool next_line(struct slice text, size_t *position, unsigned *line, struct record_bounds *ret_bounds) {
    while (*position < text.size) {
        size_t begin = *position;
        size_t end = slice_find_byte(text, '\n', begin);
        *position = end < text.size ? end + 1 : end;
        unsigned here = (*line)++;
        /* Almost every line starts with its brace; only others are worth a look for blanks. */
        if (text.data[begin] != '{' && !slice_trim(slice_range(text, begin, end)).size)
            continue;
        if (end > begin && text.data[end - 1] == '\r')
            end--;
        *ret_bounds = (struct record_bounds){begin, end, here, end - begin > RECORD_MOST};
        return true;
    }
    return false;
}

static enum raw_kind kind_of(enum json_kind kind) {
    switch (kind) {
    case JSON_STRING:
    case JSON_NUMBER:
        return RAW_TEXT;
    case JSON_TRUE:
    case JSON_FALSE:
        return RAW_WORD;
    case JSON_ARRAY:
        return RAW_LIST;
    case JSON_OBJECT:
        return RAW_MAPPING;
    case JSON_NULL:
        break;
    }
    return RAW_ABSENT;
}

/* `base`: where in the record the text begins that the member was read from. */
static struct raw_value value_of(const struct json_member *member, size_t base, unsigned level, struct arena *arena) {
    struct raw_value value = {.kind = kind_of(member->kind), .offset = base + member->offset, .text = member->text};
    struct json_members members;
    struct json_error error;
    if ((value.kind != RAW_LIST && value.kind != RAW_MAPPING) || level == SHAPE_LEVELS)
        return value;
    /* Only the number of its members can stand against what was read as a part before. */
    if (!json_members_read(member->text, arena, &members, &error) || !members.count)
        return value;
    struct raw_item *items = arena_new_array(arena, members.count, sizeof *items);
    for (size_t i = 0; i < members.count; i++)
        items[i] =
            (struct raw_item){members.items[i].name, value_of(&members.items[i], value.offset, level + 1, arena)};
    value.items = items;
    value.count = members.count;
    return value;
}

/* A name that stands twice: the last one counts, for labels as for fields. */
static void add_label(struct raw_item *labels, size_t *count, struct raw_item label) {
    size_t i = 0;
    while (i < *count && !slice_equal(labels[i].name, label.name))
        i++;
    if (i == LABEL_FIELDS_MOST)
        return;
    labels[i] = label;
    *count += i == *count;
}

/* A line that went through `pindao classify`: its labels are those of the rules; what was given by hand stands apart.
 */
static void set_rule_labels_apart(const struct taxonomies *taxonomies, size_t base, struct arena *arena,
                                  struct raw_article *raw) {
    const struct json_member hand = {
        .kind = JSON_OBJECT, .text = raw->labelled_by.hand, .offset = base + raw->labelled_by.hand_offset};
    raw->rule_labels = raw->labels;
    raw->rule_label_count = raw->label_count;
    raw->labels = NULL;
    raw->label_count = 0;
    if (!hand.text.size)
        return;
    struct raw_value given = value_of(&hand, 0, 0, arena);
    struct raw_item *labels = arena_new_array(arena, LABEL_FIELDS_MOST, sizeof *labels);
    for (size_t i = 0; i < given.count; i++)
        if (taxonomy_find(taxonomies, given.items[i].name))
            add_label(labels, &raw->label_count, given.items[i]);
    raw->labels = labels;
}

static void sort_out(const struct source *source, const struct taxonomies *taxonomies,
                     const struct json_members *members, struct arena *arena, struct raw_article *raw) {
    struct raw_item *labels = NULL;
    size_t labelled_by_offset = 0;
    for (size_t i = 0; i < members->count; i++) {
        const struct json_member *member = &members->items[i];
        enum article_field field = fields_find(source, member->name);
        if (field < ARTICLE_FIELD_COUNT) {
            raw->fields[field] = value_of(member, 0, 0, arena);
        } else if (taxonomy_find(taxonomies, member->name)) {
            if (!labels)
                labels = arena_new_array(arena, LABEL_FIELDS_MOST, sizeof *labels);
            add_label(labels, &raw->label_count, (struct raw_item){member->name, value_of(member, 0, 0, arena)});
        } else if (slice_equal(member->name, labelled_by_name)) {
            raw->is_labelled = labelled_by_read(member, arena, &raw->labelled_by);
            labelled_by_offset = member->offset;
        }
    }
    raw->labels = labels;
    if (raw->is_labelled)
        set_rule_labels_apart(taxonomies, labelled_by_offset, arena, raw);
}

static unsigned column_of(struct slice record, size_t offset) {
    unsigned column = 1;
    for (size_t i = 0; i < offset && i < record.size; i++)
        column += ((unsigned char)record.data[i] & 0xC0) != 0x80;
    return column;
}

static bool parse_line(const struct source *source, const struct taxonomies *taxonomies, struct slice record,
                       struct place place, struct arena *arena, struct diagnostics *diagnostics,
                       struct article *ret_article) {
    struct raw_article raw = {.place = place, .record = record, .format = source->format};
    struct json_members members;
    struct json_error error;
    bool good = json_members_read(record, arena, &members, &error);
    if (good && members.kind != JSON_OBJECT) {
        good = false;
        error = (struct json_error){0, "an object in { } is missing"};
    }
    if (!good) {
        place.column = column_of(record, error.offset);
        struct diagnostic *item =
            diag_report(diagnostics, DIAGNOSTIC_RECORD_BROKEN, place, "this is not JSON: %s", error.reason);
        diag_excerpt(diagnostics, item, record);
        return false;
    }
    raw.broken = members.lone_surrogates;
    sort_out(source, taxonomies, &members, arena, &raw);
    return fields_to_article(source, &raw, arena, diagnostics, ret_article);
}

/* Feeds stand as such lines in the spool, in the names of pindao, whatever `fields` says. */
static bool parse_entry(const struct source *source, const struct taxonomies *taxonomies, struct slice record,
                        struct place place, struct arena *arena, struct diagnostics *diagnostics,
                        struct article *ret_article) {
    struct source own = *source;
    memset(own.fields, 0, sizeof own.fields);
    return parse_line(&own, taxonomies, record, place, arena, diagnostics, ret_article);
}

const struct reader reader_feed = {
    .name = "feed",
    .by_line = true,
    .is_feed = true,
    .endings = ".atom .rss .rdf .xml .json",
    .next = next_line,
    .parse = parse_entry,
};

const struct reader reader_jsonl = {
    .name = "jsonl",
    .by_line = true,
    .endings = ".jsonl .ndjson .jsonl.gz .ndjson.gz",
    .next = next_line,
    .parse = parse_line,
};
