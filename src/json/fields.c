#include "json/fields.h"

#include "base/utf8.h"

enum { MEMBERS_FIRST = 32, REPLACEMENT = 0xFFFD };

struct scanner {
    const char *begin;
    const char *at;
    const char *end;
    struct arena *arena;
    size_t lone_surrogates;
    struct json_error error;
};

static bool fail(struct scanner *scanner, const char *at, const char *reason) {
    scanner->error = (struct json_error){(size_t)(at - scanner->begin), reason};
    return false;
}

static void skip_blanks(struct scanner *scanner) {
    while (scanner->at < scanner->end &&
           (*scanner->at == ' ' || *scanner->at == '\t' || *scanner->at == '\n' || *scanner->at == '\r'))
        scanner->at++;
}

/* The next character behind blanks; NUL at the end, which no caller takes for anything else. */
static char peek(struct scanner *scanner) {
    skip_blanks(scanner);
    return scanner->at < scanner->end ? *scanner->at : '\0';
}

static bool fail_here(struct scanner *scanner, const char *reason) {
    return fail(scanner, scanner->at, scanner->at == scanner->end ? "it ends too early" : reason);
}

static bool read_hex(const char *at, const char *end, uint32_t *ret_unit) {
    uint32_t unit = 0;
    if (end - at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        if (c >= '0' && c <= '9')
            unit = unit * 16 + (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            unit = unit * 16 + (uint32_t)((c | 32) - 'a') + 10;
        else
            return false;
    }
    *ret_unit = unit;
    return true;
}

/* `*at` stands behind \u. A high surrogate takes the \u of its partner with it; one alone becomes U+FFFD. */
static bool read_unicode(struct scanner *scanner, const char **at, const char *end, uint32_t *ret_character) {
    uint32_t unit = 0;
    uint32_t low = 0;
    if (!read_hex(*at, end, &unit))
        return fail(scanner, *at - 2, "four hexadecimal digits belong behind \\u");
    *at += 4;
    if (unit < 0xD800 || unit > 0xDFFF) {
        *ret_character = unit;
        return true;
    }
    if (unit < 0xDC00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' && read_hex(*at + 2, end, &low) &&
        low >= 0xDC00 && low <= 0xDFFF) {
        *at += 6;
        *ret_character = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        return true;
    }
    scanner->lone_surrogates++;
    *ret_character = REPLACEMENT;
    return true;
}

/* `*at` stands on the backslash. */
static bool read_escape(struct scanner *scanner, const char **at, const char *end, uint32_t *ret_character) {
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    char letter = (*at)[1]; /* there is one: the closing quote follows at least */
    *at += 2;
    if (letter == 'u')
        return read_unicode(scanner, at, end, ret_character);
    const char *name = letter ? strchr(names, letter) : NULL;
    if (!name)
        return fail(scanner, *at - 2, "no such escape");
    *ret_character = (uint32_t)values[name - names];
    return true;
}

/* What no escape does is grow: the text as written has room for the text that is meant. */
static bool unescape(struct scanner *scanner, struct slice raw, char *out, size_t *ret_size) {
    const char *at = raw.data;
    const char *end = raw.data + raw.size;
    char *to = out;
    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((backslash ? backslash : end) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        uint32_t character = 0;
        if (!backslash)
            break;
        if (!read_escape(scanner, &at, end, &character))
            return false;
        to += utf8_encode(character, to);
    }
    *ret_size = (size_t)(to - out);
    return true;
}

/* The same for a string that nobody wants: only its escapes are looked at. */
static bool check_escapes(struct scanner *scanner, struct slice raw) {
    const char *end = raw.data + raw.size;
    const char *at = memchr(raw.data, '\\', raw.size);
    size_t lone_surrogates = scanner->lone_surrogates;
    uint32_t character = 0;
    while (at) {
        if (!read_escape(scanner, &at, end, &character))
            return false;
        at = at < end ? memchr(at, '\\', (size_t)(end - at)) : NULL;
    }
    scanner->lone_surrogates = lone_surrogates;
    return true;
}

/*
 * The string at a quote, as written, without its quotes. A quote ends it unless an odd number of backslashes stands
 * before; runs of backslashes before different quotes do not overlap, so this is linear.
 */
static bool read_raw_string(struct scanner *scanner, struct slice *ret_raw) {
    const char *begin = scanner->at + 1;
    const char *from = begin;
    for (;;) {
        const char *quote = from < scanner->end ? memchr(from, '"', (size_t)(scanner->end - from)) : NULL;
        if (!quote)
            return fail(scanner, scanner->end, "it ends inside a string");
        const char *before = quote;
        while (before > begin && before[-1] == '\\')
            before--;
        if ((quote - before) % 2 == 0) {
            *ret_raw = (struct slice){begin, (size_t)(quote - begin)};
            scanner->at = quote + 1;
            return true;
        }
        from = quote + 1;
    }
}

static bool read_string(struct scanner *scanner, struct slice *ret_text) {
    struct slice raw;
    size_t size = 0;
    if (!read_raw_string(scanner, &raw))
        return false;
    if (!raw.size || !memchr(raw.data, '\\', raw.size)) {
        *ret_text = raw;
        return true;
    }
    char *out = arena_reserve(scanner->arena, raw.size);
    if (!unescape(scanner, raw, out, &size))
        return false;
    arena_shrink(scanner->arena, out, raw.size, size);
    *ret_text = (struct slice){out, size};
    return true;
}

static bool skip_digits(struct scanner *scanner) {
    const char *begin = scanner->at;
    while (scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9')
        scanner->at++;
    return scanner->at > begin || fail_here(scanner, "a digit is missing");
}

static bool read_number(struct scanner *scanner) {
    if (*scanner->at == '-')
        scanner->at++;
    if (scanner->at < scanner->end && *scanner->at == '0') {
        scanner->at++;
        if (scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9')
            return fail_here(scanner, "a number cannot begin with 0");
    } else if (!skip_digits(scanner)) {
        return false;
    }
    if (scanner->at < scanner->end && *scanner->at == '.') {
        scanner->at++;
        if (!skip_digits(scanner))
            return false;
    }
    if (scanner->at < scanner->end && (*scanner->at | 32) == 'e') {
        scanner->at++;
        if (scanner->at < scanner->end && (*scanner->at == '+' || *scanner->at == '-'))
            scanner->at++;
        return skip_digits(scanner);
    }
    return true;
}

static bool read_word(struct scanner *scanner, struct slice word) {
    struct slice rest = {scanner->at, (size_t)(scanner->end - scanner->at)};
    if (!slice_starts_with(rest, word))
        return fail_here(scanner, "no value of JSON begins like this");
    scanner->at += word.size;
    return true;
}

static bool skip_container(struct scanner *scanner, unsigned level);

/* Every value but a string. */
static bool read_other(struct scanner *scanner, unsigned level, enum json_kind *ret_kind) {
    char first = peek(scanner);
    if (first == '-' || (first >= '0' && first <= '9')) {
        *ret_kind = JSON_NUMBER;
        return read_number(scanner);
    }
    switch (first) {
    case '{':
    case '[':
        *ret_kind = *scanner->at == '{' ? JSON_OBJECT : JSON_ARRAY;
        return skip_container(scanner, level + 1);
    case 't':
        *ret_kind = JSON_TRUE;
        return read_word(scanner, SLICE("true"));
    case 'f':
        *ret_kind = JSON_FALSE;
        return read_word(scanner, SLICE("false"));
    case 'n':
        *ret_kind = JSON_NULL;
        return read_word(scanner, SLICE("null"));
    default:
        return fail_here(scanner, "a value is missing");
    }
}

static bool skip_string(struct scanner *scanner) {
    struct slice raw;
    return read_raw_string(scanner, &raw) && (!raw.size || check_escapes(scanner, raw));
}

static bool skip_name(struct scanner *scanner) {
    if (peek(scanner) != '"')
        return fail_here(scanner, "a name in double quotes is missing");
    if (!skip_string(scanner))
        return false;
    if (peek(scanner) != ':')
        return fail_here(scanner, "a colon is missing");
    scanner->at++;
    return true;
}

/* Behind a value: true when another one follows, with *ret_more; the closing bracket is taken. */
static bool read_separator(struct scanner *scanner, char close, bool *ret_more) {
    char c = peek(scanner);
    if (c != ',' && c != close)
        return fail_here(scanner, close == '}' ? "a comma or } is missing" : "a comma or ] is missing");
    scanner->at++;
    *ret_more = c == ',';
    return true;
}

/* On the opening bracket, which is that of level `level`. */
static bool skip_container(struct scanner *scanner, unsigned level) {
    bool is_object = *scanner->at == '{';
    char close = is_object ? '}' : ']';
    if (level > JSON_LEVELS_MOST)
        return fail_here(scanner, "more than 32 levels");
    scanner->at++;
    bool more = peek(scanner) != close;
    if (!more)
        scanner->at++;
    while (more) {
        enum json_kind kind;
        if (is_object && !skip_name(scanner))
            return false;
        if (!(peek(scanner) == '"' ? skip_string(scanner) : read_other(scanner, level, &kind)))
            return false;
        if (!read_separator(scanner, close, &more))
            return false;
    }
    return true;
}

static bool read_member(struct scanner *scanner, bool named, struct json_member *member) {
    *member = (struct json_member){0};
    if (named) {
        if (peek(scanner) != '"')
            return fail_here(scanner, "a name in double quotes is missing");
        if (!read_string(scanner, &member->name))
            return false;
        if (peek(scanner) != ':')
            return fail_here(scanner, "a colon is missing");
        scanner->at++;
    }
    char first = peek(scanner);
    const char *begin = scanner->at;
    member->offset = (size_t)(begin - scanner->begin);
    if (first == '"') {
        member->kind = JSON_STRING;
        return read_string(scanner, &member->text);
    }
    if (!read_other(scanner, 1, &member->kind))
        return false;
    member->text = (struct slice){begin, (size_t)(scanner->at - begin)};
    return true;
}

static bool read_members(struct scanner *scanner, struct json_members *members) {
    bool is_object = members->kind == JSON_OBJECT;
    char close = is_object ? '}' : ']';
    size_t capacity = MEMBERS_FIRST;
    struct json_member *items = arena_new_array(scanner->arena, capacity, sizeof *items);
    scanner->at++;
    bool more = peek(scanner) != close;
    if (!more)
        scanner->at++;
    while (more) {
        if (members->count == JSON_MEMBERS_MOST)
            return fail_here(scanner, "more than 4,096 members");
        if (members->count == capacity) {
            struct json_member *larger = arena_new_array(scanner->arena, capacity * 2, sizeof *larger);
            memcpy(larger, items, capacity * sizeof *items);
            items = larger;
            capacity *= 2;
        }
        if (!read_member(scanner, is_object, &items[members->count++]) || !read_separator(scanner, close, &more))
            return false;
    }
    members->items = items;
    return true;
}

static bool read_document(struct scanner *scanner, struct json_members *members) {
    char first = peek(scanner);
    if (first != '{' && first != '[')
        return fail_here(scanner, "an object in { } is missing");
    members->kind = first == '{' ? JSON_OBJECT : JSON_ARRAY;
    if (!read_members(scanner, members))
        return false;
    skip_blanks(scanner);
    return scanner->at == scanner->end || fail(scanner, scanner->at, "something stands behind the last bracket");
}

bool json_members_read(struct slice text, struct arena *arena, struct json_members *ret_members,
                       struct json_error *ret_error) {
    const char *begin = text.data ? text.data : "";
    struct scanner scanner = {.begin = begin, .at = begin, .end = begin + text.size, .arena = arena};
    struct json_members members = {0};
    const char *nul = text.size ? memchr(begin, '\0', text.size) : NULL;
    bool good = nul ? fail(&scanner, nul, "a NUL byte") : read_document(&scanner, &members);
    if (!good) {
        *ret_error = scanner.error;
        return false;
    }
    members.lone_surrogates = scanner.lone_surrogates;
    *ret_members = members;
    return true;
}
