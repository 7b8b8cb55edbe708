#include "classify/worker.h"

/*
 * RULES 9. Sums of tenths are not exact in binary, but five weak words of 0.3 must reach 1.5, as they do on paper:
 * every threshold gives way by less than any rule can mean.
 */
static const double tolerance = 1e-9;

/* How far ahead of the second `rescue` wants the best. */
static const double rescue_lead = 1.3;

static bool reaches(double points, double threshold) {
    return points + tolerance >= threshold;
}

static bool is_ordinary(const struct term *term) {
    return !term->background && !term->alongside;
}

static double term_min(const struct taxonomy *taxonomy, const struct term *term) {
    return term->has_min ? term->min : taxonomy->score.min;
}

static double term_of_best(const struct taxonomy *taxonomy, const struct term *term) {
    return term->has_of_best ? term->of_best : taxonomy->score.of_best;
}

static void choose(struct term_decision *term, enum term_verdict verdict) {
    term->chosen = true;
    term->verdict = verdict;
}

/* Terms alongside others are no part of their ratios. */
static void totals_sum(struct decision *decision) {
    const struct taxonomy *taxonomy = decision->taxonomy;
    decision->total = 0;
    decision->best = 0;
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        double points = decision->terms[i].points;
        if (!taxonomy->terms[i].alongside) {
            decision->total += points;
            decision->best = points > decision->best ? points : decision->best;
        }
    }
}

static enum term_verdict own_verdict(const struct decision *decision, size_t number) {
    const struct taxonomy *taxonomy = decision->taxonomy;
    const struct term *term = &taxonomy->terms[number];
    double points = decision->terms[number].points;
    if (!reaches(points, term_min(taxonomy, term))) {
        return VERDICT_BELOW_MIN;
    }
    if (!reaches(points, taxonomy->score.share * decision->total)) {
        return VERDICT_BELOW_SHARE;
    }
    return reaches(points, term_of_best(taxonomy, term) * decision->best) ? VERDICT_STANDS : VERDICT_BELOW_BEST;
}

/* Does one of them stand? */
static bool ordinary_decide(struct decision *decision) {
    bool any = false;
    for (size_t i = 0; i < decision->taxonomy->term_count; i++) {
        struct term_decision *term = &decision->terms[i];
        if (is_ordinary(&decision->taxonomy->terms[i]) && term->points > 0) {
            term->verdict = own_verdict(decision, i);
            term->chosen = term->verdict == VERDICT_STANDS;
            any |= term->chosen;
        }
    }
    return any;
}

/* Many terms, and the title names none: the article is about what spread: says. */
static bool spread_decide(struct decision *decision) {
    const struct taxonomy *taxonomy = decision->taxonomy;
    unsigned count = 0;
    if (taxonomy->spread_at_least == 0) {
        return false;
    }
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        if (is_ordinary(&taxonomy->terms[i]) && decision->terms[i].points > 0) {
            count++;
            if (decision->terms[i].points_in_title > 0) {
                return false;
            }
        }
    }
    if (count < taxonomy->spread_at_least) {
        return false;
    }
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        if (is_ordinary(&taxonomy->terms[i]) && decision->terms[i].points > 0) {
            decision->terms[i].verdict = VERDICT_SPREAD;
            decision->terms[i].chosen = false;
        }
    }
    choose(&decision->terms[taxonomy->spread_to], VERDICT_SPREAD);
    return true;
}

/* By their own figures. The points of the best that stands; negative when none does. */
static double alongside_decide(struct decision *decision) {
    const struct taxonomy *taxonomy = decision->taxonomy;
    double best = -1;
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        const struct term *term = &taxonomy->terms[i];
        struct term_decision *decided = &decision->terms[i];
        if (!term->alongside || decided->points <= 0) {
            continue;
        }
        if (!reaches(decided->points, term_min(taxonomy, term))) {
            decided->verdict = VERDICT_BELOW_MIN;
        } else if (!reaches(decided->points, term_of_best(taxonomy, term) * decision->best)) {
            decided->verdict = VERDICT_BELOW_BEST;
        } else {
            choose(decided, VERDICT_STANDS);
            best = decided->points > best ? decided->points : best;
        }
    }
    return best;
}

/*
 * The first background term that reaches the figures stands, when no ordinary one does; beside a term that is alongside
 * it must also reach its part of that one's points. Without such a one, the column alone admits it.
 */
static void background_decide(struct state *state, bool ordinary_stands, double alongside) {
    struct decision *decision = state->decision;
    const struct taxonomy *taxonomy = decision->taxonomy;
    bool open = !ordinary_stands;
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        const struct term *term = &taxonomy->terms[i];
        struct term_decision *decided = &decision->terms[i];
        bool admitted = alongside < 0 && (state->flags[i] & TERM_ADMITTED);
        if (!term->background || decided->chosen || (decided->points <= 0 && !admitted)) {
            continue;
        }
        decided->verdict = admitted ? VERDICT_STANDS : own_verdict(decision, i);
        if (!open) {
            decided->verdict = VERDICT_BACKGROUND;
        } else if (alongside >= 0 && !reaches(decided->points, term_of_best(taxonomy, term) * alongside)) {
            decided->verdict = VERDICT_BELOW_BEST;
        }
        decided->chosen = decided->verdict == VERDICT_STANDS;
        open &= !decided->chosen;
    }
}

static bool any_chosen(const struct decision *decision) {
    for (size_t i = 0; i < decision->taxonomy->term_count; i++) {
        if (decision->terms[i].chosen) {
            return true;
        }
    }
    return false;
}

/* The best ordinary term, when it reaches the figure and is clearly ahead of the second. */
static void rescue_decide(struct decision *decision) {
    const struct taxonomy *taxonomy = decision->taxonomy;
    struct term_decision *best = NULL;
    double second = 0;
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        struct term_decision *term = &decision->terms[i];
        if (!is_ordinary(&taxonomy->terms[i]) || term->points <= 0) {
            continue;
        }
        if (best == NULL || term->points > best->points) {
            second = best != NULL ? best->points : 0;
            best = term;
        } else if (term->points > second) {
            second = term->points;
        }
    }
    if (best != NULL && reaches(best->points, taxonomy->rescue) && reaches(best->points, rescue_lead * second)) {
        choose(best, VERDICT_RESCUED);
    }
}

void state_decide(struct state *state, const struct classify_input *input) {
    struct decision *decision = state->decision;
    const struct taxonomy *taxonomy = decision->taxonomy;
    totals_sum(decision);
    bool ordinary_stands = ordinary_decide(decision);
    ordinary_stands |= spread_decide(decision);
    double alongside = alongside_decide(decision);
    background_decide(state, ordinary_stands, alongside);
    if (taxonomy->rescue > 0 && !any_chosen(decision)) {
        rescue_decide(decision);
    }
    bool closed = labels_apply(decision, input);
    if (taxonomy->otherwise != TERM_NONE && !closed && !any_chosen(decision)) {
        struct term_decision *otherwise = &decision->terms[taxonomy->otherwise];
        if (otherwise->verdict != VERDICT_LABEL_REMOVED) {
            choose(otherwise, VERDICT_OTHERWISE);
        }
    }
}
