#ifndef PINDAO_MODEL_LABELS_H
#define PINDAO_MODEL_LABELS_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"

#include <pthread.h>

/*
 * Sets of terms, each stored once: a corpus has some hundred different ones, so a record keeps a number of four bytes.
 * Set 0 is the empty one. A set is `words` machine words of bits, term numbers through all taxonomies.
 * label_table_number may be called from many threads; numbers depend on who came first, so nothing may be ordered by
 * them.
 */
struct label_table {
    pthread_mutex_t mutex;
    size_t words; /* 64-bit words a set */
    struct arena arena;
    struct map numbers;
    VEC(const uint64_t *) sets;
};

void label_table_init(struct label_table *table, size_t term_total);
void label_table_release(struct label_table *table);

/* The number of the set with these bits (`table->words` words). */
uint32_t label_table_number(struct label_table *table, const uint64_t *bits);
const uint64_t *label_table_set(const struct label_table *table, uint32_t number);

static inline bool label_bit(const uint64_t *bits, size_t term) {
    return bits[term / 64] >> (term % 64) & 1;
}
static inline void label_bit_set(uint64_t *bits, size_t term) {
    bits[term / 64] |= (uint64_t)1 << (term % 64);
}

#endif
