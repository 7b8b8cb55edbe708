#ifndef PINDAO_CLASSIFY_ADVICE_H
#define PINDAO_CLASSIFY_ADVICE_H

#include "classify/word_counts.h"

/*
 * What an editor should look at, in rules that are free of mistakes: words that do nothing, words that do too much, and
 * articles that a small change would move. Each kind is ordered by use: what concerns most matches first.
 */
#define ADVICE_NO_ARTICLE UINT32_MAX

struct advice_item {
    enum diagnostic_id id;
    struct word_place place; /* of the word; of none (line 0) where the advice is about an article */
    uint32_t article;        /* its place, or ADVICE_NO_ARTICLE: an example, or what it is about */
    struct slice detail;
    double weight;
};

struct advice {
    struct arena arena; /* owns details */
    VEC(struct advice_item) items;
};
void advice_release(struct advice *advice);

enum {
    ADVICE_MATCHES_LEAST = 3,    /* of a word, before its fate says anything */
    ADVICE_NEIGHBOURS_LEAST = 5, /* matches of a word, before its neighbours do */
    ADVICE_ARTICLES_LEAST = 20,  /* in the corpus, before a quarter of them does */
};

/* From the counts of a whole corpus. Grouped by kind, in the order of diagnostics.def; each kind by weight. */
void advice_make(const struct word_counts *counts, struct advice *ret_advice);

#endif
