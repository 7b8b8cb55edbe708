#include "base/pool.h"

#include "base/memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct pool {
    size_t jobs;
    atomic_size_t next;
    void (*run)(void *context, size_t job, size_t worker);
    void *context;
};

struct worker {
    struct pool *pool;
    size_t number;
    pthread_t thread;
};

static void *work(void *argument) {
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    for (size_t job; (job = atomic_fetch_add(&pool->next, 1)) < pool->jobs;)
        pool->run(pool->context, job, worker->number);
    return NULL;
}

void pool_run(size_t workers, size_t jobs, void (*run)(void *context, size_t job, size_t worker), void *context) {
    struct pool pool = {.jobs = jobs, .run = run, .context = context};
    if (workers > jobs)
        workers = jobs;
    if (workers == 0)
        workers = 1;
    struct worker *all = memory_new_array(workers, sizeof *all);
    size_t started = 1;
    for (size_t i = 0; i < workers; i++)
        all[i] = (struct worker){.pool = &pool, .number = i};
    /* A thread that cannot be had costs time, not the run: the others take its jobs. */
    for (; started < workers; started++)
        if (pthread_create(&all[started].thread, NULL, work, &all[started]) != 0)
            break;
    work(&all[0]);
    for (size_t i = 1; i < started; i++)
        pthread_join(all[i].thread, NULL);
    free(all);
}

size_t pool_default_workers(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count < 1 ? 1 : (size_t)count;
}
