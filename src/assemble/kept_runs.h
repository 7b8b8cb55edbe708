#ifndef PINDAO_ASSEMBLE_KEPT_RUNS_H
#define PINDAO_ASSEMBLE_KEPT_RUNS_H

#include "assemble/sketch.h"
#include "base/vec.h"

/*
 * The runs of letters of a text, and which of them are in a sample: those whose hashes end in zeros, whichever text
 * they stand in. What is kept of one is sixteen other bits of its hash. For assemble/kept_sketch and kept_comparison.
 * Histories hold such values: none of this may change without another form of their hex.
 */
enum { KEPT_VALUES = 1 << 16 };

struct kept_runs {
    VEC(uint16_t) letters;
    VEC(uint64_t) hashes; /* of the run that begins at each letter, but for the last few */
};
void kept_runs_release(struct kept_runs *runs);
void kept_runs_read(struct kept_runs *runs, struct slice text); /* folded */

/* One in 2^every. */
bool kept_run_is_sampled(uint64_t hash, unsigned every);
uint16_t kept_run_value(uint64_t hash);

/* How many runs begin in what is looked at as the beginning of a text of so many letters. */
size_t kept_head_letters(size_t letters);

/* One of 64 bits for two letters that stand side by side in a title; many for one bit. */
uint64_t kept_word_bit(uint16_t first, uint16_t second);

/* Values, each once, in order. A zeroed one is empty. */
struct kept_values {
    uint64_t bits[KEPT_VALUES / 64];
    size_t count;
};
bool kept_values_has(const struct kept_values *values, uint16_t value);
void kept_values_add(struct kept_values *values, uint16_t value);

#endif
