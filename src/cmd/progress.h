#ifndef PINDAO_CMD_PROGRESS_H
#define PINDAO_CMD_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A line on a terminal for work that takes over a second, rewritten in place and wiped at the end; nothing at all
 * elsewhere. progress_step may be called from any thread.
 */
struct progress {
    bool shown_at_all; /* on a terminal, not -q */
    const char *what;  /* "reading" */
    size_t total;
    atomic_size_t done;
    atomic_int_fast64_t next_print; /* milliseconds of the monotonic clock */
    atomic_bool printed;
};

void progress_begin(struct progress *progress, bool wanted, const char *what, size_t total);
void progress_step(struct progress *progress);
void progress_end(struct progress *progress);

#endif
