#ifndef PINDAO_ASSEMBLE_KEPT_SKETCH_H
#define PINDAO_ASSEMBLE_KEPT_SKETCH_H

#include "assemble/sketch.h"
#include "base/buf.h"

/*
 * What the history keeps of a withdrawn article: enough to know a copy of it again when the text itself is nowhere any
 * more, and nothing that could be read. Copies are told by sketches alone here, so more agreement is asked for than
 * where the texts can be compared (KEPT_AGREEING; what was measured stands in tests/withdraw).
 */
struct kept_sketch {
    uint16_t bins[SKETCH_BINS];
    uint32_t text;    /* hash of its letters */
    uint32_t letters; /* how many */
};

enum {
    KEPT_SKETCH_SIZE = (SKETCH_BINS * 2 + 8) * 2, /* as hex digits */
    KEPT_AGREEING = 9,                            /* of the bins, where all are filled */
    KEPT_BINS_LEAST = 6,                          /* filled: fewer say too little */
};

/* As hex digits, lower case. */
void kept_sketch_append(const struct sketch *sketch, struct buf *hex);
/* false for what is no sketch of this version. */
MUST_CHECK bool kept_sketch_parse(struct slice hex, struct kept_sketch *ret_kept);

/* Is the one a copy of the other, as far as sketches can tell? */
bool kept_sketch_resembles(const struct kept_sketch *kept, const struct sketch *sketch);

#endif
