#ifndef PINDAO_ASSEMBLE_SKETCHES_H
#define PINDAO_ASSEMBLE_SKETCHES_H

#include "assemble/sketch.h"
#include "base/vec.h"

/*
 * Sketches by number, in blocks. Those of the first SKETCH_BLOCKS_KEPT blocks that are full stay in memory; the others
 * are put away in a file without a name, so that memory follows the records alone. A block that cannot be written
 * stays.
 */
enum {
    SKETCH_BLOCK = 4096,
    SKETCH_BLOCKS_KEPT = 48, /* 10.5 MiB: 200,000 articles */
    SKETCH_PAGE = 64,        /* sketches that are read back at once */
    SKETCH_PAGES = 64,
};

struct sketches {
    VEC(struct sketch *) blocks; /* NULL: in the file, at the same place */
    size_t kept;                 /* full blocks in memory */
    const char *folder;          /* for the file: file_open_scratch */
    int file;                    /* plus 1; 0: none yet */
};
void sketches_release(struct sketches *sketches);

/* Reading back what was put away. Zeroed at first; for one thread. */
struct sketch_reader {
    struct sketch *pages;           /* SKETCH_PAGES of them */
    uint32_t numbers[SKETCH_PAGES]; /* which page stands there, plus 1 */
};
void sketch_reader_release(struct sketch_reader *reader);

/* The block is full: nobody writes to it any more. Returns memory for another one, zeroed. One caller at a time. */
struct sketch *sketches_put_away(struct sketches *sketches, size_t block);

/*
 * Valid until the next call with this reader. What was put away and cannot be read back is memory that is lost: the
 * program ends as it does when there is none.
 */
const struct sketch *sketches_at(const struct sketches *sketches, struct sketch_reader *reader, uint32_t number);

#endif
