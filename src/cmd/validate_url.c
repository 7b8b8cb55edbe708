#include "cmd/validate_url.h"

#include "cmd/progress.h"
#include "ingest/charset.h"
#include "net/media_type.h"

bool is_web_address(const char *argument) {
    struct slice address = slice_of(argument);
    return slice_equal_ignoring_case(slice_range(address, 0, 7), SLICE("http://")) ||
           slice_equal_ignoring_case(slice_range(address, 0, 8), SLICE("https://"));
}

/* One answer, while it is looked at. */
struct fetched {
    struct place place; /* the address, as it was given */
    const struct response *response;
    struct media_type type;
    struct diagnostics *diagnostics;
    struct check_result *result;
};

static void warn(struct fetched *fetched, enum diagnostic_id id, const char *format, ...) PRINTF_LIKE(3, 4);
static void warn(struct fetched *fetched, enum diagnostic_id id, const char *format, ...) {
    CLEANUP(buf_release) struct buf words = BUF(8192);
    va_list arguments;
    va_start(arguments, format);
    buf_append_format_list(&words, format, arguments);
    va_end(arguments);
    diag_report(fetched->diagnostics, id, fetched->place, "%.*s", SLICE_ARGUMENTS(buf_slice(&words)));
    fetched->result->warnings++;
}

/* --- charset ------------------------------------------------------------------------------------------------- */

struct mark {
    const char *bytes;
    const char *charset;
    bool is_utf8;
};
static const struct mark marks[] = {
    {"\xEF\xBB\xBF", "UTF-8", true}, {"\xFF\xFE", "UTF-16", false}, {"\xFE\xFF", "UTF-16", false}};

/* NULL: the document begins without one. */
static const struct mark *find_mark(struct slice bytes) {
    for (size_t i = 0; i < ARRAY_LENGTH(marks); i++)
        if (slice_starts_with(bytes, slice_of(marks[i].bytes)))
            return &marks[i];
    return NULL;
}

/* What the XML declaration says; empty for none. */
static struct slice declared_charset(struct slice bytes) {
    struct slice head = slice_range(bytes, 0, 512);
    size_t end = slice_find(head, SLICE("?>"), 0);
    if (!slice_starts_with(head, SLICE("<?xml")) || end == head.size)
        return (struct slice){NULL, 0};
    head = slice_range(head, 0, end);
    size_t at = slice_find(head, SLICE("encoding"), 0);
    struct slice value = slice_trim(slice_from(head, at + strlen("encoding")));
    if (!slice_starts_with(value, SLICE("=")))
        return (struct slice){NULL, 0};
    value = slice_trim(slice_from(value, 1));
    if (value.size == 0 || (value.data[0] != '"' && value.data[0] != '\''))
        return (struct slice){NULL, 0};
    return slice_range(value, 1, slice_find_byte(value, value.data[0], 1));
}

static bool is_json(struct slice bytes) {
    struct slice text = slice_trim(bytes);
    return text.size && (text.data[0] == '{' || text.data[0] == '[');
}

/* GB2312 and GBK are one with GB18030, as for every program that reads them. */
static bool is_same_charset(struct slice one, struct slice other) {
    const char *a = NULL;
    const char *b = NULL;
    if (!charset_find(one, &a) || !charset_find(other, &b))
        return slice_equal_ignoring_case(one, other);
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool append_text(void *context, struct slice text) {
    buf_append_slice(context, text);
    return true;
}

/* Where something is no text in it, the feed is wrong, which reaches readers so. */
static bool convert(struct fetched *fetched, struct slice bytes, struct slice label, const char *charset,
                    struct buf *text) {
    CLEANUP(charset_stream_release) struct charset_stream stream = {.put = append_text, .context = text};
    if (!charset_stream_open(&stream, charset))
        return false;
    bool done = charset_stream_take(&stream, bytes) && charset_stream_finish(&stream);
    if (!done || text->failed || stream.invalid == 0)
        return done && !text->failed;
    struct place place = fetched->place;
    place.line = stream.invalid_line;
    diag_report(fetched->diagnostics, DIAGNOSTIC_FEED_ERROR, place, "%zu bytes are no text in the charset «%.*s»",
                stream.invalid, SLICE_ARGUMENTS(label));
    fetched->result->errors++;
    return true;
}

/* The header says one thing; does the document say another? Then so is said. */
static bool say_different_charsets(struct fetched *fetched, const struct mark *mark, bool is_utf8) {
    const struct slice served = fetched->type.charset;
    struct slice own = declared_charset(buf_slice(&fetched->response->body));
    const char *who = "its XML declaration";
    if (mark || is_utf8) {
        own = mark ? slice_of(mark->charset) : SLICE("UTF-8");
        who = mark ? "its byte order mark" : "JSON, which is always";
    }
    if (served.size == 0 || own.size == 0 || is_same_charset(served, own))
        return false;
    warn(fetched, DIAGNOSTIC_FEED_CHARSET, "the header says «%.*s», %s «%.*s»",
         SLICE_ARGUMENTS(slice_range(served, 0, 100)), who, SLICE_ARGUMENTS(slice_range(own, 0, 100)));
    return true;
}

/*
 * As text where the answer says how to read it, or a mark does; else the document must say it itself, which its parser
 * understands, as it does UTF-16.
 */
static struct check_answer decode(struct fetched *fetched, struct buf *text) {
    const struct slice bytes = buf_slice(&fetched->response->body);
    const struct slice label = fetched->type.charset;
    const struct mark *mark = find_mark(bytes);
    const char *charset = NULL;
    bool is_utf8 = mark ? mark->is_utf8 : is_json(bytes);
    bool is_told = say_different_charsets(fetched, mark, is_utf8);
    if (mark || is_utf8 || label.size == 0)
        return (struct check_answer){.text = bytes, .is_text = is_utf8};
    if (!charset_find(label, &charset)) {
        if (!is_told)
            warn(fetched, DIAGNOSTIC_FEED_CHARSET, "the header says «%.*s», which is not known here",
                 SLICE_ARGUMENTS(slice_range(label, 0, 100)));
        return (struct check_answer){.text = bytes};
    }
    if (!charset)
        return (struct check_answer){.text = bytes, .is_text = true};
    if (!convert(fetched, bytes, label, charset, text))
        return (struct check_answer){.text = bytes};
    return (struct check_answer){.text = buf_slice(text), .is_text = true};
}

/* --- how it is served ---------------------------------------------------------------------------------------- */

struct type_rule {
    enum feed_kind kind;
    const char *types[6]; /* the best one first */
};
static const struct type_rule type_rules[] = {
    {FEED_ATOM, {"application/atom+xml", "application/xml", "text/xml"}},
    {FEED_RSS, {"application/rss+xml", "application/rdf+xml", "application/xml", "text/xml"}},
    {FEED_JSON, {"application/feed+json", "application/json"}},
    {FEED_OPML, {"text/x-opml", "text/x-opml+xml", "application/opml+xml", "application/xml", "text/xml"}},
};

static void check_type(struct fetched *fetched) {
    const struct type_rule *rule = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(type_rules); i++)
        if (type_rules[i].kind == fetched->result->kind)
            rule = &type_rules[i];
    if (!rule)
        return; /* what is no feed was told so */
    for (size_t i = 0; i < ARRAY_LENGTH(rule->types) && rule->types[i]; i++)
        if (media_type_is(fetched->type, slice_of(rule->types[i])))
            return;
    struct slice type = slice_range(fetched->type.type, 0, 200);
    if (type.size == 0)
        warn(fetched, DIAGNOSTIC_FEED_SERVED, "without a Content-Type; %s is %s", feed_kind_name(rule->kind),
             rule->types[0]);
    else
        warn(fetched, DIAGNOSTIC_FEED_SERVED, "as «%.*s»; %s is %s", SLICE_ARGUMENTS(type), feed_kind_name(rule->kind),
             rule->types[0]);
}

static void check_disposition(struct fetched *fetched) {
    struct slice value = fetched->response->content_disposition;
    struct slice kind = slice_trim(slice_range(value, 0, slice_find_byte(value, ';', 0)));
    if (slice_equal_ignoring_case(kind, SLICE("attachment")))
        warn(fetched, DIAGNOSTIC_FEED_SERVED, "as a download (Content-Disposition: attachment), which browsers save");
}

/* --- all ----------------------------------------------------------------------------------------------------- */

static bool fetch(const char *url, struct client *client, const struct options *options, struct response *response) {
    const struct request_header headers[] = {
        {"Accept", SLICE("application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
                         "text/xml;q=0.9, application/json;q=0.8, */*;q=0.5")},
    };
    struct request request = {
        .method = "GET",
        .url = slice_of(url),
        .headers = headers,
        .header_count = ARRAY_LENGTH(headers),
        .limits = request_limits_default,
    };
    request.limits.allow_private = options->allow_private;
    struct progress progress;
    progress_begin(&progress, options->verbosity >= 0, "fetching", 1);
    bool has_answered = client_request(client, &request, response);
    progress_end(&progress);
    return has_answered && response->status >= 200 && response->status < 300;
}

bool validate_url(const char *url, struct client *client, const struct options *options,
                  struct diagnostics *diagnostics, struct check_result *ret_result) {
    CLEANUP(response_release) struct response response = {0};
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    const struct place place = {.file = slice_of(url)};
    struct check_result serving = {0};
    struct check_result result = {0};
    if (!fetch(url, client, options, &response)) {
        diag_report(diagnostics, DIAGNOSTIC_FEED_UNREACHABLE, place, "%s", response.reason);
        return false;
    }
    const struct slice addresses[] = {slice_of(url), response.url};
    struct fetched fetched = {place, &response, media_type_read(response.content_type), diagnostics, &serving};
    if (response.moved_to.size)
        warn(&fetched, DIAGNOSTIC_FEED_MOVED, "to %.*s", SLICE_ARGUMENTS(response.moved_to));
    struct check_answer answer = decode(&fetched, &text);
    answer.addresses = addresses;
    answer.address_count = ARRAY_LENGTH(addresses);
    check_fetched_feed(&answer, place.file, diagnostics, &result);
    serving.kind = result.kind;
    check_type(&fetched);
    check_disposition(&fetched);
    result.errors += serving.errors;
    result.warnings += serving.warnings;
    *ret_result = result;
    return true;
}
