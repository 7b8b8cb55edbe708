#include "text/sanitiser.h"

#include "base/uri.h"
#include "base/utf8.h"
#include "text/choke.h"
#include "text/html_time.h"
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
    VALUE_COLUMNS, /* that a cell spans */
    VALUE_ROWS,
    VALUE_LANGUAGE,
    VALUE_DIRECTION,
    VALUE_TIME,   /* what <time> may say */
    VALUE_MOMENT, /* a day, or a day and time */
};

/* An attribute stands here once for each element that may have it; NULL: all. */
static const struct {
    const char *element;
    const char *name;
    enum value_kind kind;
} attributes[] = {
    {NULL, "title", VALUE_TEXT},       {NULL, "lang", VALUE_LANGUAGE},   {NULL, "dir", VALUE_DIRECTION},
    {"a", "href", VALUE_LINK},         {"img", "src", VALUE_IMAGE},      {"img", "alt", VALUE_TEXT},
    {"img", "width", VALUE_NUMBER},    {"img", "height", VALUE_NUMBER},  {"ol", "start", VALUE_NUMBER},
    {"td", "colspan", VALUE_COLUMNS},  {"td", "rowspan", VALUE_ROWS},    {"th", "colspan", VALUE_COLUMNS},
    {"th", "rowspan", VALUE_ROWS},     {"time", "datetime", VALUE_TIME}, {"del", "datetime", VALUE_MOMENT},
    {"ins", "datetime", VALUE_MOMENT},
};

struct sanitising {
    struct slice base;
    struct buf *safe;
    size_t begin; /* of what this call appends */
    struct nesting nesting;
    struct buf stray; /* what stands between the cells of open tables, until each of them ends */
    /* An element came out without the attributes for which it was kept, or was left out where it stood: the parser
     * closed others because of it, and another pass shows it what is there now. */
    bool needs_another_pass;
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

/* Whose name and password they are, nobody who reads the article may know. */
static void append_without_user(struct slice address, struct buf *ret_value) {
    size_t begin = slice_find(address, SLICE("//"), 0) + 2;
    size_t end = begin;
    size_t host = begin;
    for (; end < address.size && !strchr("/?#", address.data[end]); end++)
        if (address.data[end] == '@')
            host = end + 1;
    buf_append_slice(ret_value, slice_range(address, 0, begin));
    buf_append_slice(ret_value, slice_from(address, host));
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
    append_without_user(result, ret_value);
    return uri_is_web(buf_slice(ret_value));
}

static bool append_number(struct slice value, enum value_kind kind, struct buf *ret_value) {
    static const struct {
        uint64_t least, most;
    } limits[] = {[VALUE_NUMBER] = {0, 10000}, [VALUE_COLUMNS] = {1, 1000}, [VALUE_ROWS] = {0, 65534}};
    uint64_t number = 0;
    value = slice_trim(value);
    if (slice_ends_with(value, SLICE("px")))
        value = slice_range(value, 0, value.size - 2);
    if (!slice_parse_unsigned(value, &number) || number < limits[kind].least || number > limits[kind].most)
        return false;
    buf_append_unsigned(ret_value, number);
    return true;
}

/* Appends what is safe of an attribute's value; false when nothing is. */
static bool append_value(const struct sanitising *sanitising, enum value_kind kind, struct slice value,
                         struct buf *ret_value) {
    static const char language[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    if (kind == VALUE_LINK || kind == VALUE_IMAGE)
        return append_safe_address(sanitising, value, kind, ret_value);
    if (kind == VALUE_NUMBER || kind == VALUE_COLUMNS || kind == VALUE_ROWS)
        return append_number(value, kind, ret_value);
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
    if (kind == VALUE_TIME)
        return html_is_time(value);
    if (kind == VALUE_MOMENT)
        return html_is_day_or_moment(value);
    return slice_equal_ignoring_case(value, SLICE("ltr")) || slice_equal_ignoring_case(value, SLICE("rtl")) ||
           slice_equal_ignoring_case(value, SLICE("auto"));
}

/* false when nothing of it is safe. */
static bool append_attribute(const struct sanitising *sanitising, const char *element,
                             const struct html_attribute *attribute, struct buf *buf) {
    enum value_kind kind;
    CLEANUP(buf_release) struct buf value = BUF(BUF_UNLIMITED);
    if (!find_attribute(element, slice_of(attribute->name), &kind) ||
        !append_value(sanitising, kind, attribute->value, &value))
        return false;
    buf_append_byte(buf, ' ');
    buf_append_string(buf, attribute->name);
    buf_append_string(buf, "=\"");
    html_append_escaped(buf, buf_slice(&value));
    buf_append_byte(buf, '"');
    return true;
}

/* Whatever the page said: a reader's visit is nobody's business, nor is an image wanted before it is seen. */
static void append_manners(struct buf *safe, bool has_alternative) {
    buf_append_string(safe, has_alternative ? "" : " alt=\"\"");
    buf_append_string(safe, " loading=\"lazy\" referrerpolicy=\"no-referrer\"");
}

/* Returns whether it has an attribute. An image without an address is nothing. */
static bool append_start_tag(const struct sanitising *sanitising, const char *name, const struct html_attribute *list,
                             size_t count, struct buf *buf) {
    size_t begin = buf->size;
    bool is_image = strcmp(name, "img") == 0;
    bool has_attribute = false;
    bool has_source = false;
    bool has_alternative = false;
    buf_append_byte(buf, '<');
    buf_append_string(buf, name);
    for (size_t i = 0; i < count; i++) {
        if (!append_attribute(sanitising, name, &list[i], buf))
            continue;
        has_attribute = true;
        has_source |= strcmp(list[i].name, "src") == 0;
        has_alternative |= strcmp(list[i].name, "alt") == 0;
    }
    if (is_image)
        append_manners(buf, has_alternative);
    buf_append_byte(buf, '>');
    if (is_image && !has_source && !buf->failed)
        buf_truncate(buf, begin);
    return has_attribute;
}

static void append_end_tag(struct buf *buf, const char *name) {
    buf_append_string(buf, "</");
    buf_append_string(buf, name);
    buf_append_byte(buf, '>');
}

/* Where text and images go: not between the cells of a table, where a browser would take them out, too. */
static struct buf *place_of_content(struct sanitising *sanitising) {
    return nesting_table_around(&sanitising->nesting) ? &sanitising->stray : sanitising->safe;
}

/* A break is left out where no text may stand: what it kept apart stays apart. */
static void append_blank(struct buf *place) {
    struct slice made = buf_slice(place);
    if (made.size && !strchr(" \n>", made.data[made.size - 1]))
        buf_append_byte(place, ' ');
}

static void on_open(void *context, const char *name, const struct html_attribute *list, size_t count) {
    struct sanitising *sanitising = context;
    struct buf *safe = sanitising->safe;
    const struct html_element *element = find_element(slice_of(name));
    if (!element) /* one that the parser made up */
        return;
    if (element->treatment == HTML_KEEP_VOID) {
        struct buf *place = place_of_content(sanitising);
        if (nesting_takes_void(&sanitising->nesting, name))
            (void)append_start_tag(sanitising, name, list, count, place);
        else
            append_blank(place);
        return;
    }
    const char *ended = nesting_end_implied(&sanitising->nesting, name);
    if (ended)
        append_end_tag(safe, ended);
    if (!nesting_open(&sanitising->nesting, name)) {
        sanitising->needs_another_pass = true;
        return;
    }
    struct nesting_element *opened = nesting_innermost(&sanitising->nesting);
    opened->begin = safe->size;
    bool is_bare = !append_start_tag(sanitising, name, list, count, safe);
    opened->inside = safe->size;
    opened->stray = sanitising->stray.size;
    sanitising->needs_another_pass |= is_bare && element->treatment == HTML_KEEP_IF_ATTRIBUTES;
}

/* What keeps the text of an element whose tags are left out apart from what follows, if text may stand here. */
static void append_gap(struct sanitising *sanitising, const char *name) {
    const struct nesting_element *table = nesting_table_around(&sanitising->nesting);
    const char *gap = nesting_gap(name);
    if (table &&
        (sanitising->stray.size == table->stray || slice_ends_with(buf_slice(&sanitising->stray), SLICE("<br>"))))
        gap = "";
    else if (!table && gap[0] == '<' && !nesting_takes_void(&sanitising->nesting, "br"))
        gap = " ";
    buf_append_string(place_of_content(sanitising), gap);
}

static bool is_paragraph_or_heading(const char *name) {
    return strcmp(name, "p") == 0 || (name[0] == 'h' && name[1] >= '1' && name[1] <= '6');
}

/* A time that no machine can read, and ruby without a reading. */
static bool means_nothing(const struct nesting_element *element, struct slice safe) {
    if (strcmp(element->name, "ruby") == 0)
        return !element->has_part;
    /* A quote in another attribute's value would be escaped. */
    struct slice tag = slice_range(safe, element->begin, element->inside);
    return strcmp(element->name, "time") == 0 && slice_find(tag, SLICE(" datetime=\""), 0) == tag.size &&
           !html_is_time(slice_from(safe, element->inside));
}

static void take_out(struct buf *buf, size_t begin, size_t end) {
    memmove(buf->data + begin, buf->data + end, buf->size - end);
    buf_truncate(buf, buf->size - (end - begin));
}

static void put_stray_before(struct sanitising *sanitising, const struct nesting_element *table) {
    struct buf *safe = sanitising->safe;
    struct slice stray = slice_from(buf_slice(&sanitising->stray), table->stray);
    size_t size = safe->size - table->begin;
    if (stray.size == 0)
        return;
    buf_append_slice(safe, stray);
    if (!safe->failed) {
        memmove(safe->data + table->begin + stray.size, safe->data + table->begin, size);
        memcpy(safe->data + table->begin, stray.data, stray.size);
    }
    buf_truncate(&sanitising->stray, table->stray);
}

static void on_close(void *context, const char *name) {
    struct sanitising *sanitising = context;
    struct buf *safe = sanitising->safe;
    const struct html_element *element = find_element(slice_of(name));
    if (!element || element->treatment == HTML_KEEP_VOID)
        return;
    const struct nesting_element closed = nesting_close(&sanitising->nesting);
    if (!closed.is_written) {
        append_gap(sanitising, name);
        return;
    }
    if (safe->failed)
        return;
    if (is_paragraph_or_heading(name) && slice_trim(slice_from(buf_slice(safe), closed.inside)).size == 0) {
        buf_truncate(safe, closed.begin);
    } else if (means_nothing(&closed, buf_slice(safe))) {
        take_out(safe, closed.begin, closed.inside);
        sanitising->needs_another_pass = true;
    } else {
        append_end_tag(safe, name);
    }
    if (strcmp(name, "table") == 0)
        put_stray_before(sanitising, &closed);
}

static void on_text(void *context, struct slice text) {
    struct sanitising *sanitising = context;
    CLEANUP(buf_release) struct buf choked = BUF(BUF_UNLIMITED);
    append_choked(&choked, text);
    bool is_blank = slice_trim(buf_slice(&choked)).size == 0;
    html_append_escaped(is_blank ? sanitising->safe : place_of_content(sanitising), buf_slice(&choked));
}

static void on_restart(void *context) {
    struct sanitising *sanitising = context;
    if (!sanitising->safe->failed)
        buf_truncate(sanitising->safe, sanitising->begin);
    buf_clear(&sanitising->stray);
    sanitising->needs_another_pass = false;
    nesting_clear(&sanitising->nesting);
}

static bool sanitise_once(struct slice html, struct slice base, struct buf *safe, bool *ret_needs_another_pass) {
    static const struct html_handler handler = {find_element, wants_attribute, on_open, on_text, on_close, on_restart};
    struct sanitising sanitising = {.base = base, .safe = safe, .begin = safe->size, .stray = BUF(BUF_UNLIMITED)};
    bool good = html_parse(html, &handler, &sanitising);
    if (good)
        *ret_needs_another_pass = sanitising.needs_another_pass;
    else
        on_restart(&sanitising);
    nesting_release(&sanitising.nesting);
    buf_release(&sanitising.stray);
    return good;
}

bool html_sanitise(struct slice html, struct slice base, struct buf *safe) {
    /* What is left out in one pass may show the next one more of it; nothing known takes more than three. */
    enum { PASSES_MOST = 8 };
    CLEANUP(buf_release) struct buf before = BUF(BUF_UNLIMITED);
    bool needs_another_pass = false;
    size_t begin = safe->size;
    if (!sanitise_once(html, base, safe, &needs_another_pass))
        return false;
    for (int pass = 1; needs_another_pass && !safe->failed && pass < PASSES_MOST; pass++) {
        buf_clear(&before);
        buf_append_slice(&before, slice_from(buf_slice(safe), begin));
        buf_truncate(safe, begin);
        if (!sanitise_once(buf_slice(&before), base, safe, &needs_another_pass))
            return false;
    }
    return true;
}
