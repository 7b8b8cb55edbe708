#ifndef PINDAO_ASSEMBLE_PROPOSALS_H
#define PINDAO_ASSEMBLE_PROPOSALS_H

#include "assemble/sketch.h"

/*
 * Which earlier articles may this one be a copy of? Those that may be leaders stand under the values of their bins, as
 * long as they are within the window of days; who shares enough of them is proposed. What many share says nothing: a
 * value that more than PROPOSALS_COMMON hold is passed over, so that a foot under all articles, or one form filled in a
 * hundred thousand times, costs no more than any other text.
 *
 * Articles come in ascending order of date and are numbered as they come; a number is in use until it is expired.
 */
enum {
    PROPOSALS_COMMON = 64,
    PROPOSALS_MOST = 4,    /* for one article */
    PROPOSALS_LEAST = 3,   /* bins in common; one fewer where one of the two is short and fills few */
    PROPOSALS_SHORT = 150, /* letters */
};

struct proposals_head;
struct proposals_slot;
struct proposals {
    struct proposals_head *heads; /* one a bin and value */
    struct proposals_slot *slots; /* a ring: number % capacity */
    uint32_t capacity;            /* a power of two */
    uint32_t first, end;          /* numbers in use are in [first, end) */
};

void proposals_init(struct proposals *proposals);
void proposals_release(struct proposals *proposals);

struct proposal {
    uint32_t number;
    uint32_t score; /* bins in common */
};

/*
 * At most PROPOSALS_MOST, those with the highest score, in ascending order of numbers. Returns how many. Left out is
 * who has too few bins in common for `contained` of the shorter text to stand in the longer one, by the numbers of
 * their letters: with some room, for bins are a sample.
 */
size_t proposals_find(struct proposals *proposals, const struct sketch *sketch, double contained,
                      struct proposal *ret_proposals);

/* Fetches what finding and adding will look at, while others are still being worked on. */
void proposals_prefetch(const struct proposals *proposals, const struct sketch *sketch);

uint32_t proposals_add(struct proposals *proposals, const struct sketch *sketch);

/* Takes back the newest ones first: costs as many steps as numbers were added behind it. */
void proposals_remove(struct proposals *proposals, uint32_t number);

/* Numbers below `first` are out of the window. */
void proposals_expire(struct proposals *proposals, uint32_t first);

#endif
