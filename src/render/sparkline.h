#ifndef PINDAO_RENDER_SPARKLINE_H
#define PINDAO_RENDER_SPARKLINE_H

#include "base/buf.h"

/*
 * A line of a word's size for a row of numbers, as inline SVG: an area, its line, and a dot at its end, whose classes
 * (sparkline-area, -line, -end) the stylesheet colours. Four times as wide as high.
 *
 * Each has a scale of its own, from 0 to its highest value: beside it stands how many articles there are, and in the
 * table's cells which terms have more than others; what only the line can say is whether there have been more lately,
 * and when. On one scale for all, most lines would lie flat on the ground, for one term has a hundred times as many as
 * another. `label` is read to those who do not see it, with the numbers behind it: "近一年：0 3 12".
 *
 * Appends nothing when all values are 0. About 350 bytes for twelve of them.
 */
void sparkline_append(struct slice label, const uint32_t *values, size_t count, struct buf *buf);

#endif
