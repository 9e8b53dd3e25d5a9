/* table.c - operators that are functions of one byte: the `ref` kernel, run once for all 256.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fast/op.h"
#include "ir/kernels.h"

#define N_BYTES 256

struct table {
    int64_t n;
    int8_t out[N_BYTES]; /* by the byte read as unsigned */
};

static void run_table(const void *constants, const struct call *c)
{
    const struct table *t = constants;
    for (int64_t i = 0; i < t->n; i++)
        c->out[i] = t->out[(uint8_t)c->in[0][i]];
}

static void tabulate_requantize(const struct mote_requantize_s8 *op, int8_t out[N_BYTES])
{
    struct mote_requantize_s8 all = *op;
    int8_t x[N_BYTES];
    for (int32_t i = 0; i < N_BYTES; i++)
        x[i] = (int8_t)(i < 128 ? i : i - N_BYTES);
    all.n = N_BYTES;
    mote_requantize_s8_ref(&all, x, out, NULL);
}

bool plan_table(const struct plan *p, struct fast_op *to)
{
    const struct kernel_row *row = kernel_reference(p->g, p->n);
    const bool is_requantize = strcmp(row->op, "requantize") == 0;
    if (!is_requantize && strcmp(row->op, "lut") != 0)
        return false;
    struct table *t = ARENA_NEW(p->a, struct table);
    t->n = shape_count(&p->g->tensors.items[p->n->in[0]].shape);
    if (is_requantize)
        tabulate_requantize(&p->args->requantize, t->out);
    else
        memcpy(t->out, p->args->lut.table, sizeof t->out);
    *to = (struct fast_op){run_table, t, 0};
    return true;
}
