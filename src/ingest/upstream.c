#include "ingest/upstream.h"

#include "base/memory.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "ingest/charset.h"
#include "ingest/feed.h"
#include "ingest/html_tags.h"
#include "ingest/list_page.h"
#include "ingest/page.h"
#include "ingest/readers.h"
#include "ingest/upstream_records.h"
#include "net/decoder.h"
#include "text/choke.h"

/* What an upstream has answered: told what it is, then taken apart by the reader that the source names. */

enum {
    TITLE_SHOWN = 40, /* characters of a page's title in a message */
    LOOKED_AT = 1 << 16,
    UNPACKED_MOST = 64 << 20,
};

static bool say(struct upstream_run *run, const char *problem) {
    buf_append_string(run->problem, problem);
    return false;
}

/* --- what is it? --------------------------------------------------------------------------------------------- */

static struct slice without_blanks(struct slice text) {
    size_t at = 0;
    while (at < text.size && strchr(" \t\r\n", text.data[at]))
        at++;
    return slice_from(text, at);
}

/* A page, as opposed to a feed, by its first tag. */
static bool is_html(struct slice text) {
    struct slice front = slice_range(without_blanks(text), 0, LOOKED_AT);
    for (size_t at = 0; at < front.size && front.data[at] == '<';) {
        struct html_tag tag;
        size_t end = html_tag_read(front, at, &tag);
        if (end == at)
            return false;
        if (tag.kind != HTML_SKIPPED || tag.tag == TAG_HTML)
            return tag.tag != TAG_OTHER;
        at = front.size - without_blanks(slice_from(front, end)).size;
    }
    return false;
}

/* «登录», as far as it fits into a message. Empty when there is none. */
static void append_title(struct slice html, struct arena *arena, struct buf *problem) {
    CLEANUP(buf_release) struct buf title = BUF(LOOKED_AT);
    struct choke_report unused = {0};
    struct slice front = slice_range(html, 0, LOOKED_AT);
    for (size_t at = slice_find_byte(front, '<', 0); at < front.size; at = slice_find_byte(front, '<', at)) {
        struct html_tag tag;
        size_t end = html_tag_read(front, at, &tag);
        at = end > at ? end : at + 1;
        if (tag.kind != HTML_OPENS || tag.tag != TAG_TITLE)
            continue;
        html_append_decoded(slice_range(front, end, slice_find_byte(front, '<', end)), &title);
        break;
    }
    struct slice line = text_choke(buf_slice(&title), CHOKE_LINE, arena, &unused);
    size_t size = utf8_offset(line, TITLE_SHOWN);
    if (line.size)
        buf_append_format(problem, ": «%.*s%s»", SLICE_ARGUMENTS(slice_range(line, 0, size)),
                          size < line.size ? "…" : "");
}

static bool say_html(struct upstream_run *run) {
    buf_append_string(run->problem, "this is an HTML page");
    append_title(run->text, &run->arena, run->problem);
    return say(run, "; say reader: listing or page if these are the articles");
}

/* --- readers ------------------------------------------------------------------------------------------------- */

static bool read_feed(struct upstream_run *run) {
    CLEANUP(buf_release) struct buf lines = BUF(UINT32_MAX);
    struct feed_in feed = {0};
    if (is_html(run->text))
        return say_html(run);
    if (!feed_to_lines(run->text, run->answer->url, &lines, &feed)) {
        if (feed.line)
            buf_append_format(run->problem, "line %u: ", feed.line);
        return say(run, feed.problem);
    }
    run->text = buf_slice(&lines);
    return upstream_read_records(run, &reader_jsonl);
}

static bool read_jsonl(struct upstream_run *run) {
    struct slice front = slice_range(without_blanks(run->text), 0, LOOKED_AT);
    if (is_html(run->text))
        return say_html(run);
    if (front.data[0] == '<')
        return say(run, "this is XML, not JSON; if it is a feed, say reader: feed");
    if (front.data[0] == '{' &&
        slice_find(front, SLICE("https://jsonfeed.org/version/"), 0) < slice_find_byte(front, '\n', 0))
        return say(run, "this is a JSON Feed, not one article a line: say reader: feed");
    return front.data[0] == '[' ? upstream_read_array(run) : upstream_read_records(run, &reader_jsonl);
}

static void set(struct raw_article *raw, enum article_field field, struct slice text) {
    if (text.size)
        raw->fields[field] = (struct raw_value){.kind = RAW_TEXT, .text = text};
}

/* A list says no more of an article than it shows: where that is the title alone, it is the summary, too. */
static bool read_list_item(struct upstream_run *run, const struct list_item *item) {
    struct raw_article raw = {.place = {.file = run->answer->url}, .format = BODY_TEXT};
    struct article article;
    set(&raw, ARTICLE_FIELD_URL, item->url);
    set(&raw, ARTICLE_FIELD_TITLE, item->title);
    set(&raw, ARTICLE_FIELD_DATE, item->date);
    set(&raw, ARTICLE_FIELD_COLUMN, item->column);
    set(&raw, ARTICLE_FIELD_IMAGE, item->image);
    set(&raw, ARTICLE_FIELD_SUMMARY, item->summary.size ? item->summary : item->title);
    if (!fields_to_article(&run->source, &raw, &run->arena, &run->diagnostics, &article))
        return false;
    upstream_take(run, &article);
    return true;
}

static bool read_list_page(struct upstream_run *run) {
    CLEANUP(arena_release) struct arena page_arena = {0};
    struct choke_report unused = {0};
    struct list_page page;
    if (run->text.size > LIST_PAGE_MOST)
        return say(run, "this page is too large for a list page");
    struct slice text = text_choke(run->text, CHOKE_TEXT, &page_arena, &unused);
    if (!list_page_read(text, run->answer->url, &page_arena, &page)) {
        say(run, page.problem);
        append_title(run->text, &run->arena, run->problem);
        return false;
    }
    bool newest_first = run->source.upstream.order == ORDER_NEWEST_FIRST;
    for (size_t i = 0; i < page.count; i++) {
        arena_clear(&run->arena);
        run->reading.refused += !read_list_item(run, &page.items[newest_first ? page.count - 1 - i : i]);
    }
    return true;
}

static bool read_listing(struct upstream_run *run) {
    return page_is_html(run->text) ? read_list_page(run) : upstream_read_records(run, &reader_listing);
}

/* Host and path of an address, for comparing. */
static bool is_front_page(struct slice url) {
    CLEANUP(buf_release) struct buf key = BUF(1 << 14);
    return uri_append_key(&key, url) && slice_find_byte(buf_slice(&key), '/', 0) + 1 == key.size;
}

/*
 * What a page says of its own address is believed where it is one of the same host; but many a site says its front page
 * on every page.
 */
static struct slice page_address(const struct upstream_run *run, const struct article *article) {
    struct slice answered = run->answer->url;
    bool same_host = slice_equal_ignoring_case(uri_host(article->url), uri_host(answered));
    bool says_front = is_front_page(article->url) && !is_front_page(answered);
    return article->url.size && same_host && !says_front ? article->url : answered;
}

static bool read_page(struct upstream_run *run) {
    struct article article;
    struct place place = {.file = run->answer->url, .line = 1};
    if (run->text.size > RECORD_MOST)
        return say(run, "this page is over 1 MiB");
    if (reader_page.parse(&run->source, run->taxonomies, run->text, place, &run->arena, &run->diagnostics, &article)) {
        article.url = page_address(run, &article);
        upstream_take(run, &article);
        return true;
    }
    buf_append_string(run->problem, "this page is no article that can be read");
    append_title(run->text, &run->arena, run->problem);
    upstream_say_first_refusal(run);
    return false;
}

/* --- all together -------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    bool (*read)(struct upstream_run *run);
} readers[] = {{"feed", read_feed}, {"jsonl", read_jsonl}, {"listing", read_listing}, {"page", read_page}};

/*
 * The source as what it answers is to be read by: names as the answer has them, and no defaults, which are for who
 * reads what is kept; only what an article cannot do without is filled in already.
 */
static struct source answering_source(const struct source *source) {
    static const enum article_field required[] = {ARTICLE_FIELD_TITLE, ARTICLE_FIELD_DATE};
    struct source answering = *source;
    bool named = strcmp(source->upstream.reader, "jsonl") == 0;
    memset(answering.defaults, 0, sizeof answering.defaults);
    memset(answering.fields, 0, sizeof answering.fields);
    if (named)
        memcpy(answering.fields, source->upstream.fields, sizeof answering.fields);
    for (size_t i = 0; i < ARRAY_LENGTH(required); i++)
        answering.defaults[required[i]] = source->defaults[required[i]];
    answering.labels = NULL;
    answering.label_count = 0;
    return answering;
}

static bool append_unpacked(void *context, struct slice bytes) {
    struct buf *unpacked = context;
    buf_append_slice(unpacked, bytes);
    return !unpacked->failed;
}

/* A file with .gz at its end is served as what it is, not as an encoding of the answer. */
static bool unpack(struct upstream_run *run, struct slice bytes, struct buf *unpacked) {
    struct decoder decoder;
    if (!decoder_init(&decoder, SLICE("gzip")))
        memory_exhausted();
    enum decoder_result result = decoder_write(&decoder, bytes, append_unpacked, unpacked);
    bool is_complete = result == DECODER_FINE && decoder_is_complete(&decoder);
    decoder_release(&decoder);
    if (result == DECODER_STOPPED)
        return say(run, "this gzip file holds more than 64 MiB");
    return is_complete || say(run, "this gzip file is damaged or cut off");
}

static bool decode(struct upstream_run *run, struct buf *unpacked, struct buf *decoded) {
    const struct upstream_answer *answer = run->answer;
    struct slice bytes = answer->bytes;
    struct charset_text text;
    if (slice_starts_with(bytes, SLICE("\x1F\x8B"))) {
        if (!unpack(run, bytes, unpacked))
            return false;
        bytes = buf_slice(unpacked);
    }
    if (!charset_decode(bytes, answer->content_type, run->source.upstream.encoding, decoded, &text, run->problem))
        return false;
    if (!without_blanks(text.text).size)
        return say(run, "the answer is empty");
    if (text.text.size > UINT32_MAX / 2)
        return say(run, "the answer is too large");
    run->text = text.text;
    if (text.invalid)
        diag_report(&run->diagnostics, DIAGNOSTIC_ENCODING_INVALID,
                    (struct place){.file = answer->url, .line = text.invalid_line},
                    "%zu bytes, the first ones in this line", text.invalid);
    return true;
}

static bool read_answer(struct upstream_run *run) {
    size_t row = 0;
    while (row + 1 < ARRAY_LENGTH(readers) && strcmp(readers[row].name, run->source.upstream.reader) != 0)
        row++;
    if (!readers[row].read(run))
        return false;
    /* An answer of which nothing can be taken is an error in the form of an answer: {"error": "try again later"}. */
    if (!run->reading.refused || run->reading.articles || run->reading.withdrawn)
        return true;
    buf_append_format(run->problem, "nothing in it is an article that can be read (%zu refused)", run->reading.refused);
    upstream_say_first_refusal(run);
    return false;
}

static void release_run(struct upstream_run *run) {
    arena_release(&run->arena);
    diagnostics_release(&run->diagnostics);
}

bool upstream_read(const struct source *source, const struct taxonomies *taxonomies,
                   const struct upstream_answer *answer, void (*take)(void *context, const struct article *article),
                   void *context, struct diagnostics *diagnostics, struct buf *problem,
                   struct upstream_reading *ret_reading) {
    CLEANUP(buf_release) struct buf unpacked = BUF(UNPACKED_MOST);
    CLEANUP(buf_release) struct buf decoded = BUF(BUF_UNLIMITED);
    CLEANUP(release_run)
    struct upstream_run run = {
        .source = answering_source(source),
        .taxonomies = taxonomies,
        .answer = answer,
        .take = take,
        .context = context,
        .problem = problem,
    };
    if (!decode(&run, &unpacked, &decoded) || !read_answer(&run))
        return false;
    diagnostics_append(diagnostics, &run.diagnostics, 0);
    *ret_reading = run.reading;
    return true;
}
