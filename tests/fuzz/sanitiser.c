/*
 * libFuzzer's target for the sanitiser: whatever goes in, what comes out is text, listed tags and nothing else by a
 * scanner that knows no mercy, and sanitising it again changes nothing. The list is SANITISER_LIST, which the Makefile
 * reads off the sanitiser by tests/sanitiser/cases.py: "element attribute attribute", a line each.
 */
#include "text/sanitiser.h"
#include "base/utf8.h"
#include "text/choke.h"

#include <stdio.h>

static const char list[] =
#include "sanitiser_list.h"
    ;

/* Is `attribute` (or, when it is empty, the element alone) on the list? */
static bool is_listed(struct slice element, struct slice attribute) {
    struct slice rest = slice_of(list);
    struct slice line;
    while (slice_take_until(&rest, '\n', &line)) {
        struct slice word;
        bool first = true;
        while (slice_take_until(&line, ' ', &word)) {
            if (first && !slice_equal(word, element))
                break;
            if (slice_equal(word, first && !attribute.size ? element : attribute))
                return true;
            first = false;
        }
    }
    return false;
}

static bool is_address(struct slice value) {
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.data[i] <= ' ' || value.data[i] == '\\')
            return false;
    return slice_equal_ignoring_case(slice_range(value, 0, 7), SLICE("http://")) ||
           slice_equal_ignoring_case(slice_range(value, 0, 8), SLICE("https://")) ||
           slice_equal_ignoring_case(slice_range(value, 0, 7), SLICE("mailto:"));
}

/* `rest` begins with the blank before an attribute. */
static bool scan_attribute(struct slice element, struct slice *rest) {
    size_t equals = slice_find(*rest, SLICE("=\""), 0);
    struct slice name = slice_range(*rest, 1, equals);
    size_t end = slice_find_byte(*rest, '"', equals + 2);
    struct slice value = slice_range(*rest, equals + 2, end);
    if (rest->data[0] != ' ' || end >= rest->size || !name.size || !is_listed(element, name))
        return false;
    if (slice_starts_with(name, SLICE("on")))
        return false;
    *rest = slice_from(*rest, end + 1);
    return (!slice_equal(name, SLICE("href")) && !slice_equal(name, SLICE("src"))) || is_address(value);
}

static bool scan_tag(struct slice tag, struct slice *open, size_t *depth) {
    enum { DEPTH_MOST = 300 };
    bool closes = slice_starts_with(tag, SLICE("/"));
    tag = slice_from(tag, closes);
    size_t end = slice_find_byte(tag, ' ', 0);
    struct slice name = slice_range(tag, 0, end);
    struct slice rest = slice_from(tag, end);
    if (closes)
        return *depth > 0 && !rest.size && slice_equal(open[--*depth], name);
    if (!is_listed(name, (struct slice){0}))
        return false;
    while (rest.size > 0)
        if (!scan_attribute(name, &rest))
            return false;
    bool is_void = slice_equal(name, SLICE("br")) || slice_equal(name, SLICE("hr")) || slice_equal(name, SLICE("img"));
    if (!is_void)
        open[(*depth)++] = name;
    return *depth < DEPTH_MOST;
}

static bool is_reference(struct slice text) {
    static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (size_t i = 0; i < ARRAY_LENGTH(references); i++)
        if (slice_starts_with(text, slice_of(references[i])))
            return true;
    return false;
}

static bool is_safe(struct slice html) {
    struct slice open[300];
    size_t depth = 0;
    size_t size = 0;
    for (size_t at = 0; at < html.size; at += size) {
        uint32_t character = 0;
        size = utf8_decode(html, at, &character);
        if (size == 0 || choke_drops(character) || character == '>' || character == '"' || character == '\'')
            return false;
        if (character == '&' && !is_reference(slice_from(html, at)))
            return false;
        if (character != '<')
            continue;
        size_t end = slice_find_byte(html, '>', at);
        if (end == html.size || !scan_tag(slice_range(html, at + 1, end), open, &depth))
            return false;
        size = end + 1 - at;
    }
    return depth == 0;
}

static void complain(const char *what, struct slice first, struct slice second) {
    fprintf(stderr, "%s\n%.*s\n%.*s\n", what, SLICE_ARGUMENTS(first), SLICE_ARGUMENTS(second));
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct slice base = SLICE("https://news.example.org/a/b.html");
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf safe = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf again = BUF(BUF_UNLIMITED);
    struct choke_report report = {0};
    struct slice html = text_choke((struct slice){(const char *)data, size}, CHOKE_TEXT, &arena, &report);
    if (!html_sanitise(html, base, &safe))
        return 0;
    if (!is_safe(buf_slice(&safe)))
        complain("unsafe:", buf_slice(&safe), html);
    if (!html_sanitise(buf_slice(&safe), base, &again))
        complain("refused the second time:", buf_slice(&safe), html);
    if (!slice_equal(buf_slice(&safe), buf_slice(&again)))
        complain("a second time changes it:", buf_slice(&safe), buf_slice(&again));
    return 0;
}
