#ifndef PINDAO_ASSEMBLE_RESEMBLANCE_H
#define PINDAO_ASSEMBLE_RESEMBLANCE_H

#include "base/slice.h"
#include "base/vec.h"

/*
 * Are two articles copies of one text? Counting common runs of letters is not enough: next year's notice has all of
 * them but its figures, the neighbouring district's all but its name, while a copy cut to 40% with other words put in
 * and another site's foot has lost most. So the letters that the two share are laid over each other first (shingles),
 * and then what stands in their gaps is looked at: other words are the work of a copyist, other figures and names make
 * other news. A pure function of the two texts, in time linear in their size.
 */
struct comparand {
    struct slice title; /* folded */
    struct slice text;  /* folded */
};

struct resemblance {
    double contained; /* the part of the shorter text's letters that stand in the longer one, in runs */
    double head;      /* the same of its beginning */
    double ratio;     /* letters of the shorter one by those of the longer one */
    size_t letters;   /* of the shorter one */
    size_t figures_same, figures_other;
    size_t names_other;   /* 普陀|区 and 静安|区 */
    size_t words_other;   /* other substitutions … */
    size_t words_repeated; /* … and how often the most frequent one was made */
    bool title_same;
    bool title_other;     /* alike but for a figure or a name */
};

/* Reused from one comparison to the next. Zeroed at first; one a thread. */
struct letter_run;
struct comparison {
    VEC(uint32_t) letters[2];
    VEC(uint32_t) table;  /* of runs of the longer text by hash: place + 1 */
    VEC(uint32_t) next;   /* a place of the longer text: the next one with this run's hash; plus 1 */
    VEC(uint8_t) covered; /* of the shorter text's letters */
    VEC(uint64_t) words;  /* hashes of substitutions */
};
void comparison_release(struct comparison *comparison);

void resemblance_measure(struct comparison *comparison, const struct comparand *a, const struct comparand *b,
                         struct resemblance *ret_resemblance);

/* The decision. `contained`: how much of the shorter one at least (duplicates: {containment: …}). */
bool resemblance_is_copy(const struct resemblance *resemblance, double contained);

#endif
