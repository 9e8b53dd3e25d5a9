/* moments.h - means and products of what the weights of each layer meet on calibration samples.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The mean of a layer's windows (windows.h) says by how much an error of its weights shifts its
 * output; the mean product of any two taps says how errors of two weights add up, or cancel. */
#ifndef MOTE_HOST_QUANT_MOMENTS_H
#define MOTE_HOST_QUANT_MOMENTS_H
#include "base/pool.h"
#include "quant/windows.h"

/* Layers with more taps than that have no products: their matrix would need 32 MB. */
#define MOMENTS_TAPS_MAX 2048

/* Of one layer. Values of int8 layers count in steps from the zero point, others as they are. */
struct moments {
    struct windows windows;
    const double *mean;     /* [groups][taps]                                              */
    const double *products; /* [groups][taps][taps] mean of x_i * x_j; NULL: not made      */
};

enum moments_detail { MOMENTS_MEANS, MOMENTS_PRODUCTS };

/* Run the float samples through `g`, which is float or int8 with one input; samples of the latter
 * are quantised first. [nodes], of which those without weights are empty; NULL with `d` set when
 * the graph cannot run. Products are of int8 layers only: there they are sums of integers, exact and
 * so the same for any number of threads. */
const struct moments *moments_measure(struct arena *a, const struct graph *g, const float *samples,
                                      uint32_t n, enum moments_detail detail, struct pool *pool,
                                      struct diag *d);
#endif
