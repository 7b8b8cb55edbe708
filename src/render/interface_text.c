#include "render/interface_text.h"

#include "base/date.h"
#include "base/vec.h"
#include "text/choke.h"
#include "yaml/node.h"

/* Keys whose texts are patterns of a date. */
static const struct slice pattern_keys[] = {SLICE_CONSTANT("date"), SLICE_CONSTANT("month")};

/* --- what both files say ------------------------------------------------------------------------------------- */

struct reading {
    struct diagnostics *diagnostics;
    struct arena *arena;
    const struct node *shipped;
    const struct node *user; /* NULL for none */
    VEC(struct slice) keys;  /* every key of any language; sorted once all are there */
    size_t shipped_keys;     /* the first of them, sorted */
};

/* Without those that stand there before, and in order. */
static void sort_keys(struct reading *reading) {
    size_t kept = 0;
    if (reading->keys.count == 0)
        return;
    qsort(reading->keys.items, reading->keys.count, sizeof *reading->keys.items, slice_compare_items);
    for (size_t i = 0; i < reading->keys.count; i++)
        if (kept == 0 || !slice_equal(reading->keys.items[kept - 1], reading->keys.items[i]))
            reading->keys.items[kept++] = reading->keys.items[i];
    reading->keys.count = kept;
}

static bool is_shipped(const struct reading *reading, struct slice key) {
    return reading->shipped_keys &&
           bsearch(&key, reading->keys.items, reading->shipped_keys, sizeof key, slice_compare_items) != NULL;
}

static bool is_among(struct slice name, const struct slice *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(name, names[i]))
            return true;
    return false;
}

/* The name in braces at `at`; *ret_end is behind it. false where no brace is closed there. */
static bool take_placeholder(struct slice pattern, size_t at, struct slice *ret_name, size_t *ret_end) {
    size_t end = slice_find_byte(pattern, '}', at);
    if (pattern.data[at] != '{' || end == pattern.size)
        return false;
    *ret_name = slice_range(pattern, at + 1, end);
    *ret_end = end + 1;
    return true;
}

static const struct slice placeholders[] = {SLICE_CONSTANT("year"), SLICE_CONSTANT("month"), SLICE_CONSTANT("month2"),
                                            SLICE_CONSTANT("day"), SLICE_CONSTANT("day2")};

static void check_pattern(struct reading *reading, const struct node *text) {
    for (size_t at = 0; (at = slice_find_byte(text->text, '{', at)) < text->text.size; at++) {
        struct slice name = slice_from(text->text, at + 1);
        size_t end = text->text.size;
        if (take_placeholder(text->text, at, &name, &end) && is_among(name, placeholders, ARRAY_LENGTH(placeholders)))
            continue;
        struct slice said = slice_range(text->text, at, end);
        struct diagnostic *item =
            node_report_inside(reading->diagnostics, DIAGNOSTIC_INTERFACE_TEXT_INVALID, text, at,
                               "%.*s: a date has {year}, {month}, {month2}, {day} and {day2}", SLICE_ARGUMENTS(said));
        struct slice nearest = diag_nearest(name, placeholders, ARRAY_LENGTH(placeholders));
        if (nearest.size)
            diag_hint(reading->diagnostics, item, "did you mean {%.*s}?", SLICE_ARGUMENTS(nearest));
    }
}

/* YAML can write what no feed may have, "\x01". */
static void check_characters(struct reading *reading, const struct node *text) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct choke_report report = {0};
    (void)text_choke(text->text, CHOKE_TEXT, &arena, &report);
    if (report.ill_formed || report.forbidden)
        node_report_inside(reading->diagnostics, DIAGNOSTIC_INTERFACE_TEXT_INVALID, text, report.first,
                           "%.*s: control characters", SLICE_ARGUMENTS(text->key));
}

static void read_text(struct reading *reading, const struct node *text) {
    if (text->kind != NODE_SCALAR || node_is_empty(text)) {
        node_report_key(reading->diagnostics, DIAGNOSTIC_INTERFACE_TEXT_INVALID, text, "%.*s: a text is wanted",
                        SLICE_ARGUMENTS(text->key));
        return;
    }
    check_characters(reading, text);
    if (is_among(text->key, pattern_keys, ARRAY_LENGTH(pattern_keys)))
        check_pattern(reading, text);
    if (reading->shipped_keys && !is_shipped(reading, text->key)) {
        struct slice nearest = diag_nearest(text->key, reading->keys.items, reading->shipped_keys);
        struct diagnostic *item = node_report_key(reading->diagnostics, DIAGNOSTIC_INTERFACE_TEXT_UNKNOWN, text, "%.*s",
                                                  SLICE_ARGUMENTS(text->key));
        if (nearest.size)
            diag_hint(reading->diagnostics, item, "did you mean %.*s?", SLICE_ARGUMENTS(nearest));
    }
    vec_push(&reading->keys, text->key);
}

static struct node *read_file(struct reading *reading, struct slice file, struct slice yaml) {
    struct node *root = node_read_on(yaml, file, 1, reading->arena, reading->diagnostics);
    if (root && root->kind != NODE_MAPPING)
        node_report(reading->diagnostics, DIAGNOSTIC_INTERFACE_TEXT_INVALID, root,
                    "languages are wanted, each with its texts");
    for (struct node *language = root && root->kind == NODE_MAPPING ? root->first : NULL; language;
         language = language->next) {
        if (language->kind != NODE_MAPPING && !node_is_empty(language))
            node_report_key(reading->diagnostics, DIAGNOSTIC_INTERFACE_TEXT_INVALID, language,
                            "%.*s: texts by their keys are wanted", SLICE_ARGUMENTS(language->key));
        for (struct node *text = language->kind == NODE_MAPPING ? language->first : NULL; text; text = text->next)
            read_text(reading, text);
    }
    return root;
}

/* --- which text a key has ------------------------------------------------------------------------------------ */

/* In capitals or not: so language tags are. */
static const struct node *text_in(const struct node *root, struct slice language, struct slice key) {
    for (const struct node *item = root && root->kind == NODE_MAPPING ? root->first : NULL; item; item = item->next) {
        const struct node *text = slice_equal_ignoring_case(item->key, language) ? node_get(item, key) : NULL;
        if (text && text->kind == NODE_SCALAR)
            return text;
    }
    return NULL;
}

static struct slice text_of(const struct reading *reading, struct slice language, struct slice key) {
    const struct slice languages[] = {language, slice_range(language, 0, slice_find_byte(language, '-', 0)),
                                      SLICE("en")};
    for (size_t i = 0; i < ARRAY_LENGTH(languages); i++) {
        const struct node *text = text_in(reading->user, languages[i], key);
        if (!text)
            text = text_in(reading->shipped, languages[i], key);
        if (text)
            return text->text;
    }
    return SLICE("");
}

bool interface_text_read(struct slice language, struct slice shipped, struct slice user_file, struct slice user,
                         struct arena *arena, struct diagnostics *diagnostics, struct interface_text *ret_text) {
    struct reading reading = {.diagnostics = diagnostics, .arena = arena};
    size_t errors = diagnostics->counts[SEVERITY_ERROR];
    reading.shipped = read_file(&reading, SLICE("shipped/text.yaml"), shipped);
    sort_keys(&reading);
    reading.shipped_keys = reading.keys.count;
    if (user.size)
        reading.user = read_file(&reading, user_file, user);
    sort_keys(&reading);
    struct slice *keys = arena_new_array(arena, reading.keys.count + 1, sizeof *keys);
    struct slice *texts = arena_new_array(arena, reading.keys.count + 1, sizeof *texts);
    for (size_t i = 0; i < reading.keys.count; i++) {
        keys[i] = reading.keys.items[i];
        texts[i] = text_of(&reading, language, keys[i]);
    }
    bool good = diagnostics->counts[SEVERITY_ERROR] == errors;
    if (good)
        *ret_text = (struct interface_text){keys, texts, reading.keys.count};
    vec_release(&reading.keys);
    return good;
}

struct slice interface_text_of(const struct interface_text *text, const char *key) {
    struct slice name = slice_of(key);
    const struct slice *found =
        text->count ? bsearch(&name, text->keys, text->count, sizeof name, slice_compare_items) : NULL;
    return found ? text->texts[found - text->keys] : SLICE("");
}

/* --- dates --------------------------------------------------------------------------------------------------- */

static struct slice without_zeros(struct slice digits) {
    while (digits.size > 1 && digits.data[0] == '0')
        digits = slice_from(digits, 1);
    return digits;
}

/* Of a day "2025-07-18". */
static struct slice part_of_day(struct slice day, struct slice name) {
    struct slice month = slice_range(day, 5, 7);
    struct slice number = slice_range(day, 8, 10);
    if (slice_equal(name, SLICE("year")))
        return without_zeros(slice_range(day, 0, 4));
    if (slice_equal(name, SLICE("month")))
        return without_zeros(month);
    if (slice_equal(name, SLICE("month2")))
        return month;
    return slice_equal(name, SLICE("day")) ? without_zeros(number) : number;
}

void interface_text_append_date(const struct interface_text *text, const char *key, int64_t seconds, struct buf *buf) {
    CLEANUP(buf_release) struct buf day = BUF(BUF_UNLIMITED);
    struct slice rest = interface_text_of(text, key);
    struct slice name;
    date_append_day(&day, seconds);
    for (size_t end; rest.size; rest = slice_from(rest, end)) {
        if (take_placeholder(rest, 0, &name, &end)) {
            buf_append_slice(buf, part_of_day(buf_slice(&day), name));
        } else {
            end = slice_find_byte(rest, '{', 1);
            buf_append_slice(buf, slice_range(rest, 0, end));
        }
    }
}
