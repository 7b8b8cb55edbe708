#ifndef PINDAO_ASSEMBLE_SKETCH_H
#define PINDAO_ASSEMBLE_SKETCH_H

#include "base/slice.h"

/*
 * What an article looks like, in a few bytes, so that those that may be copies of each other are found without reading
 * them again. One-permutation MinHash: every run of SKETCH_RUN letters and digits of the folded text falls into one of
 * the bins, and each bin keeps the end of its smallest hash. Two texts agree in about as many bins as they have runs in
 * common (Jaccard): a copy cut to 40% in eight of twenty, different news in none. Titles do not count, for copies have
 * their own.
 *
 * Sixteen bits a bin: that one agrees by chance is one in 65,536, and more than one is asked for.
 */
enum {
    SKETCH_BINS = 20,
    SKETCH_RUN = 5,         /* letters; with 4, texts of one trade agree by its set phrases */
    SKETCH_TITLE_LEAST = 8, /* letters of a title that says something: 公告 does not */
};

struct sketch {
    uint16_t bins[SKETCH_BINS]; /* 0: empty */
    uint32_t text;              /* hash of its letters: the same text at once */
    uint32_t title;             /* hash of the title's; 0: too short */
    uint32_t bytes;             /* of the text before it was folded; the caller's */
    uint32_t letters : 24;      /* of the text */
    uint32_t rights : 2;        /* enum content_policy: how much of it may be shown */
    uint32_t alone : 1;         /* its source says duplicates: no */
    uint32_t has_address : 1;   /* of its own */
    uint32_t by_hand : 1;       /* it has labels or a title from people */
};
_Static_assert(sizeof(struct sketch) == 56, "kept beside every record until copies have been found");

/* Of folded title and text (text/fold.h). The bits about the article are the caller's, and are cleared. */
void sketch_make(struct slice title, struct slice text, struct sketch *ret_sketch);

/* The same letters in the same order, as far as a sketch can tell (one in 2^32 of those with equal bins is not). */
bool sketch_same_text(const struct sketch *a, const struct sketch *b);

/*
 * The letters and digits of folded text, one after the other: what sketches and comparisons look at. Marks and blanks
 * are passed over, for copies change them. Returns where the next one ends; 0 when there is none.
 */
size_t sketch_next_letter(struct slice text, size_t at, uint32_t *ret_letter);

#endif
