#include "text/restore_shift.h"

#include "base/buf.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "text/fold.h"
#include "text/pinyin.h"
#include "text/restore_reading.h"

enum { UNKNOWN = -1, REPLACEMENT = 0xFFFD, CODES = 0x10000, WIDE = 0xFEE0 /* from ASCII to its full-width form */ };

bool shift_dictionary_add(struct shift_dictionary *dictionary, uint32_t character) {
    unsigned code = gbk_encode(character);
    unsigned char bit = (unsigned char)(1u << code % 8);
    if (!dictionary->bits)
        dictionary->bits = memory_new(CODES / 8);
    bool is_new = !(dictionary->bits[code / 8] & bit);
    dictionary->bits[code / 8] |= bit;
    return is_new;
}

void shift_dictionary_release(struct shift_dictionary *dictionary) {
    free(dictionary->bits);
    dictionary->bits = NULL;
}

static bool has_entry(const struct shift_dictionary *dictionary, uint32_t character) {
    unsigned code = gbk_encode(character);
    return dictionary->bits && (dictionary->bits[code / 8] & 1u << code % 8);
}

/* The simplified form; itself where it has none. */
static uint32_t simplified(uint32_t character) {
    CLEANUP(buf_release) struct buf folded = BUF(64);
    char bytes[UTF8_MOST];
    uint32_t result = character;
    text_fold((struct slice){bytes, utf8_encode(character, bytes)}, &folded, NULL);
    if (folded.size && !utf8_decode(buf_slice(&folded), 0, &result))
        return character;
    return result;
}

bool shift_is_frequent(uint32_t character) {
    return gbk_is_frequent(character) || gbk_is_frequent(simplified(character));
}

/* --- reading pairs anew ------------------------------------------------------------------------------------- */

/* What comes out of a repair: Han characters, or punctuation of the rows that Chinese text uses. */
static bool is_plausible(uint32_t character) {
    return text_is_han(character) || (character >= 0x3001 && character <= 0x3011) ||
           (character >= 0x2014 && character <= 0x2026) || (character >= 0xFF01 && character <= 0xFF5E);
}

struct run {
    const struct shift_line *line;
    size_t at;
    int pending; /* the byte that waits for its second one; UNKNOWN */
    bool is_trial;
    struct shift_result *result;
};

static void put(struct run *run, uint32_t character) {
    run->result->characters[run->result->count++] = character;
    run->result->lost += character == REPLACEMENT;
}

/* The character of the pending byte and this one. false when there is none that could have stood there. */
static bool complete(struct run *run, unsigned trail) {
    uint32_t character = run->pending == UNKNOWN ? REPLACEMENT : gbk_decode((unsigned)run->pending, trail);
    if (character != REPLACEMENT && !is_plausible(character))
        return false;
    put(run, character);
    return true;
}

/* A letter, as it stands in a line, of a reading that lost its `(`. */
static bool reading_at(const struct shift_line *line, size_t at, struct reading *ret_reading) {
    return at < line->count && reading_scan(line->characters + at, line->count - at, false, ret_reading) &&
           ret_reading->tones <= 1 && pinyin_is_syllable(ret_reading->letters, ret_reading->letter_count);
}

/* Was the dictionary's entry a traditional form? Those lists hold little else. */
static bool is_traditional(uint32_t character) {
    return simplified(character) != character;
}

/*
 * The second bytes of those characters that begin with `lead` and are read so; `least`: a trail byte has to be over it.
 * When the text itself shows one of them as an entry of the dictionary, only such ones; else traditional ones if there
 * are any. Returns how many; *ret_trail is the first.
 */
static unsigned find_trail(const struct shift_line *line, unsigned lead, unsigned least, size_t reading, size_t size,
                           unsigned *ret_trail) {
    enum { KINDS = 3 };
    unsigned counts[KINDS] = {0};
    unsigned trails[KINDS] = {0};
    for (unsigned trail = least; trail <= 0xFE; trail++) {
        uint32_t character = gbk_decode(lead, trail);
        if (!text_is_han(character) || !reading_is_of(line->characters + reading, size, character))
            continue;
        unsigned kind = has_entry(line->dictionary, character) ? 0 : is_traditional(character) ? 1 : 2;
        if (!counts[kind]++)
            trails[kind] = trail;
    }
    for (unsigned kind = 0; kind < KINDS; kind++)
        if (counts[kind]) {
            *ret_trail = trails[kind];
            return counts[kind];
        }
    return 0;
}

/* A `?` where a second byte is due: it was lost together with what stood behind it. */
static void complete_lost(struct run *run) {
    struct reading reading;
    unsigned trail = 0;
    if (!reading_at(run->line, run->at + 1, &reading)) {
        put(run, REPLACEMENT);
        run->at++;
        return;
    }
    if (run->pending == UNKNOWN ||
        find_trail(run->line, (unsigned)run->pending, 0x40, run->at + 1, reading.size - 1, &trail) != 1 ||
        !complete(run, trail))
        put(run, REPLACEMENT);
    run->result->readings++;
    run->at += 1 + reading.size;
}

static bool read_run(struct run *run);

/*
 * A letter in the line may be the second byte that it looks like, or a full-width letter that the dump has made narrow.
 * The second only where the first makes a character that hardly anybody knows, and the other way all are frequent ones.
 */
static bool read_wide_letter(struct run *run, uint32_t letter) {
    struct shift_result result = *run->result;
    struct run trial = {
        .line = run->line, .at = run->at + 1, .pending = run->pending, .is_trial = true, .result = &result};
    uint32_t plain = run->pending == UNKNOWN ? 0 : gbk_decode((unsigned)run->pending, letter);
    unsigned code = gbk_encode(letter + WIDE);
    size_t begin = result.count;
    if (run->is_trial || shift_is_frequent(plain) || !complete(&trial, code >> 8))
        return false;
    trial.pending = (int)(code & 0xFF);
    if (!read_run(&trial) || result.lost > run->result->lost)
        return false;
    for (size_t i = begin; i < result.count; i++)
        if (text_is_han(result.characters[i]) && !shift_is_frequent(result.characters[i]))
            return false;
    *run->result = result;
    run->at = trial.at;
    return true;
}

/*
 * From a pending byte on to where characters begin again. false when that makes no text: then nothing was shifted.
 */
static bool read_run(struct run *run) {
    while (run->at < run->line->count && run->result->count < SHIFT_RUN_MOST) {
        uint32_t character = run->line->characters[run->at];
        if (run->pending >= 0 && run->pending < 0x80) {
            /* A whole character by itself: an ASCII one, and the text goes on behind it. */
            put(run, (uint32_t)run->pending);
            return run->pending >= ' ';
        }
        if (character == '?') {
            complete_lost(run);
            return true;
        }
        if (character >= 0x40 && character < 0x7F) {
            if (read_wide_letter(run, character))
                return true;
            run->at++;
            return complete(run, character);
        }
        if (character == '(' || character < ' ')
            return false;
        /* Dumps write punctuation narrow that was full-width on the page. */
        unsigned code = gbk_encode(character < 0x80 ? character + WIDE : character);
        if (!code || !complete(run, code >> 8))
            return false;
        run->pending = (int)(code & 0xFF);
        run->at++;
    }
    return false;
}

/* --- the two kinds of damage -------------------------------------------------------------------------------- */

static bool undo_reading(const struct shift_line *line, size_t at, uint32_t before, const struct reading *reading,
                         struct shift_result *result) {
    unsigned lead = gbk_encode(before) & 0xFF;
    unsigned first = 0;
    struct run run = {.line = line, .at = at + 1 + reading->size, .result = result};
    *result = (struct shift_result){.readings = 1};
    unsigned found = lead >= 0x81 ? find_trail(line, lead, 0x81, at + 1, reading->size - 1, &first) : 0;
    run.pending = found == 1 ? (int)first : UNKNOWN;
    if (read_run(&run)) {
        result->end = run.at;
        return true;
    }
    /* Shifted, but not by what is known here: the place is marked, the rest stays as it is. */
    *result = (struct shift_result){.readings = 1, .lost = 1, .count = 1, .end = at + 1 + reading->size};
    result->characters[0] = REPLACEMENT;
    return found > 0;
}

/*
 * Without a reading there is no proof but the text itself: read anew, it is made of frequent characters, and as it
 * stands it is not.
 */
static bool makes_sense(const struct shift_line *line, size_t begin, const struct shift_result *result) {
    size_t known = 0;
    bool strange = false;
    for (size_t i = 0; i < result->count; i++) {
        if (result->characters[i] == REPLACEMENT)
            continue;
        known++;
        if (text_is_han(result->characters[i]) && !shift_is_frequent(result->characters[i]))
            return false;
    }
    for (size_t i = begin; i < result->end; i++) {
        uint32_t character = line->characters[i];
        bool glued = i + 1 == result->end && character >= 0x40 && character < 0x7F;
        strange = strange || glued || (character >= 0x80 && !is_plausible(character)) ||
                  (text_is_han(character) && !shift_is_frequent(character));
    }
    return known > 0 && strange;
}

static bool undo_lost(const struct shift_line *line, size_t at, struct shift_result *result) {
    uint32_t sign = at + 1 < line->count ? line->characters[at + 1] : 0;
    bool question = sign == '?' || sign == 0xFF1F;
    bool exclamation = sign == '!' || sign == 0xFF01;
    struct run run = {.line = line, .at = at + 1, .pending = UNKNOWN, .result = result};
    *result = (struct shift_result){0};
    if (question || exclamation) {
        /* Both are A3 and one byte more; A3 ended the character that is lost. */
        put(&run, REPLACEMENT);
        run.pending = question ? 0xBF : 0xA1;
        run.at++;
    }
    size_t begin = run.at;
    if (!read_run(&run))
        return false;
    result->end = run.at;
    return makes_sense(line, begin, result);
}

bool shift_undo(const struct shift_line *line, size_t at, uint32_t before, struct shift_result *ret_result) {
    struct reading reading;
    if (text_is_han(before) && reading_at(line, at + 1, &reading) && reading.tones)
        return undo_reading(line, at, before, &reading, ret_result);
    return undo_lost(line, at, ret_result);
}
