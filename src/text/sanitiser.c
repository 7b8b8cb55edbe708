#include "text/sanitiser.h"

#include "base/uri.h"
#include "base/utf8.h"
#include "text/choke.h"
#include "text/nesting.h"
#include "xml/html.h"

/* Sorted by name. What is not here is unwrapped. */
static const struct html_element elements[] = {
    {"a", HTML_KEEP_IF_ATTRIBUTES, NULL},
    {"abbr", HTML_KEEP, NULL},
    {"acronym", HTML_KEEP, "abbr"},
    {"address", HTML_KEEP, "div"},
    {"applet", HTML_REMOVE, NULL},
    {"article", HTML_KEEP, NULL},
    {"aside", HTML_KEEP, "div"},
    {"audio", HTML_REMOVE, NULL},
    {"b", HTML_KEEP, NULL},
    {"blockquote", HTML_KEEP, NULL},
    {"br", HTML_KEEP_VOID, NULL},
    {"button", HTML_REMOVE, NULL},
    {"canvas", HTML_REMOVE, NULL},
    {"caption", HTML_KEEP, NULL},
    {"center", HTML_KEEP, "div"},
    {"cite", HTML_KEEP, NULL},
    {"code", HTML_KEEP, NULL},
    {"datalist", HTML_REMOVE, NULL},
    {"dd", HTML_KEEP, NULL},
    {"del", HTML_KEEP, NULL},
    {"details", HTML_KEEP, "div"},
    {"dialog", HTML_REMOVE, NULL},
    {"div", HTML_KEEP, NULL},
    {"dl", HTML_KEEP, NULL},
    {"dt", HTML_KEEP, NULL},
    {"em", HTML_KEEP, NULL},
    {"fieldset", HTML_KEEP, "div"},
    {"figcaption", HTML_KEEP, NULL},
    {"figure", HTML_KEEP, NULL},
    {"footer", HTML_KEEP, "div"},
    {"form", HTML_KEEP, "div"},
    {"frameset", HTML_REMOVE, NULL},
    {"h1", HTML_KEEP, NULL},
    {"h2", HTML_KEEP, NULL},
    {"h3", HTML_KEEP, NULL},
    {"h4", HTML_KEEP, NULL},
    {"h5", HTML_KEEP, NULL},
    {"h6", HTML_KEEP, NULL},
    {"header", HTML_KEEP, "div"},
    {"hr", HTML_KEEP_VOID, NULL},
    {"i", HTML_KEEP, NULL},
    {"iframe", HTML_REMOVE_RAW, NULL},
    {"img", HTML_KEEP_VOID, NULL},
    {"ins", HTML_KEEP, NULL},
    {"kbd", HTML_KEEP, "code"},
    {"li", HTML_KEEP, NULL},
    {"main", HTML_KEEP, "div"},
    {"map", HTML_REMOVE, NULL},
    {"mark", HTML_KEEP, NULL},
    {"math", HTML_REMOVE, NULL},
    {"meter", HTML_REMOVE, NULL},
    {"nav", HTML_KEEP, "div"},
    {"noembed", HTML_REMOVE_RAW, NULL},
    {"noframes", HTML_REMOVE_RAW, NULL},
    {"noscript", HTML_REMOVE_RAW, NULL},
    {"object", HTML_REMOVE, NULL},
    {"ol", HTML_KEEP, NULL},
    {"optgroup", HTML_REMOVE, NULL},
    {"p", HTML_KEEP, NULL},
    {"pre", HTML_KEEP, NULL},
    {"progress", HTML_REMOVE, NULL},
    {"q", HTML_KEEP, NULL},
    {"rp", HTML_KEEP, NULL},
    {"rt", HTML_KEEP, NULL},
    {"ruby", HTML_KEEP, NULL},
    {"s", HTML_KEEP, NULL},
    {"samp", HTML_KEEP, "code"},
    {"script", HTML_REMOVE_RAW, NULL},
    {"section", HTML_KEEP, NULL},
    {"select", HTML_REMOVE, NULL},
    {"small", HTML_KEEP, NULL},
    {"span", HTML_KEEP_IF_ATTRIBUTES, NULL},
    {"strike", HTML_KEEP, "s"},
    {"strong", HTML_KEEP, NULL},
    {"style", HTML_REMOVE_RAW, NULL},
    {"sub", HTML_KEEP, NULL},
    {"summary", HTML_KEEP, "div"},
    {"sup", HTML_KEEP, NULL},
    {"svg", HTML_REMOVE, NULL},
    {"table", HTML_KEEP, NULL},
    {"tbody", HTML_KEEP, NULL},
    {"td", HTML_KEEP, NULL},
    {"template", HTML_REMOVE, NULL},
    {"textarea", HTML_REMOVE_RAW, NULL},
    {"tfoot", HTML_KEEP, NULL},
    {"th", HTML_KEEP, NULL},
    {"thead", HTML_KEEP, NULL},
    {"time", HTML_KEEP, NULL},
    {"title", HTML_REMOVE_RAW, NULL},
    {"tr", HTML_KEEP, NULL},
    {"tt", HTML_KEEP, "code"},
    {"u", HTML_KEEP, NULL},
    {"ul", HTML_KEEP, NULL},
    {"video", HTML_REMOVE, NULL},
};

enum value_kind {
    VALUE_TEXT,
    VALUE_LINK,  /* http, https, mailto */
    VALUE_IMAGE, /* http, https */
    VALUE_NUMBER,
    VALUE_LANGUAGE,
    VALUE_DIRECTION,
    VALUE_DATE,
};

/* An attribute stands here once for each element that may have it; NULL: all. */
static const struct {
    const char *element;
    const char *name;
    enum value_kind kind;
} attributes[] = {
    {NULL, "title", VALUE_TEXT},     {NULL, "lang", VALUE_LANGUAGE},   {NULL, "dir", VALUE_DIRECTION},
    {"a", "href", VALUE_LINK},       {"img", "src", VALUE_IMAGE},      {"img", "alt", VALUE_TEXT},
    {"img", "width", VALUE_NUMBER},  {"img", "height", VALUE_NUMBER},  {"ol", "start", VALUE_NUMBER},
    {"td", "colspan", VALUE_NUMBER}, {"td", "rowspan", VALUE_NUMBER},  {"th", "colspan", VALUE_NUMBER},
    {"th", "rowspan", VALUE_NUMBER}, {"time", "datetime", VALUE_DATE}, {"del", "datetime", VALUE_DATE},
    {"ins", "datetime", VALUE_DATE},
};

struct sanitising {
    struct slice base;
    struct buf *safe;
    size_t begin; /* of what this call appends */
    /* The paragraph that was opened last, while nothing but blanks stands in it. */
    bool paragraph_is_empty;
    size_t paragraph_begin;
    struct nesting nesting;
    /* An element came out without the attributes for which it was kept, or was left out where it stood: the parser
     * closed others because of it, and a second pass shows it what is there now. */
    bool needs_second_pass;
};

static const struct html_element *find_element(struct slice name) {
    size_t low = 0;
    size_t high = ARRAY_LENGTH(elements);
    char lower[12];
    if (name.size > sizeof lower)
        return NULL;
    for (size_t i = 0; i < name.size; i++)
        lower[i] = (char)(name.data[i] >= 'A' && name.data[i] <= 'Z' ? name.data[i] | 0x20 : name.data[i]);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = slice_compare((struct slice){lower, name.size}, slice_of(elements[middle].name));
        if (order == 0)
            return &elements[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* The row of an attribute; false when the element may not have it. */
static bool find_attribute(const char *element, struct slice name, enum value_kind *ret_kind) {
    for (size_t i = 0; i < ARRAY_LENGTH(attributes); i++) {
        if (attributes[i].element && strcmp(attributes[i].element, element) != 0)
            continue;
        if (!slice_equal_ignoring_case(name, slice_of(attributes[i].name)))
            continue;
        *ret_kind = attributes[i].kind;
        return true;
    }
    return false;
}

static bool wants_attribute(const struct html_element *element, struct slice name) {
    enum value_kind kind;
    return find_attribute(element->kept_as ? element->kept_as : element->name, name, &kind);
}

/* Appends `text` without what the choke point drops, which character references may have brought in. */
static void append_choked(struct buf *buf, struct slice text) {
    size_t begin = 0;
    size_t size = 0;
    for (size_t at = 0; at < text.size; at += size) {
        uint32_t character = (unsigned char)text.data[at];
        size = character < 0x80 ? 1 : utf8_decode(text, at, &character);
        bool line_end = character == '\r' || character == 0x85 || character == 0x2028 || character == 0x2029;
        if (size > 0 && !line_end && !choke_drops(character))
            continue;
        size = size ? size : 1;
        buf_append(buf, text.data + begin, at - begin);
        begin = at + size;
        if (line_end)
            buf_append_byte(buf, '\n');
    }
    buf_append(buf, text.data + begin, text.size - begin);
}

static bool is_made_of(struct slice value, const char *characters, size_t most) {
    for (size_t i = 0; i < value.size; i++)
        if (value.data[i] == '\0' || !strchr(characters, value.data[i]))
            return false;
    return value.size > 0 && value.size <= most;
}

/* The address without what browsers ignore in one (line ends, tabs; blanks at the ends), encoded. */
static void append_address(struct slice value, struct buf *address) {
    CLEANUP(buf_release) struct buf choked = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf clean = BUF(BUF_UNLIMITED);
    append_choked(&choked, value);
    for (size_t i = 0; i < choked.size; i++)
        if (choked.data[i] != '\t' && choked.data[i] != '\n')
            buf_append_byte(&clean, choked.data[i]);
    uri_append_encoded(address, slice_trim(buf_slice(&clean)));
}

/* What stands before the first colon, if that is not behind a slash, question mark or hash. */
static struct slice scheme_of(struct slice address) {
    size_t end = 0;
    while (end < address.size && !strchr(":/?#", address.data[end]))
        end++;
    bool has_scheme = end < address.size && address.data[end] == ':';
    return slice_range(address, 0, has_scheme ? end : 0);
}

/* Appends a safe, absolute address; false when there is none to be made of `value`. */
static bool append_safe_address(const struct sanitising *sanitising, struct slice value, enum value_kind kind,
                                struct buf *ret_value) {
    enum { ADDRESS_MOST = 2048 };
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf absolute = BUF(BUF_UNLIMITED);
    append_address(value, &address);
    struct slice scheme = scheme_of(buf_slice(&address));
    if (slice_equal_ignoring_case(scheme, SLICE("mailto")) && kind == VALUE_LINK) {
        buf_append_slice(ret_value, buf_slice(&address));
        return address.size <= ADDRESS_MOST;
    }
    /* A colon behind anything else than a known scheme: what browsers would make of it is not worth knowing. */
    bool relative = scheme.size == 0 && address.size > 0 && address.data[0] != ':';
    if (relative ? sanitising->base.size == 0 || !uri_resolve(sanitising->base, buf_slice(&address), &absolute) : false)
        return false;
    struct slice result = relative ? buf_slice(&absolute) : buf_slice(&address);
    if (!uri_is_web(result))
        return false;
    buf_append_slice(ret_value, result);
    return true;
}

static bool append_number(struct slice value, struct buf *ret_value) {
    enum { NUMBER_MOST = 10000 };
    uint64_t number = 0;
    value = slice_trim(value);
    if (slice_ends_with(value, SLICE("px")))
        value = slice_range(value, 0, value.size - 2);
    if (!slice_parse_unsigned(value, &number) || number > NUMBER_MOST)
        return false;
    buf_append_unsigned(ret_value, number);
    return true;
}

/* Appends what is safe of an attribute's value; false when nothing is. */
static bool append_value(const struct sanitising *sanitising, enum value_kind kind, struct slice value,
                         struct buf *ret_value) {
    static const char language[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    static const char date[] = "0123456789-:.+TZWPDHMSY ";
    if (kind == VALUE_LINK || kind == VALUE_IMAGE)
        return append_safe_address(sanitising, value, kind, ret_value);
    if (kind == VALUE_NUMBER)
        return append_number(value, ret_value);
    if (kind == VALUE_TEXT) {
        CLEANUP(arena_release) struct arena arena = {0};
        struct choke_report report = {0};
        buf_append_slice(ret_value, text_choke(value, CHOKE_LINE, &arena, &report));
        return true;
    }
    value = slice_trim(value);
    buf_append_slice(ret_value, value);
    if (kind == VALUE_LANGUAGE)
        return is_made_of(value, language, 35);
    if (kind == VALUE_DATE)
        return is_made_of(value, date, 40);
    return slice_equal_ignoring_case(value, SLICE("ltr")) || slice_equal_ignoring_case(value, SLICE("rtl")) ||
           slice_equal_ignoring_case(value, SLICE("auto"));
}

/* false when nothing of it is safe. */
static bool append_attribute(struct sanitising *sanitising, const char *element,
                             const struct html_attribute *attribute) {
    enum value_kind kind;
    CLEANUP(buf_release) struct buf value = BUF(BUF_UNLIMITED);
    if (!find_attribute(element, slice_of(attribute->name), &kind) ||
        !append_value(sanitising, kind, attribute->value, &value))
        return false;
    buf_append_byte(sanitising->safe, ' ');
    buf_append_string(sanitising->safe, attribute->name);
    buf_append_string(sanitising->safe, "=\"");
    html_append_escaped(sanitising->safe, buf_slice(&value));
    buf_append_byte(sanitising->safe, '"');
    return true;
}

/* Whatever the page said: a reader's visit is nobody's business, nor is an image wanted before it is seen. */
static void append_manners(struct buf *safe, bool has_alternative) {
    buf_append_string(safe, has_alternative ? "" : " alt=\"\"");
    buf_append_string(safe, " loading=\"lazy\" referrerpolicy=\"no-referrer\"");
}

static void on_open(void *context, const char *name, const struct html_attribute *list, size_t count) {
    struct sanitising *sanitising = context;
    struct buf *safe = sanitising->safe;
    const struct html_element *element = find_element(slice_of(name));
    if (!element) /* one that the parser made up */
        return;
    if (element->treatment != HTML_KEEP_VOID && !nesting_open(&sanitising->nesting, name)) {
        sanitising->needs_second_pass = true;
        return;
    }
    size_t begin = safe->size;
    buf_append_byte(safe, '<');
    buf_append_string(safe, name);
    bool is_bare = true;
    bool has_source = false;
    bool has_alternative = false;
    for (size_t i = 0; i < count; i++) {
        if (!append_attribute(sanitising, name, &list[i]))
            continue;
        is_bare = false;
        has_source |= strcmp(list[i].name, "src") == 0;
        has_alternative |= strcmp(list[i].name, "alt") == 0;
    }
    if (strcmp(name, "img") == 0)
        append_manners(safe, has_alternative);
    buf_append_byte(safe, '>');
    if (strcmp(name, "img") == 0 && !has_source) {
        if (!safe->failed)
            buf_truncate(safe, begin);
        return;
    }
    sanitising->needs_second_pass |= is_bare && element->treatment == HTML_KEEP_IF_ATTRIBUTES;
    sanitising->paragraph_is_empty = strcmp(name, "p") == 0;
    sanitising->paragraph_begin = begin;
}

static void on_close(void *context, const char *name) {
    struct sanitising *sanitising = context;
    const struct html_element *element = find_element(slice_of(name));
    if (!element || element->treatment == HTML_KEEP_VOID)
        return;
    if (!nesting_close(&sanitising->nesting)) {
        const char *gap = nesting_gap(name);
        buf_append_string(sanitising->safe, gap);
        sanitising->paragraph_is_empty = sanitising->paragraph_is_empty && gap[0] != '<';
        return;
    }
    bool is_empty = sanitising->paragraph_is_empty && strcmp(name, "p") == 0;
    sanitising->paragraph_is_empty = false;
    if (is_empty && !sanitising->safe->failed) {
        buf_truncate(sanitising->safe, sanitising->paragraph_begin);
        return;
    }
    buf_append_string(sanitising->safe, "</");
    buf_append_string(sanitising->safe, name);
    buf_append_byte(sanitising->safe, '>');
}

static void on_text(void *context, struct slice text) {
    struct sanitising *sanitising = context;
    CLEANUP(buf_release) struct buf choked = BUF(BUF_UNLIMITED);
    append_choked(&choked, text);
    if (slice_trim(buf_slice(&choked)).size > 0)
        sanitising->paragraph_is_empty = false;
    html_append_escaped(sanitising->safe, buf_slice(&choked));
}

static void on_restart(void *context) {
    struct sanitising *sanitising = context;
    if (!sanitising->safe->failed)
        buf_truncate(sanitising->safe, sanitising->begin);
    sanitising->paragraph_is_empty = false;
    sanitising->needs_second_pass = false;
    nesting_clear(&sanitising->nesting);
}

static bool sanitise_once(struct slice html, struct slice base, struct buf *safe, bool *ret_needs_second_pass) {
    static const struct html_handler handler = {find_element, wants_attribute, on_open, on_text, on_close, on_restart};
    struct sanitising sanitising = {.base = base, .safe = safe, .begin = safe->size};
    bool good = html_parse(html, &handler, &sanitising);
    if (good)
        *ret_needs_second_pass = sanitising.needs_second_pass;
    else
        on_restart(&sanitising);
    nesting_release(&sanitising.nesting);
    return good;
}

bool html_sanitise(struct slice html, struct slice base, struct buf *safe) {
    CLEANUP(buf_release) struct buf once = BUF(BUF_UNLIMITED);
    bool needs_second_pass = false;
    size_t begin = safe->size;
    if (!sanitise_once(html, base, safe, &needs_second_pass))
        return false;
    if (!needs_second_pass || safe->failed)
        return true;
    buf_append_slice(&once, slice_from(buf_slice(safe), begin));
    buf_truncate(safe, begin);
    return sanitise_once(buf_slice(&once), base, safe, &needs_second_pass);
}
