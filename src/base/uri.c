#include "base/uri.h"

enum { URI_MOST = 2048 };

/* The five parts of RFC 3986 3, without the marks around them. An absent part is not the same as an empty one. */
struct parts {
    struct slice scheme;
    struct slice authority;
    struct slice path;
    struct slice query;
    struct slice fragment;
    bool has_scheme, has_authority, has_query, has_fragment;
};

struct authority {
    struct slice host; /* an IPv6 address with its brackets */
    struct slice port; /* digits; may be empty */
    bool is_valid;
};

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_one_of(char c, const char *characters) {
    return c != '\0' && strchr(characters, c);
}

/* The size of the scheme at the front, 0 when there is none. */
static size_t scheme_size(struct slice uri) {
    size_t size = 0;
    while (size < uri.size &&
           (is_letter(uri.data[size]) || (size && (is_digit(uri.data[size]) || is_one_of(uri.data[size], "+-.")))))
        size++;
    return size < uri.size && uri.data[size] == ':' ? size : 0;
}

/* Where the first of `characters` stands; slice.size when nowhere. */
static size_t find_any(struct slice slice, const char *characters) {
    size_t at = 0;
    while (at < slice.size && !is_one_of(slice.data[at], characters))
        at++;
    return at;
}

static struct parts parts_of(struct slice uri) {
    struct parts parts = {0};
    size_t size = scheme_size(uri);
    if (size) {
        parts.has_scheme = true;
        parts.scheme = slice_range(uri, 0, size);
        uri = slice_from(uri, size + 1);
    }
    size = slice_find_byte(uri, '#', 0);
    parts.has_fragment = size < uri.size;
    parts.fragment = slice_from(uri, size + 1);
    uri = slice_range(uri, 0, size);
    size = slice_find_byte(uri, '?', 0);
    parts.has_query = size < uri.size;
    parts.query = slice_from(uri, size + 1);
    uri = slice_range(uri, 0, size);
    if (slice_starts_with(uri, SLICE("//"))) {
        uri = slice_from(uri, 2);
        size = slice_find_byte(uri, '/', 0);
        parts.has_authority = true;
        parts.authority = slice_range(uri, 0, size);
        uri = slice_from(uri, size);
    }
    parts.path = uri;
    return parts;
}

static bool is_port(struct slice port) {
    uint64_t number = 0;
    return port.size == 0 || (slice_parse_unsigned(port, &number) && number <= 65535);
}

static bool is_address_in_brackets(struct slice host) {
    for (size_t i = 1; i + 1 < host.size; i++)
        if (!is_hex(host.data[i]) && !is_one_of(host.data[i], ":."))
            return false;
    return host.size > 3;
}

static struct authority authority_of(struct slice text) {
    struct authority authority = {0};
    /* The last @: what stands before an earlier one would be taken for the host by nobody. */
    for (size_t i = text.size; i > 0; i--) {
        if (text.data[i - 1] == '@') {
            text = slice_from(text, i);
            break;
        }
    }
    bool brackets = slice_starts_with(text, SLICE("["));
    size_t end = brackets ? slice_find_byte(text, ']', 0) + 1 : slice_find_byte(text, ':', 0);
    if (end > text.size)
        return authority;
    authority.host = slice_range(text, 0, end);
    struct slice rest = slice_from(text, end);
    bool has_port = slice_starts_with(rest, SLICE(":"));
    authority.port = slice_from(rest, 1);
    authority.is_valid =
        authority.host.size > 0 && (rest.size == 0 || has_port) && is_port(authority.port) &&
        (brackets ? is_address_in_brackets(authority.host) : find_any(authority.host, "[]") == authority.host.size);
    return authority;
}

static bool has_forbidden_byte(struct slice uri) {
    for (size_t i = 0; i < uri.size; i++) {
        unsigned char byte = (unsigned char)uri.data[i];
        /* Browsers read a backslash as a slash, so that the host they go to would not be the one that we see. */
        if (byte <= ' ' || byte == 0x7F || is_one_of(uri.data[i], "\"<>\\"))
            return true;
    }
    return false;
}

/* uri_is_web, and the pieces of what it is. */
static bool parse_web(struct slice uri, struct parts *ret_parts, struct authority *ret_authority) {
    if (uri.size > URI_MOST || has_forbidden_byte(uri))
        return false;
    struct parts parts = parts_of(uri);
    bool web = slice_equal_ignoring_case(parts.scheme, SLICE("http")) ||
               slice_equal_ignoring_case(parts.scheme, SLICE("https"));
    struct authority authority = authority_of(parts.authority);
    if (!web || !parts.has_authority || !authority.is_valid)
        return false;
    *ret_parts = parts;
    *ret_authority = authority;
    return true;
}

bool uri_is_web(struct slice uri) {
    struct parts parts;
    struct authority authority;
    return parse_web(uri, &parts, &authority);
}

struct slice uri_host(struct slice uri) {
    struct parts parts = parts_of(uri);
    struct authority authority = authority_of(parts.authority);
    return parts.has_scheme && parts.has_authority && authority.is_valid ? authority.host : (struct slice){0};
}

/* --- resolving --- */

/* Cuts the last segment and its slash off what was appended since `begin`. */
static void drop_segment(struct buf *buf, size_t begin) {
    size_t size = buf->size;
    while (size > begin && buf->data[size - 1] != '/')
        size--;
    buf_truncate(buf, size > begin ? size - 1 : begin);
}

/*
 * RFC 3986 5.2.4, a segment a step. The path begins with a slash, or there is no authority and it may begin with a
 * name (a base such as "urn:a"); a "." or ".." at the end leaves its slash.
 */
static void append_without_dots(struct buf *buf, struct slice path) {
    size_t begin = buf->size;
    bool slash = slice_starts_with(path, SLICE("/"));
    struct slice rest = slash ? slice_from(path, 1) : path;
    struct slice segment;
    bool is_first = true;
    while (slice_take_until(&rest, '/', &segment)) {
        bool is_last = !rest.data;
        bool up = slice_equal(segment, SLICE(".."));
        if (up)
            drop_segment(buf, begin);
        if (up || slice_equal(segment, SLICE("."))) {
            if (is_last && (slash || buf->size > begin))
                buf_append_byte(buf, '/');
        } else {
            if (slash || !is_first)
                buf_append_byte(buf, '/');
            buf_append_slice(buf, segment);
            is_first = false;
        }
    }
}

/* RFC 3986 5.2.3: the base's path up to its last slash, then the reference's. */
static void append_merged(struct buf *buf, const struct parts *base, struct slice path) {
    if (base->has_authority && base->path.size == 0)
        buf_append_byte(buf, '/');
    size_t end = base->path.size;
    while (end > 0 && base->path.data[end - 1] != '/')
        end--;
    buf_append_slice(buf, slice_range(base->path, 0, end));
    buf_append_slice(buf, path);
}

static void append_part(struct buf *buf, bool present, char mark, struct slice part) {
    if (!present)
        return;
    buf_append_byte(buf, mark);
    buf_append_slice(buf, part);
}

bool uri_resolve(struct slice base, struct slice reference, struct buf *buf) {
    struct parts from = parts_of(base);
    struct parts to = parts_of(reference);
    if (!from.has_scheme)
        return false;
    bool own_authority = to.has_scheme || to.has_authority;
    const struct parts *root = own_authority ? &to : &from;
    buf_append_slice(buf, to.has_scheme ? to.scheme : from.scheme);
    buf_append_byte(buf, ':');
    if (root->has_authority) {
        buf_append_string(buf, "//");
        buf_append_slice(buf, root->authority);
    }
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    if (own_authority || slice_starts_with(to.path, SLICE("/")))
        append_without_dots(buf, to.path);
    else if (to.path.size) {
        append_merged(&path, &from, to.path);
        append_without_dots(buf, buf_slice(&path));
    } else {
        buf_append_slice(buf, from.path);
    }
    bool own_query = own_authority || to.path.size || to.has_query;
    append_part(buf, own_query ? to.has_query : from.has_query, '?', own_query ? to.query : from.query);
    append_part(buf, to.has_fragment, '#', to.fragment);
    return true;
}

/* --- encoding --- */

static bool is_unreserved_or_subdelimiter(char c) {
    return is_letter(c) || is_digit(c) || is_one_of(c, "-._~!$&'()*+,;=");
}

/* Appends one part, in which the characters of `also` are allowed too. */
static void append_encoded_part(struct buf *buf, struct slice part, const char *also) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < part.size; i++) {
        char c = part.data[i];
        bool encoded = c == '%' && i + 2 < part.size && is_hex(part.data[i + 1]) && is_hex(part.data[i + 2]);
        if (encoded || is_unreserved_or_subdelimiter(c) || is_one_of(c, also)) {
            buf_append_byte(buf, c);
        } else {
            unsigned char byte = (unsigned char)c;
            buf_append(buf, (char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3);
        }
    }
}

void uri_append_encoded(struct buf *buf, struct slice uri) {
    struct parts parts = parts_of(uri);
    if (parts.has_scheme) {
        buf_append_slice(buf, parts.scheme);
        buf_append_byte(buf, ':');
    }
    if (parts.has_authority) {
        buf_append_string(buf, "//");
        append_encoded_part(buf, parts.authority, ":@[]");
    }
    append_encoded_part(buf, parts.path, ":@/");
    if (parts.has_query) {
        buf_append_byte(buf, '?');
        append_encoded_part(buf, parts.query, ":@/?");
    }
    if (parts.has_fragment) {
        buf_append_byte(buf, '#');
        append_encoded_part(buf, parts.fragment, ":@/?");
    }
}

/* --- keys --- */

/* Parameters that say how a reader came, not where to. Closed for ever: ids hang on it. */
static bool is_tracker(struct slice parameter) {
    static const struct slice names[] = {{"spm", 3}, {"from", 4}, {"chksm", 5}, {"scene", 5}};
    struct slice name = slice_range(parameter, 0, slice_find_byte(parameter, '=', 0));
    if (slice_starts_with(name, SLICE("utm_")))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (slice_equal(name, names[i]))
            return true;
    return false;
}

/* %e4 and %E4 are the same (RFC 3986 6.2.2.1), and tools disagree on which of them to write. */
static void append_upper_escapes(struct buf *buf, struct slice part) {
    for (size_t i = 0; i < part.size; i++) {
        bool escaped = (i >= 1 && part.data[i - 1] == '%') || (i >= 2 && part.data[i - 2] == '%');
        char c = part.data[i];
        buf_append_byte(buf, escaped && c >= 'a' && c <= 'f' ? (char)(c - 32) : c);
    }
}

/* "?" and what is left of the query; nothing when nothing is left. */
static void append_query_without_trackers(struct buf *buf, struct slice query) {
    size_t begin = buf->size;
    struct slice parameter;
    char mark = '?';
    while (slice_take_until(&query, '&', &parameter)) {
        if (is_tracker(parameter))
            continue;
        buf_append_byte(buf, mark);
        append_upper_escapes(buf, parameter);
        mark = '&';
    }
    if (buf->size == begin + 1)
        buf_truncate(buf, begin);
}

bool uri_append_key(struct buf *buf, struct slice uri) {
    struct parts parts;
    struct authority authority;
    if (!parse_web(uri, &parts, &authority))
        return false;
    struct slice host = authority.host;
    struct slice www = SLICE("www.");
    if (host.size > www.size && slice_equal_ignoring_case(slice_range(host, 0, www.size), www))
        host = slice_from(host, www.size);
    buf_append_lower(buf, host);
    bool secure = slice_equal_ignoring_case(parts.scheme, SLICE("https"));
    bool is_default = slice_equal(authority.port, secure ? SLICE("443") : SLICE("80"));
    append_part(buf, authority.port.size && !is_default, ':', authority.port);
    append_upper_escapes(buf, parts.path.size ? parts.path : SLICE("/"));
    if (parts.has_query)
        append_query_without_trackers(buf, parts.query);
    return true;
}
