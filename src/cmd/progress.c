#include "cmd/progress.h"

#include <errno.h>
#include <unistd.h>

enum { FIRST_AFTER = 1000, EVERY = 200 /* milliseconds */ };

static void add_milliseconds(struct timespec *moment, long milliseconds) {
    moment->tv_nsec += milliseconds % 1000 * 1000000;
    moment->tv_sec += milliseconds / 1000 + moment->tv_nsec / 1000000000;
    moment->tv_nsec %= 1000000000;
}

static void print(struct progress *progress) {
    size_t done = atomic_load(&progress->done);
    size_t percent = progress->total ? done * 100 / progress->total : 0;
    if (progress->printed && percent == progress->percent)
        return;
    fprintf(stderr, "\r\033[K%s %zu%%", progress->what, percent);
    progress->percent = percent;
    progress->printed = true;
}

/* One long step is to be seen as well, so it is not the steps that print. */
static void *show(void *context) {
    struct progress *progress = context;
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    add_milliseconds(&next, FIRST_AFTER);
    pthread_mutex_lock(&progress->mutex);
    while (!progress->ended) {
        if (pthread_cond_clockwait(&progress->end, &progress->mutex, CLOCK_MONOTONIC, &next) != ETIMEDOUT)
            continue;
        print(progress);
        add_milliseconds(&next, EVERY);
    }
    pthread_mutex_unlock(&progress->mutex);
    return NULL;
}

void progress_begin(struct progress *progress, bool wanted, const char *what, size_t total) {
    *progress = (struct progress){.what = what, .total = total};
    if (!wanted || isatty(STDERR_FILENO) != 1)
        return;
    pthread_mutex_init(&progress->mutex, NULL);
    pthread_cond_init(&progress->end, NULL);
    progress->is_shown = pthread_create(&progress->thread, NULL, show, progress) == 0;
}

void progress_step(struct progress *progress) {
    atomic_fetch_add(&progress->done, 1);
}

void progress_end(struct progress *progress) {
    if (!progress->is_shown)
        return;
    pthread_mutex_lock(&progress->mutex);
    progress->ended = true;
    pthread_cond_signal(&progress->end);
    pthread_mutex_unlock(&progress->mutex);
    pthread_join(progress->thread, NULL);
    progress->is_shown = false;
    if (progress->printed)
        fputs("\r\033[K", stderr);
}
