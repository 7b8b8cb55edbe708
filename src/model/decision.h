#ifndef PINDAO_MODEL_DECISION_H
#define PINDAO_MODEL_DECISION_H

#include "base/vec.h"
#include "model/taxonomy.h"

/*
 * What the rules of one taxonomy made of one article, with every reason: `explain` prints it, the index keeps only the
 * terms. Positions are bytes in the folded text of the field; classify/ maps them back to the original where asked to.
 */
enum match_fate {
    MATCH_COUNTED,
    MATCH_CAPPED,      /* the word had counted `repeat` times, or the title its most */
    MATCH_CONSUMED,    /* a longer (or earlier) word of the taxonomy stands here: `by` */
    MATCH_NOT,         /* the term's not: `by` */
    MATCH_FOLLOWED,    /* followed_by: void: `by` */
    MATCH_ELSEWHERE,   /* voided by elsewhere: `by` */
    MATCH_UNSUPPORTED, /* weak, with nothing beside it */
    MATCH_SPAN_NOBODY, /* none of the span's terms has points of its own */
    MATCH_NOT_HERE,    /* `in:` wants another field */
    MATCH_ADMITS,      /* in the column: no points, admits a background term */
};

struct match {
    const struct word *word;
    uint16_t term; /* whom it gives points; for a span one match a term */
    enum field field;
    uint32_t begin, end; /* [begin, end) in the folded field text */
    enum match_fate fate;
    double points;         /* 0 unless counted */
    const struct word *by; /* NULL where the fate needs none */
};

enum term_verdict {
    VERDICT_NOTHING, /* no points */
    VERDICT_STANDS,
    VERDICT_BELOW_MIN,
    VERDICT_BELOW_SHARE,
    VERDICT_BELOW_BEST,
    VERDICT_BACKGROUND, /* an ordinary term stood, so this one does not */
    VERDICT_SPREAD,     /* spread over too many terms; the one of spread: stands */
    VERDICT_RESCUED,
    VERDICT_OTHERWISE,
    VERDICT_LABEL_ADDED, /* a label of the article, beating the rules */
    VERDICT_LABEL_REMOVED,
};

struct term_decision {
    double points;
    double points_in_title;
    double voided; /* points that elsewhere, not and followed_by took */
    enum term_verdict verdict;
    bool chosen;
};

struct decision {
    const struct taxonomy *taxonomy;
    struct term_decision *terms; /* taxonomy->term_count of them */
    double total, best;          /* over terms that are not alongside */
    VEC(struct match) matches;   /* only when asked for; in order of field, then position */
};

#endif
