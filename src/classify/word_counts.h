#ifndef PINDAO_CLASSIFY_WORD_COUNTS_H
#define PINDAO_CLASSIFY_WORD_COUNTS_H

#include "base/map.h"
#include "classify/classify.h"

/*
 * What became of every word of the rules over a corpus: the ground on which advice stands. One a thread; added up at
 * the end, when all figures are sums, so that they do not depend on who counted what.
 */

/* Words longer than this are half of another by no accident: their neighbours are not counted. */
enum { NEIGHBOURED_CHARACTERS = 3 };

/* Of one word. */
struct word_count {
    uint32_t live;     /* matches that counted, or were one too many */
    uint32_t dead;     /* matches that did not: eaten, voided, unsupported */
    uint32_t articles; /* with a live match */
    uint32_t last;     /* place + 1 of the last article with one */
};

/* Something that happened to a word, with whom, how often. */
enum word_event_kind {
    EVENT_EATEN,  /* by `other` */
    EVENT_VOIDED, /* by `other`; without one: weak, alone; a span that went to nobody */
    EVENT_BEFORE, /* `character` stands before it */
    EVENT_BEHIND, /* … behind it */
    EVENT_INSIDE, /* live inside `other`, a live word of another taxonomy */
    EVENT_HELD,   /* strong, beside `other`, an elsewhere of its term */
};
struct word_event {
    enum word_event_kind kind;
    enum match_fate fate; /* EVENT_VOIDED */
    const struct word *word;
    const struct word *other;
    uint32_t character;
    uint32_t count;
    uint32_t first; /* the article in which it is seen first, by its place */
};

/* An article in which a term is near a threshold. */
struct near_miss {
    uint32_t place;
    uint16_t taxonomy;
    uint16_t term;
    bool stands;
    double points;
    double nearness;
};

struct word_counts {
    const struct taxonomies *taxonomies;
    size_t articles;
    struct word_count *words; /* of all taxonomies, one after the other */
    struct arena arena;       /* keys of the map */
    struct map numbers;       /* kind, word, other, character → number of the event */
    VEC(struct word_event) events;
    VEC(struct near_miss) near_misses;
};
void word_counts_init(struct word_counts *counts, const struct taxonomies *taxonomies);
void word_counts_release(struct word_counts *counts);

/* Adds one article: the decisions, with matches, of the worker's last call. */
void word_counts_add(struct word_counts *counts, const struct classifier_worker *worker,
                     const struct decision *decisions, uint32_t place);
/* Adds what another has counted. */
void word_counts_merge(struct word_counts *counts, const struct word_counts *others);

struct word_count *word_count_of(const struct word_counts *counts, size_t taxonomy, const struct word *word);

#endif
