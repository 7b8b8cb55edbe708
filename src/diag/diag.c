#include "diag/diag.h"

#include "base/utf8.h"

enum { DETAIL_CHARACTERS = 400, EXCERPT_CHARACTERS = 200 };

/* --- the table --- */

struct kind {
    const char *name;
    enum severity severity;
    const char *text;
    const char *advice;
};

static const struct kind kinds[DIAGNOSTIC_COUNT] = {
#define DIAGNOSTIC(id, name, severity, text, advice) {name, SEVERITY_##severity, text, advice},
#include "diag/diagnostics.def"
#undef DIAGNOSTIC
};

const char *diagnostic_name(enum diagnostic_id id) {
    return kinds[id].name;
}

enum severity diagnostic_severity(enum diagnostic_id id) {
    return kinds[id].severity;
}

const char *diagnostic_text(enum diagnostic_id id) {
    return kinds[id].text;
}

const char *diagnostic_advice(enum diagnostic_id id) {
    return kinds[id].advice;
}

/* --- characters of text that may be anything --- */

static const struct slice ellipsis = {"…", sizeof "…" - 1};

/* Steps over one character, or over what would become one U+FFFD. */
static size_t step(struct slice text, size_t at) {
    uint32_t character = 0;
    size_t size = utf8_decode(text, at, &character);
    return size ? size : utf8_ill_formed_size(text, at);
}

/* Byte offset of character number `characters`, clamped. */
static size_t offset_of(struct slice text, size_t characters) {
    size_t at = 0;
    while (at < text.size && characters--)
        at += step(text, at);
    return at;
}

static size_t count_characters(struct slice text) {
    size_t count = 0;
    for (size_t at = 0; at < text.size; at += step(text, at))
        count++;
    return count;
}

/* --- collecting --- */

static bool has_room(const struct diagnostics *diagnostics, enum diagnostic_id id) {
    return diagnostics->per_id[id] < DIAGNOSTICS_MOST;
}

/* Everything is counted; what has room is also kept. */
static void tally(struct diagnostics *diagnostics, enum diagnostic_id id, size_t times) {
    size_t before = diagnostics->per_id[id];
    size_t room = before < DIAGNOSTICS_MOST ? DIAGNOSTICS_MOST - before : 0;
    diagnostics->per_id[id] += times;
    diagnostics->counts[kinds[id].severity] += times;
    diagnostics->dropped += times > room ? times - room : 0;
}

PRINTF_LIKE(2, 0)
static struct slice copy_formatted(struct arena *arena, const char *format, va_list arguments) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_format_list(&text, format, arguments);
    size_t end = offset_of(buf_slice(&text), DETAIL_CHARACTERS);
    if (end < text.size) {
        buf_truncate(&text, end);
        buf_append_slice(&text, ellipsis);
    }
    return arena_copy(arena, buf_slice(&text));
}

struct diagnostic *diag_report(struct diagnostics *diagnostics, enum diagnostic_id id, struct place place,
                               const char *format, ...) {
    bool kept = has_room(diagnostics, id);
    tally(diagnostics, id, 1);
    if (!kept)
        return NULL;
    struct diagnostic item = {.id = id, .place = place};
    item.place.file = arena_copy(&diagnostics->arena, place.file);
    va_list arguments;
    va_start(arguments, format);
    item.detail = copy_formatted(&diagnostics->arena, format, arguments);
    va_end(arguments);
    vec_push(&diagnostics->items, item);
    return &diagnostics->items.items[diagnostics->items.count - 1];
}

/*
 * The window around the column. The ellipsis takes the place of a character, so that the columns of the others stay
 * what they are.
 */
void diag_excerpt(struct diagnostics *diagnostics, struct diagnostic *item, struct slice line) {
    if (!item)
        return;
    while (line.size && (line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r'))
        line.size--;
    size_t length = count_characters(line);
    size_t first = 0;
    if (length > EXCERPT_CHARACTERS && item->place.column > EXCERPT_CHARACTERS / 2) {
        size_t latest = length - EXCERPT_CHARACTERS;
        first = item->place.column - EXCERPT_CHARACTERS / 2;
        first = first < latest ? first : latest;
    }
    size_t last = first + EXCERPT_CHARACTERS;
    size_t begin = offset_of(line, first ? first + 1 : 0);
    size_t end = last < length ? offset_of(line, last - 1) : line.size;
    CLEANUP(buf_release) struct buf excerpt = BUF(BUF_UNLIMITED);
    if (first)
        buf_append_slice(&excerpt, ellipsis);
    buf_append_slice(&excerpt, slice_range(line, begin, end));
    if (last < length)
        buf_append_slice(&excerpt, ellipsis);
    item->excerpt = arena_copy(&diagnostics->arena, buf_slice(&excerpt));
    item->excerpt_column = (unsigned)first + 1;
}

void diag_hint(struct diagnostics *diagnostics, struct diagnostic *item, const char *format, ...) {
    if (!item)
        return;
    va_list arguments;
    va_start(arguments, format);
    item->hint = copy_formatted(&diagnostics->arena, format, arguments);
    va_end(arguments);
}

void diagnostics_append(struct diagnostics *to, struct diagnostics *from, unsigned line_base) {
    size_t room[DIAGNOSTIC_COUNT];
    for (size_t id = 0; id < DIAGNOSTIC_COUNT; id++) {
        room[id] = has_room(to, (enum diagnostic_id)id) ? DIAGNOSTICS_MOST - to->per_id[id] : 0;
        tally(to, (enum diagnostic_id)id, from->per_id[id]);
        to->known[id] += from->known[id];
    }
    for (size_t i = 0; i < from->items.count; i++) {
        struct diagnostic item = from->items.items[i];
        if (room[item.id] == 0)
            continue;
        room[item.id]--;
        item.place.file = arena_copy(&to->arena, item.place.file);
        item.place.line += item.place.line ? line_base : 0;
        item.detail = arena_copy(&to->arena, item.detail);
        item.excerpt = arena_copy(&to->arena, item.excerpt);
        item.hint = arena_copy(&to->arena, item.hint);
        vec_push(&to->items, item);
    }
    diagnostics_release(from);
}

void diagnostics_release(struct diagnostics *diagnostics) {
    vec_release(&diagnostics->items);
    arena_release(&diagnostics->arena);
    *diagnostics = (struct diagnostics){0};
}

size_t diagnostics_new(const struct diagnostics *diagnostics, enum severity severity) {
    size_t count = diagnostics->counts[severity];
    for (size_t id = 0; id < DIAGNOSTIC_COUNT; id++)
        count -= kinds[id].severity == severity ? diagnostics->known[id] : 0;
    return count;
}

size_t diagnostics_known(const struct diagnostics *diagnostics, enum severity least) {
    size_t count = 0;
    for (size_t id = 0; id < DIAGNOSTIC_COUNT; id++)
        count += kinds[id].severity >= least ? diagnostics->known[id] : 0;
    return count;
}

/* --- printing --- */

static bool is_control(uint32_t character) {
    return character < 0x20 || (character >= 0x7F && character < 0xA0);
}

/* Those that make text around them run the other way or vanish. */
static bool is_bidi_control(uint32_t character) {
    return character == 0x061C || (character >= 0x200E && character <= 0x200F) ||
           (character >= 0x2028 && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
}

/* Appends one character as it is shown; returns the columns that it takes. */
static size_t append_shown_character(struct buf *buf, struct slice bytes) {
    size_t before = buf->size;
    uint32_t character = 0;
    size_t size = utf8_decode(bytes, 0, &character);
    if (size && !is_control(character) && !is_bidi_control(character)) {
        buf_append_slice(buf, bytes);
        return utf8_columns(character);
    }
    if (character == '\t')
        buf_append_byte(buf, ' ');
    else if (size && character >= 0x80)
        buf_append_format(buf, "\\u{%04X}", (unsigned)character);
    else
        for (size_t i = 0; i < bytes.size; i++)
            buf_append_format(buf, "\\x%02X", (unsigned)(unsigned char)bytes.data[i]);
    return buf->size - before;
}

/* Returns the columns before byte `mark`. */
static size_t append_shown(struct buf *buf, struct slice text, size_t mark) {
    size_t columns = 0;
    for (size_t at = 0, size; at < text.size; at += size) {
        size = step(text, at);
        size_t taken = append_shown_character(buf, slice_range(text, at, at + size));
        columns += at < mark ? taken : 0;
    }
    return columns;
}

static void append_place(struct buf *buf, const struct place *place) {
    if (!place->file.size)
        return;
    append_shown(buf, place->file, 0);
    if (place->line)
        buf_append_format(buf, ":%u", place->line);
    if (place->line && place->column)
        buf_append_format(buf, ":%u", place->column);
    buf_append_string(buf, ": ");
}

static void append_line(struct buf *buf, struct slice text) {
    if (!text.size)
        return;
    buf_append_string(buf, "    ");
    append_shown(buf, text, 0);
    buf_append_byte(buf, '\n');
}

static void append_excerpt(struct buf *buf, const struct diagnostic *item) {
    if (!item->excerpt.size)
        return;
    bool has_caret = item->place.column >= item->excerpt_column && item->excerpt_column > 0;
    size_t before = has_caret ? item->place.column - item->excerpt_column : 0;
    buf_append_string(buf, "    ");
    size_t columns = append_shown(buf, item->excerpt, offset_of(item->excerpt, before));
    buf_append_byte(buf, '\n');
    if (has_caret)
        buf_append_format(buf, "    %*s^\n", (int)columns, "");
}

static const char *const severity_words[] = {
    [SEVERITY_NOTE] = "note",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_REFUSED] = "refused",
    [SEVERITY_ERROR] = "error",
};

static void append_item(struct buf *buf, const struct diagnostic *item) {
    const struct kind *kind = &kinds[item->id];
    append_place(buf, &item->place);
    buf_append_format(buf, "%s: %s", severity_words[kind->severity], kind->text);
    if (item->detail.size) {
        buf_append_string(buf, ": ");
        append_shown(buf, item->detail, 0);
    }
    buf_append_format(buf, " [%s]\n", kind->name);
    append_excerpt(buf, item);
    append_line(buf, item->hint);
}

void diagnostics_print(const struct diagnostics *diagnostics, enum severity least, struct buf *buf) {
    size_t shown[DIAGNOSTIC_COUNT] = {0};
    for (size_t i = 0; i < diagnostics->items.count; i++) {
        const struct diagnostic *item = &diagnostics->items.items[i];
        if (kinds[item->id].severity < least || item->known || shown[item->id] == DIAGNOSTICS_SHOWN)
            continue;
        append_item(buf, item);
        if (shown[item->id]++ == 0)
            append_line(buf, slice_of(kinds[item->id].advice));
    }
    for (size_t id = 0; id < DIAGNOSTIC_COUNT; id++) {
        size_t more = diagnostics->per_id[id] - diagnostics->known[id] - shown[id];
        if (more && kinds[id].severity >= least)
            buf_append_format(buf, "%s: %zu more like this: %s [%s]\n", severity_words[kinds[id].severity], more,
                              kinds[id].text, kinds[id].name);
    }
}

/* --- the nearest name --- */

enum { WORD_MOST = 64 };

struct word {
    uint32_t characters[WORD_MOST];
    size_t length;
};

static bool word_read(struct slice text, struct word *ret_word) {
    size_t length = 0;
    for (size_t at = 0, size; at < text.size; at += size) {
        if (length == WORD_MOST)
            return false;
        uint32_t character = 0xFFFD;
        size = step(text, at);
        (void)utf8_decode(text, at, &character);
        ret_word->characters[length++] = character;
    }
    ret_word->length = length;
    return true;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Edits from one word to the other, exchanged neighbours being one: that is how people mistype. */
static size_t distance(const struct word *a, const struct word *b) {
    size_t rows[3][WORD_MOST + 1]; /* of the table, the last three */
    for (size_t j = 0; j <= b->length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a->length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *before_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b->length; j++) {
            bool same = a->characters[i - 1] == b->characters[j - 1];
            row[j] = smaller(above[j - 1] + !same, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a->characters[i - 1] == b->characters[j - 2] &&
                a->characters[i - 2] == b->characters[j - 1])
                row[j] = smaller(row[j], before_above[j - 2] + 1);
        }
    }
    return rows[a->length % 3][b->length];
}

struct slice diag_nearest(struct slice word, const struct slice *candidates, size_t count) {
    struct word wanted;
    struct word candidate;
    struct slice nearest = {0};
    if (!word_read(word, &wanted))
        return nearest;
    size_t most = wanted.length / 3;
    for (size_t i = 0; i < count; i++) {
        if (!word_read(candidates[i], &candidate))
            continue;
        size_t edits = distance(&wanted, &candidate);
        if (edits > most || (nearest.data && edits == most))
            continue;
        nearest = candidates[i];
        most = edits;
    }
    return nearest;
}
