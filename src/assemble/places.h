#ifndef PINDAO_ASSEMBLE_PLACES_H
#define PINDAO_ASSEMBLE_PLACES_H

#include "assemble/index.h"
#include "model/labels.h"

/*
 * The articles among which copies are looked for, in order of date and key, and whom each joins.
 *
 * All that decides who joins whom stands in one hash a place: with those of the last run it is known which places may
 * have been decided otherwise (assemble/remembered.h).
 */
struct places {
    struct index *index;
    struct sketch_reader reader;
    uint32_t *numbers;    /* of records */
    uint32_t *leaders;    /* places; its own: it leads */
    unsigned char *bound; /* bits: whom it joins, maybe itself, is not to be decided; NULL: nobody is bound */
    uint64_t *hashes;     /* of the articles by themselves; NULL: not made yet */
    size_t count;
    unsigned days; /* of the window */
};

/* Those shown, those withdrawn by people, and leaders that wait; bound as index->bonds say. */
void places_init(struct places *places, struct index *index, unsigned days);
void places_release(struct places *places);

/* Fills `hashes`, if they are not there. */
void places_hash(struct places *places, const struct label_table *labels);
void places_forget_hashes(struct places *places);

struct record *places_record(const struct places *places, size_t place);
/* Valid until the next call. */
const struct sketch *places_sketch(struct places *places, size_t place);

bool places_is_bound(const struct places *places, size_t place);
/* For good: the leader may be the place itself. */
void places_bind(struct places *places, size_t place, size_t leader);

/* Are the two within the window of days? */
bool places_are_near(const struct places *places, size_t a, size_t b);
/* The first place in the window that ends at `place`, given an earlier one or the same. */
uint32_t places_window(const struct places *places, size_t place, uint32_t first);

/*
 * A new batch begins here, wherever one began to count: every five hundredth article, as its key has it. Runs agree
 * about these places, whatever stands before them.
 */
bool places_is_boundary(const struct places *places, size_t place);

/* All that is given at a place before leaders are sought. `joined`: as it will be given in the next run. */
uint64_t places_hash_given(const struct places *places, size_t place);
uint64_t places_hash_joined(const struct places *places, size_t place);

#endif
