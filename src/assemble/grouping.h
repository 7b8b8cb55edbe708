#ifndef PINDAO_ASSEMBLE_GROUPING_H
#define PINDAO_ASSEMBLE_GROUPING_H

#include "assemble/index.h"

/*
 * From leaders to index->groups and index->members, and index->order without those who have no entry of their own.
 * `numbers` are records by date and key; leaders[i] is the place of the leader of numbers[i], i itself where it leads.
 * Returns how many entries went from index->order.
 */
size_t groups_make(struct index *index, const uint32_t *numbers, const uint32_t *leaders, size_t count);

#endif
