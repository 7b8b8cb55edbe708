#ifndef PINDAO_MODEL_TAXONOMY_H
#define PINDAO_MODEL_TAXONOMY_H

#include "base/map.h"
#include "base/slice.h"

/*
 * The rules as read from feeds.yaml, words expanded and folded, every word with its place. The language is described in
 * feeds.yaml(5), RULES; what decides is classify/. Owned by the settings' arena; const after loading.
 *
 * Terms are numbered twice: within their taxonomy (`term`) and through all taxonomies (first_term + term), which
 * is what label sets hold.
 */
enum { TERM_NONE = UINT16_MAX, TERMS_MOST = 1024 /* over all taxonomies */ };

enum word_role {
    ROLE_STRONG, /* these three are evidence for a term */
    ROLE_WORD,
    ROLE_WEAK,
    ROLE_SPAN,     /* evidence for several terms: `span` says which */
    ROLE_NOT,      /* of the taxonomy: competes as evidence of nobody */
    ROLE_TERM_NOT, /* of a term: removes that term's matches that it overlaps and is at least as long as */
    ROLE_ELSEWHERE,
    ROLE_SUPPORT,
    ROLE_VOID, /* followed_by: */
    ROLE_KEEP,
    ROLE_HOST,   /* compared with the host of the article's url and its parent domains */
    ROLE_SOURCE, /* compared with the name of the article's source, folded, whole */
};

enum word_kind {
    WORD_LITERAL,
    WORD_PAIR,  /* A…B */
    WORD_REGEX, /* /…/ */
};

/* Where in an article a match stands. */
enum field {
    FIELD_TITLE,
    FIELD_LEAD,
    FIELD_BODY,
    FIELD_COLUMN,
    FIELD_ADDRESS, /* hosts */
    FIELD_SOURCE,
    FIELD_ANY, /* in a word: no `in:` was given */
};

struct word_place {
    struct slice file;
    unsigned line;
    unsigned column;
};

struct word {
    enum word_role role;
    enum word_kind kind;
    enum field in; /* FIELD_ANY unless the rule says `in:` (title, lead, body) */
    uint16_t term; /* TERM_NONE for words of the taxonomy */
    uint16_t span; /* for ROLE_SPAN: index into spans */
    bool has_points;
    double points;        /* with has_points: instead of the role's */
    struct slice written; /* as in the file, after expansion, for people */
    struct slice folded;  /* LITERAL: what is looked for; PAIR: A; REGEX: the expression, not folded */
    struct slice second;  /* PAIR: B, folded */
    struct word_place place;
};

struct span {
    const uint16_t *terms;
    size_t term_count;
    uint16_t starred; /* the term with *; TERM_NONE */
};

struct term {
    struct slice id;
    struct slice label;
    struct slice short_label; /* the label where none is given */
    bool background;
    bool alongside;
    bool has_min, has_of_best;
    double min;
    double of_best;
    unsigned best_words; /* 0: all */
    struct word_place place;
};

struct score {
    double strong, word, weak;  /* 2, 1, 0.3 */
    double title, lead, body;   /* 3, 1.5, 1 */
    unsigned repeat;            /* 3: how often one word counts */
    double title_cap;           /* 6: most that titles give a term */
    double min, share, of_best; /* 3, 0.2, 0.4 */
};

struct taxonomy {
    struct slice id;
    struct slice label;
    struct score score;
    unsigned spread_at_least; /* 0: no spread */
    uint16_t spread_to;
    double rescue;      /* 0: none */
    uint16_t otherwise; /* TERM_NONE */
    const struct term *terms;
    size_t term_count;
    size_t first_term; /* number of its first term through all taxonomies */
    const struct word *words;
    size_t word_count;
    const struct span *spans;
    size_t span_count;
    struct map term_names; /* id, label and short → term */
};

struct taxonomies {
    const struct taxonomy *items;
    size_t count;
    size_t term_total;
};

/*
 * Of all that decides which labels an article gets, on every machine the same: when two hashes are equal, so are the
 * decisions. Where the words stand, and how they were written, is no part of it.
 */
uint64_t taxonomies_hash(const struct taxonomies *taxonomies);

/* The taxonomy with this id; NULL. */
const struct taxonomy *taxonomy_find(const struct taxonomies *taxonomies, struct slice id);
/* A term by id, label or short; TERM_NONE. */
uint16_t taxonomy_find_term(const struct taxonomy *taxonomy, struct slice name);

#endif
