#include "ingest/fields.h"

#include "base/uri.h"
#include "base/utf8.h"
#include "ingest/field_reader.h"

enum { TITLE_MOST = 200 /* characters */, SHOWN_MOST = 60 /* characters of a bad value in a message */ };

static const struct slice own_names[ARTICLE_FIELD_COUNT] = {
#define ARTICLE_FIELD(id, name) [ARTICLE_FIELD_##id] = {name, sizeof(name) - 1},
#include "model/article_fields.def"
#undef ARTICLE_FIELD
};

struct slice fields_name(const struct source *source, enum article_field field) {
    return source->fields[field].size ? source->fields[field] : own_names[field];
}

enum article_field fields_find(const struct source *source, struct slice name) {
    unsigned field = 0;
    /* Asked for every field of every article: sizes and first letters tell nearly all apart, without a call. */
    for (; field < ARTICLE_FIELD_COUNT; field++) {
        struct slice own = fields_name(source, (enum article_field)field);
        if (own.size == name.size && own.data[0] == name.data[0] && slice_equal(own, name))
            break;
    }
    return (enum article_field)field;
}

const struct raw_value *field_value(const struct field_reader *reader, enum article_field field) {
    static const struct raw_value absent;
    const struct raw_value *value = &reader->raw->fields[field];
    /* `author:` with nothing behind it is as good as not there. */
    if (value->kind != RAW_ABSENT && (value->kind != RAW_TEXT || slice_trim(value->text).size))
        return value;
    if (!reader->source->defaults[field].size)
        return &absent;
    struct raw_value *fallback = arena_new(reader->arena, sizeof *fallback);
    fallback->kind = RAW_TEXT;
    fallback->text = reader->source->defaults[field];
    return fallback;
}

struct place field_place(const struct field_reader *reader, const struct raw_value *value) {
    struct place place = reader->raw->place;
    struct slice before = slice_range(reader->raw->record, 0, value->offset);
    if (value->line) {
        place.line = value->line;
        place.column = value->column;
    } else if (value->offset) {
        /* Characters, of text that may not be well-formed: count what is no continuation byte. */
        place.column = 1;
        for (size_t i = 0; i < before.size; i++)
            place.column += ((unsigned char)before.data[i] & 0xC0) != 0x80;
    }
    return place;
}

void field_complain(struct field_reader *reader, const struct raw_value *value, const char *name) {
    static const char *const shapes[] = {
        [RAW_ABSENT] = "nothing", [RAW_TEXT] = "", [RAW_WORD] = "", [RAW_LIST] = "a list", [RAW_MAPPING] = "a mapping"};
    struct choke_report unused = {0};
    struct slice shown = text_choke(value->text, CHOKE_LINE, reader->arena, &unused);
    if (value->kind == RAW_LIST || value->kind == RAW_MAPPING)
        shown = slice_of(shapes[value->kind]);
    size_t size = utf8_offset(shown, SHOWN_MOST);
    struct diagnostic *item = diag_report(
        reader->diagnostics, DIAGNOSTIC_FIELD_INVALID, field_place(reader, value), "%s: %.*s%s", name,
        SLICE_ARGUMENTS(slice_range(shown, 0, size > shown.size ? shown.size : size)), size < shown.size ? "…" : "");
    diag_excerpt(reader->diagnostics, item, value->excerpt);
}

struct slice field_line(struct field_reader *reader, const struct raw_value *value, const char *name) {
    if (value->kind == RAW_TEXT)
        return text_choke(value->text, CHOKE_LINE, reader->arena, &reader->report);
    if (value->kind != RAW_ABSENT)
        field_complain(reader, value, name);
    return (struct slice){0};
}

/* Most addresses need no encoding, and are then not copied. */
static bool is_plain_address(struct slice text) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c <= ' ' || c > '~' || c == '"' || c == '%' || c == '<' || c == '>' || c == '\\' || c == '^' || c == '`' ||
            (c >= '{' && c <= '}'))
            return false;
    }
    return true;
}

struct slice field_address(struct field_reader *reader, const struct raw_value *value, const char *name) {
    struct slice text = field_line(reader, value, name);
    if (!text.size)
        return text;
    if (!is_plain_address(text)) {
        CLEANUP(buf_release) struct buf encoded = BUF(1 << 14);
        uri_append_encoded(&encoded, text);
        text = encoded.failed ? (struct slice){0} : arena_copy(reader->arena, buf_slice(&encoded));
    }
    if (uri_is_web(text))
        return text;
    field_complain(reader, value, name);
    return (struct slice){0};
}

static bool refuse(struct field_reader *reader, enum diagnostic_id id, const struct raw_value *value,
                   struct slice detail) {
    struct place place = value ? field_place(reader, value) : reader->raw->place;
    struct diagnostic *item =
        diag_report(reader->diagnostics, id, place, "%.*s", SLICE_ARGUMENTS(slice_range(detail, 0, 200)));
    if (value)
        diag_excerpt(reader->diagnostics, item, value->excerpt);
    return false;
}

/* A title that is cut is choked once more: the cut may have taken the end of a bidi isolate. */
static struct slice cut_title(struct field_reader *reader, struct slice title) {
    const struct slice omission = SLICE("…");
    if (title.size <= TITLE_MOST || utf8_count(title) <= TITLE_MOST)
        return title;
    diag_report(reader->diagnostics, DIAGNOSTIC_TITLE_TOO_LONG, reader->raw->place, "%zu characters",
                utf8_count(title));
    size_t size = utf8_offset(title, TITLE_MOST - 1);
    char *room = arena_reserve(reader->arena, size + omission.size);
    memcpy(room, title.data, size);
    memcpy(room + size, omission.data, omission.size);
    struct choke_report unused = {0};
    return text_choke((struct slice){room, size + omission.size}, CHOKE_LINE, reader->arena, &unused);
}

static bool read_title(struct field_reader *reader, struct article *article) {
    const struct raw_value *value = field_value(reader, ARTICLE_FIELD_TITLE);
    struct slice title = value->kind == RAW_TEXT ? text_choke(value->text, CHOKE_LINE, reader->arena, &reader->report)
                                                 : (struct slice){0};
    if (!title.size)
        return refuse(reader, DIAGNOSTIC_TITLE_MISSING, value->kind == RAW_ABSENT ? NULL : value,
                      value->kind == RAW_ABSENT ? (struct slice){0} : SLICE("it is no text"));
    article->title = cut_title(reader, title);
    return true;
}

static bool read_date(struct field_reader *reader, struct article *article) {
    const struct raw_value *value = field_value(reader, ARTICLE_FIELD_DATE);
    if (value->kind == RAW_ABSENT)
        return reader->source->undated || refuse(reader, DIAGNOSTIC_DATE_MISSING, NULL, (struct slice){0});
    if (value->kind == RAW_TEXT && date_parse(value->text, &article->date))
        return true;
    struct choke_report unused = {0};
    struct slice shown = text_choke(value->text, CHOKE_LINE, reader->arena, &unused);
    return refuse(reader, DIAGNOSTIC_DATE_INVALID, value, slice_range(shown, 0, utf8_offset(shown, SHOWN_MOST)));
}

static struct slice read_text(struct field_reader *reader, enum article_field field) {
    const struct raw_value *value = field_value(reader, field);
    if (value->kind == RAW_TEXT)
        return slice_trim(text_choke(value->text, CHOKE_TEXT, reader->arena, &reader->report));
    if (value->kind != RAW_ABSENT)
        field_complain(reader, value, article_field_name(field));
    return (struct slice){0};
}

static bool read_body(struct field_reader *reader, struct article *article) {
    const struct slice formats[] = {
        [BODY_TEXT] = SLICE("text"), [BODY_MARKDOWN] = SLICE("markdown"), [BODY_HTML] = SLICE("html")};
    article->summary = read_text(reader, ARTICLE_FIELD_SUMMARY);
    article->body = read_text(reader, ARTICLE_FIELD_BODY);
    article->format = reader->raw->format;
    /* What is withdrawn may have been emptied as well. */
    if (!article->body.size && !article->summary.size && !article->withdrawn)
        return refuse(reader, DIAGNOSTIC_BODY_MISSING, NULL, (struct slice){0});
    const struct raw_value *format = field_value(reader, ARTICLE_FIELD_FORMAT);
    if (format->kind == RAW_ABSENT)
        return true;
    size_t i = 0;
    while (i < ARRAY_LENGTH(formats) &&
           !(format->kind == RAW_TEXT && slice_equal_ignoring_case(slice_trim(format->text), formats[i])))
        i++;
    if (i < ARRAY_LENGTH(formats))
        article->format = (enum body_format)i;
    else
        field_complain(reader, format, "format");
    return true;
}

/* Shape only (RFC 5646 2.1): letters, then parts of letters and digits, each at most eight. */
static bool is_language(struct slice tag) {
    size_t part = 0;
    bool first = true;
    for (size_t i = 0; i < tag.size; i++) {
        char c = tag.data[i];
        bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (c == '-' && part) {
            part = 0;
            first = false;
        } else if (!(letter || (!first && c >= '0' && c <= '9')) || ++part > 8) {
            return false;
        }
    }
    return part > 0 && !(first && part < 2);
}

static struct slice read_column(struct field_reader *reader) {
    const struct slice open = SLICE("【");
    const struct slice close = SLICE("】");
    const struct raw_value *value = field_value(reader, ARTICLE_FIELD_COLUMN);
    struct slice column = field_line(reader, value, "column");
    if (slice_starts_with(column, open) && slice_ends_with(column, close))
        return slice_trim(slice_range(column, open.size, column.size - close.size));
    return column;
}

static bool read_withdrawn(struct field_reader *reader) {
    const struct slice yes[] = {SLICE("true"), SLICE("yes"), SLICE("1")};
    const struct slice no[] = {SLICE("false"), SLICE("no"), SLICE("0")};
    const struct raw_value *value = field_value(reader, ARTICLE_FIELD_WITHDRAWN);
    if (value->kind == RAW_ABSENT)
        return false;
    struct slice word = slice_trim(value->text);
    bool answers = value->kind == RAW_TEXT || value->kind == RAW_WORD;
    for (size_t i = 0; answers && i < ARRAY_LENGTH(yes); i++) {
        if (slice_equal_ignoring_case(word, yes[i]))
            return true;
        if (slice_equal_ignoring_case(word, no[i]))
            return false;
    }
    field_complain(reader, value, "withdrawn");
    return false;
}

static void read_lines(struct field_reader *reader, struct article *article) {
    const struct raw_value *id = field_value(reader, ARTICLE_FIELD_ID);
    const struct raw_value *entry_id = field_value(reader, ARTICLE_FIELD_ENTRY_ID);
    const struct raw_value *url = field_value(reader, ARTICLE_FIELD_URL);
    const struct raw_value *image = field_value(reader, ARTICLE_FIELD_IMAGE);
    const struct raw_value *language = field_value(reader, ARTICLE_FIELD_LANGUAGE);
    const struct raw_value *updated = field_value(reader, ARTICLE_FIELD_UPDATED);
    article->id = field_line(reader, id, "id");
    article->entry_id = field_line(reader, entry_id, "entry_id");
    article->url = field_address(reader, url, "url");
    article->image = field_address(reader, image, "image");
    article->language = field_line(reader, language, "language");
    if (article->language.size && !is_language(article->language)) {
        field_complain(reader, language, "language");
        article->language = (struct slice){0};
    }
    article->column = read_column(reader);
    if (updated->kind != RAW_ABSENT && !(updated->kind == RAW_TEXT && date_parse(updated->text, &article->updated)))
        field_complain(reader, updated, "updated");
}

static void report_repairs(struct field_reader *reader) {
    struct choke_report report = reader->report;
    report.ill_formed += reader->raw->broken;
    report.forbidden += reader->raw->dropped;
    if (!(report.ill_formed | report.forbidden | report.invisible | report.bidi))
        return;
    CLEANUP(buf_release) struct buf description = BUF(1 << 12);
    choke_report_describe(&report, &description);
    if (description.size)
        diag_report(reader->diagnostics, DIAGNOSTIC_TEXT_REPAIRED, reader->raw->place, "%s", buf_string(&description));
}

bool fields_to_article(const struct source *source, const struct raw_article *raw, struct arena *arena,
                       struct diagnostics *diagnostics, struct article *ret_article) {
    struct field_reader reader = {.source = source, .raw = raw, .arena = arena, .diagnostics = diagnostics};
    struct article article = {0};
    article.withdrawn = read_withdrawn(&reader);
    if (!read_title(&reader, &article) || !read_date(&reader, &article) || !read_body(&reader, &article))
        return false;
    read_lines(&reader, &article);
    field_authors(&reader, &article);
    field_source(&reader, &article);
    field_tags(&reader, &article);
    field_enclosure(&reader, &article);
    field_labels(&reader, &article);
    report_repairs(&reader);
    *ret_article = article;
    return true;
}
