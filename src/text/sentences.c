#include "text/sentences.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <utf8proc.h>

enum { ELLIPSIS = 0x2026 };

/* The character at `at`; 0 past the end (and for what is no character, which choked text has not). */
static uint32_t character_at(struct slice text, size_t at, size_t *ret_size) {
    uint32_t character = 0;
    *ret_size = at < text.size ? utf8_decode(text, at, &character) : 0;
    return *ret_size ? character : 0;
}

static uint32_t character_before(struct slice text, size_t at) {
    size_t begin = at;
    while (begin > 0 && ((unsigned char)text.data[--begin] & 0xC0) == 0x80)
        ;
    size_t size = 0;
    return at > 0 ? character_at(text, begin, &size) : 0;
}

static bool is_digit(uint32_t character) {
    return character >= '0' && character <= '9';
}

static bool is_ascii_letter(uint32_t character) {
    return (character | 0x20) >= 'a' && (character | 0x20) <= 'z';
}

/* Letters of words written with blanks between them: Latin, Greek, Cyrillic, with or without marks. */
static bool is_word_letter(uint32_t character) {
    return is_ascii_letter(character) ||
           (character >= 0xC0 && character < 0x530 && character != 0xD7 && character != 0xF7);
}

static bool is_blank(uint32_t character) {
    return character == ' ' || character == '\t' || character == 0xA0 || character == 0x3000;
}

static bool is_closer(uint32_t character) {
    static const uint16_t closers[] = {'"',    '\'',   ')',    ']',    0xBB,   0x2019, 0x201D, 0x300B, 0x3009,
                                       0x300D, 0x300F, 0x3011, 0x3015, 0x3017, 0xFF02, 0xFF09, 0xFF3D, 0xFF63};
    for (size_t i = 0; i < ARRAY_LENGTH(closers); i++)
        if (character == closers[i])
            return true;
    return false;
}

/* 。！？；…｡ end a sentence wherever they stand. */
static bool is_full_width_ender(uint32_t character) {
    return character == 0x3002 || character == 0xFF01 || character == 0xFF1F || character == 0xFF1B ||
           character == 0xFF61 || character == ELLIPSIS || character == 0x22EF;
}

/* Abbreviations that a full stop belongs to, so that the sentence goes on behind it; in lower case. */
static bool is_abbreviation(struct slice word) {
    static const char *const abbreviations[] = {"mr",  "mrs", "ms",   "dr",  "prof",   "st",  "no",
                                                "nos", "vol", "fig",  "co",  "ltd",    "inc", "corp",
                                                "vs",  "etc", "dept", "est", "approx", "cf"};
    for (size_t i = 0; i < ARRAY_LENGTH(abbreviations); i++)
        if (slice_equal_ignoring_case(word, slice_of(abbreviations[i])))
            return true;
    return word.size == 1 && is_ascii_letter((unsigned char)word.data[0]); /* U.S., J. Smith */
}

/* Where the run of closing quotes and brackets at `at` ends. */
static size_t behind_closers(struct slice text, size_t at) {
    size_t size = 0;
    while (is_closer(character_at(text, at, &size)))
        at += size;
    return at;
}

/* Does the full stop at `at` end a sentence? Not in 3.14, example.org, U.S. or Co., Ltd. */
static bool full_stop_ends(struct slice text, size_t at) {
    size_t size = 0;
    size_t next_at = behind_closers(text, at + 1);
    uint32_t next = character_at(text, next_at, &size);
    if (next == 0 || next == '\n')
        return true;
    size_t word = at;
    while (word > 0 && is_ascii_letter((unsigned char)text.data[word - 1]))
        word--;
    if (!is_blank(next)) /* behind 海 or ) a full stop needs no blank */
        return word == at && !is_digit(character_before(text, at)) && !is_digit(next) && !is_word_letter(next) &&
               next != '.';
    while (is_blank(next = character_at(text, next_at, &size)))
        next_at += size;
    /* What goes on in lower case or with a comma is the same sentence. */
    bool goes_on = (next >= 'a' && next <= 'z') || next == ',' || next == ';';
    return !goes_on && !is_abbreviation(slice_range(text, word, at));
}

/* Does the character at `at` end a sentence? */
static bool ends_sentence(struct slice text, size_t at, uint32_t character) {
    if (is_full_width_ender(character))
        return true;
    size_t size = 0;
    uint32_t next = character_at(text, at + 1, &size);
    switch (character) {
    case '!':
    case '?':
    case ';':
        /* Not in an address or in Yahoo!7. */
        return !is_ascii_letter(next) && !is_digit(next);
    case '.':
        return full_stop_ends(text, at);
    case 0xFF0E: /* ．, which some write for 。 and some in numbers */
        size = 3;
        next = character_at(text, at + size, &size);
        return !is_digit(next) && !is_word_letter(next) && !(next >= 0xFF10 && next <= 0xFF5A);
    default:
        return false;
    }
}

size_t sentence_end(struct slice text, size_t at) {
    size_t size = 0;
    while (at < text.size && text.data[at] != '\n') {
        uint32_t character = character_at(text, at, &size);
        size_t here = at;
        at += size ? size : 1;
        if (!ends_sentence(text, here, character))
            continue;
        /* ？！ and …… and ." end one sentence, not two. */
        while ((character = character_at(text, at, &size)) != 0 &&
               (is_full_width_ender(character) || is_closer(character) || character == '!' || character == '?' ||
                character == '.'))
            at += size;
        return at;
    }
    return at;
}

/* Full-width marks bring their own room: no blank is put behind one. */
static bool has_room_behind(uint32_t character) {
    return is_full_width_ender(character) || (is_closer(character) && character > 0x7F) ||
           (character >= 0x3000 && character < 0x3040 && character != 0x3007) ||
           (character >= 0xFF00 && character < 0xFF61);
}

/* `piece`, which holds no line end, with one blank for each run of them. */
static void append_squeezed(struct buf *line, struct slice piece) {
    size_t size = 0;
    bool after_blank = true;
    for (size_t at = 0; at < piece.size; at += size ? size : 1) {
        bool blank = is_blank(character_at(piece, at, &size));
        if (!blank)
            buf_append(line, piece.data + at, size ? size : 1);
        else if (!after_blank)
            buf_append_byte(line, ' ');
        after_blank = blank;
    }
    if (after_blank && line->size > 0 && line->data[line->size - 1] == ' ')
        buf_truncate(line, line->size - 1);
}

static size_t skip_blanks(struct slice text, size_t at) {
    size_t size = 0;
    for (uint32_t character; (character = character_at(text, at, &size)) == '\n' || is_blank(character);)
        at += size;
    return at;
}

/* The first whole sentences of `text`, as many as fit into `most` characters, in one line. */
static void append_sentences(struct buf *line, struct slice text, size_t most) {
    size_t end = 0;
    for (size_t at = skip_blanks(text, 0); at < text.size; at = skip_blanks(text, end)) {
        size_t kept = line->size;
        bool apart = at > end;
        if (kept > 0 && apart && !has_room_behind(character_before(buf_slice(line), kept)))
            buf_append_byte(line, ' ');
        end = sentence_end(text, at);
        append_squeezed(line, slice_range(text, at, end));
        if (utf8_count(buf_slice(line)) > most) {
            buf_truncate(line, kept);
            return;
        }
    }
}

/* Where the last clause ends, before its comma, that leaves `line` at most `limit` bytes; 0 when there is none. */
static size_t last_clause_end(struct slice line, size_t limit) {
    size_t last = 0;
    size_t size = 0;
    for (size_t at = 0; at <= limit && at < line.size; at += size ? size : 1) {
        uint32_t character = character_at(line, at, &size);
        uint32_t next = line.size > at + 1 ? (unsigned char)line.data[at + 1] : 0;
        /* Not the comma of 1,000. */
        bool latin_comma = character == ',' && !(is_digit(next) && is_digit(character_before(line, at)));
        if (character == 0xFF0C || character == 0x3001 || latin_comma)
            last = at;
    }
    return last;
}

/* May text be cut between these two? Not in a word or a number, nor between a character and what changes it. */
static bool may_cut(uint32_t before, uint32_t behind) {
    enum { ZERO_WIDTH_JOINER = 0x200D, FIRST_SKIN_TONE = 0x1F3FB, LAST_SKIN_TONE = 0x1F3FF };
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)behind);
    if (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME ||
        before == ZERO_WIDTH_JOINER || behind == ZERO_WIDTH_JOINER ||
        (behind >= FIRST_SKIN_TONE && behind <= LAST_SKIN_TONE))
        return false;
    bool in_number = is_digit(before) && (behind == '.' || behind == ',' || behind == '%');
    bool in_fraction = is_digit(behind) && (before == '.' || before == ',');
    bool in_word = (is_word_letter(before) || is_digit(before)) && (is_word_letter(behind) || is_digit(behind));
    return !in_number && !in_fraction && !in_word;
}

/* The last place at or before `limit` where a cut does no harm; `limit` when there is none but the front. */
static size_t cut_before(struct slice line, size_t limit) {
    size_t size = 0;
    for (size_t at = limit; at > 0;) {
        uint32_t before = character_before(line, at);
        if (may_cut(before, character_at(line, at, &size)))
            return at;
        char bytes[UTF8_MOST];
        at -= utf8_encode(before, bytes);
    }
    return limit;
}

struct slice text_summary(struct slice text, size_t most, struct arena *arena) {
    CLEANUP(buf_release) struct buf line = BUF(BUF_UNLIMITED);
    append_sentences(&line, text, most);
    size_t begin = skip_blanks(text, 0);
    if (line.size > 0 || begin == text.size || most == 0)
        return arena_copy(arena, buf_slice(&line));
    append_squeezed(&line, slice_range(text, begin, sentence_end(text, begin)));
    size_t limit = utf8_offset(buf_slice(&line), most - 1);
    size_t end = last_clause_end(buf_slice(&line), limit);
    /* A summary of 日前… says nothing: clauses that fill less than a quarter of the room are too few. */
    if (utf8_count(slice_range(buf_slice(&line), 0, end)) < most / 4 || end == 0)
        end = cut_before(buf_slice(&line), limit);
    while (end > 0 && line.data[end - 1] == ' ')
        end--;
    buf_truncate(&line, end);
    buf_append_string(&line, "…");
    return arena_copy(arena, buf_slice(&line));
}
