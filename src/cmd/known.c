#include "cmd/known.h"

#include "base/hash.h"
#include "diag/pack.h"

static const char cache_name[] = "past/open";

void known_read(struct known *ret_known, struct cache *cache) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    struct known known = {0};
    *ret_known = known;
    if (!cache_get(cache, cache_name, &bytes))
        return;
    struct slice rest = buf_slice(&bytes);
    bool whole = diagnostics_unpack(&rest, &known.reported);
    for (size_t i = 0; whole && i < known.reported.items.count && rest.size >= sizeof(int64_t); i++) {
        memcpy(vec_add(&known.since), rest.data, sizeof(int64_t));
        rest = slice_from(rest, sizeof(int64_t));
    }
    if (whole && known.since.count == known.reported.items.count)
        *ret_known = known;
    else
        known_release(&known);
}

void known_release(struct known *known) {
    diagnostics_release(&known->reported);
    vec_release(&known->since);
}

/* --- which are the same ------------------------------------------------------------------------------------- */

struct identity {
    struct hash128 hash;
    size_t number; /* of its item */
};

static bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/* A detail may name a place, feeds.yaml:8. That line moves too. */
static void append_without_lines(struct buf *buf, struct slice detail) {
    for (size_t at = 0; at < detail.size; at++) {
        buf_append_byte(buf, detail.data[at]);
        if (detail.data[at] != ':' || at == 0 || !is_letter(detail.data[at - 1]))
            continue;
        while (at + 1 < detail.size && is_digit(detail.data[at + 1]))
            at++;
    }
}

static int by_hash_and_number(const void *left, const void *right) {
    const struct identity *a = left;
    const struct identity *b = right;
    int order = hash128_compare(a->hash, b->hash);
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* Of all items, in the order of their hashes. */
static struct identity *identities_of(const struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    size_t count = diagnostics->items.count;
    struct identity *identities = memory_new_array(count, sizeof *identities);
    for (size_t i = 0; i < count; i++) {
        const struct diagnostic *item = &diagnostics->items.items[i];
        buf_clear(&text);
        buf_append_string(&text, diagnostic_name(item->id));
        buf_append_byte(&text, '\0');
        buf_append_slice(&text, item->place.file);
        buf_append_byte(&text, '\0');
        append_without_lines(&text, item->detail);
        identities[i] = (struct identity){hash128(buf_slice(&text)), i};
    }
    if (count)
        qsort(identities, count, sizeof *identities, by_hash_and_number);
    return identities;
}

/* For every item its number in what is known, each given away once; SIZE_MAX for none. To be freed. */
static size_t *match(const struct known *known, const struct diagnostics *diagnostics) {
    size_t count = diagnostics->items.count;
    size_t *matches = memory_new_array(count, sizeof *matches);
    struct identity *now = identities_of(diagnostics);
    struct identity *then = identities_of(&known->reported);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        while (at < known->reported.items.count && hash128_compare(then[at].hash, now[i].hash) < 0)
            at++;
        bool same = at < known->reported.items.count && hash128_compare(then[at].hash, now[i].hash) == 0;
        matches[now[i].number] = same ? then[at++].number : SIZE_MAX;
    }
    free(now);
    free(then);
    return matches;
}

/* --- what is done with it ----------------------------------------------------------------------------------- */

void known_recall(const struct known *known, struct diagnostics *diagnostics) {
    const struct diagnostics *reported = &known->reported;
    size_t *matches = match(known, diagnostics);
    bool *said = memory_new_array(reported->items.count, sizeof *said);
    for (size_t i = 0; i < diagnostics->items.count; i++)
        if (matches[i] != SIZE_MAX)
            said[matches[i]] = true;
    for (size_t i = 0; i < reported->items.count; i++) {
        const struct diagnostic *item = &reported->items.items[i];
        if (said[i])
            continue;
        struct diagnostic *added =
            diag_report(diagnostics, item->id, item->place, "%.*s", SLICE_ARGUMENTS(item->detail));
        if (!added)
            continue;
        added->excerpt = arena_copy(&diagnostics->arena, item->excerpt);
        added->excerpt_column = item->excerpt_column;
        added->hint = arena_copy(&diagnostics->arena, item->hint);
    }
    /* Those that were only counted. */
    for (size_t id = 0; id < DIAGNOSTIC_COUNT; id++)
        while (reported->per_id[id] > DIAGNOSTICS_MOST && diagnostics->per_id[id] < reported->per_id[id])
            diag_report(diagnostics, (enum diagnostic_id)id, (struct place){.line = 0}, "%s", "");
    free(said);
    free(matches);
}

/*
 * How many of a kind are new. Those without a match may be of the ones that were only counted then, and moved up when
 * others were mended.
 */
static size_t count_new(size_t then, size_t now, size_t unmatched) {
    size_t grown = now > then ? now - then : 0;
    size_t only_counted = then > DIAGNOSTICS_MOST ? then - DIAGNOSTICS_MOST : 0;
    size_t unknown = unmatched > only_counted ? unmatched - only_counted : 0;
    return grown > unknown ? grown : unknown;
}

void known_mark(const struct known *known, struct diagnostics *diagnostics) {
    size_t *matches = match(known, diagnostics);
    size_t unmatched[DIAGNOSTIC_COUNT] = {0};
    size_t fresh[DIAGNOSTIC_COUNT] = {0};
    for (size_t i = 0; i < diagnostics->items.count; i++)
        unmatched[diagnostics->items.items[i].id] += matches[i] == SIZE_MAX;
    for (size_t id = 0; id < DIAGNOSTIC_COUNT; id++) {
        if (diagnostic_severity((enum diagnostic_id)id) == SEVERITY_ERROR)
            continue;
        fresh[id] = count_new(known->reported.per_id[id], diagnostics->per_id[id], unmatched[id]);
        diagnostics->known[id] = diagnostics->per_id[id] - fresh[id];
    }
    for (size_t i = 0; i < diagnostics->items.count; i++) {
        struct diagnostic *item = &diagnostics->items.items[i];
        /* What moved up stands at the end of its kind: the first ones without a match are the new ones. */
        bool is_new = matches[i] == SIZE_MAX && fresh[item->id] > 0;
        fresh[item->id] -= is_new;
        item->known = !is_new && diagnostic_severity(item->id) != SEVERITY_ERROR;
    }
    free(matches);
}

void known_remember(const struct known *known, const struct diagnostics *diagnostics, int64_t now,
                    struct cache *cache) {
    CLEANUP(buf_release) struct buf before = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    size_t *matches = match(known, diagnostics);
    diagnostics_pack(diagnostics, &bytes);
    for (size_t i = 0; i < diagnostics->items.count; i++) {
        int64_t since = matches[i] == SIZE_MAX ? now : known->since.items[matches[i]];
        buf_append(&bytes, &since, sizeof since);
    }
    free(matches);
    if (!cache_get(cache, cache_name, &before) || !slice_equal(buf_slice(&before), buf_slice(&bytes)))
        cache_set(cache, cache_name, buf_slice(&bytes));
}
