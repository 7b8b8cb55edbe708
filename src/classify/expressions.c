#include "classify/rules.h"

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

static bool expression_compile(struct expression *expression, struct diagnostics *diagnostics) {
    int error;
    size_t at;
    expression->code = pcre2_compile((PCRE2_SPTR)expression->text.data, expression->text.size, PCRE2_UTF | PCRE2_UCP,
                                     &error, &at, NULL);
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
