/* relu.c - max(x, 0). SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

bool infer_relu(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    return infer_like_input_wide(g, n, out, d);
}

int64_t macs_relu(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_relu(const struct eval *e)
{
    eval_clamp(e, ACT_RELU);
}

bool bind_relu(struct arena *a, const struct graph *g, const struct node *n, union kernel_args *out,
               struct diag *d)
{
    (void)a, (void)d;
    bind_clamp(g, n, ACT_RELU, out);
    return true;
}

bool ranges_relu(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    return ranges_requantize(tmp, g, n, d);
}
