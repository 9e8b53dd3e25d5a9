/* relu6.c - min(max(x, 0), 6). SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/ops.h"

bool infer_relu6(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    return infer_like_input(g, n, out, d);
}

int64_t macs_relu6(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_relu6(const struct eval *e)
{
    eval_clamp(e, ACT_RELU6);
}
