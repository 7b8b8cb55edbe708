#include "cmd/progress.h"

#include <unistd.h>

enum { FIRST_AFTER = 1000, EVERY = 200 /* milliseconds */ };

static int_fast64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int_fast64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress, bool wanted, const char *what, size_t total) {
    progress->shown_at_all = wanted && isatty(STDERR_FILENO) == 1;
    progress->what = what;
    progress->total = total;
    atomic_store(&progress->done, 0);
    atomic_store(&progress->printed, false);
    atomic_store(&progress->next_print, progress->shown_at_all ? clock_now() + FIRST_AFTER : INT64_MAX);
}

void progress_step(struct progress *progress) {
    size_t done = atomic_fetch_add(&progress->done, 1) + 1;
    if (!progress->shown_at_all)
        return;
    int_fast64_t due = atomic_load(&progress->next_print);
    int_fast64_t now = clock_now();
    if (now < due || !atomic_compare_exchange_strong(&progress->next_print, &due, now + EVERY))
        return;
    atomic_store(&progress->printed, true);
    fprintf(stderr, "\r\033[K%s %zu%%", progress->what, progress->total ? done * 100 / progress->total : 0);
}

void progress_end(struct progress *progress) {
    if (atomic_load(&progress->printed))
        fputs("\r\033[K", stderr);
}
