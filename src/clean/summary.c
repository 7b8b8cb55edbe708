#include "clean/clean.h"

#include "text/sentences.h"

enum { SUMMARY_MOST = 120 /* characters */ };

struct slice clean_summary(const struct article *article, const struct plain_text *text, struct arena *arena) {
    struct slice own = slice_trim(article->summary);
    return text_summary(own.size ? own : text->text, SUMMARY_MOST, arena);
}
