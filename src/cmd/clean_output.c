#include "cmd/clean_output.h"

#include "clean/clean.h"
#include "json/writer.h"

enum { HTML_MOST = 16 << 20 /* bytes */ };

/* --- values ------------------------------------------------------------------------------------------------- */

/* JSON strings are YAML too, as long as they are double-quoted. */
static void append_string(struct buf *buf, struct slice text) {
    struct json_writer json = json_fragment_writer_on(buf, 1);
    json_string(&json, text);
}

/* Where fields go: members of one JSON object, or lines of front matter. */
struct fields {
    struct buf *buf;
    bool yaml;
    bool any;
};

static void key(struct fields *fields, const char *name) {
    if (fields->yaml) {
        buf_append_format(fields->buf, "%s: ", name);
        return;
    }
    buf_append_format(fields->buf, "%s\"%s\":", fields->any ? "," : "{", name);
    fields->any = true;
}

static void end_field(struct fields *fields) {
    if (fields->yaml)
        buf_append_byte(fields->buf, '\n');
}

static void text_field(struct fields *fields, const char *name, struct slice text) {
    if (!text.size)
        return;
    key(fields, name);
    append_string(fields->buf, text);
    end_field(fields);
}

static void date_field(struct fields *fields, const char *name, const struct timestamp *date) {
    CLEANUP(buf_release) struct buf text = BUF(64);
    if (!date->present)
        return;
    if (date->day_only)
        date_append_day(&text, date->seconds);
    else
        date_append_rfc3339(&text, date->seconds);
    text_field(fields, name, buf_slice(&text));
}

static void list_field(struct fields *fields, const char *name, const struct slice *items, size_t count) {
    if (!count)
        return;
    key(fields, name);
    for (size_t i = 0; i < count; i++) {
        buf_append_string(fields->buf, i ? ", " : "[");
        append_string(fields->buf, items[i]);
    }
    buf_append_byte(fields->buf, ']');
    end_field(fields);
}

static void author_field(struct fields *fields, const struct article *article) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct slice *names = arena_new_array(&arena, article->author_count + 1, sizeof *names);
    for (size_t i = 0; i < article->author_count; i++)
        names[i] = article->authors[i].name;
    if (article->author_count == 1)
        text_field(fields, "author", names[0]);
    else
        list_field(fields, "author", names, article->author_count);
}

static void source_field(struct fields *fields, const struct article *article) {
    if (!article->source_url.size) {
        text_field(fields, "source", article->source_name);
        return;
    }
    key(fields, "source");
    buf_append_string(fields->buf, "{\"name\": ");
    append_string(fields->buf, article->source_name);
    buf_append_string(fields->buf, ", \"url\": ");
    append_string(fields->buf, article->source_url);
    buf_append_byte(fields->buf, '}');
    end_field(fields);
}

static void enclosure_field(struct fields *fields, const struct enclosure *enclosure) {
    if (!enclosure->url.size)
        return;
    key(fields, "enclosure");
    buf_append_string(fields->buf, "{\"url\": ");
    append_string(fields->buf, enclosure->url);
    buf_append_string(fields->buf, ", \"type\": ");
    append_string(fields->buf, enclosure->type);
    buf_append_format(fields->buf, ", \"length\": %llu}", (unsigned long long)enclosure->length);
    end_field(fields);
}

/* All labels of one taxonomy, as a list; `first` is the first of them. */
static void label_field(struct fields *fields, const struct article *article, size_t first) {
    static const char *const signs[] = {[LABEL_IS] = "", [LABEL_ADD] = "+", [LABEL_REMOVE] = "-"};
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    struct slice taxonomy = article->labels[first].taxonomy;
    struct slice *names = arena_new_array(&arena, article->label_count, sizeof *names);
    size_t count = 0;
    for (size_t i = first; i < article->label_count; i++) {
        const struct label *label = &article->labels[i];
        if (!slice_equal(label->taxonomy, taxonomy) || !label->term.size)
            continue;
        buf_clear(&text);
        buf_append_string(&text, signs[label->change]);
        buf_append_slice(&text, label->term);
        names[count++] = arena_copy(&arena, buf_slice(&text));
    }
    const char *name = arena_copy(&arena, taxonomy).data;
    list_field(fields, name, names, count);
    if (!count) {
        key(fields, name);
        buf_append_string(fields->buf, "[]");
        end_field(fields);
    }
}

static void label_fields(struct fields *fields, const struct article *article) {
    for (size_t i = 0; i < article->label_count; i++) {
        size_t first = 0;
        while (!slice_equal(article->labels[first].taxonomy, article->labels[i].taxonomy))
            first++;
        if (first == i)
            label_field(fields, article, i);
    }
}

static void append_fields(struct fields *fields, const struct article *article, enum body_format format) {
    static const char *const formats[] = {[BODY_TEXT] = "text", [BODY_MARKDOWN] = "markdown", [BODY_HTML] = "html"};
    text_field(fields, "id", article->id);
    text_field(fields, "title", article->title);
    date_field(fields, "date", &article->date);
    date_field(fields, "updated", &article->updated);
    text_field(fields, "url", article->url);
    text_field(fields, "entry_id", article->entry_id);
    source_field(fields, article);
    author_field(fields, article);
    text_field(fields, "column", article->column);
    text_field(fields, "language", article->language);
    list_field(fields, "tags", article->tags, article->tag_count);
    text_field(fields, "image", article->image);
    enclosure_field(fields, &article->enclosure);
    label_fields(fields, article);
    if (article->withdrawn) {
        key(fields, "withdrawn");
        buf_append_string(fields->buf, "true");
        end_field(fields);
    }
    text_field(fields, "summary", article->summary);
    if (article->body.size)
        text_field(fields, "format", slice_of(formats[format]));
}

/* --- bodies ------------------------------------------------------------------------------------------------- */

static bool reads_the_same(const struct article *article, struct slice body, enum body_format format) {
    CLEANUP(buf_release) struct buf wanted = BUF(HTML_MOST);
    CLEANUP(buf_release) struct buf got = BUF(HTML_MOST);
    struct article other = *article;
    other.body = body;
    other.format = format;
    return clean_html(article, &wanted) && clean_html(&other, &got) && !wanted.failed && !got.failed &&
           slice_equal(buf_slice(&wanted), buf_slice(&got));
}

/* A paragraph a line, if the article is text. */
static struct slice text_body(const struct article *article, struct arena *arena) {
    struct plain_text plain;
    if (article->format != BODY_TEXT || !article->body.size || !clean_plain_text(article, arena, &plain) ||
        !reads_the_same(article, plain.text, BODY_TEXT))
        return article->body;
    return plain.text;
}

/* ASCII punctuation may mean something to Markdown anywhere; a backslash takes that away from all of it. */
static void append_escaped(struct buf *buf, struct slice text) {
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        bool special = byte > 0 && strchr("\\`*_{}[]<>()#+-.!|&~=:@\"'", byte);
        bool start = i == 0 || text.data[i - 1] == ' ' || (text.data[i - 1] >= '0' && text.data[i - 1] <= '9');
        bool only_in_front = byte > 0 && strchr("+-.)=:", byte);
        if (special && byte != '(' && byte != '"' && byte != '\'' && byte != ':' && byte != '@' &&
            (!only_in_front || (start && i < 12)))
            buf_append_byte(buf, '\\');
        buf_append_byte(buf, byte);
    }
}

static void append_piece(void *context, struct slice text, bool is_heading) {
    struct buf *buf = context;
    if (buf->size)
        buf_append_string(buf, "\n\n");
    if (is_heading)
        buf_append_string(buf, "## ");
    append_escaped(buf, text);
}

/* --- articles ----------------------------------------------------------------------------------------------- */

static void append_line(const struct article *article, struct slice body, struct buf *buf) {
    struct fields fields = {.buf = buf};
    append_fields(&fields, article, article->format);
    text_field(&fields, "body", body);
    buf_append_string(buf, "}\n");
}

void clean_append_jsonl(const struct article *article, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    append_line(article, text_body(article, &arena), buf);
}

void clean_append_jsonl_as_read(const struct article *article, struct buf *buf) {
    append_line(article, article->body, buf);
}

void clean_append_markdown(const struct article *article, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf markdown = BUF(HTML_MOST);
    struct fields fields = {.buf = buf, .yaml = true};
    struct slice body = text_body(article, &arena);
    enum body_format format = article->format;
    if (format == BODY_TEXT && body.size) {
        clean_sections(article->body, append_piece, &markdown);
        if (reads_the_same(article, buf_slice(&markdown), BODY_MARKDOWN)) {
            format = BODY_MARKDOWN;
            body = buf_slice(&markdown);
        }
    }
    buf_append_string(buf, "---\n");
    append_fields(&fields, article, format);
    buf_append_string(buf, "---\n");
    if (body.size)
        buf_append_byte(buf, '\n');
    buf_append_slice(buf, body);
    if (body.size)
        buf_append_byte(buf, '\n');
}
