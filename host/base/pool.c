/* pool.c - worker threads that draw task numbers from one counter.
 *
 * I1  `ticket` holds the generation of the job in its upper and the next task in its lower half.
 *     A thread draws a task only if the generation is still that of the job it copied, so a worker
 *     that wakes late cannot run a finished job's function.
 * I2  pool_run returns when `n_done` equals the number of tasks: it waits for tasks, never for
 *     workers that have not woken up.
 * I3  `job` changes only under the mutex.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/pool.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MAX 256
#define SPINS       100 /* pauses before going to sleep: 2 to 5 microseconds */

struct job {
    pool_task *task;
    void *ctx;
    uint32_t n_tasks;
    uint32_t generation;
};

struct worker {
    struct pool *pool;
    uint32_t i_thread;
    pthread_t thread;
};

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t start, done;
    struct job job;
    bool quit;
    atomic_uint_least32_t generation; /* copy of job.generation, to look at without the mutex */
    atomic_uint_least64_t ticket;
    atomic_uint_least32_t n_done;
    uint32_t n_threads;
    struct worker workers[THREADS_MAX]; /* [0] is the caller and has no thread */
};

#if defined(__x86_64__) || defined(__i386__)
static void pause_cpu(void)
{
    __builtin_ia32_pause();
}
#elif defined(__aarch64__)
static void pause_cpu(void)
{
    __asm__ volatile("yield");
}
#else
static void pause_cpu(void)
{
}
#endif

static void run_tasks(struct pool *p, const struct job *job, uint32_t i_thread)
{
    uint64_t ticket = atomic_load_explicit(&p->ticket, memory_order_acquire);
    for (;;) {
        const uint32_t i_task = (uint32_t)ticket;
        if (ticket >> 32 != job->generation || i_task >= job->n_tasks)
            return;
        if (!atomic_compare_exchange_weak_explicit(&p->ticket, &ticket, ticket + 1,
                                                   memory_order_acq_rel, memory_order_acquire))
            continue;
        job->task(job->ctx, i_task, i_thread);
        /* The last one wakes the caller. Nothing of the job may be touched after this line. */
        const uint32_t n_tasks = job->n_tasks;
        if (atomic_fetch_add_explicit(&p->n_done, 1, memory_order_acq_rel) + 1 == n_tasks) {
            pthread_mutex_lock(&p->mutex);
            pthread_cond_signal(&p->done);
            pthread_mutex_unlock(&p->mutex);
        }
        ticket = atomic_load_explicit(&p->ticket, memory_order_acquire);
    }
}

static void *work(void *arg)
{
    const struct worker *w = arg;
    struct pool *p = w->pool;
    uint32_t seen = 0;
    for (;;) {
        for (int i = 0; i < SPINS; i++) {
            if (atomic_load_explicit(&p->generation, memory_order_relaxed) != seen)
                break;
            pause_cpu();
        }
        pthread_mutex_lock(&p->mutex);
        while (!p->quit && p->job.generation == seen)
            pthread_cond_wait(&p->start, &p->mutex);
        const bool quit = p->quit;
        const struct job job = p->job; /* I3 */
        pthread_mutex_unlock(&p->mutex);
        if (quit)
            return NULL;
        seen = job.generation;
        run_tasks(p, &job, w->i_thread);
    }
}

struct pool *pool_new(uint32_t n_threads)
{
    if (n_threads == 0) {
        const long online = sysconf(_SC_NPROCESSORS_ONLN);
        n_threads = online < 1 ? 1 : (uint32_t)online;
    }
    if (n_threads > THREADS_MAX)
        n_threads = THREADS_MAX;
    struct pool *p = calloc(1, sizeof *p);
    if (!p) {
        fprintf(stderr, "mote: out of memory for a thread pool\n");
        exit(1);
    }
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->start, NULL);
    pthread_cond_init(&p->done, NULL);

    /* Signals such as Ctrl-C are for the caller's thread. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (p->n_threads = 1; p->n_threads < n_threads; p->n_threads++) {
        struct worker *w = &p->workers[p->n_threads];
        *w = (struct worker){.pool = p, .i_thread = p->n_threads};
        if (pthread_create(&w->thread, NULL, work, w) != 0)
            break; /* fewer threads give the same results, later */
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return p;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->mutex);
    p->quit = true;
    pthread_cond_broadcast(&p->start);
    pthread_mutex_unlock(&p->mutex);
    for (uint32_t i = 1; i < p->n_threads; i++)
        pthread_join(p->workers[i].thread, NULL);
    pthread_cond_destroy(&p->done);
    pthread_cond_destroy(&p->start);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}

uint32_t pool_n_threads(const struct pool *p)
{
    return p->n_threads;
}

static void wait_for_tasks(struct pool *p, uint32_t n_tasks)
{
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&p->n_done, memory_order_acquire) == n_tasks)
            return;
        pause_cpu();
    }
    pthread_mutex_lock(&p->mutex);
    while (atomic_load_explicit(&p->n_done, memory_order_acquire) != n_tasks)
        pthread_cond_wait(&p->done, &p->mutex);
    pthread_mutex_unlock(&p->mutex);
}

void pool_run(struct pool *p, uint32_t n_tasks, pool_task *task, void *ctx)
{
    if (p->n_threads == 1 || n_tasks <= 1) {
        for (uint32_t i = 0; i < n_tasks; i++)
            task(ctx, i, 0);
        return;
    }
    pthread_mutex_lock(&p->mutex);
    const struct job job = {task, ctx, n_tasks, p->job.generation + 1};
    p->job = job;
    atomic_store_explicit(&p->n_done, 0, memory_order_relaxed);
    atomic_store_explicit(&p->ticket, (uint64_t)job.generation << 32, memory_order_release);
    atomic_store_explicit(&p->generation, job.generation, memory_order_release);
    pthread_cond_broadcast(&p->start);
    pthread_mutex_unlock(&p->mutex);

    run_tasks(p, &job, 0);
    wait_for_tasks(p, n_tasks); /* I2 */
}
