#ifndef PINDAO_CMD_ARTICLE_INPUT_H
#define PINDAO_CMD_ARTICLE_INPUT_H

#include "classify/classify.h"
#include "clean/clean.h"

/* What the rules look at of an article: one function for all commands, so that what `explain` says is what `build` did.
 */
struct classify_input article_input(const struct article *article, const struct plain_text *text);

#endif
