#ifndef PINDAO_ASSEMBLE_CORRECTIONS_H
#define PINDAO_ASSEMBLE_CORRECTIONS_H

#include "assemble/index.h"
#include "model/corrections.h"

/*
 * corrections.yaml at work: which articles its names mean, and what becomes of them. An article is corrected as soon as
 * it has been read, before anything else looks at it, and in the same way each time that it is read.
 */

/* A key that a name of the file may mean. */
struct named_key {
    struct slice key;    /* empty: the name may be that of a page */
    uint32_t correction; /* in which the name stands */
    uint32_t next;       /* another name with this key; UINT32_MAX: none */
    bool is_same_as;     /* the name stands behind same_as: */
};

/* The same by the hash of its key, for articles that are known by a hash only. */
struct named_hash {
    struct hash128 hash;
    uint32_t named; /* the first of this key */
};

/* All names of the file by their keys. Zeroed: no corrections. Const once made: all threads share one. */
struct corrections_desk {
    const struct corrections *corrections;
    struct map by_key;
    VEC(struct named_key) named;
    VEC(struct named_hash) by_hash; /* by the low halves */
    VEC(struct named_hash) pages;   /* names that are addresses of pages: by what hashes of keys begin with */
};
void corrections_desk_init(struct corrections_desk *desk, const struct corrections *corrections);
void corrections_desk_release(struct corrections_desk *desk);

/* Articles that names turned out to mean, in the order in which one job met them. */
struct named_article {
    struct hash128 key;
    uint32_t correction;
    bool is_same_as;
};
struct named_articles {
    VEC(struct named_article) items;
};

struct correction_effect {
    bool released; /* no word of hold: keeps it back */
};

/*
 * Appends the article's key to *key (article_append_key), then corrects the article. Named by its address, by that of
 * its page and by its own id it gets all corrections, that of its id last. New labels live in the arena. `met` may be
 * NULL.
 */
struct correction_effect corrections_apply(const struct corrections_desk *desk, struct article *article,
                                           struct buf *key, struct arena *arena, struct named_articles *met);

/*
 * An article that has an id of its own goes by it, and people may name it by its address all the same: that address as
 * eight bytes; 0 for none.
 */
uint64_t corrections_alias(const struct article *article);

/* For an article that is not read again: which names mean the one with this key and alias, as corrections_apply says.
 */
void corrections_meet(const struct corrections_desk *desk, struct hash128 key, uint64_t alias,
                      struct named_articles *met);

/*
 * When all articles have been read: fills index->joins from same_as: and index->released, and reports names that no
 * article has, and articles that are the same as each other in a circle. `met` by pieces, in source order: where a name
 * behind same_as: means several articles, the first is meant.
 */
void corrections_settle(const struct corrections_desk *desk, const struct named_articles *const *met, size_t met_count,
                        struct index *index, struct diagnostics *diagnostics);

#endif
