#ifndef PINDAO_ASSEMBLE_ARRANGING_H
#define PINDAO_ASSEMBLE_ARRANGING_H

#include "assemble/index.h"
#include "assemble/sorting.h"

/* For index_arrange and those who put records in order beside it. */

/* Of all records of one key whose date has come, the one that counts: open addressing over numbers plus one. */
struct winners {
    uint32_t *slots;
    size_t capacity;      /* a power of two, never full */
    VEC(uint32_t) future; /* records whose date has not come */
};

/* The record that has won the key, else one whose date has not come, else UINT32_MAX. */
uint32_t winners_find(const struct index *index, const struct winners *winners, struct hash128 key);

/* Fills index->bonds, hosts and hidden_leaders from index->history; changes the dates of hosts. */
void bonds_make(struct index *index, const struct winners *winners);

/* Fills items[…].number's ranks and sorts them by date, ascending or newest first, stably. */
void records_sort_by_date(const struct index *index, struct ranked *items, struct ranked *spare, size_t count,
                          bool newest_first);

/* Ascending by date, then key. */
void records_sort_by_date_and_key(const struct index *index, uint32_t *numbers, size_t count);

#endif
