#ifndef PINDAO_CONFIG_WORDS_H
#define PINDAO_CONFIG_WORDS_H

#include "config/fields.h"
#include "model/taxonomy.h"

/*
 * The word lists of rules, feeds.yaml(5) WORDS: a scalar or a list of scalars, split at blanks and 、，,；; into words.
 *
 *     list   = word *( separator word )
 *     word   = "/" expression "/" | text [ "…" text ]
 *     text   = *( character | "(" text *( "|" text ) ")" )     alternatives when a | is in it, else literal
 *
 * Full-width parentheses and bars serve as well. `_` is a blank. Words come out expanded and folded.
 */
enum {
    EXPANSIONS_MOST = 1000, /* of one word */
    WORDS_MOST = 100000,    /* of all rules, expanded: what a small machine compiles in seconds */
    WORD_MOST = 500,        /* bytes of one, before expansion */
};

/* The words of one taxonomy. Zeroed at first; one that repeats another of the same role and term is left out. */
struct word_list {
    VEC(struct word) words;
    struct map seen;
};
void word_list_release(struct word_list *list);

/*
 * Appends the words of `value` (NULL: none). `like` says role, term and span of all. Plain words only (no A…B, no /…/)
 * where the role compares texts itself (ROLE_VOID, ROLE_KEEP, ROLE_SOURCE); hosts for ROLE_HOST.
 */
void words_read(struct loading *loading, const struct node *value, const struct word *like, struct word_list *list);

/* The same for one text: `scalar` is where it stands, which may be made up of a key and its place. */
void words_read_text(struct loading *loading, const struct node *scalar, const struct word *like,
                     struct word_list *list);

/* A whole text as one literal word, whatever is in it: a label. */
void words_add_literal(struct loading *loading, const struct node *scalar, const struct word *like,
                       struct word_list *list);

#endif
