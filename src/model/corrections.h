#ifndef PINDAO_MODEL_CORRECTIONS_H
#define PINDAO_MODEL_CORRECTIONS_H

#include "model/article.h"
#include "model/article_key.h"
#include "model/taxonomy.h"

/*
 * The editor's last word: corrections.yaml, and the words of hold:. Owned by the settings' arena; const after loading.
 */

/* An article as corrections.yaml names it. */
struct article_name {
    struct slice written;
    struct name_keys keys;
    struct word_place place;
    struct slice line; /* of the file, for excerpts */
};

/* What is said of the article of one name. */
struct correction {
    struct article_name name;
    struct slice title;         /* empty: as the article has it */
    const struct label *labels; /* beat those of the article */
    size_t label_count;
    struct article_name same_as; /* without keys: nobody */
    bool withdrawn;
    bool released; /* shown although a word of hold: stands in it */
};

struct hold_word {
    struct slice written;
    struct slice folded;
    struct word_place place;
};

struct corrections {
    const struct correction *items; /* as in the file; no two with the same first key */
    size_t count;
    const struct hold_word *hold;
    size_t hold_count;
};

#endif
