#ifndef PINDAO_TEXT_SCRIPTS_H
#define PINDAO_TEXT_SCRIPTS_H

#include "base/arena.h"
#include "base/slice.h"

/*
 * Traditional to simplified for text that is shown (`convert: simplified`), by words, with OpenCC: the only place that
 * calls it. Matching does not need it (fold.h).
 *
 * OpenCC takes 130 ms to open and runs at 3 MB/s, so it is opened when the first text comes, once a process, and only
 * what has traditional characters goes through it. Safe in any thread.
 */

/* In the arena, or `text` itself where there is nothing to convert or OpenCC has no dictionaries. Well-formed. */
struct slice text_simplify(struct slice text, struct arena *arena);

/* The same for HTML and Markdown: tags, and the addresses behind `](`, stay as they are. */
struct slice text_simplify_markup(struct slice text, struct arena *arena);

#endif
