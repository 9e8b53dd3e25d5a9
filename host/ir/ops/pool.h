/* pool.h - what average and maximum pooling share. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IR_OPS_POOL_H
#define MOTE_HOST_IR_OPS_POOL_H
#include "ir/ops/ops.h"

bool infer_pool(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d);

void bind_pool(const struct graph *g, const struct node *n, union kernel_args *out);
#endif
