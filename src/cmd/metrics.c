#include "cmd/metrics.h"

#include "base/file.h"
#include "base/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 16 << 20 /* bytes */ };

void metrics_open(struct metrics *metrics, const char *path) {
    *metrics = (struct metrics){.path = path, .text = BUF(FILE_MOST), .previous = BUF(FILE_MOST)};
    if (!file_read(path, &metrics->previous))
        buf_clear(&metrics->previous);
}

void metrics_release(struct metrics *metrics) {
    buf_release(&metrics->text);
    buf_release(&metrics->previous);
}

/* --- text ---------------------------------------------------------------------------------------------------- */

void metrics_family(struct metrics *metrics, const char *name, const char *help) {
    metrics->family = name;
    metrics->family_help = help;
    metrics->has_head = false;
}

static void append_head(struct metrics *metrics) {
    if (!metrics->has_head)
        buf_append_format(&metrics->text, "# HELP %s %s\n# TYPE %s gauge\n", metrics->family, metrics->family_help,
                          metrics->family);
    metrics->has_head = true;
}

/* Of a label's value the format wants these three escaped, and no other. */
static void append_value(struct buf *buf, struct slice value) {
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] == '\n') {
            buf_append_string(buf, "\\n");
            continue;
        }
        if (value.data[i] == '"' || value.data[i] == '\\')
            buf_append_byte(buf, '\\');
        buf_append_byte(buf, value.data[i]);
    }
}

/* `name{label="value"} `, with the blank: what a line of it begins with. */
static void append_series(const struct metrics *metrics, const char *label, struct slice value, struct buf *buf) {
    buf_append_string(buf, metrics->family);
    if (label) {
        buf_append_format(buf, "{%s=\"", label);
        append_value(buf, value);
        buf_append_string(buf, "\"}");
    }
    buf_append_byte(buf, ' ');
}

void metrics_sample(struct metrics *metrics, const char *label, struct slice value, int64_t number) {
    append_head(metrics);
    append_series(metrics, label, value, &metrics->text);
    buf_append_format(&metrics->text, "%" PRId64 "\n", number);
}

void metrics_seconds(struct metrics *metrics, uint64_t milliseconds) {
    append_head(metrics);
    append_series(metrics, NULL, (struct slice){NULL, 0}, &metrics->text);
    buf_append_format(&metrics->text, "%" PRIu64 ".%03u\n", milliseconds / 1000, (unsigned)(milliseconds % 1000));
}

/* The number as it stands in the file that was; empty for none. */
static struct slice find_previous(const struct metrics *metrics, const char *label, struct slice value) {
    CLEANUP(buf_release) struct buf series = BUF(BUF_UNLIMITED);
    struct slice rest = buf_slice(&metrics->previous);
    struct slice line;
    double number = 0;
    append_series(metrics, label, value, &series);
    while (slice_take_until(&rest, '\n', &line))
        if (slice_starts_with(line, buf_slice(&series)) && slice_parse_decimal(slice_from(line, series.size), &number))
            return slice_from(line, series.size);
    return (struct slice){NULL, 0};
}

bool metrics_has_kept(const struct metrics *metrics, const char *label, struct slice value) {
    return find_previous(metrics, label, value).size > 0;
}

void metrics_keep(struct metrics *metrics, const char *label, struct slice value) {
    struct slice number = find_previous(metrics, label, value);
    if (number.size == 0)
        return;
    append_head(metrics);
    append_series(metrics, label, value, &metrics->text);
    buf_append_slice(&metrics->text, number);
    buf_append_byte(&metrics->text, '\n');
}

/* --- the file ------------------------------------------------------------------------------------------------ */

/* The collector reads *.prom: the new file must not be called so before it is whole. */
static bool replace(const char *path, struct slice text) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    struct owner owner = {0};
    buf_append_format(&name, "%s.XXXXXX", path);
    (void)buf_string(&name); /* ends it with a NUL */
    char *next = name.data;
    CLEANUP(file_close) int folder = open(file_folder(&arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return false;
    owner = owner_of(folder);
    CLEANUP(file_close) int descriptor = mkostemp(next, O_CLOEXEC);
    if (descriptor < 0)
        return false;
    if (owner_give(&owner, descriptor) && fchmod(descriptor, 0644) == 0 && file_write(descriptor, text) &&
        rename(next, path) == 0)
        return true;
    int error = errno;
    unlink(next);
    errno = error;
    return false;
}

void metrics_write(const struct metrics *metrics, struct diagnostics *diagnostics) {
    struct place place = {.file = slice_of(metrics->path)};
    if (metrics->text.failed)
        diag_report(diagnostics, DIAGNOSTIC_METRICS_FAILED, place, "over %u MiB", FILE_MOST >> 20);
    else if (!replace(metrics->path, buf_slice(&metrics->text)))
        diag_report(diagnostics, DIAGNOSTIC_METRICS_FAILED, place, "%s", strerror(errno));
}
