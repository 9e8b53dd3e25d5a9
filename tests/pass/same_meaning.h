/* same_meaning.h - do two graphs compute the same? SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_SAME_MEANING_H
#define MOTE_TESTS_SAME_MEANING_H
#include <math.h>
#include <stdio.h>

#include "base/rng.h"
#include "check.h"
#include "ir/interp.h"
#include "ir/random_graph.h"

/* Float outputs may differ by this, relative to 1 or the largest value of the tensor. */
#define FLOAT_BOUND 1e-4

static inline void check_no_error(const struct diag *d)
{
    if (d->failed)
        test_fail(__FILE__, __LINE__, "%s", d->message);
}

static inline void check_same_tensor(const struct tensor *want, const void *x,
                                     const struct tensor *got, const void *y)
{
    CHECK_STR(got->name, want->name);
    CHECK(got->dtype == want->dtype);
    CHECK(shape_equal(&got->shape, &want->shape));
    if (want->dtype != DT_F32) {
        check_bytes(__FILE__, __LINE__, want->name, y, x, tensor_bytes(want));
        return;
    }
    const float *a = x, *b = y;
    double largest = 1.0;
    const int64_t n = shape_count(&want->shape);
    for (int64_t i = 0; i < n; i++)
        largest = fmax(largest, fabs((double)a[i]));
    for (int64_t i = 0; i < n; i++)
        check_near(__FILE__, __LINE__, want->name, (double)b[i], (double)a[i],
                   FLOAT_BOUND * largest);
}

/* Run both on n_runs random inputs; names, types and contents of all outputs must agree. */
static inline void check_same_meaning(struct arena *a, const struct graph *want,
                                      const struct graph *got, uint32_t n_runs, struct rng *r)
{
    struct diag d = {0};
    struct interp *x = interp_new(a, want, &d), *y = interp_new(a, got, &d);
    check_no_error(&d);
    CHECK_EQ(got->inputs.n, want->inputs.n);
    CHECK_EQ(got->outputs.n, want->outputs.n);
    for (uint32_t i_run = 0; i_run < n_runs; i_run++) {
        const void **in = ARENA_ARRAY(a, const void *, want->inputs.n);
        for (uint32_t i = 0; i < want->inputs.n; i++)
            in[i] = random_input(a, want, i, r);
        interp_run(x, in);
        interp_run(y, in);
        for (uint32_t i = 0; i < want->outputs.n; i++) {
            const uint32_t s = want->outputs.items[i], t = got->outputs.items[i];
            check_same_tensor(&want->tensors.items[s], interp_tensor(x, s), &got->tensors.items[t],
                              interp_tensor(y, t));
        }
    }
}
#endif
