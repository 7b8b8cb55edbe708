#include "ingest/feed_entry.h"

#include "base/date.h"
#include "base/utf8.h"
#include "json/writer.h"
#include "text/sanitiser.h"

/* From what a feed says of an entry to the line that says it of an article. */

/* Characters: a text alone of at most so many is a summary of something that stands elsewhere, a longer one a body. */
enum { SUMMARY_MOST = 200, DATE_READABLE = 100 /* more than any rank */ };

void feed_head_release(struct feed_head *head) {
    vec_release(&head->authors.items);
    arena_release(&head->arena);
    *head = (struct feed_head){0};
}

void feed_entry_clear(struct feed_entry *entry) {
    struct feed_entry empty = {
        .arena = entry->arena, .authors = entry->authors, .source_authors = entry->source_authors, .tags = entry->tags};
    arena_clear(&empty.arena);
    vec_clear(&empty.authors.items);
    vec_clear(&empty.source_authors.items);
    vec_clear(&empty.tags.items);
    *entry = empty;
}

void feed_entry_release(struct feed_entry *entry) {
    vec_release(&entry->authors.items);
    vec_release(&entry->source_authors.items);
    vec_release(&entry->tags.items);
    arena_release(&entry->arena);
    *entry = (struct feed_entry){0};
}

void feed_rank(struct feed_ranked *ranked, struct slice text, unsigned rank) {
    if (text.size && rank > ranked->rank)
        *ranked = (struct feed_ranked){text, rank};
}

void feed_rank_date(struct feed_ranked *ranked, struct slice text, unsigned rank) {
    struct timestamp unused;
    feed_rank(ranked, text, date_parse(text, &unused) ? rank + DATE_READABLE : rank);
}

void feed_enclose(struct feed_entry *entry, struct slice url, struct slice type, struct slice length) {
    if (!url.size)
        return;
    if (slice_equal_ignoring_case(slice_range(type, 0, 6), SLICE("image/")))
        feed_rank(&entry->image, url, 1);
    if (entry->enclosure_url.size)
        return;
    entry->enclosure_url = url;
    entry->enclosure_type = type;
    entry->enclosure_length = length;
}

/* --- what its texts are -------------------------------------------------------------------------------------- */

struct texts {
    struct slice title, summary, body;
    bool is_html; /* the body */
};

static bool is_html(struct feed_text text) {
    return text.kind == FEED_HTML || (text.kind == FEED_EITHER && feed_has_markup(text.text));
}

/* One text alone: RSS has the whole article in its description as often as a summary. */
static void settle_only(struct feed_entry *entry, struct texts *texts) {
    texts->is_html = is_html(entry->summary);
    if (!texts->is_html || entry->summary.kind == FEED_HTML) {
        struct slice plain = feed_plain(entry->summary, &entry->arena);
        if (utf8_count(plain) <= SUMMARY_MOST) {
            texts->summary = plain;
            return;
        }
    }
    texts->body = entry->summary.text;
}

static struct slice make_title(struct feed_entry *entry, const struct texts *texts) {
    struct feed_text body = {texts->body, texts->is_html ? FEED_HTML : FEED_PLAIN};
    struct slice title = feed_title_of(feed_plain(body, &entry->arena), &entry->arena);
    return title.size ? title : feed_title_of(texts->summary, &entry->arena);
}

static struct texts settle_texts(struct feed_entry *entry) {
    struct texts texts = {.title = feed_plain_title(entry->title, &entry->arena)};
    entry->body.text = slice_trim(entry->body.text);
    entry->summary.text = slice_trim(entry->summary.text);
    if (entry->body.text.size) {
        texts.body = entry->body.text;
        texts.is_html = is_html(entry->body);
        texts.summary = feed_plain(entry->summary, &entry->arena);
    } else if (entry->summary.text.size) {
        settle_only(entry, &texts);
    }
    /* JSON Feed, and Atom without a link, must have a content: of a mere summary or title, it is that once more. */
    if (!texts.is_html && texts.body.size) {
        if (!texts.summary.size && slice_equal(texts.body, texts.title))
            texts.summary = texts.title;
        if (slice_equal(texts.body, texts.summary))
            texts.body = (struct slice){0};
    }
    if (!texts.title.size)
        texts.title = make_title(entry, &texts);
    if (!texts.body.size && !texts.summary.size)
        texts.summary = texts.title;
    return texts;
}

/*
 * References in a body are seen from the article's address by whoever shows it. From another base they are made
 * absolute here; what the sanitiser refuses is left as it is, to be refused with its place.
 */
static void append_body(const struct feed_lines *lines, const struct feed_entry *entry, struct slice body,
                        struct buf *html) {
    struct slice base = entry->body_base;
    if (!base.size && !entry->url.text.size)
        base = lines->base;
    if (!base.size || slice_equal(base, entry->url.text) || !html_sanitise(body, base, html))
        buf_append_slice(html, body);
}

/* --- the line ------------------------------------------------------------------------------------------------ */

static void write_text(struct json_writer *json, const char *key, struct slice text) {
    text = slice_trim(text);
    if (!text.size)
        return;
    json_key(json, key);
    json_string(json, text);
}

static void write_names(struct json_writer *json, const char *key, const struct feed_names *names) {
    if (!names->items.count)
        return;
    json_key(json, key);
    json_open_array(json);
    for (size_t i = 0; i < names->items.count; i++)
        json_string(json, names->items.items[i]);
    json_close(json);
}

static bool is_later(struct slice updated, struct slice date) {
    struct timestamp then, now;
    return !date_parse(updated, &now) || !date_parse(date, &then) || then.seconds != now.seconds;
}

static void write_dates(struct json_writer *json, const struct feed_entry *entry) {
    write_text(json, "date", entry->date.text);
    if (entry->updated.size && is_later(entry->updated, entry->date.text))
        write_text(json, "updated", entry->updated);
}

static void write_source(struct json_writer *json, const struct feed_lines *lines, const struct feed_entry *entry) {
    bool own = entry->source_name.size || entry->source_url.size;
    struct slice name = own ? entry->source_name : lines->head->title;
    struct slice url = own ? entry->source_url : lines->head->link;
    if (!name.size && !url.size)
        return;
    json_key(json, "source");
    json_open_object(json);
    write_text(json, "name", name);
    /* It is not worth a complaint with each entry. */
    if (feed_is_address(url))
        write_text(json, "url", url);
    json_close(json);
}

static void write_language(struct json_writer *json, const struct feed_lines *lines, struct feed_entry *entry) {
    struct slice language = slice_trim(entry->language.size ? entry->language : lines->head->language);
    if (!language.size)
        return;
    /* zh_CN is how programs call it; tags have hyphens (RFC 5646 2.1). */
    char *copy = arena_reserve(&entry->arena, language.size);
    for (size_t i = 0; i < language.size; i++)
        copy[i] = (char)(language.data[i] == '_' ? '-' : language.data[i]);
    write_text(json, "language", (struct slice){copy, language.size});
}

static void write_enclosure(struct json_writer *json, const struct feed_entry *entry) {
    uint64_t length = 0;
    if (!entry->enclosure_url.size)
        return;
    json_key(json, "enclosure");
    json_open_object(json);
    write_text(json, "url", entry->enclosure_url);
    write_text(json, "type", entry->enclosure_type);
    if (slice_parse_unsigned(slice_trim(entry->enclosure_length), &length) && length) {
        json_key(json, "length");
        json_unsigned(json, length);
    }
    json_close(json);
}

static const struct feed_names *authors_of(const struct feed_lines *lines, const struct feed_entry *entry) {
    if (entry->authors.items.count)
        return &entry->authors;
    return entry->source_authors.items.count ? &entry->source_authors : &lines->head->authors;
}

static void write_texts(struct json_writer *json, const struct feed_lines *lines, struct feed_entry *entry) {
    struct texts texts = settle_texts(entry);
    CLEANUP(buf_release) struct buf html = BUF(BUF_UNLIMITED);
    write_text(json, "title", texts.title);
    write_dates(json, entry);
    write_text(json, "summary", texts.summary);
    if (!texts.body.size)
        return;
    if (texts.is_html)
        append_body(lines, entry, texts.body, &html);
    write_text(json, "body", texts.is_html ? buf_slice(&html) : texts.body);
    write_text(json, "format", texts.is_html ? SLICE("html") : SLICE("text"));
}

static void write_entry(struct json_writer *json, const struct feed_lines *lines, struct feed_entry *entry) {
    write_texts(json, lines, entry);
    write_names(json, "author", authors_of(lines, entry));
    write_source(json, lines, entry);
    write_language(json, lines, entry);
    write_names(json, "tags", &entry->tags);
    write_text(json, "image", entry->image.text);
    write_enclosure(json, entry);
}

static void write_tombstone(struct json_writer *json, const struct feed_entry *entry) {
    write_text(json, "title", entry->title.text.size ? entry->title.text : entry->id);
    write_text(json, "date", entry->date.text);
    /* Of two articles with one address the later word counts, wherever they stand. */
    write_text(json, "updated", entry->date.text);
    json_key(json, "withdrawn");
    json_boolean(json, true);
}

/*
 * What pindao calls an article that is known by its address: tag:AUTHORITY,DATE:url/ADDRESS. Where it is withdrawn,
 * neither its tombstone has a link nor the stub in its place, which in RSS and JSON is all there is to meet what was
 * kept of it.
 */
static struct slice address_of_own_id(struct slice id, struct arena *arena) {
    static const struct slice name_space = SLICE_CONSTANT("url/");
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    size_t end = slice_find_byte(id, ':', sizeof "tag:" - 1);
    if (!slice_starts_with(id, SLICE("tag:")) || !slice_starts_with(slice_from(id, end + 1), name_space))
        return (struct slice){0};
    buf_append_string(&address, "https://");
    buf_append_slice(&address, slice_from(id, end + 1 + name_space.size));
    return arena_copy(arena, buf_slice(&address));
}

void feed_lines_append(struct feed_lines *lines, struct feed_entry *entry) {
    if (!entry->url.text.size && (entry->withdrawn || !lines->has_tombstones))
        entry->url.text = address_of_own_id(entry->id, &entry->arena);
    struct json_writer json = json_line_writer_on(lines->lines);
    for (; lines->line < entry->line; lines->line++)
        buf_append_byte(lines->lines, '\n');
    json_open_object(&json);
    write_text(&json, "url", entry->url.text);
    /* Beside an address that cannot be used, the id is what the article is known by. */
    if (!feed_is_address(entry->url.text))
        write_text(&json, "id", entry->id);
    else if (lines->has_tombstones && !slice_equal(entry->id, entry->url.text))
        write_text(&json, "entry_id", entry->id);
    if (entry->withdrawn)
        write_tombstone(&json, entry);
    else
        write_entry(&json, lines, entry);
    json_close(&json);
    lines->line++;
    lines->entries += !entry->withdrawn;
    lines->tombstones += entry->withdrawn;
}
