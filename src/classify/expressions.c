#include "base/utf8.h"
#include "classify/rules.h"
#include "text/fold.h"

#include <ctype.h>

/*
 * Regular expressions, by PCRE2. Editors write few and short ones, but may write a bad one: the match limit makes it
 * fail on an article (which is reported) instead of stopping the run.
 */
enum { MATCH_LIMIT = 100000 };

static void report_word(struct diagnostics *diagnostics, const struct word *word, const char *problem) {
    struct place place = {word->place.file, word->place.line, word->place.column};
    (void)diag_report(diagnostics, DIAGNOSTIC_RULE_COMPILE, place, "/%.*s/: %s", SLICE_ARGUMENTS(word->folded),
                      problem);
}

/* --- folding ------------------------------------------------------------------------------------------------ */

/* Where in an expression the folding is. */
struct folding {
    struct slice text;
    size_t at;
    struct buf *folded;
    bool in_class; /* between [ and ] */
    bool in_quote; /* between \\Q and \\E */
};

/* One character's fold, as a part of the expression that means just that. */
static void append_literal(struct folding *folding, struct slice literal) {
    size_t characters = utf8_count(literal);
    bool grouped = characters > 1 && !folding->in_class && !folding->in_quote;
    buf_append_string(folding->folded, grouped ? "(?:" : "");
    for (size_t i = 0; i < literal.size; i++) {
        unsigned char byte = (unsigned char)literal.data[i];
        if (!folding->in_quote && byte < 0x80 && !isalnum(byte)) {
            buf_append_byte(folding->folded, '\\');
        }
        buf_append_byte(folding->folded, literal.data[i]);
    }
    buf_append_string(folding->folded, grouped ? ")" : "");
}

/* Ends of a range in a class stay what they are: folded, they might be in the wrong order. */
static bool is_end_of_range(const struct folding *folding, size_t size) {
    size_t next = folding->at + size;
    return folding->in_class && ((folding->at > 0 && folding->text.data[folding->at - 1] == '-') ||
                                 (next < folding->text.size && folding->text.data[next] == '-'));
}

static void fold_character(struct folding *folding) {
    uint32_t character;
    size_t size = utf8_decode(folding->text, folding->at, &character);
    size = size > 0 ? size : 1;
    struct slice written = slice_range(folding->text, folding->at, folding->at + size);
    CLEANUP(buf_release) struct buf literal = BUF(BUF_UNLIMITED);
    text_fold(written, &literal, NULL);
    bool stays = slice_equal(buf_slice(&literal), written) || literal.size == 0 || is_end_of_range(folding, size) ||
                 (folding->in_class && utf8_count(buf_slice(&literal)) > 1);
    if (stays) {
        buf_append_slice(folding->folded, written);
    } else {
        append_literal(folding, buf_slice(&literal));
    }
    folding->at += size;
}

/* An escape and what it escapes; a character beyond ASCII is a literal with or without it. */
static void fold_escape(struct folding *folding) {
    struct slice escape = slice_range(folding->text, folding->at, folding->at + 2);
    folding->at++;
    if (escape.size == 2 && (unsigned char)escape.data[1] >= 0x80) {
        return;
    }
    folding->in_quote |= slice_equal(escape, SLICE("\\Q"));
    folding->at += escape.size - 1;
    buf_append_slice(folding->folded, escape);
}

/* A byte of ASCII: it stays (PCRE2_CASELESS sees to its case), but may begin or end a class or a quotation. */
static void fold_syntax(struct folding *folding) {
    char byte = folding->text.data[folding->at];
    if (folding->in_quote) {
        folding->in_quote = !slice_starts_with(slice_from(folding->text, folding->at), SLICE("\\E"));
    } else if (byte == '\\') {
        fold_escape(folding);
        return;
    } else if (byte == '[' && !folding->in_class) {
        folding->in_class = true;
        /* A ] right behind [ or [^ is one of the class. */
        struct slice rest = slice_from(folding->text, folding->at + 1);
        size_t mark = slice_starts_with(rest, SLICE("^"));
        mark += slice_starts_with(slice_from(rest, mark), SLICE("]"));
        buf_append_slice(folding->folded, slice_range(folding->text, folding->at, folding->at + mark));
        folding->at += mark;
        byte = folding->text.data[folding->at];
    } else if (byte == ']') {
        folding->in_class = false;
    }
    buf_append_byte(folding->folded, byte);
    folding->at++;
}

struct slice expression_fold(struct slice text, struct arena *arena) {
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    struct folding folding = {.text = text, .folded = &folded};
    while (folding.at < text.size) {
        if ((unsigned char)text.data[folding.at] < 0x80) {
            fold_syntax(&folding);
        } else {
            fold_character(&folding);
        }
    }
    return arena_copy(arena, buf_slice(&folded));
}

/* --- compiling ---------------------------------------------------------------------------------------------- */

static bool expression_compile(struct expression *expression, struct diagnostics *diagnostics) {
    int error;
    size_t at;
    expression->code = pcre2_compile((PCRE2_SPTR)expression->text.data, expression->text.size,
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &error, &at, NULL);
    if (expression->code == NULL) {
        char message[256];
        (void)pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
        report_word(diagnostics, expression->word, message);
        return false;
    }
    uint32_t matches_empty;
    (void)pcre2_pattern_info(expression->code, PCRE2_INFO_MATCHEMPTY, &matches_empty);
    if (matches_empty) {
        report_word(diagnostics, expression->word, "it can match the empty string");
        return false;
    }
    /* Without the just-in-time compiler the same matches are found, slower. */
    (void)pcre2_jit_compile(expression->code, PCRE2_JIT_COMPLETE);
    return true;
}

bool expressions_compile(struct classifier *classifier, struct diagnostics *diagnostics) {
    bool good = true;
    for (size_t i = 0; i < classifier->expression_count; i++) {
        good &= expression_compile(&classifier->expressions[i], diagnostics);
    }
    if (classifier->expression_count > 0) {
        classifier->match_limits = pcre2_match_context_create(NULL);
        if (classifier->match_limits == NULL) {
            memory_exhausted();
        }
        (void)pcre2_set_match_limit(classifier->match_limits, MATCH_LIMIT);
    }
    return good;
}

void expressions_release(struct classifier *classifier) {
    for (size_t i = 0; i < classifier->expression_count; i++) {
        pcre2_code_free(classifier->expressions[i].code);
    }
    pcre2_match_context_free(classifier->match_limits);
}
