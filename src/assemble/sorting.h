#ifndef PINDAO_ASSEMBLE_SORTING_H
#define PINDAO_ASSEMBLE_SORTING_H

#include "base/slice.h"

/*
 * Articles in order, in time that follows their number and nothing else: a stable radix sort. What is in order already,
 * as most archives nearly are, costs one look at each. Sorting by several ranks: by the least one first.
 */
struct ranked {
    uint32_t rank;
    uint32_t number;
};

/* By rank, ascending. `spare`: room for as many; both hold anything afterwards but `items` the result. */
void ranked_sort(struct ranked *items, struct ranked *spare, size_t count);

#endif
