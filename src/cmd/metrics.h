#ifndef PINDAO_CMD_METRICS_H
#define PINDAO_CMD_METRICS_H

#include "diag/diag.h"

/*
 * A file of figures for Prometheus, as node_exporter's textfile collector takes it (text exposition format 0.0.4):
 * gauges, each name with its HELP and TYPE once and at most one label. What a run has not found out keeps the value
 * that the file had, so that a run that fails makes no figure vanish or fall to zero.
 *
 *     metrics_open → for each name metrics_family, then its samples → metrics_write → metrics_release
 */
struct metrics {
    const char *path;
    struct buf text;
    struct buf previous;     /* the file as it was; empty for none */
    const char *family;      /* that is being written */
    const char *family_help; /* written before the first sample only */
    bool has_head;
};

void metrics_open(struct metrics *metrics, const char *path);
void metrics_release(struct metrics *metrics);

/* `name` and `help` are literals; a name comes once in a file. Without a sample nothing is written of it. */
void metrics_family(struct metrics *metrics, const char *name, const char *help);

/* Samples of the newest family. `label` NULL: none. No two of a family have the same value of the label. */
void metrics_sample(struct metrics *metrics, const char *label, struct slice value, int64_t number);
void metrics_seconds(struct metrics *metrics, uint64_t milliseconds); /* as a decimal fraction */
/* The sample as the file has had it; nothing where it had none. */
void metrics_keep(struct metrics *metrics, const char *label, struct slice value);
bool metrics_has_kept(const struct metrics *metrics, const char *label, struct slice value);

/*
 * Replaces the file, mode 0644 whatever the umask, by one written beside it. A failure is a warning (metrics-failed),
 * and the file is as it was.
 */
void metrics_write(const struct metrics *metrics, struct diagnostics *diagnostics);

#endif
