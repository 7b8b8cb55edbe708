#ifndef PINDAO_CMD_LABELLING_H
#define PINDAO_CMD_LABELLING_H

#include "classify/classify.h"

/*
 * Labels that `pindao classify` wrote into a line serve `build` in the place of the decision: where the rules are the
 * same, and saw the same of the article, and nobody gave it labels. Then the tree over labelled lines is that over the
 * lines as they were, whoever labelled them, where, and in how many pieces.
 */

/* Of what the rules see of an article. */
uint64_t labelling_article_hash(const struct classify_input *input);

/*
 * The set of labels that stands in the article's line as term numbers, into `bits` (which must be zero). false, with
 * anything in `bits`, when the rules must be asked: `rules` is the hash of those at hand.
 */
MUST_CHECK bool labelling_take(const struct article *article, const struct classify_input *input,
                               const struct taxonomies *taxonomies, uint64_t rules, uint64_t *bits);

#endif
