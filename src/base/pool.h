#ifndef PINDAO_BASE_POOL_H
#define PINDAO_BASE_POOL_H

#include <stddef.h>

/*
 * Runs `run(context, job, worker)` once for every job in [0, jobs), on `workers` threads (at least one), and returns
 * when all are done. Jobs are taken in ascending order. `worker` is in [0, workers): index whatever belongs to a thread
 * by it. One worker runs in the caller's thread. What a job produces must be stored under its job number and
 * merged in that order afterwards, so that no output depends on the number of threads.
 */
void pool_run(size_t workers, size_t jobs, void (*run)(void *context, size_t job, size_t worker), void *context);

/* Processors that this process may use (its affinity mask), at least 1. */
size_t pool_default_workers(void);

#endif
