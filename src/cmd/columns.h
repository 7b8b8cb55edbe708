#ifndef PINDAO_CMD_COLUMNS_H
#define PINDAO_CMD_COLUMNS_H

#include "base/buf.h"

/*
 * Text for a terminal, where a Han character takes two columns. What comes from files goes through columns_append: a
 * headline must not be able to work the reader's terminal.
 */

/* Columns of well-formed text. */
size_t columns_of(struct slice text);

/* Appends the text without control and bidi characters, which become blanks or vanish. */
void columns_append(struct buf *buf, struct slice text);
/* At most `most` columns of it, with an ellipsis where something was cut. */
void columns_append_cut(struct buf *buf, struct slice text, size_t most);
/* Blanks up to `column` of the last line of the buffer; at least one where it is not empty. */
void columns_pad(struct buf *buf, size_t column);
/* Columns of the buffer's last line. */
size_t columns_so_far(const struct buf *buf);

/* Of the terminal that standard output is; 100 where it is none, so that what goes into files is always the same. */
size_t columns_of_terminal(void);

/*
 * Pieces that flow: each is appended to the last line where it fits into `width` columns, begins there at a multiple of
 * `step` behind `indent`, and else on a new line at `indent`.
 */
struct columns_flow {
    struct buf *buf;
    size_t indent, step, width;
    bool is_fresh; /* the line has no piece yet: the next one begins at `indent` without a check */
};
void columns_flow_add(struct columns_flow *flow, struct slice piece);

#endif
