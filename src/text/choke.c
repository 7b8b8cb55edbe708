#include "text/choke.h"

#include "base/utf8.h"

enum {
    REPLACEMENT = 0xFFFD,
    NEXT_LINE = 0x85,
    LINE_SEPARATOR = 0x2028,
    PARAGRAPH_SEPARATOR = 0x2029,
    POP_EMBEDDING = 0x202C,
    FIRST_ISOLATE = 0x2066,
    POP_ISOLATE = 0x2069,
};

static bool is_noncharacter(uint32_t character) {
    return (character >= 0xFDD0 && character <= 0xFDEF) || (character & 0xFFFE) == 0xFFFE;
}

static bool is_forbidden(uint32_t character) {
    if (character < 0xA0)
        return (character < 0x20 && character != '\t' && character != '\n') || character >= 0x7F;
    return is_noncharacter(character) || (character >= 0xD800 && character <= 0xDFFF);
}

/* Format characters that nobody sees and no word of the rules matches across. ZWNJ and ZWJ are not among them. */
static bool is_invisible(uint32_t character) {
    if (character == 0xAD || character == 0x180E || character == 0x200B || character == 0xFEFF)
        return true;
    return (character >= 0x2060 && character <= 0x2064) || (character >= 0x206A && character <= 0x206F) ||
           (character >= 0xFFF9 && character <= 0xFFFB) || (character >= 0xE0000 && character <= 0xE007F);
}

bool choke_drops(uint32_t character) {
    return is_forbidden(character) || is_invisible(character);
}

static bool is_line_end(uint32_t character) {
    return character == '\n' || character == '\r' || character == NEXT_LINE || character == LINE_SEPARATOR ||
           character == PARAGRAPH_SEPARATOR;
}

static bool is_blank(uint32_t character) {
    return character == ' ' || character == '\t' || character == 0xA0 || character == 0x3000;
}

static bool is_bidi_control(uint32_t character) {
    return (character >= 0x202A && character <= 0x202E) || (character >= FIRST_ISOLATE && character <= POP_ISOLATE);
}

/* Bytes of the blank that `text` ends with; 0 when it ends with something else. */
static size_t last_blank_size(struct slice text) {
    if (text.size == 0)
        return 0;
    char last = text.data[text.size - 1];
    if (last == ' ' || last == '\t')
        return 1;
    if (slice_ends_with(text, SLICE("\u00a0")))
        return 2;
    return slice_ends_with(text, SLICE("\u3000")) ? 3 : 0;
}

/* Eight bytes, the first lowest; compilers make one load of it on little-endian machines. */
static inline uint64_t load_eight(const unsigned char *bytes) {
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24 |
           (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 | (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

/*
 * Fast over the bulk of Chinese text: pairs of three-byte characters that begin with E3 to E9 and so are well-formed
 * and need no look, but for the blank U+3000. (E0 to E2 and EA to EF hold all else that is special.)
 */
static size_t skip_plain_pairs(const unsigned char *bytes, size_t at, size_t size) {
    const uint64_t shape_mask = 0x0000C0C0F0C0C0F0u;
    const uint64_t shape = 0x00008080E08080E0u;
    const uint64_t blank = 0x8080E3;
    while (size - at >= 8) {
        uint64_t pair = load_eight(bytes + at);
        if ((pair & shape_mask) != shape || (pair & 0xF) - 3 > 6 || (pair >> 24 & 0xF) - 3 > 6 ||
            (pair & 0xFFFFFF) == blank || (pair >> 24 & 0xFFFFFF) == blank)
            break;
        at += 6;
    }
    return at;
}

/*
 * The same for one character, where a pair has a mark in it: 3 for one that needs no look, else 0. Full-width forms (EF
 * BC, EF BD) and the dashes, quotes and dots of U+2010 to U+2027 are among those, for they stand in every sentence.
 */
static inline size_t plain_character_size(const unsigned char *bytes, size_t left) {
    if (left < 3 || (bytes[1] & 0xC0) != 0x80 || (bytes[2] & 0xC0) != 0x80)
        return 0;
    if (bytes[0] >= 0xE3 && bytes[0] <= 0xE9)
        return bytes[0] == 0xE3 && bytes[1] == 0x80 && bytes[2] == 0x80 ? 0 : 3;
    if (bytes[0] == 0xEF)
        return bytes[1] == 0xBC || bytes[1] == 0xBD ? 3 : 0;
    return bytes[0] == 0xE2 && bytes[1] == 0x80 && bytes[2] >= 0x90 && bytes[2] <= 0xA7 ? 3 : 0;
}

/* Over ASCII from `least` on, eight bytes at a time. */
static size_t skip_plain_ascii(const unsigned char *bytes, size_t at, size_t size, unsigned least) {
    const uint64_t ones = 0x0101010101010101u;
    while (size - at >= 8) {
        uint64_t word;
        memcpy(&word, bytes + at, sizeof word);
        /* High bits: not ASCII; after the subtraction, under `least`; after the addition, 0x7F. */
        uint64_t odd = word | (word - least * ones) | (word + ones);
        if (odd & (0x80 * ones))
            break;
        at += 8;
    }
    return at;
}

/* Does this character need nothing, standing behind `before` (of the same clean run)? */
static bool stays(uint32_t character, struct slice before, enum choke_kind kind) {
    if (character > ' ' && character < 0x7F)
        return true;
    if (is_forbidden(character) || is_invisible(character))
        return false;
    /* At the front of a run what stands before is not known: the careful way decides. */
    if (character == '\n')
        return kind == CHOKE_TEXT && before.size > 0 && last_blank_size(before) == 0;
    if (is_line_end(character))
        return false;
    if (kind == CHOKE_TEXT)
        return true;
    if (character == ' ')
        return before.size > 0 && last_blank_size(before) == 0;
    return !is_blank(character) && !is_bidi_control(character);
}

/* Where the run of text that needs nothing, from `begin` on, ends. */
static size_t clean_run_end(struct slice text, size_t begin, enum choke_kind kind) {
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t at = begin;
    /* Blanks matter behind blanks in a line; in a text only before a line end, which looks back. */
    const unsigned least = kind == CHOKE_LINE ? ' ' + 1 : ' ';
    while (at < text.size) {
        at = bytes[at] < 0x80 ? skip_plain_ascii(bytes, at, text.size, least) : skip_plain_pairs(bytes, at, text.size);
        if (at == text.size)
            break;
        size_t size = plain_character_size(bytes + at, text.size - at);
        if (size) {
            at += size;
            continue;
        }
        uint32_t character = bytes[at];
        size = character < 0x80 ? 1 : utf8_decode(text, at, &character);
        if (size == 0 || !stays(character, slice_range(text, begin, at), kind))
            break;
        at += size;
    }
    return at;
}

/* Embeddings and isolates that are open, innermost last. Deeper than anybody writes is dropped. */
enum { BIDI_DEPTH_MOST = 32 };
struct choking {
    struct slice text;
    enum choke_kind kind;
    struct buf *out;
    struct choke_report *report;
    bool open_isolates[BIDI_DEPTH_MOST]; /* else an embedding or override */
    size_t open_count;
};

static void append_character(struct choking *choking, uint32_t character) {
    char bytes[UTF8_MOST];
    buf_append(choking->out, bytes, utf8_encode(character, bytes));
}

static void close_bidi(struct choking *choking) {
    append_character(choking, choking->open_isolates[--choking->open_count] ? POP_ISOLATE : POP_EMBEDDING);
}

/* What a closer closes stays; what it leaves open inside is closed first; one that closes nothing goes (UAX 9, BD9,
 * X6a). */
static void choke_bidi(struct choking *choking, uint32_t character) {
    bool closes = character == POP_EMBEDDING || character == POP_ISOLATE;
    bool isolate = character >= FIRST_ISOLATE;
    if (!closes && choking->open_count < BIDI_DEPTH_MOST) {
        choking->open_isolates[choking->open_count++] = isolate;
        append_character(choking, character);
        return;
    }
    size_t opener = closes ? choking->open_count : 0;
    while (opener > 0 && choking->open_isolates[opener - 1] != isolate)
        opener = isolate ? opener - 1 : 0; /* an embedding's closer does not reach out of an isolate */
    if (opener == 0) {
        choking->report->bidi++;
        return;
    }
    for (; choking->open_count > opener; choking->report->bidi++)
        close_bidi(choking);
    close_bidi(choking);
}

static void drop_last_blanks(struct buf *out) {
    for (size_t size; (size = last_blank_size(buf_slice(out))) > 0;)
        buf_truncate(out, out->size - size);
}

static void choke_blank_in_line(struct choking *choking) {
    if (choking->out->size > 0 && last_blank_size(buf_slice(choking->out)) == 0)
        buf_append_byte(choking->out, ' ');
}

static void note(struct choking *choking, size_t *counter, size_t at) {
    if (choking->report->ill_formed == 0 && choking->report->forbidden == 0)
        choking->report->first = at;
    ++*counter;
}

/* Takes one character (or ill-formed part) with care; returns what follows it. */
static size_t choke_character(struct choking *choking, size_t at) {
    struct slice text = choking->text;
    uint32_t character = 0;
    size_t size = utf8_decode(text, at, &character);
    if (size == 0) {
        note(choking, &choking->report->ill_formed, at);
        append_character(choking, REPLACEMENT);
        return at + utf8_ill_formed_size(text, at);
    }
    size_t next = at + size;
    if (is_line_end(character)) {
        if (character == '\r' && next < text.size && text.data[next] == '\n')
            next++;
        if (choking->kind == CHOKE_LINE) {
            choke_blank_in_line(choking);
        } else {
            drop_last_blanks(choking->out);
            buf_append_byte(choking->out, '\n');
        }
    } else if (is_forbidden(character)) {
        note(choking, &choking->report->forbidden, at);
    } else if (is_invisible(character)) {
        choking->report->invisible++;
    } else if (choking->kind == CHOKE_LINE && is_blank(character)) {
        choke_blank_in_line(choking);
    } else if (choking->kind == CHOKE_LINE && is_bidi_control(character)) {
        choke_bidi(choking, character);
    } else {
        buf_append(choking->out, text.data + at, size);
    }
    return next;
}

static struct slice choke_from(struct slice text, size_t clean, enum choke_kind kind, struct arena *arena,
                               struct choke_report *report) {
    CLEANUP(buf_release) struct buf out = BUF(BUF_UNLIMITED);
    struct choking choking = {.text = text, .kind = kind, .out = &out, .report = report};
    buf_append(&out, text.data, clean);
    for (size_t at = clean; at < text.size;) {
        at = choke_character(&choking, at);
        size_t end = clean_run_end(text, at, kind);
        buf_append(&out, text.data + at, end - at);
        at = end;
    }
    /* A closer behind a trailing blank would keep that blank. */
    drop_last_blanks(&out);
    for (; choking.open_count > 0; report->bidi++)
        close_bidi(&choking);
    bool same = slice_equal(buf_slice(&out), text);
    return same ? text : arena_copy(arena, buf_slice(&out));
}

struct slice text_choke(struct slice text, enum choke_kind kind, struct arena *arena, struct choke_report *report) {
    size_t clean = clean_run_end(text, 0, kind);
    if (clean == text.size && last_blank_size(text) == 0)
        return text;
    return choke_from(text, clean, kind, arena, report);
}

static void describe_count(struct buf *buf, size_t *said, size_t count, const char *one, const char *many) {
    if (count == 0)
        return;
    buf_append_string(buf, (*said)++ ? ", " : "");
    buf_append_unsigned(buf, count);
    buf_append_byte(buf, ' ');
    buf_append_string(buf, count == 1 ? one : many);
}

void choke_report_describe(const struct choke_report *report, struct buf *buf) {
    size_t said = 0;
    describe_count(buf, &said, report->forbidden, "control character", "control characters");
    describe_count(buf, &said, report->ill_formed, "piece of broken UTF-8", "pieces of broken UTF-8");
    describe_count(buf, &said, report->invisible, "invisible character", "invisible characters");
    describe_count(buf, &said, report->bidi, "unbalanced direction mark", "unbalanced direction marks");
}
