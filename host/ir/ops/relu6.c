/* relu6.c - min(max(x, 0), 6). SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

bool infer_relu6(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    return infer_like_input_wide(g, n, out, d);
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

bool bind_relu6(struct arena *a, const struct graph *g, const struct node *n,
                union kernel_args *out, struct diag *d)
{
    (void)a, (void)d;
    bind_clamp(g, n, ACT_RELU6, out);
    return true;
}

bool ranges_relu6(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    return ranges_requantize(tmp, g, n, d);
}
