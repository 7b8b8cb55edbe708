#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { JOBS = 1000, WORKERS_MOST = 8 };

struct work {
    atomic_uint runs[JOBS];
    atomic_uint busy[WORKERS_MOST]; /* a worker's own things are used by one thread at a time */
    atomic_bool clash;
    size_t workers;
    pthread_t caller;
    atomic_bool elsewhere;
};

static void run(void *context, size_t job, size_t worker) {
    struct work *work = context;
    if (worker >= work->workers || atomic_fetch_add(&work->busy[worker], 1) != 0)
        atomic_store(&work->clash, true);
    atomic_fetch_add(&work->runs[job], 1);
    if (!pthread_equal(pthread_self(), work->caller))
        atomic_store(&work->elsewhere, true);
    atomic_fetch_sub(&work->busy[worker], 1);
}

static void check(size_t workers, size_t jobs) {
    struct work work = {.workers = workers, .caller = pthread_self()};
    pool_run(workers, jobs, run, &work);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(atomic_load(&work.runs[i]), i < jobs);
    assert_false(atomic_load(&work.clash));
    if (workers == 1)
        assert_false(atomic_load(&work.elsewhere));
}

static void test_every_job_runs_once(void **state) {
    (void)state;
    for (size_t workers = 1; workers <= WORKERS_MOST; workers++)
        check(workers, JOBS);
}

static void test_fewer_jobs_than_workers(void **state) {
    (void)state;
    check(8, 3);
    check(8, 1);
    check(8, 0);
    check(1, 0);
}

struct order {
    size_t seen[JOBS];
    size_t count;
};

static void note(void *context, size_t job, size_t worker) {
    struct order *order = context;
    assert_int_equal(worker, 0);
    order->seen[order->count++] = job;
}

static void test_jobs_are_taken_in_order(void **state) {
    (void)state;
    struct order order = {0};
    pool_run(1, JOBS, note, &order);
    assert_int_equal(order.count, JOBS);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(order.seen[i], i);
}

static void test_there_is_a_processor(void **state) {
    (void)state;
    assert_in_range(pool_default_workers(), 1, 100000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_job_runs_once),
        cmocka_unit_test(test_fewer_jobs_than_workers),
        cmocka_unit_test(test_jobs_are_taken_in_order),
        cmocka_unit_test(test_there_is_a_processor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
