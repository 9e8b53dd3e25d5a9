/* test_pool.c - pool.h: every task once, results independent of the number of threads. Meant to
 * run under ThreadSanitizer as well. SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>
#include <time.h>

#include "base/arena.h"
#include "base/pool.h"
#include "base/rng.h"
#include "check.h"

struct counting {
    atomic_uint *runs;
    uint32_t n_threads;
    atomic_bool bad_thread;
};

static void count_run(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    struct counting *c = ctx;
    atomic_fetch_add(&c->runs[i_task], 1);
    if (i_thread >= c->n_threads)
        atomic_store(&c->bad_thread, true);
}

TEST(every_task_runs_exactly_once_on_1_to_8_threads)
{
    struct arena *a = arena_new("test");
    static const uint32_t n_tasks[] = {0, 1, 2, 3, 7, 8, 9, 100, 5000};
    for (uint32_t n_threads = 1; n_threads <= 8; n_threads++) {
        struct pool *p = pool_new(n_threads);
        CHECK_EQ(pool_n_threads(p), n_threads);
        for (size_t k = 0; k < sizeof n_tasks / sizeof n_tasks[0]; k++) {
            struct counting c = {.runs = ARENA_ARRAY(a, atomic_uint, n_tasks[k]),
                                 .n_threads = n_threads};
            pool_run(p, n_tasks[k], count_run, &c);
            for (uint32_t i = 0; i < n_tasks[k]; i++)
                CHECK_EQ(atomic_load(&c.runs[i]), 1);
            CHECK(!atomic_load(&c.bad_thread));
        }
        pool_free(p);
    }
    arena_free(a);
}

/* Many short jobs: a worker that wakes up late must not touch the next job's state. The plain
 * (not atomic) slots let ThreadSanitizer see a missing happens-before. */
static void add_slot(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    uint32_t *slots = ctx;
    slots[i_task] += i_task + 1;
    (void)i_thread;
}

TEST(thousands_of_short_jobs_follow_each_other_safely)
{
    struct pool *p = pool_new(4);
    for (uint32_t job = 0; job < 20000; job++) {
        uint32_t slots[8] = {0}; /* on the stack: a late write would hit the next round's */
        const uint32_t n = 2 + job % 7;
        pool_run(p, n, add_slot, slots);
        for (uint32_t i = 0; i < 8; i++)
            CHECK_EQ(slots[i], i < n ? i + 1 : 0);
    }
    pool_free(p);
}

struct partial_sums {
    uint64_t seed;
    float *sum;
};

static void sum_shard(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    struct partial_sums *s = ctx;
    struct rng r = rng_split(s->seed, i_task);
    float sum = 0;
    for (int i = 0; i < 1000; i++)
        sum += rng_normal(&r);
    s->sum[i_task] = sum;
    (void)i_thread;
}

TEST(sums_over_tasks_have_the_same_bytes_for_any_number_of_threads)
{
    enum { TASKS = 37 };
    float want[TASKS], got[TASKS];
    for (uint32_t n_threads = 1; n_threads <= 8; n_threads++) {
        struct partial_sums s = {test_seed(), n_threads == 1 ? want : got};
        struct pool *p = pool_new(n_threads);
        pool_run(p, TASKS, sum_shard, &s);
        pool_free(p);
        if (n_threads > 1)
            CHECK_BYTES(got, want, sizeof want);
    }
}

static void meet(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    atomic_uint *arrived = ctx;
    atomic_fetch_add(arrived, 1);
    for (int ms = 0; ms < 5000 && atomic_load(arrived) < 2; ms++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    (void)i_task;
    (void)i_thread;
}

TEST(two_tasks_run_at_the_same_time_on_two_threads)
{
    struct pool *p = pool_new(2);
    atomic_uint arrived = 0;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pool_run(p, 2, meet, &arrived);
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK(end.tv_sec - start.tv_sec < 5); /* one after the other, the first waits 5 s */
    pool_free(p);
}

TEST(zero_threads_means_one_a_processor)
{
    struct pool *p = pool_new(0);
    CHECK(pool_n_threads(p) >= 1);
    pool_free(p);
}

TEST_MAIN(T(every_task_runs_exactly_once_on_1_to_8_threads),
          T(thousands_of_short_jobs_follow_each_other_safely),
          T(sums_over_tasks_have_the_same_bytes_for_any_number_of_threads),
          T(two_tasks_run_at_the_same_time_on_two_threads), T(zero_threads_means_one_a_processor))
