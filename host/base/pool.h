/* pool.h - threads that share a numbered list of tasks.
 *
 * Determinism rule: what a task computes depends on its index alone, never on which thread ran it
 * or how many threads there are; sums over tasks are made afterwards in index order (or a fixed
 * tree). Then 1 and N threads give the same bytes. Waiting threads sleep, they never spin for
 * more than a few microseconds.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_POOL_H
#define MOTE_HOST_POOL_H
#include <stdint.h>

struct pool;

typedef void pool_task(void *ctx, uint32_t i_task, uint32_t i_thread);

/* n_threads >= 1, the caller's thread included; 0 means one per online processor. */
struct pool *pool_new(uint32_t n_threads);
void pool_free(struct pool *p);
uint32_t pool_n_threads(const struct pool *p);

/* Run task(ctx, 0..n_tasks-1, thread) on all threads and wait for all. i_thread is in
 * 0..pool_n_threads-1 and serves to pick scratch memory. Not re-entrant. */
void pool_run(struct pool *p, uint32_t n_tasks, pool_task *task, void *ctx);
#endif
