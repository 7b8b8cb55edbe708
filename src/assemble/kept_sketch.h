#ifndef PINDAO_ASSEMBLE_KEPT_SKETCH_H
#define PINDAO_ASSEMBLE_KEPT_SKETCH_H

#include "assemble/sketch.h"
#include "base/buf.h"
#include "model/labels.h"
#include "model/taxonomy.h"

/*
 * What the history keeps of a withdrawn article: enough to know a copy of it again when the text itself is nowhere any
 * more, and nothing that could be read. Where two texts can be compared, figures and names in the same place tell other
 * news from a copy (assemble/resemblance.h); here the figures are remembered as bits, and what the rules found the
 * article to be about, so that the next quarter's notice and the neighbouring district's are let in.
 */
struct kept_sketch {
    uint16_t bins[SKETCH_BINS];
    uint32_t text;    /* hash of its letters */
    uint32_t letters; /* how many */
    uint64_t figures; /* a bit for each figure in it, many for one bit */
    uint64_t labels;  /* sixteen bits for each taxonomy, one of them for each term */
};

enum {
    KEPT_SKETCH_SIZE = (SKETCH_BINS * 2 + 2 * 4 + 2 * 8) * 2, /* as hex digits */
    KEPT_AGREEING = 8,                                        /* of the bins, where all are filled */
    KEPT_BINS_LEAST = 6,                                      /* filled: fewer say too little */
};

/* `text` is folded; `labels` the bits of the article's set. */
void kept_sketch_make(const struct sketch *sketch, struct slice text, const struct taxonomies *taxonomies,
                      const uint64_t *labels, struct kept_sketch *ret_kept);

/* As hex digits, lower case. */
void kept_sketch_append(const struct kept_sketch *kept, struct buf *hex);
/* false for what is no sketch of this version. */
MUST_CHECK bool kept_sketch_parse(struct slice hex, struct kept_sketch *ret_kept);

/* May it be a copy, as far as the sketches can tell? Asked first, for it needs no text. */
bool kept_sketch_agrees(const struct kept_sketch *kept, const struct sketch *sketch);
/* Of two that agree: is the one a copy of the other? */
bool kept_sketch_is_copy(const struct kept_sketch *a, const struct kept_sketch *b);

#endif
