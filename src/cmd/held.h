#ifndef PINDAO_CMD_HELD_H
#define PINDAO_CMD_HELD_H

#include "assemble/index.h"
#include "model/corrections.h"
#include "store/cache.h"
#include "text/literals.h"

/*
 * Articles that a word of hold: keeps back. An editor must learn of each one, and cron must not mail it every ten
 * minutes: the first run that meets it warns; the cache remembers its key, and what the cache knows is a note.
 */
struct held {
    const struct corrections *corrections;
    struct slice *folded;
    struct literals *words;    /* of `folded`; NULL: nothing is ever held */
    VEC(struct hash128) known; /* ascending */
};

/* With cache NULL nothing is known. */
void held_init(struct held *held, const struct corrections *corrections, struct cache *cache);
void held_release(struct held *held);

/* The word that stands first in folded text; NULL for none. */
const struct hold_word *held_by(const struct held *held, struct slice folded);
bool held_is_known(const struct held *held, struct hash128 key);

/* Tells the cache which articles are held now. */
void held_remember(const struct held *held, const struct index *index, struct cache *cache);

#endif
