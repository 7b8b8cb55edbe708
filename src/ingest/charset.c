#include "ingest/charset.h"

#include "base/utf8.h"
#include "ingest/html_tags.h"

#include <errno.h>
#include <iconv.h>

enum { CHUNK = 1 << 16 /* bytes */, META_WITHIN = 4096, DECLARATION_WITHIN = 256 };

#define LATIN "CP1252"

bool charset_find(struct slice label, const char **ret_charset) {
    static const struct {
        const char *label;
        const char *charset;
    } charsets[] = {
        {"", NULL},
        {"utf-8", NULL},
        {"utf8", NULL},
        {"gb18030", "GB18030"},
        {"gbk", "GB18030"},
        {"gb2312", "GB18030"},
        {"x-gbk", "GB18030"},
        {"gb_2312-80", "GB18030"},
        {"csgb2312", "GB18030"},
        {"chinese", "GB18030"},
        {"cp936", "GB18030"},
        {"windows-936", "GB18030"},
        {"big5", "BIG5-HKSCS"},
        {"big5-hkscs", "BIG5-HKSCS"},
        {"x-x-big5", "BIG5-HKSCS"},
        {"csbig5", "BIG5-HKSCS"},
        {"cp950", "BIG5-HKSCS"},
        {"utf-16", "UTF-16LE"},
        {"utf-16le", "UTF-16LE"},
        {"utf-16be", "UTF-16BE"},
        {"iso-8859-1", LATIN},
        {"iso8859-1", LATIN},
        {"latin1", LATIN},
        {"windows-1252", LATIN},
        {"cp1252", LATIN},
        {"us-ascii", LATIN},
        {"ascii", LATIN},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(charsets); i++)
        if (slice_equal_ignoring_case(label, slice_of(charsets[i].label))) {
            *ret_charset = charsets[i].charset;
            return true;
        }
    return false;
}

/* --- streams ------------------------------------------------------------------------------------------------- */

bool charset_stream_open(struct charset_stream *stream, const char *charset) {
    iconv_t converter = iconv_open("UTF-8", charset);
    if (converter == (iconv_t)-1)
        return false;
    stream->converter = converter;
    stream->pending = BUF(4 * CHUNK);
    stream->line = 1;
    stream->invalid = 0;
    stream->invalid_line = 0;
    return true;
}

void charset_stream_release(struct charset_stream *stream) {
    if (stream->converter)
        iconv_close(stream->converter);
    stream->converter = NULL;
    buf_release(&stream->pending);
}

static void count_lines(struct charset_stream *stream, struct slice text) {
    if (stream->invalid)
        return; /* only the first one's line is told */
    for (size_t at = slice_find_byte(text, '\n', 0); at < text.size; at = slice_find_byte(text, '\n', at + 1))
        stream->line++;
}

static bool put_invalid(struct charset_stream *stream) {
    if (!stream->invalid++)
        stream->invalid_line = stream->line;
    return stream->put(stream->context, SLICE("\xEF\xBF\xBD"));
}

/* Converts what is pending; keeps an unfinished character unless this is the end. */
static bool convert(struct charset_stream *stream, bool at_end) {
    char out[CHUNK];
    char *in = stream->pending.data;
    size_t left = stream->pending.size;
    while (left) {
        char *to = out;
        size_t room = sizeof out;
        size_t done = iconv(stream->converter, &in, &left, &to, &room);
        int error = errno;
        struct slice text = {out, (size_t)(to - out)};
        count_lines(stream, text);
        if (!stream->put(stream->context, text))
            return false;
        if (done != (size_t)-1 || error == E2BIG)
            continue;
        if (error == EINVAL && !at_end)
            break;
        if (!put_invalid(stream))
            return false;
        in++;
        left--;
    }
    if (left)
        memmove(stream->pending.data, in, left);
    stream->pending.size = left;
    return true;
}

bool charset_stream_take(struct charset_stream *stream, struct slice bytes) {
    for (size_t at = 0; at < bytes.size; at += CHUNK) {
        buf_append_slice(&stream->pending, slice_range(bytes, at, at + CHUNK));
        if (!convert(stream, false))
            return false;
    }
    return true;
}

/* Some charsets hold a character back to see whether an accent follows. */
bool charset_stream_finish(struct charset_stream *stream) {
    char out[64];
    char *to = out;
    size_t room = sizeof out;
    if (!convert(stream, true))
        return false;
    (void)iconv(stream->converter, NULL, NULL, &to, &room);
    return stream->put(stream->context, (struct slice){out, (size_t)(to - out)});
}

/* --- what a document says of itself -------------------------------------------------------------------------- */

struct claim {
    struct slice label;  /* as written; empty: nobody says anything */
    const char *claimer; /* for messages */
    const char *charset;
    bool is_own; /* the source's `encoding` */
};

/* charset=… among the parameters of a media type, without quotes. */
static struct slice charset_parameter(struct slice media_type) {
    const struct slice name = SLICE("charset");
    for (size_t at = 0; at + name.size < media_type.size; at++) {
        if (!slice_equal_ignoring_case(slice_range(media_type, at, at + name.size), name))
            continue;
        struct slice value = slice_trim(slice_from(media_type, at + name.size));
        if (!value.size || value.data[0] != '=')
            continue;
        value = slice_trim(slice_from(value, 1));
        if (value.size && (value.data[0] == '"' || value.data[0] == '\'')) {
            size_t end = slice_find_byte(value, value.data[0], 1);
            return slice_trim(slice_range(value, 1, end));
        }
        size_t end = 0;
        while (end < value.size && !strchr(" \t\r\n;,\"'/>", value.data[end]))
            end++;
        return slice_range(value, 0, end);
    }
    return (struct slice){0};
}

/* The declaration has the shape of a tag's attributes. */
static struct slice declared_encoding(struct slice bytes) {
    struct slice front = slice_trim(slice_range(bytes, 0, DECLARATION_WITHIN));
    size_t end = slice_find(front, SLICE("?>"), 0);
    if (!slice_starts_with(front, SLICE("<?xml")) || end == front.size)
        return (struct slice){0};
    return html_attribute_value(slice_range(front, 5, end), SLICE("encoding"));
}

static struct slice meta_charset(struct slice attributes) {
    struct slice charset = html_attribute_value(attributes, SLICE("charset"));
    return slice_trim(charset).size ? slice_trim(charset)
                                    : charset_parameter(html_attribute_value(attributes, SLICE("content")));
}

/* Only in pages: a feed may quote one. */
static struct slice meta_encoding(struct slice bytes) {
    struct slice front = slice_range(bytes, 0, META_WITHIN);
    for (size_t at = slice_find_byte(front, '<', 0); at < front.size; at = slice_find_byte(front, '<', at)) {
        struct html_tag tag;
        size_t end = html_tag_read(front, at, &tag);
        at = end > at ? end : at + 1;
        if (tag.kind != HTML_OPENS || end == at - 1)
            continue;
        if (tag.tag == TAG_OTHER)
            return (struct slice){0};
        struct slice charset = tag.tag == TAG_META ? meta_charset(tag.attributes) : (struct slice){0};
        if (charset.size)
            return charset;
        if (html_tag_drops(tag.tag))
            at = html_content_end(front, at, tag.name);
    }
    return (struct slice){0};
}

static bool take_mark(struct slice *bytes, struct claim *claim) {
    static const struct {
        struct slice mark;
        const char *charset;
        const char *name;
    } marks[] = {
        {SLICE_CONSTANT("\xEF\xBB\xBF"), NULL, "UTF-8"},
        {SLICE_CONSTANT("\xFF\xFE"), "UTF-16LE", "UTF-16"},
        {SLICE_CONSTANT("\xFE\xFF"), "UTF-16BE", "UTF-16"},
        {SLICE_CONSTANT("\x84\x31\x95\x33"), "GB18030", "GB18030"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(marks); i++) {
        if (!slice_starts_with(*bytes, marks[i].mark))
            continue;
        /* The source's word counts more; but its own mark is no text. */
        bool same = !claim->is_own || claim->charset == marks[i].charset ||
                    (claim->charset && marks[i].charset && strcmp(claim->charset, marks[i].charset) == 0);
        if (!same)
            return false;
        *bytes = slice_from(*bytes, marks[i].mark.size);
        if (!claim->is_own)
            *claim = (struct claim){slice_of(marks[i].name), "its byte order mark", marks[i].charset, false};
        return true;
    }
    return false;
}

static bool is_latin(const char *charset) {
    return charset && strcmp(charset, LATIN) == 0;
}

static bool is_wide(const char *charset) {
    return charset && slice_starts_with(slice_of(charset), SLICE("UTF-16"));
}

/* Who says what. false when the name is not known. */
static bool find_claim(struct slice *bytes, struct slice content_type, struct slice encoding, struct claim *ret_claim,
                       struct buf *problem) {
    struct claim claim = {encoding, "encoding:", NULL, encoding.size > 0};
    if (encoding.size && !charset_find(encoding, &claim.charset)) {
        buf_append_format(problem, "encoding: %.*s is not known", SLICE_ARGUMENTS(encoding));
        return false;
    }
    *ret_claim = claim;
    if (take_mark(bytes, ret_claim) || claim.is_own)
        return true;
    const struct claim claims[] = {{charset_parameter(content_type), "the header", NULL, false},
                                   {declared_encoding(*bytes), "its XML declaration", NULL, false},
                                   {meta_encoding(*bytes), "its <meta>", NULL, false}};
    for (size_t i = 0; i < ARRAY_LENGTH(claims); i++) {
        claim = claims[i];
        if (!claim.label.size)
            continue;
        if (!charset_find(claim.label, &claim.charset)) {
            buf_append_format(problem,
                              "%s says the charset “%.*s”, which is not known; if it is wrong, say what is "
                              "right by encoding:",
                              claim.claimer, SLICE_ARGUMENTS(slice_range(claim.label, 0, 40)));
            return false;
        }
        /* What could be read as ASCII is not UTF-16, whatever it says: browsers take it for UTF-8. */
        if (i > 0 && is_wide(claim.charset))
            claim.charset = NULL;
        if (!ret_claim->label.size || is_latin(ret_claim->charset))
            *ret_claim = claim;
        if (!is_latin(claim.charset))
            break;
    }
    return true;
}

/* --- is it true? --------------------------------------------------------------------------------------------- */

/* Text in a charset of two bytes a character is never well-formed UTF-8 with characters of three bytes, but for a word
 * or so. */
static bool is_utf8(struct slice bytes) {
    enum { CHARACTERS_LEAST = 2 };
    size_t characters = 0;
    if (utf8_valid_prefix(bytes) < bytes.size)
        return false;
    for (size_t i = 0; i < bytes.size && characters < CHARACTERS_LEAST; i++)
        characters += (unsigned char)bytes.data[i] >= 0xE0;
    return characters == CHARACTERS_LEAST;
}

/* Of lines that are no UTF-8, are most of them GB18030? A single damaged one does not hide what the others are. */
static bool is_mostly_gb18030(struct slice bytes) {
    enum { LINES_MOST = 1000 };
    size_t good = 0;
    size_t bad = 0;
    struct slice line;
    while (good + bad < LINES_MOST && slice_take_until(&bytes, '\n', &line)) {
        if (utf8_valid_prefix(line) == line.size)
            continue;
        bool looks = utf8_looks_like_gb18030(line);
        good += looks;
        bad += !looks;
    }
    return good > bad;
}

static bool contradict(const struct claim *claim, const char *found, const char *advice, struct buf *problem) {
    if (claim->label.size)
        buf_append_format(problem, "%s says %.*s, but", claim->claimer,
                          SLICE_ARGUMENTS(slice_range(claim->label, 0, 40)));
    buf_append_format(problem, "%sits bytes are %s", claim->label.size ? " " : "", found);
    if (advice)
        buf_append_format(problem, ": say encoding: %s", advice);
    return false;
}

/* Each ill-formed part of UTF-8 becomes U+FFFD. */
static void repair(struct slice bytes, struct buf *decoded, struct charset_text *ret_text) {
    unsigned line = 1;
    size_t begin = 0;
    while (begin < bytes.size) {
        struct slice rest = slice_from(bytes, begin);
        size_t valid = utf8_valid_prefix(rest);
        struct slice good = slice_range(rest, 0, valid);
        buf_append_slice(decoded, good);
        for (size_t at = slice_find_byte(good, '\n', 0); !ret_text->invalid && at < good.size;
             at = slice_find_byte(good, '\n', at + 1))
            line++;
        begin += valid;
        if (begin == bytes.size)
            break;
        if (!ret_text->invalid++)
            ret_text->invalid_line = line;
        buf_append_string(decoded, "\xEF\xBF\xBD");
        begin += utf8_ill_formed_size(bytes, begin);
    }
    ret_text->text = buf_slice(decoded);
}

/* More broken than not: then this is something else. */
static bool is_ruined(struct slice text, size_t invalid) {
    enum { INVALID_LEAST = 8 };
    size_t others = 0;
    for (size_t i = 0; invalid >= INVALID_LEAST && i < text.size; i++)
        others += (unsigned char)text.data[i] >= 0xC2;
    /* U+FFFD itself was counted with them. */
    return invalid >= INVALID_LEAST && others - invalid < 2 * invalid;
}

static bool take_utf8(struct slice bytes, const struct claim *claim, struct buf *decoded, struct charset_text *ret_text,
                      struct buf *problem) {
    *ret_text = (struct charset_text){.text = bytes};
    if (utf8_valid_prefix(bytes) == bytes.size)
        return true;
    if (utf8_looks_like_gb18030(bytes))
        return contradict(claim, "GB18030", "gb18030", problem);
    repair(bytes, decoded, ret_text);
    if (!is_ruined(ret_text->text, ret_text->invalid))
        return true;
    return is_mostly_gb18030(bytes) ? contradict(claim, "GB18030", "gb18030", problem)
                                    : contradict(claim, "no UTF-8", NULL, problem);
}

static bool append_text(void *context, struct slice text) {
    buf_append_slice(context, text);
    return true;
}

static void release_stream(struct charset_stream *stream) {
    charset_stream_release(stream);
}

static bool take_other(struct slice bytes, const struct claim *claim, struct buf *decoded,
                       struct charset_text *ret_text, struct buf *problem) {
    CLEANUP(release_stream) struct charset_stream stream = {.put = append_text, .context = decoded};
    if (!is_wide(claim->charset) && is_utf8(bytes))
        return contradict(claim, "UTF-8", "utf-8", problem);
    if (!charset_stream_open(&stream, claim->charset)) {
        buf_append_format(problem, "this machine cannot convert from %s", claim->charset);
        return false;
    }
    /* Two bytes of a Chinese character become three; what is asked for at once is not grown piece by piece. */
    buf_reserve(decoded, bytes.size + bytes.size / 2 + 1);
    if (!charset_stream_take(&stream, bytes) || !charset_stream_finish(&stream) || decoded->failed) {
        buf_append_string(problem, "it is too large");
        return false;
    }
    if (is_ruined(buf_slice(decoded), stream.invalid))
        return contradict(claim, "something else", NULL, problem);
    *ret_text = (struct charset_text){buf_slice(decoded), stream.invalid, stream.invalid_line};
    return true;
}

bool charset_decode(struct slice bytes, struct slice content_type, struct slice encoding, struct buf *decoded,
                    struct charset_text *ret_text, struct buf *problem) {
    struct claim claim;
    if (!find_claim(&bytes, content_type, encoding, &claim, problem))
        return false;
    bool is_utf8_after_all = is_latin(claim.charset) && !claim.is_own &&
                             (utf8_valid_prefix(bytes) == bytes.size || utf8_looks_like_gb18030(bytes));
    if (!claim.charset || is_utf8_after_all)
        return take_utf8(bytes, &claim, decoded, ret_text, problem);
    return take_other(bytes, &claim, decoded, ret_text, problem);
}
