#include "ingest/html_tags.h"

#include "base/utf8.h"
#include "text/choke.h"

enum { TAG_SIZE_MOST = 64 * 1024, NAME_MOST = 16 };

static const struct {
    const char *name;
    enum tag tag;
} names[] = {
    {"html", TAG_HTML},
    {"body", TAG_HTML},
    {"head", TAG_HEAD},
    {"title", TAG_TITLE},
    {"meta", TAG_META},
    {"link", TAG_LINK},
    {"div", TAG_BLOCK},
    {"section", TAG_BLOCK},
    {"article", TAG_BLOCK},
    {"main", TAG_BLOCK},
    {"header", TAG_BLOCK},
    {"center", TAG_BLOCK},
    {"blockquote", TAG_BLOCK},
    {"table", TAG_BLOCK},
    {"tbody", TAG_BLOCK},
    {"tr", TAG_BLOCK},
    {"td", TAG_BLOCK},
    {"th", TAG_BLOCK},
    {"dl", TAG_BLOCK},
    {"dt", TAG_BLOCK},
    {"dd", TAG_BLOCK},
    {"pre", TAG_BLOCK},
    {"figure", TAG_BLOCK},
    {"figcaption", TAG_BLOCK},
    {"ul", TAG_LIST},
    {"ol", TAG_LIST},
    {"li", TAG_ITEM},
    {"p", TAG_PARAGRAPH},
    {"br", TAG_BREAK},
    {"hr", TAG_BREAK},
    {"h1", TAG_H1},
    {"h2", TAG_H2},
    {"h3", TAG_H3},
    {"h4", TAG_H3},
    {"h5", TAG_H3},
    {"h6", TAG_H3},
    {"a", TAG_ANCHOR},
    {"nav", TAG_NAV},
    {"footer", TAG_FOOTER},
    {"aside", TAG_ASIDE},
    {"form", TAG_FORM},
    {"script", TAG_DROPPED},
    {"style", TAG_DROPPED},
    {"noscript", TAG_DROPPED},
    {"template", TAG_DROPPED},
    {"select", TAG_DROPPED},
    {"button", TAG_DROPPED},
    {"iframe", TAG_DROPPED},
    {"svg", TAG_DROPPED},
    {"textarea", TAG_DROPPED},
    {"object", TAG_DROPPED},
    {"video", TAG_DROPPED},
};

static bool is_letter(char byte) {
    return (byte | 32) >= 'a' && (byte | 32) <= 'z';
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static enum tag tag_named(struct slice name) {
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (slice_equal_ignoring_case(name, slice_of(names[i].name)))
            return names[i].tag;
    return TAG_OTHER;
}

bool html_tag_breaks(enum tag tag) {
    return tag != TAG_OTHER && tag != TAG_ANCHOR && tag != TAG_META && tag != TAG_LINK && tag != TAG_DROPPED;
}

bool html_tag_is_void(enum tag tag) {
    return tag == TAG_META || tag == TAG_LINK || tag == TAG_BREAK;
}

bool html_tag_drops(enum tag tag) {
    return tag == TAG_DROPPED;
}

/* Behind `<!` or `<?`: a comment to its end, anything else to the next `>`. */
static size_t skip_declaration(struct slice html, size_t at, struct html_tag *tag) {
    bool comment = slice_starts_with(slice_from(html, at), SLICE("<!--"));
    size_t end = comment ? slice_find(html, SLICE("-->"), at + 4) : slice_find_byte(html, '>', at);
    tag->kind = HTML_SKIPPED;
    tag->tag = slice_equal_ignoring_case(slice_range(html, at, at + 9), SLICE("<!doctype")) ? TAG_HTML : TAG_OTHER;
    end += comment ? 3 : 1;
    return end < html.size ? end : html.size;
}

/* The end of a tag whose attributes begin at `at`: the `>` that is in no quotes. */
static size_t tag_end(struct slice html, size_t at) {
    char quote = 0;
    size_t most = html.size - at < TAG_SIZE_MOST ? html.size : at + TAG_SIZE_MOST;
    for (size_t i = at; i < most; i++) {
        char byte = html.data[i];
        if (quote)
            quote = byte == quote ? 0 : quote;
        else if (byte == '>')
            return i;
        else if ((byte == '"' || byte == '\'') && i > at && (html.data[i - 1] == '=' || is_blank(html.data[i - 1])))
            quote = byte;
    }
    /* An open quote, most likely: the tag ends where tags end. */
    return slice_find_byte(slice_range(html, 0, most), '>', at);
}

size_t html_tag_read(struct slice html, size_t at, struct html_tag *ret_tag) {
    *ret_tag = (struct html_tag){.kind = HTML_OPENS, .tag = TAG_OTHER};
    size_t begin = at + 1;
    if (begin >= html.size)
        return at;
    if (html.data[begin] == '!' || html.data[begin] == '?' || html.data[begin] == '%')
        return skip_declaration(html, at, ret_tag);
    if (html.data[begin] == '/') {
        ret_tag->kind = HTML_CLOSES;
        begin++;
    }
    if (begin >= html.size || !is_letter(html.data[begin]))
        return at;
    size_t name_end = begin;
    while (name_end < html.size && !is_blank(html.data[name_end]) && html.data[name_end] != '>' &&
           html.data[name_end] != '/' && name_end - begin < TAG_SIZE_MOST)
        name_end++;
    size_t end = tag_end(html, name_end);
    ret_tag->name = slice_range(html, begin, name_end);
    ret_tag->tag = ret_tag->name.size <= NAME_MOST ? tag_named(ret_tag->name) : TAG_OTHER;
    ret_tag->attributes = slice_range(html, name_end, end);
    return end < html.size ? end + 1 : html.size;
}

size_t html_content_end(struct slice html, size_t at, struct slice name) {
    for (size_t i = slice_find(html, SLICE("</"), at); i < html.size; i = slice_find(html, SLICE("</"), i + 2)) {
        struct slice here = slice_range(html, i + 2, i + 2 + name.size);
        if (!slice_equal_ignoring_case(here, name))
            continue;
        size_t end = slice_find_byte(html, '>', i);
        return end < html.size ? end + 1 : html.size;
    }
    /* Never closed: browsers would show nothing more, but then there would be no article. */
    return at;
}

struct slice html_attribute_value(struct slice attributes, struct slice name) {
    enum { ATTRIBUTES_MOST = 64 };
    size_t at = 0;
    for (unsigned count = 0; count < ATTRIBUTES_MOST; count++) {
        while (at < attributes.size && (is_blank(attributes.data[at]) || attributes.data[at] == '/'))
            at++;
        size_t begin = at;
        while (at < attributes.size && !is_blank(attributes.data[at]) && attributes.data[at] != '=')
            at++;
        struct slice found = slice_range(attributes, begin, at);
        while (at < attributes.size && is_blank(attributes.data[at]))
            at++;
        if (!found.size)
            return (struct slice){0};
        if (at >= attributes.size || attributes.data[at] != '=')
            continue;
        at++;
        while (at < attributes.size && is_blank(attributes.data[at]))
            at++;
        char quote = at < attributes.size && (attributes.data[at] == '"' || attributes.data[at] == '\'')
                         ? attributes.data[at]
                         : 0;
        begin = at += quote != 0;
        while (at < attributes.size && (quote ? attributes.data[at] != quote : !is_blank(attributes.data[at])))
            at++;
        if (slice_equal_ignoring_case(found, name))
            return slice_range(attributes, begin, at);
        at += quote && at < attributes.size;
    }
    return (struct slice){0};
}

/* --- references ---------------------------------------------------------------------------------------------- */

/* Those that Chinese pages use. Others stay as they are written. */
static const struct {
    const char *name;
    uint32_t character;
} references[] = {
    {"nbsp", 0xA0},     {"ensp", 0x2002},  {"emsp", 0x2003},   {"thinsp", 0x2009}, {"lt", '<'},
    {"gt", '>'},        {"amp", '&'},      {"quot", '"'},      {"apos", '\''},     {"ldquo", 0x201C},
    {"rdquo", 0x201D},  {"lsquo", 0x2018}, {"rsquo", 0x2019},  {"mdash", 0x2014},  {"ndash", 0x2013},
    {"hellip", 0x2026}, {"middot", 0xB7},  {"bull", 0x2022},   {"copy", 0xA9},     {"reg", 0xAE},
    {"trade", 0x2122},  {"raquo", 0xBB},   {"laquo", 0xAB},    {"times", 0xD7},    {"divide", 0xF7},
    {"deg", 0xB0},      {"plusmn", 0xB1},  {"yen", 0xA5},      {"euro", 0x20AC},   {"permil", 0x2030},
    {"rarr", 0x2192},   {"larr", 0x2190},  {"uarr", 0x2191},   {"darr", 0x2193},   {"sect", 0xA7},
    {"para", 0xB6},     {"frac12", 0xBD},  {"sup2", 0xB2},     {"sup3", 0xB3},     {"micro", 0xB5},
    {"alpha", 0x3B1},   {"beta", 0x3B2},   {"rsaquo", 0x203A}, {"lsaquo", 0x2039}, {"eacute", 0xE9},
    {"uuml", 0xFC},     {"ouml", 0xF6},    {"auml", 0xE4},     {"lang", 0x3008},   {"rang", 0x3009},
    {"le", 0x2264},     {"ge", 0x2265},    {"ne", 0x2260},
};

static bool number_of(struct slice digits, uint32_t *ret_number) {
    bool hexadecimal = digits.size && (digits.data[0] | 32) == 'x';
    uint32_t number = 0;
    digits = slice_from(digits, hexadecimal);
    for (size_t i = 0; i < digits.size; i++) {
        char byte = digits.data[i];
        uint32_t digit = 16;
        if (byte >= '0' && byte <= '9')
            digit = (uint32_t)(byte - '0');
        else if (hexadecimal && (byte | 32) >= 'a' && (byte | 32) <= 'f')
            digit = (uint32_t)((byte | 32) - 'a' + 10);
        if (digit >= (hexadecimal ? 16u : 10u) || number > 0x10FFFF)
            return false;
        number = number * (hexadecimal ? 16 : 10) + digit;
    }
    *ret_number = number;
    return digits.size > 0;
}

size_t html_reference(struct slice text, uint32_t *ret_character) {
    enum { REFERENCE_MOST = 12 };
    struct slice front = slice_range(text, 0, REFERENCE_MOST);
    size_t end = slice_find_byte(front, ';', 0);
    if (end == front.size || end < 2 || front.data[0] != '&')
        return 0;
    struct slice name = slice_range(front, 1, end);
    if (name.data[0] == '#') {
        uint32_t character = 0;
        bool surrogate = !number_of(slice_from(name, 1), &character) || (character >= 0xD800 && character < 0xE000);
        if (surrogate || character > 0x10FFFF || character < ' ' || choke_drops(character))
            return 0;
        *ret_character = character;
        return end + 1;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(references); i++)
        if (slice_equal(name, slice_of(references[i].name))) {
            *ret_character = references[i].character;
            return end + 1;
        }
    return 0;
}

void html_append_decoded(struct slice text, struct buf *buf) {
    for (size_t at = 0; at < text.size;) {
        char bytes[UTF8_MOST];
        uint32_t character = 0;
        size_t size = text.data[at] == '&' ? html_reference(slice_from(text, at), &character) : 0;
        if (size)
            buf_append(buf, bytes, utf8_encode(character, bytes));
        else
            buf_append_byte(buf, text.data[at]);
        at += size ? size : 1;
    }
}
