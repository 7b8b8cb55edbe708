#ifndef PINDAO_ASSEMBLE_TWINS_H
#define PINDAO_ASSEMBLE_TWINS_H

#include "assemble/sketch.h"

/*
 * The last article with the very same text, within a window of places: however often one text comes, it costs no
 * comparison. What is found depends on the window alone, not on where one began.
 */
struct twins_slot;
struct twins {
    struct twins_slot *slots; /* open addressing */
    size_t capacity;          /* a power of two; 0: nothing was noted yet */
    size_t count;             /* slots in use, those out of the window too */
};
void twins_release(struct twins *twins);

/*
 * What twins have in common, as 64 bits: the text, and where that is short the title too, for short texts are often
 * alike. 0: it has no twins.
 */
uint64_t twins_class(const struct sketch *sketch);

/*
 * The last place that was noted with this class (not 0), when it is not before `first`; else UINT32_MAX. Places are
 * noted in ascending order, and so `first` goes.
 */
uint32_t twins_last(const struct twins *twins, uint64_t class, uint32_t first);
void twins_note(struct twins *twins, uint64_t class, uint32_t place, uint32_t first);

#endif
