#ifndef PINDAO_ASSEMBLE_KEPT_SKETCH_H
#define PINDAO_ASSEMBLE_KEPT_SKETCH_H

#include "assemble/sketch.h"
#include "base/buf.h"
#include "model/labels.h"
#include "model/taxonomy.h"

/*
 * What the history keeps of a withdrawn article: enough to know a copy of it again when the text itself is nowhere any
 * more, and nothing that could be read. The bins of its sketch and its title propose who may be a copy, without reading
 * anything; then the text of that one is read, and laid over a sample of the runs of letters that the withdrawn one had
 * (assemble/kept_comparison.h).
 *
 * Why it cannot be read back: one run in four at most is in the sample, out of order, as sixteen bits of a hash that
 * some 2^54 runs of five letters share. That makes less than three bits a letter, and a letter of Chinese says more
 * than that. Figures, names of terms and what stood in the title are bits that many things share. What it does allow is
 * to tell whether a text that one already has is a copy: that is what it is for.
 *
 * Lines of an earlier version have no sample: what they say decides as well as it can.
 */
enum {
    KEPT_RUNS_MOST = 400,                                     /* of longer texts the sample is thinner */
    KEPT_EVERY_LEAST = 2,                                     /* one run in 2^2 */
    KEPT_EVERY_MOST = 24,                                     /* no text has more letters than this sample needs */
    KEPT_OLD_SIZE = (SKETCH_BINS * 2 + 2 * 4 + 2 * 8) * 2,    /* hex digits of a line without a sample */
    KEPT_HEAD_SIZE = KEPT_OLD_SIZE + (4 + 8 + 1 + 2) * 2,     /* … of one with a sample, before this */
    KEPT_SIZE_MOST = KEPT_HEAD_SIZE + KEPT_RUNS_MOST * 2 * 2, /* … of the longest */
};

struct kept_sketch {
    uint16_t bins[SKETCH_BINS];
    uint32_t text;        /* hash of its letters */
    uint32_t letters;     /* how many */
    uint64_t figures;     /* a bit for each figure in it, many for one bit */
    uint64_t labels;      /* sixteen bits for each taxonomy, one of them for each term */
    uint32_t title;       /* hash of the title's letters; 0: too short */
    uint64_t title_words; /* a bit for each two letters of the title */
    uint8_t every;        /* one run in 2^every is in the sample; 0: there is none */
    uint16_t head_count;  /* runs that begin the text, which come first */
    uint16_t run_count;
    uint16_t runs[KEPT_RUNS_MOST]; /* the head's and the others', each ascending, each value once */
};

/* Title and text are folded; `labels` the bits of the article's set. */
void kept_sketch_make(const struct sketch *sketch, struct slice title, struct slice text,
                      const struct taxonomies *taxonomies, const uint64_t *labels, struct kept_sketch *ret_kept);

/* As hex digits, lower case. */
void kept_sketch_append(const struct kept_sketch *kept, struct buf *hex);
/* false for what is no sketch of this version or an earlier one. */
MUST_CHECK bool kept_sketch_parse(struct slice hex, struct kept_sketch *ret_kept);

/* The same letters in the same order. */
bool kept_sketch_same_text(const struct kept_sketch *kept, uint32_t text, uint32_t letters);

/* May it be a copy, as far as the sketches can tell? Asked first, for it needs no text. */
bool kept_sketch_proposes(const struct kept_sketch *kept, const struct sketch *sketch);

#endif
