#include "classify/worker.h"

/*
 * RULES 10. What the article says of itself beats the rules. Amendments (+putuo, -pudong) change what the rules found
 * before `otherwise` fills the void: an article that only +putuo describes is not elsewhere as well.
 */

static bool is_of(const struct label *label, const struct taxonomy *taxonomy) {
    return slice_equal(label->taxonomy, taxonomy->id);
}

/* TERM_NONE also for `[]`. */
static uint16_t label_term(const struct label *label, const struct taxonomy *taxonomy) {
    return label->term.size > 0 ? taxonomy_find_term(taxonomy, label->term) : (uint16_t)TERM_NONE;
}

static bool is_empty_list(const struct label *label) {
    return label->change == LABEL_IS && label->term.size == 0;
}

static void term_add(struct term_decision *term) {
    if (!term->chosen) {
        term->chosen = true;
        term->verdict = VERDICT_LABEL_ADDED;
    }
}

static void term_remove(struct term_decision *term) {
    term->chosen = false;
    term->verdict = VERDICT_LABEL_REMOVED;
}

/* Is the article's list to replace what the rules say? Not one of which no term is known: it was left out. */
static bool replaces(const struct taxonomy *taxonomy, const struct classify_input *input) {
    for (size_t i = 0; i < input->label_count; i++) {
        const struct label *label = &input->labels[i];
        if (is_of(label, taxonomy) && label->change == LABEL_IS &&
            (is_empty_list(label) || label_term(label, taxonomy) != TERM_NONE)) {
            return true;
        }
    }
    return false;
}

static bool is_listed(const struct taxonomy *taxonomy, const struct classify_input *input, uint16_t term) {
    for (size_t i = 0; i < input->label_count; i++) {
        const struct label *label = &input->labels[i];
        if (is_of(label, taxonomy) && label->change == LABEL_IS && label_term(label, taxonomy) == term) {
            return true;
        }
    }
    return false;
}

static void replace(struct decision *decision, const struct classify_input *input) {
    for (size_t i = 0; i < decision->taxonomy->term_count; i++) {
        if (is_listed(decision->taxonomy, input, (uint16_t)i)) {
            term_add(&decision->terms[i]);
        } else if (decision->terms[i].chosen) {
            term_remove(&decision->terms[i]);
        }
    }
}

bool labels_apply(struct decision *decision, const struct classify_input *input) {
    bool closed = replaces(decision->taxonomy, input);
    if (closed) {
        replace(decision, input);
    }
    for (size_t i = 0; i < input->label_count; i++) {
        const struct label *label = &input->labels[i];
        if (!is_of(label, decision->taxonomy) || label->change == LABEL_IS) {
            continue;
        }
        uint16_t term = label_term(label, decision->taxonomy);
        if (term != TERM_NONE && label->change == LABEL_ADD) {
            term_add(&decision->terms[term]);
        } else if (term != TERM_NONE) {
            term_remove(&decision->terms[term]);
        }
    }
    return closed;
}

void labels_check(const struct classifier *classifier, const struct classify_input *input, struct place place,
                  struct diagnostics *diagnostics) {
    for (size_t i = 0; i < input->label_count; i++) {
        const struct label *label = &input->labels[i];
        const struct taxonomy *taxonomy = taxonomy_find(classifier->taxonomies, label->taxonomy);
        if (taxonomy == NULL || (!is_empty_list(label) && label_term(label, taxonomy) == TERM_NONE)) {
            (void)diag_report(diagnostics, DIAGNOSTIC_LABEL_UNKNOWN, place, "%.*s: %.*s",
                              SLICE_ARGUMENTS(label->taxonomy), SLICE_ARGUMENTS(label->term));
        }
    }
}
