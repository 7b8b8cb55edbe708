#ifndef PINDAO_CMD_HELD_H
#define PINDAO_CMD_HELD_H

#include "model/corrections.h"
#include "text/literals.h"

/* Articles that a word of hold: keeps back. */
struct held {
    const struct corrections *corrections;
    struct slice *folded;
    struct literals *words; /* of `folded`; NULL: nothing is ever held */
};

void held_init(struct held *held, const struct corrections *corrections);
void held_release(struct held *held);

/* The word that stands first in folded text; NULL for none. */
const struct hold_word *held_by(const struct held *held, struct slice folded);

#endif
