#include "text/nesting.h"

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

static bool is_cell(const char *name) {
    static const char *const cells[] = {"td", "th", "caption", NULL};
    return is_one_of(name, cells);
}

static bool is_table_part(const char *name) {
    static const char *const rows[] = {"tr", "tbody", "thead", "tfoot", NULL};
    return is_cell(name) || is_one_of(name, rows);
}

static bool is_open(const struct nesting *nesting, const char *name) {
    for (size_t i = nesting->open.count; i > 0; i--)
        if (nesting->open.items[i - 1].is_written && strcmp(nesting->open.items[i - 1].name, name) == 0)
            return true;
    return false;
}

/* In a table, but in no cell of it. */
static bool between_cells(const struct nesting *nesting) {
    for (size_t i = nesting->open.count; i > 0; i--) {
        const struct nesting_element *element = &nesting->open.items[i - 1];
        if (element->is_written && is_cell(element->name))
            return false;
        if (element->is_written && strcmp(element->name, "table") == 0)
            return true;
    }
    return false;
}

static bool may_stand(const struct nesting *nesting, const char *name) {
    if (strcmp(name, "table") == 0)
        return !between_cells(nesting);
    if (is_table_part(name))
        return between_cells(nesting);
    if (strcmp(name, "li") == 0)
        return is_open(nesting, "ul") || is_open(nesting, "ol");
    if (strcmp(name, "dt") == 0 || strcmp(name, "dd") == 0)
        return is_open(nesting, "dl");
    return strcmp(name, "a") != 0 || !is_open(nesting, "a");
}

bool nesting_open(struct nesting *nesting, const char *name) {
    struct nesting_element element = {name, may_stand(nesting, name)};
    vec_push(&nesting->open, element);
    return element.is_written;
}

bool nesting_close(struct nesting *nesting) {
    return nesting->open.count == 0 || nesting->open.items[--nesting->open.count].is_written;
}

const char *nesting_gap(const char *name) {
    static const char *const lines[] = {"li", "dt", "dd", "tr", "caption", NULL};
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
