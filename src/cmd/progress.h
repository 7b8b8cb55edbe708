#ifndef PINDAO_CMD_PROGRESS_H
#define PINDAO_CMD_PROGRESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A line on a terminal for work that takes over a second, rewritten in place and wiped at the end; nothing at all
 * elsewhere. progress_step may be called from any thread.
 */
struct progress {
    const char *what; /* "reading" */
    size_t total;
    atomic_size_t done;
    bool is_shown; /* on a terminal, not -q: a thread does it */
    bool printed;
    size_t percent; /* that was printed last */
    bool ended;     /* with the mutex */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t end;
};

/* Stays where it is until progress_end, which is always to come. */
void progress_begin(struct progress *progress, bool wanted, const char *what, size_t total);
void progress_step(struct progress *progress);
void progress_end(struct progress *progress);

#endif
