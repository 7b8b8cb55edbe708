#ifndef PINDAO_CLASSIFY_EXPLANATION_H
#define PINDAO_CLASSIFY_EXPLANATION_H

#include "base/arena.h"
#include "classify/classify.h"

/*
 * A decision made ready to be read by people: for every term that has anything to do with the article, how far it is
 * from standing, and each match with the words around it in the original text. Plain data; how it looks is for others.
 */

/* One match of a word. Texts are of the article as it was given, not folded; for hosts and sources, the name itself. */
struct reason {
    const struct match *match;
    struct slice before, text, after; /* at most REASON_AROUND characters on either side, on the same line */
    const struct match *consumed;     /* the first longer-lived word that had to give way to this one; NULL */
    const char *cap;                  /* MATCH_CAPPED: what stopped it, "counted 3 times" */
};
enum { REASON_AROUND = 4 };

struct term_explanation {
    uint16_t term;
    const struct term_decision *decision;
    double share;                 /* of all points; 0 to 1 */
    double of_best;               /* of the best term's points */
    double nearness;              /* decision_nearness */
    bool voided_once;             /* some of its points were voided by `elsewhere` */
    bool has_own;                 /* points other than those of spans */
    const struct reason *reasons; /* in the order of the text */
    size_t reason_count;
};

struct explanation {
    const struct decision *decision;
    const struct term_explanation *terms; /* chosen ones first, by points; then the others, the nearest first */
    size_t term_count;
    size_t chosen_count;
    const struct reason *nobodys; /* matches of spans that went to nobody */
    size_t nobodys_count;
};

/*
 * Of a decision that classify(…, with_matches) just gave, with the worker and the input of that call. Everything lives
 * in the arena, in the input, or until the worker's next call.
 */
void explanation_make(const struct classifier_worker *worker, const struct classify_input *input,
                      const struct decision *decision, struct arena *arena, struct explanation *ret_explanation);

/*
 * How near a term's points are to what it needs: the least of points/min, share/share wanted and of_best/of_best
 * wanted. From 1 on they suffice; 0 where there are no points.
 */
double decision_nearness(const struct decision *decision, uint16_t term);

/* What a term is called where there is little room: its label, or the short one where that is long. */
struct slice term_name(const struct term *term);

/* What the figures of a term ask for: its own or the taxonomy's. */
double term_min_points(const struct taxonomy *taxonomy, uint16_t term);
double term_least_of_best(const struct taxonomy *taxonomy, uint16_t term);

#endif
