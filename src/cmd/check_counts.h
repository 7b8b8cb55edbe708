#ifndef PINDAO_CMD_CHECK_COUNTS_H
#define PINDAO_CMD_CHECK_COUNTS_H

#include "cmd/corpus.h"
#include "json/writer.h"

/*
 * How many articles each term has, and each pair of terms of the first two taxonomies. Rows and columns end in those
 * that have none of the taxonomy's terms, and in sums: of articles, each counted once, however many terms it has.
 */
struct term_counts {
    const struct taxonomy *rows;    /* NULL: there is no taxonomy */
    const struct taxonomy *columns; /* NULL: there is but one */
    size_t row_count, column_count; /* with those of none and all */
    size_t *cells;
};
void term_counts_make(const struct corpus *corpus, struct term_counts *ret_counts);
void term_counts_release(struct term_counts *counts);

/* A table of at most `width` columns, in bands where it is wider; column heads are written downwards. */
void term_counts_append(const struct term_counts *counts, size_t width, struct buf *buf);
/* One object: rows, columns, cells. */
void term_counts_write_json(const struct term_counts *counts, struct json_writer *json);

#endif
