#ifndef PINDAO_CLASSIFY_RULES_H
#define PINDAO_CLASSIFY_RULES_H

#define PCRE2_CODE_UNIT_WIDTH 8

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "diag/diag.h"
#include "model/taxonomy.h"

#include <hs.h>
#include <pcre2.h>

/*
 * The compiled rules, const once made. Taxonomies list words by what they mean; matching wants to know, for a string
 * that stands in the text, all that it means. So it goes from the text to the meaning in three steps:
 *
 *   pattern or expression   one string to look for, whoever lists it; its number is what vectorscan reports
 *   use                     what one taxonomy has to do when it stands somewhere
 *   entry                   one competitor for the text (RULES 3): its meanings live and die together, because a word
 *                           listed under two terms counts for both
 */

/* At this side of a pattern a Latin letter or digit stands: its neighbour must be none. */
enum { EDGE_BEGIN = 1, EDGE_END = 2 };

/* Sentences end, and A…B ends its search, 20 characters (80 bytes at most) behind A. */
enum { PAIR_MOST_CHARACTERS = 20, PAIR_MOST_BYTES = 4 * PAIR_MOST_CHARACTERS };

enum use_kind {
    USE_ENTRY,    /* index: of an entry, a candidate stands here */
    USE_PAIR_END, /* index: of a pair whose B this is */
    USE_TERM_NOT, /* index: of the word in its taxonomy */
};

struct use {
    uint32_t owner; /* pattern, or pattern_count + expression */
    uint32_t index;
    uint16_t taxonomy;
    uint16_t kind;
};

struct pattern {
    struct slice text; /* folded */
    uint32_t first_use;
    uint32_t use_count;
    uint32_t characters;
    unsigned edges;
};

struct expression {
    struct slice text;       /* folded, for it is compared with folded text */
    const struct word *word; /* the first that has it, for messages */
    pcre2_code *code;
    uint32_t first_use;
    uint32_t use_count;
    bool unfiltered; /* vectorscan cannot say when it may match: try it on every article */
};

/* A word of an entry. What matching asks for of the word stands here again: words lie far apart in memory. */
struct meaning {
    const struct word *word;
    double points;
    uint32_t entry;
    uint32_t counter; /* evidence for a term: its counter; ROLE_SPAN: the first of span_counters, one for each term */
    uint16_t term;    /* TERM_NONE for a span and words of the taxonomy */
    uint8_t role;
    uint8_t in;
};

struct entry {
    uint32_t first_meaning;
    uint32_t meaning_count;
    uint32_t order;  /* in the YAML file: index of its first word */
    bool restricted; /* some of its words have `in:` */
};

struct pair {
    uint32_t first;  /* pattern A */
    uint32_t second; /* pattern B */
    uint32_t entry;  /* when term_not is NULL */
    const struct word *term_not;
    uint16_t taxonomy;
};

/* A word of followed_by. */
struct follower {
    struct slice text;
    const struct word *word;
    unsigned edges;
    unsigned bucket; /* follower_bucket of its text */
    bool keep;
};

struct counter {
    uint16_t term;
};

/* What matching needs of one taxonomy. */
struct rules {
    const struct taxonomy *taxonomy;
    const struct counter
        *counters; /* a word counts `repeat` times for a term: there is one counter for each word and term */
    size_t counter_count;
    const uint32_t *span_counters;
    const struct follower *followers; /* by bucket, longer ones first */
    size_t follower_count;
    uint16_t follower_begin[257]; /* buckets */
    struct map addresses;         /* host → its first word; others of the same host follow by next_same */
    struct map sources;
    const uint32_t *next_same; /* for each word: the next with the same host or source; UINT32_MAX */
    bool has_best_words;
};

struct classifier {
    const struct taxonomies *taxonomies;
    struct arena arena;
    const struct pattern *patterns;
    size_t pattern_count;
    struct expression *expressions;
    size_t expression_count;
    const struct use *uses;
    const struct entry *entries;
    size_t entry_count;
    const struct meaning *meanings;
    const struct pair *pairs;
    size_t pair_count;
    struct rules *rules; /* one a taxonomy */
    pcre2_match_context *match_limits;
    hs_database_t *database; /* NULL when there is nothing to look for */
    bool cached;
};

/* Turns the taxonomies into the tables above. */
void rules_compile(struct classifier *classifier);
/* Compiles the expressions; false after reporting each that is none, or that can match the empty string. */
MUST_CHECK bool expressions_compile(struct classifier *classifier, struct diagnostics *diagnostics);
/*
 * The expression with its literal characters folded as the text is: traditional and full-width ones are found as other
 * words are. What it matches is compared without case, so /M50/ and [A-Z] do what they look like.
 */
struct slice expression_fold(struct slice text, struct arena *arena);
void expressions_release(struct classifier *classifier);
/* Makes or takes from `cached` the vectorscan database; false after reporting. */
MUST_CHECK bool database_compile(struct classifier *classifier, struct slice cached, struct diagnostics *diagnostics);
void database_serialise(const struct classifier *classifier, struct buf *bytes);

/* Of text that is not empty: all of one first character are in one bucket, 0 to 255. */
unsigned follower_bucket(struct slice text);
/* EDGE_… of a word. */
unsigned edges_of(struct slice text);
/* Has the run [begin, end) of text the neighbours that its edges want? */
bool edges_fit(struct slice text, size_t begin, size_t end, unsigned edges);

#endif
