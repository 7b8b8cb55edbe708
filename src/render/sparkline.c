#include "render/sparkline.h"

#include "render/mustache.h"

enum { WIDTH = 96, HEIGHT = 24, MARGIN = 2 /* for the width of the line and the dot */ };

static uint32_t highest_of(const uint32_t *values, size_t count) {
    uint32_t highest = 0;
    for (size_t i = 0; i < count; i++)
        highest = values[i] > highest ? values[i] : highest;
    return highest;
}

/* From above, as SVG counts. What is not nothing stands a step above the ground. */
static int height_at(uint32_t value, uint32_t highest) {
    const int64_t most = HEIGHT - 2 * MARGIN;
    int64_t above = ((int64_t)value * most + highest / 2) / highest;
    return (int)(HEIGHT - MARGIN - (value && above == 0 ? 1 : above));
}

/* Steps from one value to the next: "l8-3 8 0". */
static void append_steps(struct buf *buf, const uint32_t *values, size_t count, uint32_t highest, int step) {
    for (size_t i = 1; i < count; i++) {
        int rise = height_at(values[i], highest) - height_at(values[i - 1], highest);
        buf_append_format(buf, "%s%d%s%d", i == 1 ? "l" : " ", step, rise < 0 ? "" : " ", rise);
    }
}

static void append_label(struct slice label, const uint32_t *values, size_t count, struct buf *buf) {
    mustache_append_escaped(buf, label);
    for (size_t i = 0; i < count; i++)
        buf_append_format(buf, "%s%u", i ? " " : "", values[i]);
}

void sparkline_append(struct slice label, const uint32_t *values, size_t count, struct buf *buf) {
    uint32_t highest = highest_of(values, count);
    if (highest == 0)
        return;
    int step = count > 1 ? (WIDTH - 2 * MARGIN) / (int)(count - 1) : 0;
    int end = WIDTH - MARGIN;
    int begin = end - step * (int)(count - 1);
    int ground = HEIGHT - MARGIN;
    buf_append_format(buf, "<svg class=\"sparkline\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT);
    append_label(label, values, count, buf);
    buf_append_format(buf, "\"><path class=\"sparkline-area\" d=\"M%d %dV%d", begin, ground,
                      height_at(values[0], highest));
    append_steps(buf, values, count, highest, step);
    buf_append_format(buf, "V%dz\"/><path class=\"sparkline-line\" d=\"M%d %d", ground, begin,
                      height_at(values[0], highest));
    append_steps(buf, values, count, highest, step);
    buf_append_format(buf, "\"/><circle class=\"sparkline-end\" cx=\"%d\" cy=\"%d\" r=\"%d\"/></svg>", end,
                      height_at(values[count - 1], highest), MARGIN);
}
