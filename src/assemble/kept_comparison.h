#ifndef PINDAO_ASSEMBLE_KEPT_COMPARISON_H
#define PINDAO_ASSEMBLE_KEPT_COMPARISON_H

#include "assemble/kept_runs.h"
#include "assemble/kept_sketch.h"

/*
 * Is a text at hand a copy of one of which only a kept sketch is left? As assemble/resemblance.h decides between two
 * texts, but with one of them known by a sample of its runs:
 *
 *  - of the shorter one's runs enough stand in the longer one, and of its beginning too, for a foot that all articles
 *    of a site share is no copy;
 *  - not too many figures stand, between common runs, where the other had something else;
 *  - one word does not make most of what stands there, again and again or from the title: then it is another place's
 *    form, as it is where labels tell it;
 *  - labels alone tell nothing: the rules may have changed since.
 *
 * In time n log n of the text at hand.
 */
struct kept_comparison {
    struct kept_runs title, text;
    VEC(uint8_t) places;    /* of runs; one a hash of text */
    VEC(uint64_t) words;    /* two letters and where they stand, sorted */
    struct kept_sketch own; /* of the text at hand */
};
/* A zeroed one holds nothing; one a thread. */
void kept_comparison_release(struct kept_comparison *comparison);

/* The text at hand, of which `own` was made; folded. Nothing is borrowed. */
void kept_comparison_load(struct kept_comparison *comparison, const struct kept_sketch *own, struct slice title,
                          struct slice text);

/* `contained`: how much of the shorter one at least (duplicates: {containment: …}). */
bool kept_comparison_is_copy(struct kept_comparison *comparison, const struct kept_sketch *kept, double contained);

#endif
