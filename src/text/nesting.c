#include "text/nesting.h"

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

static bool is(const struct nesting_element *element, const char *name) {
    return element && strcmp(element->name, name) == 0;
}

static bool is_cell(const char *name) {
    static const char *const cells[] = {"td", "th", "caption", NULL};
    return is_one_of(name, cells);
}

static bool is_table_part(const char *name) {
    static const char *const rows[] = {"tr", "tbody", "thead", "tfoot", NULL};
    return is_cell(name) || is_one_of(name, rows);
}

static bool is_reading(const char *name) {
    static const char *const readings[] = {"rt", "rp", NULL};
    return is_one_of(name, readings);
}

static bool is_open(const struct nesting *nesting, const char *name) {
    for (size_t i = nesting->open.count; i > 0; i--)
        if (nesting->open.items[i - 1].is_written && strcmp(nesting->open.items[i - 1].name, name) == 0)
            return true;
    return false;
}

struct nesting_element *nesting_innermost(const struct nesting *nesting) {
    for (size_t i = nesting->open.count; i > 0; i--)
        if (nesting->open.items[i - 1].is_written)
            return &nesting->open.items[i - 1];
    return NULL;
}

const struct nesting_element *nesting_table_around(const struct nesting *nesting) {
    for (size_t i = nesting->open.count; i > 0; i--) {
        const struct nesting_element *element = &nesting->open.items[i - 1];
        if (element->is_written && is_cell(element->name))
            return NULL;
        if (element->is_written && is(element, "table"))
            return element;
    }
    return NULL;
}

static bool may_stand(const struct nesting *nesting, const char *name) {
    const struct nesting_element *around = nesting_innermost(nesting);
    if (strcmp(name, "caption") == 0)
        return is(around, "table") && !around->has_part;
    if (is_table_part(name) || nesting_table_around(nesting))
        return is_table_part(name) && nesting_table_around(nesting);
    if (strcmp(name, "li") == 0)
        return is_open(nesting, "ul") || is_open(nesting, "ol");
    if (strcmp(name, "dt") == 0 || strcmp(name, "dd") == 0)
        return is_open(nesting, "dl");
    if (is_reading(name))
        return is(around, "ruby");
    if (strcmp(name, "figcaption") == 0)
        return is(around, "figure") && !around->has_part;
    return strcmp(name, "a") != 0 || !is_open(nesting, "a");
}

bool nesting_takes_void(const struct nesting *nesting, const char *name) {
    static const char *const lists[] = {"ul", "ol", "dl", NULL};
    static const char *const breaks[] = {"br", "hr", NULL};
    const struct nesting_element *around = nesting_innermost(nesting);
    if (!is_one_of(name, breaks))
        return true;
    return !nesting_table_around(nesting) && !(around && is_one_of(around->name, lists));
}

const char *nesting_end_implied(struct nesting *nesting, const char *name) {
    size_t count = nesting->open.count;
    struct nesting_element *last = count ? &nesting->open.items[count - 1] : NULL;
    if (!last || !last->is_written || !is_reading(last->name) || !is_reading(name))
        return NULL;
    last->is_written = false;
    return last->name;
}

bool nesting_open(struct nesting *nesting, const char *name) {
    struct nesting_element element = {.name = name, .is_written = may_stand(nesting, name)};
    struct nesting_element *around = element.is_written ? nesting_innermost(nesting) : NULL;
    if (around && (is_table_part(name) || strcmp(name, "figcaption") == 0 || strcmp(name, "rt") == 0))
        around->has_part = true;
    vec_push(&nesting->open, element);
    return element.is_written;
}

struct nesting_element nesting_close(struct nesting *nesting) {
    if (nesting->open.count == 0)
        return (struct nesting_element){0};
    return nesting->open.items[--nesting->open.count];
}

const char *nesting_gap(const char *name) {
    static const char *const lines[] = {"li", "dt", "dd", "tr", "caption", "figcaption", "p", "div", NULL};
    if (strcmp(name, "td") == 0 || strcmp(name, "th") == 0)
        return " ";
    return is_one_of(name, lines) ? "<br>" : "";
}

void nesting_clear(struct nesting *nesting) {
    nesting->open.count = 0;
}

void nesting_release(struct nesting *nesting) {
    vec_release(&nesting->open);
}
