#include "text/restore.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "text/fold.h"
#include "text/restore_reading.h"
#include "text/restore_shift.h"

/*
 * Two passes: does the text as a whole show readings behind frequent characters, and if it does, line by line, away
 * with them and with the damage that they did.
 */
enum {
    EVIDENCE_LEAST = 3,     /* frequent characters with their own reading behind them, … */
    EVIDENCE_DIFFERENT = 2, /* … so many different ones, … */
    EVIDENCE_SHARE = 200,   /* … and one in so many Han characters */
    CONTEXT = 6,            /* characters shown around a place */
};

struct restoring {
    struct arena *arena;
    struct restore_report *report;
    VEC(struct restore_place) places;
    VEC(uint32_t) in;  /* the line at hand */
    VEC(uint32_t) out; /* what becomes of it */
    struct shift_dictionary dictionary;
    struct buf text;
    unsigned line;
};

static void decode_line(struct restoring *restoring, struct slice line) {
    vec_clear(&restoring->in);
    for (size_t at = 0; at < line.size;) {
        uint32_t character = 0xFFFD;
        size_t size = utf8_decode(line, at, &character);
        vec_push(&restoring->in, character);
        at += size ? size : 1;
    }
}

/* --- evidence ----------------------------------------------------------------------------------------------- */

struct evidence {
    size_t han;
    size_t readings;
    size_t different;
};

static void collect_evidence(struct restoring *restoring, struct evidence *evidence) {
    const uint32_t *in = restoring->in.items;
    for (size_t i = 0; i < restoring->in.count; i++) {
        struct reading reading;
        evidence->han += text_is_han(in[i]);
        if (!i || !text_is_han(in[i - 1]) || !reading_scan(in + i, restoring->in.count - i, true, &reading) ||
            !reading_matches(&reading, in + i, i) || !shift_is_frequent(in[i - 1]))
            continue;
        evidence->readings++;
        evidence->different += shift_dictionary_add(&restoring->dictionary, in[i - 1]);
    }
}

static bool is_distorted(struct restoring *restoring, struct slice text) {
    struct evidence evidence = {0};
    struct slice line;
    while (slice_take_until(&text, '\n', &line)) {
        if (slice_find_byte(line, '(', 0) == line.size && slice_find(line, SLICE("（"), 0) == line.size) {
            /* Most lines: their size tells how many characters they have, near enough. */
            evidence.han += line.size / 3;
            continue;
        }
        decode_line(restoring, line);
        collect_evidence(restoring, &evidence);
    }
    return evidence.readings >= EVIDENCE_LEAST && evidence.different >= EVIDENCE_DIFFERENT &&
           evidence.readings * EVIDENCE_SHARE >= evidence.han;
}

/* --- repair ------------------------------------------------------------------------------------------------- */

static struct slice encode(struct restoring *restoring, const uint32_t *characters, size_t count) {
    char *room = arena_reserve(restoring->arena, count * UTF8_MOST);
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += utf8_encode(characters[i], room + size);
    return (struct slice){room, size};
}

static void note_place(struct restoring *restoring, size_t in_begin, size_t in_end, size_t out_begin) {
    if (restoring->places.count == RESTORE_PLACES_MOST)
        return;
    size_t before = out_begin < CONTEXT ? out_begin : CONTEXT;
    size_t in_before = in_begin < CONTEXT ? in_begin : CONTEXT;
    const uint32_t *in = restoring->in.items + in_begin - in_before;
    const uint32_t *out = restoring->out.items + out_begin - before;
    vec_push(&restoring->places,
             (struct restore_place){.line = restoring->line,
                                    .before = encode(restoring, in, in_end - in_begin + in_before),
                                    .after = encode(restoring, out, restoring->out.count - out_begin + before)});
}

/* Is there a reading at `at`, and may it go? *ret_size: its characters. */
static bool skip_reading(const struct restoring *restoring, size_t at, size_t *ret_size) {
    struct reading reading;
    size_t before = restoring->out.count;
    if (!reading_scan(restoring->in.items + at, restoring->in.count - at, true, &reading) || !before)
        return false;
    const uint32_t *end = restoring->out.items + before;
    *ret_size = reading.size;
    if (text_is_han(end[-1]))
        return reading_matches(&reading, end, before) || reading_resembles(&reading, end, before);
    /* Behind a letter: the second byte of a character whose repair failed. */
    bool letter = end[-1] >= '@' && end[-1] <= '~';
    return letter && reading.tones == 1 && reading.letter_count <= 6;
}

/* What follows a `?` at `at`; false when it is a question mark. */
static bool repair(struct restoring *restoring, size_t *at) {
    size_t begin = restoring->out.count;
    struct shift_result result;
    const struct shift_line line = {restoring->in.items, restoring->in.count, &restoring->dictionary};
    uint32_t before = begin ? restoring->out.items[begin - 1] : 0;
    if (!shift_undo(&line, *at, before, &result))
        return false;
    for (size_t i = 0; i < result.count; i++)
        vec_push(&restoring->out, result.characters[i]);
    note_place(restoring, *at, result.end, begin);
    restoring->report->restored += result.lost == 0;
    restoring->report->lost += result.lost;
    restoring->report->readings += result.readings;
    *at = result.end;
    return true;
}

static void restore_line(struct restoring *restoring, struct slice line) {
    decode_line(restoring, line);
    vec_clear(&restoring->out);
    for (size_t at = 0; at < restoring->in.count;) {
        uint32_t character = restoring->in.items[at];
        size_t size = 0;
        if ((character == '(' || character == 0xFF08) && skip_reading(restoring, at, &size)) {
            restoring->report->readings++;
            at += size;
        } else if (character != '?' || !repair(restoring, &at)) {
            vec_push(&restoring->out, character);
            at++;
        }
    }
    for (size_t i = 0; i < restoring->out.count; i++) {
        char bytes[UTF8_MOST];
        buf_append(&restoring->text, bytes, utf8_encode(restoring->out.items[i], bytes));
    }
}

static void restoring_release(struct restoring *restoring) {
    vec_release(&restoring->places);
    vec_release(&restoring->in);
    vec_release(&restoring->out);
    buf_release(&restoring->text);
    shift_dictionary_release(&restoring->dictionary);
}

struct slice text_restore(struct slice text, struct arena *arena, struct restore_report *ret_report) {
    CLEANUP(restoring_release)
    struct restoring restoring = {.arena = arena, .report = ret_report, .text = BUF(BUF_UNLIMITED), .line = 1};
    *ret_report = (struct restore_report){0};
    if (!is_distorted(&restoring, text))
        return text;
    struct slice rest = text;
    struct slice line;
    for (; slice_take_until(&rest, '\n', &line); restoring.line++) {
        if (restoring.line > 1)
            buf_append_byte(&restoring.text, '\n');
        restore_line(&restoring, line);
    }
    size_t count = restoring.places.count;
    struct restore_place *places = arena_new_array(arena, count + 1, sizeof *places);
    if (count)
        memcpy(places, restoring.places.items, count * sizeof *places);
    ret_report->places = places;
    ret_report->place_count = count;
    return arena_copy(arena, buf_slice(&restoring.text));
}
