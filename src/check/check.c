#include "check/check.h"

#include "base/uri.h"
#include "base/utf8.h"
#include "check/checker.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

const char *feed_kind_name(enum feed_kind kind) {
    static const char *const names[] = {
        [FEED_UNKNOWN] = "unknown", [FEED_ATOM] = "Atom", [FEED_RSS] = "RSS",
        [FEED_JSON] = "JSON Feed",  [FEED_OPML] = "OPML",
    };
    return names[kind];
}

/* The line of the document itself; nothing where it is in another encoding and would come out as rubbish. */
static struct slice find_line(struct slice document, unsigned line) {
    struct slice rest = document;
    struct slice found = {NULL, 0};
    for (unsigned i = 0; i < line; i++)
        if (!slice_take_until(&rest, '\n', &found))
            return (struct slice){NULL, 0};
    found = slice_trim(found).size ? found : (struct slice){NULL, 0};
    return utf8_valid_prefix(found) == found.size && !memchr(found.data ? found.data : "x", 0, found.size)
               ? found
               : (struct slice){NULL, 0};
}

static void report(struct checker *checker, enum diagnostic_id id, struct xml_place at, const char *format,
                   va_list arguments) PRINTF_LIKE(4, 0);
static void report(struct checker *checker, enum diagnostic_id id, struct xml_place at, const char *format,
                   va_list arguments) {
    CLEANUP(buf_release) struct buf words = BUF(4096);
    buf_append_format_list(&words, format, arguments);
    struct place place = {checker->file, at.line, at.column};
    struct diagnostic *item = diag_report(checker->diagnostics, id, place, "%.*s", SLICE_ARGUMENTS(buf_slice(&words)));
    if (item && at.line)
        diag_excerpt(checker->diagnostics, item, find_line(checker->document, at.line));
}

void check_error(struct checker *checker, struct xml_place place, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    report(checker, DIAGNOSTIC_FEED_ERROR, place, format, arguments);
    va_end(arguments);
    checker->result->errors++;
}

void check_warning(struct checker *checker, struct xml_place place, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    report(checker, DIAGNOSTIC_FEED_WARNING, place, format, arguments);
    va_end(arguments);
    checker->result->warnings++;
}

void check_hub(struct checker *checker, struct xml_place place, struct slice address) {
    if (value_is_iri(address) && !uri_is_web(address))
        check_warning(checker, place, "a hub is found at an http or https address only");
}

void check_value(struct checker *checker, struct xml_place place, const char *element, const char *attribute,
                 enum value value, struct slice text) {
    bool is_warning = false;
    const char *mistake = value_mistake(value, text, &is_warning);
    if (!mistake)
        return;
    CLEANUP(buf_release) struct buf name = BUF(200);
    if (attribute)
        buf_append_format(&name, "%s of ", attribute);
    buf_append_format(&name, "<%s>", element);
    if (text.size > 100)
        text = slice_range(text, 0, utf8_offset(slice_range(text, 0, 100), 30));
    (is_warning ? check_warning : check_error)(checker, place, "%.*s «%.*s»: %s", SLICE_ARGUMENTS(buf_slice(&name)),
                                               SLICE_ARGUMENTS(text), mistake);
}

/* As two people may write one address: any case of scheme and host, characters encoded or not, with a fragment. */
static void append_comparable(struct slice address, struct buf *buf) {
    address = slice_range(address, 0, slice_find_byte(address, '#', 0));
    struct slice host = uri_host(address);
    size_t lower = host.data ? (size_t)(host.data - address.data) + host.size : 0;
    uri_append_encoded(buf, address);
    for (size_t i = 0; i < lower && i < buf->size; i++)
        if (buf->data[i] >= 'A' && buf->data[i] <= 'Z')
            buf->data[i] = (char)(buf->data[i] - 'A' + 'a');
    if (lower && lower == address.size)
        buf_append_byte(buf, '/');
}

static bool is_address(struct slice one, struct slice other) {
    CLEANUP(buf_release) struct buf a = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf b = BUF(BUF_UNLIMITED);
    append_comparable(one, &a);
    append_comparable(other, &b);
    return slice_equal(buf_slice(&a), buf_slice(&b));
}

void check_self(struct checker *checker, struct xml_place place, struct slice address) {
    CLEANUP(buf_release) struct buf whole = BUF(BUF_UNLIMITED);
    const struct check_answer *answer = checker->answer;
    if (!answer || answer->address_count == 0 || !uri_resolve(answer->addresses[0], slice_trim(address), &whole))
        return;
    for (size_t i = 0; i < answer->address_count; i++)
        if (is_address(buf_slice(&whole), answer->addresses[i]))
            return;
    check_warning(checker, place, "the feed says that its own address is «%.*s», where readers will look next time",
                  SLICE_ARGUMENTS(slice_range(buf_slice(&whole), 0, 1000)));
}

bool check_id_is_new(struct checker *checker, struct slice id, uint64_t number, uint64_t *ret_earlier) {
    uint64_t earlier = map_get(&checker->ids, id, UINT64_MAX);
    if (earlier != UINT64_MAX) {
        *ret_earlier = earlier;
        return false;
    }
    map_set(&checker->ids, arena_copy(&checker->arena, id), number);
    return true;
}

/* HTML is seldom well-formed XML: it is known by its look before a parser stumbles over it somewhere. */
static bool looks_like_html(struct slice document) {
    struct slice head = slice_trim(slice_range(document, 0, 4096));
    while (slice_starts_with(head, SLICE("<!--"))) {
        size_t end = slice_find(head, SLICE("-->"), 4);
        head = slice_trim(slice_from(head, end + 3));
    }
    return slice_equal_ignoring_case(slice_range(head, 0, 14), SLICE("<!doctype html")) ||
           slice_equal_ignoring_case(slice_range(head, 0, 5), SLICE("<html"));
}

static void check_text(struct checker *checker) {
    struct xml_place begin = {1, 1};
    struct slice text = checker->document;
    bool marked = slice_starts_with(text, slice_of(byte_order_mark));
    struct slice inner = slice_trim(slice_from(text, marked ? 3 : 0));
    bool is_wide = text.size >= 2 && (memcmp(text.data, "\xFE\xFF", 2) == 0 || memcmp(text.data, "\xFF\xFE", 2) == 0);
    if (inner.size == 0) {
        check_error(checker, begin, "an empty file");
    } else if (inner.data[0] == '{' || inner.data[0] == '[') {
        if (marked)
            check_error(checker, begin, "a byte order mark, which JSON may not have (RFC 8259, 8.1)");
        checker->document = marked ? slice_from(text, 3) : text;
        check_json_feed(checker);
    } else if (looks_like_html(inner)) {
        check_error(checker, begin, "an HTML page, not a feed; its address may be that of the site, not of its feed");
    } else if (inner.data[0] == '<' || is_wide || memchr(text.data, 0, text.size < 4 ? text.size : 4)) {
        check_xml(checker);
    } else {
        check_error(checker, begin, "neither XML nor JSON: no feed");
    }
}

static void check_document(struct checker checker, struct check_result *ret_result) {
    struct check_result result = {.kind = FEED_UNKNOWN};
    checker.result = &result;
    check_text(&checker);
    map_release(&checker.ids);
    arena_release(&checker.arena);
    *ret_result = result;
}

void check_feed(struct slice bytes, struct slice file, struct diagnostics *diagnostics,
                struct check_result *ret_result) {
    check_document((struct checker){.document = bytes, .file = file, .diagnostics = diagnostics}, ret_result);
}

void check_fetched_feed(const struct check_answer *answer, struct slice file, struct diagnostics *diagnostics,
                        struct check_result *ret_result) {
    check_document(
        (struct checker){.document = answer->text, .answer = answer, .file = file, .diagnostics = diagnostics},
        ret_result);
}
