#ifndef PINDAO_INGEST_CONVERT_H
#define PINDAO_INGEST_CONVERT_H

#include "base/arena.h"
#include "model/article.h"

/* The article as `convert: simplified` shows it: everything that people read, in simplified characters; ids, addresses
 * and labels stay. New strings are in the arena. */
void article_simplify(struct article *article, struct arena *arena);

#endif
