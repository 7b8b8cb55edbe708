#include "ingest/feed.h"

#include "base/utf8.h"
#include "ingest/feed_entry.h"
#include "ingest/html_tags.h"
#include "ingest/readers.h"

#include <stdarg.h>
#include <stdio.h>

/* Which format it is, and what is mended before a strict parser sees it. */

bool feed_refuse(struct feed_in *feed, unsigned line, unsigned column, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(feed->problem, sizeof feed->problem, format, arguments);
    va_end(arguments);
    /* It may have been cut inside a character. */
    struct slice problem = slice_of(feed->problem);
    feed->problem[utf8_valid_prefix(problem)] = '\0';
    feed->line = line;
    feed->column = column;
    return false;
}

/* --- repairs ------------------------------------------------------------------------------------------------- */

/*
 * One character that no XML document may have costs an XML parser the whole of it: as U+FDD0, a noncharacter which XML
 * allows, it comes to the choke point, which drops what is forbidden in text from anywhere, and says so.
 */
enum { FORBIDDEN = 0xFDD0, REPLACEMENT = 0xFFFD };

static bool is_forbidden(uint64_t character) {
    return (character < 0x20 && character != '\t' && character != '\n' && character != '\r') ||
           (character >= 0xD800 && character < 0xE000) || character == 0xFFFE || character == 0xFFFF ||
           character > 0x10FFFF;
}

/* The size of the reference at the front (`&#8;`, `&#x1F;`) to a character that XML forbids; 0: it is none. */
static size_t forbidden_reference(struct slice text) {
    enum { DIGITS_MOST = 12 };
    if (!slice_starts_with(text, SLICE("&#")))
        return 0;
    bool is_hex = text.size > 2 && text.data[2] == 'x';
    uint64_t number = 0;
    size_t begin = 2 + (size_t)is_hex;
    size_t at = begin;
    for (; at < text.size && at < begin + DIGITS_MOST; at++) {
        char c = text.data[at];
        char lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            number = number * (is_hex ? 16 : 10) + (uint64_t)(c - '0');
        else if (is_hex && lower >= 'a' && lower <= 'f')
            number = number * 16 + (uint64_t)(lower - 'a' + 10);
        else
            break;
    }
    bool ends = at > begin && at < text.size && text.data[at] == ';';
    return ends && is_forbidden(number) ? at + 1 : 0;
}

/*
 * The size of the reference at the front to a character that HTML has a name for (`&nbsp;`) and XML has not, if it is
 * one that pages use; 0: it is none. Markup it can never be.
 */
static size_t named_reference(struct slice text, uint32_t *ret_character) {
    uint32_t character = 0;
    size_t size = slice_starts_with(text, SLICE("&#")) ? 0 : html_reference(text, &character);
    if (!size || character < 0x80)
        return 0;
    *ret_character = character;
    return size;
}

/* Where the CDATA section or comment ends that begins at `at`, in which `&nbsp;` is just text; `at` where none does. */
static size_t literal_end(struct slice text, size_t at) {
    static const struct {
        struct slice begin, end;
    } literals[] = {
        {SLICE_CONSTANT("<![CDATA["), SLICE_CONSTANT("]]>")},
        {SLICE_CONSTANT("<!--"), SLICE_CONSTANT("-->")},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(literals); i++) {
        if (!slice_starts_with(slice_from(text, at), literals[i].begin))
            continue;
        size_t end = slice_find(text, literals[i].end, at + literals[i].begin.size);
        return end < text.size ? end + literals[i].end.size : text.size;
    }
    return at;
}

/* A walk over a text: from where on it is neither CDATA nor comment. */
struct mending {
    struct slice text;
    bool is_xml;
    size_t markup_from;
};

/* What at `at` must be mended: how many bytes, and by which character; 0: nothing. To be called in order. */
static size_t flaw_at(struct mending *mending, size_t at, uint32_t *ret_character) {
    struct slice text = mending->text;
    bool is_xml = mending->is_xml;
    unsigned char byte = (unsigned char)text.data[at];
    uint32_t character = 0;
    *ret_character = FORBIDDEN;
    if (is_xml && byte == '<' && at >= mending->markup_from)
        mending->markup_from = literal_end(text, at);
    if (byte < 0x20)
        return is_xml && is_forbidden(byte);
    if (is_xml && byte == '&') {
        size_t size = forbidden_reference(slice_from(text, at));
        return size || at < mending->markup_from ? size : named_reference(slice_from(text, at), ret_character);
    }
    if (byte < 0x80)
        return 0;
    size_t size = utf8_decode(text, at, &character);
    if (size)
        return is_xml && is_forbidden(character) ? size : 0;
    *ret_character = REPLACEMENT;
    return utf8_ill_formed_size(text, at);
}

static bool has_bad_reference(struct slice text) {
    struct mending mending = {.text = text, .is_xml = true};
    uint32_t unused = 0;
    for (size_t at = 0; at < text.size; at++)
        if ((text.data[at] == '&' || text.data[at] == '<') && flaw_at(&mending, at, &unused))
            return true;
    return false;
}

/* The same of the whole text, at memory speed: almost always nothing is wrong with it. */
static bool has_flaw(struct slice text, bool is_xml) {
    bool controls = false;
    if (utf8_valid_prefix(text) < text.size)
        return true;
    for (size_t at = 0; is_xml && at < text.size; at++) {
        unsigned char byte = (unsigned char)text.data[at];
        controls |= byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
    }
    if (!is_xml || controls)
        return controls;
    return slice_find(text, SLICE("\xEF\xBF\xBE"), 0) < text.size ||
           slice_find(text, SLICE("\xEF\xBF\xBF"), 0) < text.size || has_bad_reference(text);
}

static size_t character_size(struct slice text, size_t at) {
    uint32_t unused = 0;
    size_t size = utf8_decode(text, at, &unused);
    return size ? size : 1;
}

static struct slice mend(struct slice text, bool is_xml, struct buf *mended) {
    struct mending mending = {.text = text, .is_xml = is_xml};
    size_t begin = 0;
    if (!has_flaw(text, is_xml))
        return text;
    for (size_t at = 0; at < text.size;) {
        char bytes[UTF8_MOST];
        uint32_t character = 0;
        size_t flaw = flaw_at(&mending, at, &character);
        if (flaw) {
            buf_append_slice(mended, slice_range(text, begin, at));
            buf_append(mended, bytes, utf8_encode(character, bytes));
            begin = at + flaw;
        }
        at += flaw ? flaw : character_size(text, at);
    }
    buf_append_slice(mended, slice_from(text, begin));
    return buf_slice(mended);
}

/* A column of the mended XML, as that of the text that somebody will look into. */
static unsigned column_before_mending(struct slice text, unsigned line, unsigned column) {
    struct mending mending = {.text = text, .is_xml = true};
    unsigned at_line = 1;
    unsigned at_column = 1;
    unsigned before = 1;
    for (size_t at = 0; at < text.size && (at_line < line || (at_line == line && at_column < column));) {
        uint32_t unused = 0;
        size_t flaw = flaw_at(&mending, at, &unused);
        if (text.data[at] == '\n') {
            at_line++;
            at_column = before = 1;
        } else {
            at_column++;
            before += flaw && text.data[at] == '&' ? (unsigned)flaw : 1;
        }
        at += flaw ? flaw : character_size(text, at);
    }
    return at_line == line && at_column == column ? before : column;
}

/* --- which format -------------------------------------------------------------------------------------------- */

static const struct slice byte_order_mark = SLICE_CONSTANT("\xEF\xBB\xBF");

/* How it begins decides; what claims to be HTML is not asked for more. */
static bool read_document(struct slice text, struct feed_lines *lines, struct feed_head *head,
                          struct feed_in *ret_feed) {
    CLEANUP(buf_release) struct buf mended = BUF(BUF_UNLIMITED);
    char first = text.size ? text.data[0] : '\0';
    if (!text.size)
        return feed_refuse(ret_feed, 0, 0, "there is nothing in it");
    if (slice_equal_ignoring_case(slice_range(text, 0, 14), SLICE("<!doctype html")) ||
        slice_equal_ignoring_case(slice_range(text, 0, 5), SLICE("<html")))
        return feed_refuse(ret_feed, 0, 0, "this is an HTML page, no feed");
    if (first == '<') {
        bool good = feed_read_xml(mend(text, true, &mended), lines, head, ret_feed);
        if (!good && mended.size && ret_feed->column)
            ret_feed->column = column_before_mending(text, ret_feed->line, ret_feed->column);
        return good;
    }
    if (first == '{' || first == '[')
        return feed_read_json(mend(text, false, &mended), lines, head, ret_feed);
    return feed_refuse(ret_feed, 0, 0, "neither XML nor JSON");
}

bool feed_to_lines(struct slice text, struct slice base, struct buf *lines, struct feed_in *ret_feed) {
    CLEANUP(feed_head_release) struct feed_head head = {0};
    struct feed_in feed = {0};
    size_t size_before = lines->size;
    unsigned skipped = 0;
    if (slice_starts_with(text, byte_order_mark))
        text = slice_from(text, byte_order_mark.size);
    /* An XML declaration may only be the very first, but what writes feeds by templates begins them with blank lines.
     */
    while (text.size && memchr(" \t\r\n", text.data[0], 4)) {
        if (text.data[0] == '\n') {
            buf_append_byte(lines, '\n');
            skipped++;
        }
        text = slice_from(text, 1);
    }
    struct feed_lines writing = {.lines = lines, .line = 1, .base = base, .head = &head};
    bool good = read_document(text, &writing, &head, &feed);
    if (good && lines->failed)
        good = feed_refuse(&feed, 0, 0, "its articles take too much room");
    if (!good) {
        buf_truncate(lines, size_before);
        feed.line += feed.line ? skipped : 0;
        *ret_feed = feed;
        return false;
    }
    feed.entries = writing.entries;
    feed.tombstones = writing.tombstones;
    *ret_feed = feed;
    return true;
}
