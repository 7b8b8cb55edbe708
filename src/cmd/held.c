#include "cmd/held.h"

#include "base/memory.h"

void held_init(struct held *held, const struct corrections *corrections) {
    *held = (struct held){.corrections = corrections};
    if (corrections->hold_count == 0)
        return;
    held->folded = memory_new_array(corrections->hold_count, sizeof *held->folded);
    for (size_t i = 0; i < corrections->hold_count; i++)
        held->folded[i] = corrections->hold[i].folded;
    held->words = literals_new(held->folded, corrections->hold_count);
}

void held_release(struct held *held) {
    literals_free(held->words);
    free(held->folded);
    *held = (struct held){0};
}

const struct hold_word *held_by(const struct held *held, struct slice folded) {
    size_t number = held->words ? literals_find(held->words, folded) : SIZE_MAX;
    return number == SIZE_MAX ? NULL : &held->corrections->hold[number];
}
