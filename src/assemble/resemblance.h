#ifndef PINDAO_ASSEMBLE_RESEMBLANCE_H
#define PINDAO_ASSEMBLE_RESEMBLANCE_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdint.h>

/*
 * Are two articles copies of one text? Counting common runs of letters is not enough: the next quarter's notice has all
 * of them but its figures, the neighbouring district's all but its name, while a copy cut to 40%, with other words put
 * in and another site's foot, has lost most. So the two texts are laid over each other first, by common runs, and then
 * what stands in the gaps is looked at: other words are the work of a copyist, other figures and names make other news.
 * A pure function of the two, in time linear in their size.
 */
struct comparand {
    struct slice title; /* folded */
    struct slice text;  /* folded */
};

struct resemblance {
    double contained;      /* the part of the shorter text's letters that stand in the longer one, in runs */
    double head;           /* the same of its beginning: a shared foot is no copy */
    double ratio;          /* letters of the shorter one by those of the longer one */
    size_t letters;        /* of the shorter one */
    size_t figures_same;   /* 12.5% in both */
    size_t figures_other;  /* 12.5% here, 13.1% in its place there */
    size_t names_other;    /* 普陀|区 here, 静安|区 there */
    size_t names_repeated; /* how often the most frequent of them was made, the title counted in */
    size_t words_other;    /* all other substitutions of a few letters … */
    size_t words_repeated; /* … and how often the most frequent of them was made */
    size_t replaced;       /* letters in whose place stand quite other ones */
    bool titles_same;
    bool titles_alike; /* the most part of them the same */
    bool titles_apart; /* alike but for a figure or a name */
};

/* Something of a few letters in the place of something else. */
struct substitution {
    uint64_t hash;
    bool is_name;
};

struct row {
    VEC(uint32_t) items;
};

/* Memory, reused from one comparison to the next. Zeroed at first; one a thread. */
struct comparison {
    struct row letters[2]; /* of the shorter text, of the longer one */
    struct row titles[2];  /* in the same order */
    struct row table;      /* runs of the longer text by hash: the first place, plus 1 */
    struct row next;       /* for a place the next one with its hash, plus 1 */
    struct row covered;    /* one a letter of the shorter text */
    VEC(struct substitution) words;
};
void comparison_release(struct comparison *comparison);

void resemblance_measure(struct comparison *comparison, const struct comparand *a, const struct comparand *b,
                         struct resemblance *ret_resemblance);

/*
 * The decision. `contained`: how much of the shorter one at least (duplicates: {containment: …}). `labels_apart`: the
 * rules found both to be about something, of one taxonomy, and not about the same.
 */
bool resemblance_is_copy(const struct resemblance *resemblance, double contained, bool labels_apart);

#endif
