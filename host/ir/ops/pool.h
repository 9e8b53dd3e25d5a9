/* pool.h - what average and maximum pooling share. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IR_OPS_POOL_H
#define MOTE_HOST_IR_OPS_POOL_H
#include "ir/ops/ops.h"

bool infer_pool(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d);

/* The result of one window for one channel: its taps are in[iy * row + ix * column] for iy in
 * ty.first..ty.end-1 and ix in tx.first..tx.end-1, at least one. */
struct pool_window {
    const float *in;
    struct taps ty, tx;
    int64_t row, column;
};
typedef float pool_reduce(const struct pool_window *w);

void pool_f32(const struct eval *e, pool_reduce *reduce);

void bind_pool(const struct graph *g, const struct node *n, struct mote_pool2d_s8 *op);
#endif
