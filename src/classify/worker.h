#ifndef PINDAO_CLASSIFY_WORKER_H
#define PINDAO_CLASSIFY_WORKER_H

#include "classify/classify.h"
#include "classify/rules.h"
#include "text/fold.h"

/*
 * What one thread needs to classify one article after the other; all of it is reused, so that an article costs no
 * allocation once the first few have been seen. An article passes through
 *   match     (match.c)     folded text → candidates, and matches of the terms' `not`
 *   consume   (consume.c)   which candidates stay
 *   weigh     (evidence.c, points.c)  what they say about terms, and for how many points
 *   decide    (decide.c)    which terms stand; labels.c: unless the article says otherwise
 */

#define NO_INDEX UINT32_MAX

/* As vectorscan reports it; ascending by end. */
struct hit {
    uint32_t pattern; /* or pattern_count + expression */
    uint32_t end;
};

/* An entry that stands at a place, or one piece of a pair: the competitors of RULES 3. Ascending by begin. */
struct candidate {
    uint32_t begin, end; /* in worker->folded, as all positions here */
    uint32_t entry;
    uint32_t characters;
    uint32_t pair;   /* index into pair_matches, or NO_INDEX */
    uint32_t winner; /* the entry that consumed it; complete with_matches only */
    bool second;     /* B of its pair */
    bool consumed;
};

/* A…B that stands somewhere. Its pieces compete separately; it lives while both do. */
struct pair_match {
    uint32_t begin[2], end[2], characters[2];
    uint32_t winner; /* with_matches: the entry that consumed a piece */
    bool dropped;
};

/* A word of a term's `not`, or a piece of one. Ascending by begin when `sorted`. */
struct not_match {
    uint32_t begin, end;
    uint32_t characters;
    const struct word *word;
};

/* One word of a candidate (or a host, or a source) that speaks for a term. */
struct evidence {
    const struct word *word;
    const struct word *by;
    double worth;  /* points, should it count */
    double points; /* that it gave */
    uint32_t begin, end;
    uint32_t counter;
    uint16_t term; /* TERM_NONE for a span not yet given to terms */
    uint8_t role;
    uint8_t field;
    uint8_t fate;
};

enum term_flag {
    TERM_FIRM = 1,     /* a strong stands */
    TERM_OWN = 2,      /* strong or words outside the column: what weak leans on */
    TERM_HAS_NOT = 4,  /* a word of its `not` stands somewhere */
    TERM_ADMITTED = 8, /* by the column */
    TERM_NAMED = 16,   /* by the host or the source: they give one strong together */
    TERM_EARNED = 32,  /* has points without spans */
};

/* How often a word has counted for a term, and what it gave. */
struct tally {
    uint32_t count;
    double points;
};

/* One taxonomy's part of the article. */
struct state {
    const struct rules *rules;
    VEC(struct candidate) candidates;
    VEC(struct pair_match) pair_matches;
    VEC(struct not_match) nots;
    VEC(struct evidence) evidence;
    VEC(uint32_t) supports;                /* where support words begin */
    VEC(uint32_t) touched;                 /* tallies that are not zero */
    struct tally *tallies;                 /* one a counter */
    unsigned char *flags;                  /* term_flag, one a term */
    const struct word **elsewhere;         /* one a term: a word of its elsewhere that stands */
    uint32_t longest_not;                  /* bytes */
    uint32_t sentence_begin, sentence_end; /* the last one looked at; both 0: none */
    bool sentence_supported;
    bool unsorted; /* candidates or nots came out of order (expressions) */
    bool has_elsewhere;
    struct decision *decision;
};

/* A run of folded text and the run of original text that it comes from. */
struct part {
    uint32_t begin, end; /* in worker->folded */
    size_t original;     /* offset in the title, text or column where it starts */
    struct fold_origins origins;
};
enum { PART_TITLE, PART_LEAD, PART_BODY, PART_COLUMN, PART_COUNT };

struct classifier_worker {
    const struct classifier *classifier;
    hs_scratch_t *scratch;
    pcre2_match_data *match_data;
    struct buf folded; /* title LF text LF column */
    struct buf name;   /* a host or source, folded */
    struct part parts[PART_COUNT];
    uint32_t title_end, text_begin, lead_end, text_end, column_begin;
    VEC(struct hit) hits;
    VEC(uint32_t) order;   /* consume.c */
    VEC(uint64_t) taken;   /* consume.c: a bit a byte */
    VEC(uint32_t) owners;  /* consume.c, with matches: an entry a byte */
    uint32_t *pair_resume; /* one a pair: where its last match ended */
    bool *expression_seen; /* one an expression */
    struct state *states;  /* one a taxonomy */
    struct decision *decisions;
    bool with_matches;
};

static inline enum field worker_field(const struct classifier_worker *worker, uint32_t begin) {
    if (begin >= worker->lead_end) {
        return begin >= worker->column_begin ? FIELD_COLUMN : FIELD_BODY;
    }
    return begin < worker->text_begin ? FIELD_TITLE : FIELD_LEAD;
}

/* Input → worker->folded and its parts. */
void worker_fold(struct classifier_worker *worker, const struct classify_input *input);
/* Folds the input and finds all candidates. An expression that gives up is reported at `place`. */
void worker_match(struct classifier_worker *worker, const struct classify_input *input, struct place place,
                  struct diagnostics *diagnostics);
/* Marks consumed candidates. */
void state_consume(struct classifier_worker *worker, struct state *state);
/* With matches: an entry whose `in:` does not let it stand here. */
void state_add_misplaced(struct classifier_worker *worker, struct state *state, uint32_t entry, uint32_t begin,
                         uint32_t end);
/* Candidates, host and source → evidence with its fate, as far as words alone decide it. */
void state_collect(struct classifier_worker *worker, struct state *state, const struct classify_input *input);
/* Evidence → points of terms. */
void state_score(struct state *state);
/* Points → verdicts, with the article's labels. */
void state_decide(struct state *state, const struct classify_input *input);
/* What the article says of this taxonomy beats the rules. */
/* true when it replaced what the rules said, so that `otherwise` is not asked for. */
bool labels_apply(struct decision *decision, const struct classify_input *input);
/* Once an article: labels that name no term of any taxonomy. */
void labels_check(const struct classifier *classifier, const struct classify_input *input, struct place place,
                  struct diagnostics *diagnostics);
/* With matches: evidence → decision->matches. */
void state_explain(const struct classifier_worker *worker, struct state *state);

#endif
