#include "diag/pack.h"

/*
 * A list of kinds (name, how many there were), then a list of items, each with the number of its kind in the first.
 * Strings have their size in front.
 */

static void put_number(struct buf *buf, uint64_t number) {
    buf_append(buf, &number, sizeof number);
}

static void put_string(struct buf *buf, struct slice string) {
    put_number(buf, string.size);
    buf_append_slice(buf, string);
}

static bool take_number(struct slice *rest, uint64_t *ret_number) {
    if (rest->size < sizeof *ret_number)
        return false;
    memcpy(ret_number, rest->data, sizeof *ret_number);
    *rest = slice_from(*rest, sizeof *ret_number);
    return true;
}

static bool take_string(struct slice *rest, struct slice *ret_string) {
    uint64_t size = 0;
    if (!take_number(rest, &size) || size > rest->size)
        return false;
    *ret_string = slice_range(*rest, 0, size);
    *rest = slice_from(*rest, size);
    return true;
}

void diagnostics_pack(const struct diagnostics *diagnostics, struct buf *buf) {
    uint64_t numbers[DIAGNOSTIC_COUNT] = {0};
    uint64_t kinds = 0;
    for (size_t id = 0; id < DIAGNOSTIC_COUNT; id++)
        if (diagnostics->per_id[id])
            numbers[id] = kinds++;
    put_number(buf, kinds);
    for (size_t id = 0; id < DIAGNOSTIC_COUNT; id++)
        if (diagnostics->per_id[id]) {
            put_string(buf, slice_of(diagnostic_name((enum diagnostic_id)id)));
            put_number(buf, diagnostics->per_id[id]);
        }
    put_number(buf, diagnostics->items.count);
    for (size_t i = 0; i < diagnostics->items.count; i++) {
        const struct diagnostic *item = &diagnostics->items.items[i];
        put_number(buf, numbers[item->id]);
        put_string(buf, item->place.file);
        put_number(buf, item->place.line);
        put_number(buf, item->place.column);
        put_string(buf, item->detail);
        put_string(buf, item->excerpt);
        put_number(buf, item->excerpt_column);
        put_string(buf, item->hint);
    }
}

/* The kinds by their numbers; DIAGNOSTIC_COUNT for those that are no more. */
struct packed_kinds {
    enum diagnostic_id ids[DIAGNOSTIC_COUNT];
    uint64_t count;
};

static enum diagnostic_id find_kind(struct slice name) {
    for (size_t id = 0; id < DIAGNOSTIC_COUNT; id++)
        if (slice_equal(slice_of(diagnostic_name((enum diagnostic_id)id)), name))
            return (enum diagnostic_id)id;
    return DIAGNOSTIC_COUNT;
}

static bool take_kinds(struct slice *rest, struct packed_kinds *kinds, struct diagnostics *diagnostics) {
    if (!take_number(rest, &kinds->count) || kinds->count > DIAGNOSTIC_COUNT)
        return false;
    for (uint64_t i = 0; i < kinds->count; i++) {
        struct slice name;
        uint64_t total = 0;
        if (!take_string(rest, &name) || !take_number(rest, &total))
            return false;
        enum diagnostic_id id = find_kind(name);
        kinds->ids[i] = id;
        if (id == DIAGNOSTIC_COUNT)
            continue;
        diagnostics->per_id[id] += total;
        diagnostics->counts[diagnostic_severity(id)] += total;
        diagnostics->dropped += total > DIAGNOSTICS_MOST ? total - DIAGNOSTICS_MOST : 0;
    }
    return true;
}

static bool take_item(struct slice *rest, const struct packed_kinds *kinds, struct diagnostics *diagnostics) {
    struct diagnostic item = {0};
    uint64_t kind = 0;
    uint64_t line = 0;
    uint64_t column = 0;
    uint64_t excerpt_column = 0;
    bool whole = take_number(rest, &kind) && kind < kinds->count && take_string(rest, &item.place.file) &&
                 take_number(rest, &line) && take_number(rest, &column) && take_string(rest, &item.detail) &&
                 take_string(rest, &item.excerpt) && take_number(rest, &excerpt_column) &&
                 take_string(rest, &item.hint);
    if (!whole)
        return false;
    item.id = kinds->ids[kind];
    if (item.id == DIAGNOSTIC_COUNT)
        return true;
    item.place.line = (unsigned)line;
    item.place.column = (unsigned)column;
    item.excerpt_column = (unsigned)excerpt_column;
    item.place.file = arena_copy(&diagnostics->arena, item.place.file);
    item.detail = arena_copy(&diagnostics->arena, item.detail);
    item.excerpt = arena_copy(&diagnostics->arena, item.excerpt);
    item.hint = arena_copy(&diagnostics->arena, item.hint);
    vec_push(&diagnostics->items, item);
    return true;
}

bool diagnostics_unpack(struct slice *rest, struct diagnostics *ret_diagnostics) {
    struct packed_kinds kinds = {.count = 0};
    struct diagnostics diagnostics = {.dropped = 0};
    struct slice at = *rest;
    uint64_t count = 0;
    bool whole = take_kinds(&at, &kinds, &diagnostics) && take_number(&at, &count);
    for (uint64_t i = 0; whole && i < count; i++)
        whole = take_item(&at, &kinds, &diagnostics);
    if (!whole) {
        diagnostics_release(&diagnostics);
        return false;
    }
    *ret_diagnostics = diagnostics;
    *rest = at;
    return true;
}
