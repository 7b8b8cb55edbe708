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
    return is_ascii_letter(character) || (character >= 0xC0 && character < 0x530 && character != 0xD7 && character != 0xF7);
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
    static const char *const abbreviations[] = {"mr", "mrs", "ms",   "dr",  "prof", "st",  "no",  "nos", "vol", "fig",
                                                "co", "ltd", "inc",  "corp", "vs",  "etc", "dept", "est", "approx", "cf"};
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
    if (word == at && !is_digit(character_before(text, at)))
        return !is_digit(next) && !is_word_letter(next) && next != '.'; /* behind 海 or ) */
    if (!is_blank(next))
        return false;
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

/* Blanks and line ends as one blank, or none at all beside a full-width mark or between Han characters. */
static void append_line(struct buf *line, struct slice piece) {
    size_t size = 0;
    bool blank = line->size > 0;
    for (size_t at = 0; at < piece.size; at += size ? size : 1) {
        uint32_t character = character_at(piece, at, &size);
        if (character == '\n' || is_blank(character)) {
            blank = line->size > 0;
            continue;
        }
        /* Line ends between sentences: a full-width mark has its room already. */
        bool inside = at > 0 && is_blank(character_before(piece, at));
        uint32_t before = character_before(buf_slice(line), line->size);
        if (blank && before != ' ' && (inside || before < 0x2E80 || (before >= 0x4E00 && before < 0xA000)) &&
            before != ELLIPSIS && !(before == 0x201D || before == 0x2019))
            buf_append_byte(line, ' ');
        blank = false;
        buf_append(line, piece.data + at, size ? size : 1);
    }
}

static size_t skip_blanks(struct slice text, size_t at) {
    size_t size = 0;
    for (uint32_t character; (character = character_at(text, at, &size)) == '\n' || is_blank(character);)
        at += size;
    return at;
}

/* The first whole sentences of `text` that fit, in one line. */
static void append_sentences(struct buf *line, struct slice text, size_t most) {
    for (size_t at = skip_blanks(text, 0); at < text.size; at = skip_blanks(text, at)) {
        size_t kept = line->size;
        size_t end = sentence_end(text, at);
        bool same_line = at > 0 && text.data[at - 1] != '\n' && !is_blank(character_before(text, at));
        if (same_line)
            buf_append(line, text.data + at, 0);
        CLEANUP(buf_release) struct buf sentence = BUF(BUF_UNLIMITED);
        append_line(&sentence, slice_range(text, at, end));
        uint32_t before = character_before(buf_slice(line), kept);
        if (!same_line && kept > 0 && (before < 0x2000 || (before >= 0x4E00 && before < 0xA000)))
            buf_append_byte(line, ' ');
        buf_append_slice(line, buf_slice(&sentence));
        if (utf8_count(buf_slice(line)) > most) {
            buf_truncate(line, kept);
            return;
        }
        at = end;
    }
}
