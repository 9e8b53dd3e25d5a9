/* bind.c - from a node to the constants of its kernel. SPDX-License-Identifier: Apache-2.0
 *
 * What each operator needs is bind_<op> in its file. */
#include "ir/bind.h"

#include <assert.h>
#include <math.h>

#include "ir/kernels.h"
#include "ir/ops/ops.h"

void quantize_multiplier(double m, int32_t *mult, int32_t *shift)
{
    assert(m >= 0.0);
    *mult = 0;
    *shift = 0;
    if (isinf(m)) { /* beyond every limit: the verifier refuses it by its shift */
        *mult = INT32_MAX;
        *shift = INT8_MAX;
        return;
    }
    if (m == 0.0)
        return;
    int exponent;
    int64_t q = (int64_t)round(frexp(m, &exponent) * 0x1p31); /* 2^30..2^31 */
    if (q == INT64_C(1) << 31) {
        q /= 2;
        exponent++;
    }
    if (exponent < -31)
        return;
    *mult = (int32_t)q;
    *shift = exponent;
}

bool bind_node(struct arena *a, const struct graph *g, const struct node *n, union kernel_args *out,
               struct diag *d)
{
    if (!kernel_reference(g, n))
        return node_error(d, g, n, "no kernel for type %s", dtype_name(node_in(g, n, 0)->dtype));
    return op_info(n->op)->bind(a, g, n, out, d);
}
