#ifndef PINDAO_TEXT_SENTENCES_H
#define PINDAO_TEXT_SENTENCES_H

#include "base/arena.h"

/*
 * The end (byte offset behind it, closing quotes and brackets included) of the sentence that `at` stands in: behind
 * 。！？!?；; or the … of an omission, or an English full stop that ends a sentence, or at a line feed (which belongs
 * to no sentence: skip it before going on).
 */
size_t sentence_end(struct slice text, size_t at);

/*
 * A summary of plain text: its first whole sentences, as many as fit into `most` characters; of a first sentence that
 * is longer, its first whole clauses (，、,) and "…"; if even that is too long, or would fill less than a quarter of
 * the room (日前…), `most` - 1 characters and "…", never inside a Latin word or a number. One line.
 */
struct slice text_summary(struct slice text, size_t most, struct arena *arena);

#endif
