#include "xml/html_guard.h"

#include "base/vec.h"

/* At most so many different elements are HTML_KEEP_IF_ATTRIBUTES. */
enum { OPTIONAL_ELEMENTS_MOST = 4 };

struct guard {
    struct slice html;
    size_t at;
    const struct html_handler *handler;
    struct buf *plain;
    /* While an element is removed: its element, and how many of its name are open inside; else NULL. */
    const struct html_element *removing;
    size_t removing_depth;
    /* Of each optional element, whether the open ones were kept, outermost first. */
    struct {
        const struct html_element *element;
        VEC(bool) kept;
    } optional[OPTIONAL_ELEMENTS_MOST];
    /* For flattening: the estimate of what is open. */
    bool flatten;
    const char *open[HTML_DEPTH_MOST];
    size_t open_count;
    size_t flattened; /* open elements that were left out */
};

/* A start tag, cut but not yet judged. */
struct tag {
    struct slice name;
    struct slice rest; /* from behind the name up to the > */
    bool closes_itself;
};

static bool is_letter(char byte) {
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
}

static bool at_end(const struct guard *guard) {
    return guard->at >= guard->html.size;
}

/* Text or an attribute's value. References stay for the parser; what could end a tag or a value goes in as one. */
static void append_plain(struct buf *buf, struct slice text) {
    size_t begin = 0;
    if (text.size == 0) /* no value: no address to count from */
        return;
    for (size_t i = 0; i <= text.size; i++) {
        char byte = i < text.size ? text.data[i] : '\0';
        if (byte != '\0' && byte != '<' && byte != '>' && byte != '"')
            continue;
        buf_append(buf, text.data + begin, i - begin);
        begin = i + 1;
        if (byte != '\0') /* a NUL would end the parser's input */
            buf_append_string(buf, byte == '<' ? "&lt;" : byte == '>' ? "&gt;" : "&quot;");
    }
}

static struct slice take_name(struct guard *guard) {
    size_t begin = guard->at;
    while (!at_end(guard) && !is_space(guard->html.data[guard->at]) && guard->html.data[guard->at] != '>' &&
           guard->html.data[guard->at] != '/')
        guard->at++;
    return slice_range(guard->html, begin, guard->at);
}

/* One attribute off the front of *rest; false when there is none left. */
static bool take_attribute(struct slice *rest, struct slice *ret_name, struct slice *ret_value) {
    struct slice text = *rest;
    size_t at = 0;
    while (at < text.size && (is_space(text.data[at]) || text.data[at] == '/'))
        at++;
    if (at == text.size)
        return false;
    size_t begin = at++; /* a leading = belongs to the name */
    while (at < text.size && !is_space(text.data[at]) && text.data[at] != '/' && text.data[at] != '=')
        at++;
    *ret_name = slice_range(text, begin, at);
    *ret_value = (struct slice){0};
    size_t value = at;
    while (value < text.size && is_space(text.data[value]))
        value++;
    if (value < text.size && text.data[value] == '=') {
        value++;
        while (value < text.size && is_space(text.data[value]))
            value++;
        char quote = value < text.size ? text.data[value] : '\0';
        bool quoted = quote == '"' || quote == '\'';
        at = value + quoted;
        begin = at;
        while (at < text.size && (quoted ? text.data[at] != quote : !is_space(text.data[at])))
            at++;
        *ret_value = slice_range(text, begin, at);
        at += quoted;
    }
    *rest = slice_from(text, at);
    return true;
}

/*
 * Where the tag's > stands; html.size when it has none. A quote opens a value only behind a =, so `<p it's>` ends where
 * browsers end it.
 */
static size_t find_tag_end(const struct guard *guard) {
    struct slice html = guard->html;
    bool behind_equals = false;
    bool in_value = false; /* of an unquoted one, in which quotes mean nothing */
    for (size_t at = guard->at; at < html.size; at++) {
        char byte = html.data[at];
        if (byte == '>')
            return at;
        if (behind_equals && (byte == '"' || byte == '\'')) {
            at = slice_find_byte(html, byte, at + 1);
            behind_equals = false;
        } else if (is_space(byte)) {
            in_value = false;
        } else {
            in_value = in_value || behind_equals;
            behind_equals = byte == '=' && !in_value;
        }
    }
    return html.size;
}

/* The slash of <p/> and <a b="c"/>, but not that of <a href=http://x/>. */
static bool closes_itself(struct slice rest) {
    if (!slice_ends_with(rest, SLICE("/")))
        return false;
    char before = rest.size > 1 ? rest.data[rest.size - 2] : ' ';
    return is_space(before) || before == '"' || before == '\'';
}

/* false when the tag passes a limit. A tag that the text ends in is no tag: *ret_complete. */
static bool take_tag(struct guard *guard, struct tag *ret_tag, bool *ret_complete) {
    size_t begin = guard->at;
    ret_tag->name = take_name(guard);
    size_t end = find_tag_end(guard);
    if (end - begin > HTML_TAG_SIZE_MOST)
        return false;
    ret_tag->rest = slice_range(guard->html, guard->at, end);
    ret_tag->closes_itself = closes_itself(ret_tag->rest);
    struct slice rest = ret_tag->rest;
    struct slice name;
    struct slice value;
    size_t count = 0;
    while (take_attribute(&rest, &name, &value))
        if (++count > HTML_TAG_ATTRIBUTES_MOST)
            return false;
    *ret_complete = end < guard->html.size;
    guard->at = *ret_complete ? end + 1 : end;
    return true;
}

static const char *kept_name(const struct html_element *element) {
    return element->kept_as ? element->kept_as : element->name;
}

/* Writes the wanted attributes; false when there is none. */
static bool append_attributes(struct guard *guard, const struct html_element *element, struct slice rest) {
    struct slice name;
    struct slice value;
    bool any = false;
    while (take_attribute(&rest, &name, &value)) {
        if (!guard->handler->attribute(element, name))
            continue;
        any = true;
        buf_append_byte(guard->plain, ' ');
        buf_append_lower(guard->plain, name);
        buf_append_string(guard->plain, "=\"");
        append_plain(guard->plain, value);
        buf_append_byte(guard->plain, '"');
    }
    return any;
}

/* Remembers whether an optional element's start was kept, so that its end goes the same way. */
static void push_optional(struct guard *guard, const struct html_element *element, bool kept) {
    for (size_t i = 0; i < OPTIONAL_ELEMENTS_MOST; i++) {
        if (guard->optional[i].element && guard->optional[i].element != element)
            continue;
        guard->optional[i].element = element;
        vec_push(&guard->optional[i].kept, kept);
        return;
    }
}

static bool pop_optional(struct guard *guard, const struct html_element *element) {
    for (size_t i = 0; i < OPTIONAL_ELEMENTS_MOST; i++)
        if (guard->optional[i].element == element && guard->optional[i].kept.count > 0)
            return guard->optional[i].kept.items[--guard->optional[i].kept.count];
    return false;
}

static void keep_start(struct guard *guard, const struct html_element *element, const struct tag *tag) {
    const char *name = kept_name(element);
    const bool is_void = element->treatment == HTML_KEEP_VOID;
    const bool is_optional = element->treatment == HTML_KEEP_IF_ATTRIBUTES;
    if (guard->flatten && !is_void && !tag->closes_itself && guard->open_count == HTML_DEPTH_MOST) {
        guard->flattened++;
        return;
    }
    size_t begin = guard->plain->size;
    buf_append_byte(guard->plain, '<');
    buf_append_string(guard->plain, name);
    bool any = append_attributes(guard, element, tag->rest);
    buf_append_byte(guard->plain, '>');
    bool kept = any || !is_optional;
    if (!kept)
        buf_truncate(guard->plain, begin);
    if (is_void)
        return;
    if (tag->closes_itself) {
        if (kept)
            buf_append_format(guard->plain, "</%s>", name);
        return;
    }
    if (is_optional)
        push_optional(guard, element, kept);
    if (guard->flatten && kept)
        guard->open[guard->open_count++] = name;
}

static void keep_end(struct guard *guard, const struct html_element *element) {
    const char *name = kept_name(element);
    if (element->treatment == HTML_KEEP_VOID)
        return;
    if (guard->flattened > 0) {
        guard->flattened--;
        return;
    }
    if (element->treatment == HTML_KEEP_IF_ATTRIBUTES && !pop_optional(guard, element))
        return;
    /* An end tag out of turn may or may not close something in the parser: the estimate assumes it does not. */
    if (guard->open_count > 0 && strcmp(guard->open[guard->open_count - 1], name) == 0)
        guard->open_count--;
    buf_append_format(guard->plain, "</%s>", name);
}

/* Behind the end tag of the raw element, or at the end of all. */
static void skip_raw(struct guard *guard, const struct html_element *element) {
    struct slice name = slice_of(element->name);
    size_t at = guard->at;
    while ((at = slice_find(guard->html, SLICE("</"), at)) < guard->html.size) {
        at += 2;
        struct slice found = slice_range(guard->html, at, at + name.size);
        size_t behind = at + name.size;
        bool ends = behind >= guard->html.size || is_space(guard->html.data[behind]) ||
                    guard->html.data[behind] == '>' || guard->html.data[behind] == '/';
        if (ends && slice_equal_ignoring_case(found, name)) {
            guard->at = slice_find_byte(guard->html, '>', behind) + 1;
            return;
        }
    }
    guard->at = guard->html.size;
}

/* false for a tag over the limits. */
static bool take_start(struct guard *guard) {
    struct tag tag;
    bool complete = false;
    if (!take_tag(guard, &tag, &complete))
        return false;
    const struct html_element *element = complete ? guard->handler->element(tag.name) : NULL;
    if (!element)
        return true;
    if (element->treatment == HTML_REMOVE_RAW) {
        if (!tag.closes_itself)
            skip_raw(guard, element);
    } else if (guard->removing) {
        guard->removing_depth += element == guard->removing && !tag.closes_itself;
    } else if (element->treatment == HTML_REMOVE) {
        guard->removing = tag.closes_itself ? NULL : element;
        guard->removing_depth = 1;
    } else if (element->treatment != HTML_UNWRAP) {
        keep_start(guard, element, &tag);
    }
    return true;
}

static void take_end(struct guard *guard) {
    struct slice name = take_name(guard);
    size_t end = slice_find_byte(guard->html, '>', guard->at);
    guard->at = end < guard->html.size ? end + 1 : end;
    const struct html_element *element = guard->handler->element(name);
    if (!element)
        return;
    if (guard->removing) {
        if (element == guard->removing && --guard->removing_depth == 0)
            guard->removing = NULL;
    } else if (element->treatment == HTML_KEEP || element->treatment == HTML_KEEP_IF_ATTRIBUTES) {
        keep_end(guard, element);
    }
}

/* Comments, doctypes, processing instructions, CDATA: gone. */
static void skip_declaration(struct guard *guard) {
    struct slice rest = slice_from(guard->html, guard->at);
    struct slice ending = slice_starts_with(rest, SLICE("!--")) ? SLICE("-->") : SLICE(">");
    /* <!--> and <!---> are whole comments. */
    size_t end = slice_find(guard->html, ending, guard->at + (ending.size > 1));
    guard->at = end < guard->html.size ? end + ending.size : end;
}

static bool take_markup(struct guard *guard) {
    struct slice html = guard->html;
    char next = guard->at + 1 < html.size ? html.data[guard->at + 1] : '\0';
    char behind = guard->at + 2 < html.size ? html.data[guard->at + 2] : '\0';
    if (is_letter(next)) {
        guard->at++;
        return take_start(guard);
    }
    if (next == '/' && is_letter(behind)) {
        guard->at += 2;
        take_end(guard);
    } else if (next == '!' || next == '?' || next == '/') {
        guard->at++;
        skip_declaration(guard);
    } else {
        if (!guard->removing)
            buf_append_string(guard->plain, "&lt;");
        guard->at++;
    }
    return true;
}

bool html_guard(struct slice html, const struct html_handler *handler, bool flatten, struct buf *plain) {
    struct guard guard = {.html = html, .handler = handler, .plain = plain, .flatten = flatten};
    bool good = true;
    while (good && !at_end(&guard)) {
        size_t end = slice_find_byte(html, '<', guard.at);
        if (!guard.removing)
            append_plain(plain, slice_range(html, guard.at, end));
        guard.at = end;
        good = at_end(&guard) || take_markup(&guard);
    }
    for (size_t i = 0; i < OPTIONAL_ELEMENTS_MOST; i++)
        vec_release(&guard.optional[i].kept);
    return good;
}
