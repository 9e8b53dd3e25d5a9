/* ranges.c - parts of what integer kernels rely on: docs/spec/numerics.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/ranges.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "kernels/common/requant.h"

bool ranges_equal_quant(const struct graph *g, const struct node *n, const struct tensor *x,
                        const struct tensor *y, struct diag *d)
{
    if (x->quant.n != y->quant.n)
        return node_error(d, g, n, "only one of '%s' and '%s' has a scale", x->name, y->name);
    if (x->quant.n == 0 ||
        (x->quant.scale[0] == y->quant.scale[0] && x->quant.zero[0] == y->quant.zero[0]))
        return true;
    return node_error(d, g, n,
                      "scale %.9g and zero point %" PRId32 " of '%s' differ from %.9g and %" PRId32
                      " of '%s'",
                      (double)x->quant.scale[0], x->quant.zero[0], x->name,
                      (double)y->quant.scale[0], y->quant.zero[0], y->name);
}

bool ranges_any(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    (void)tmp, (void)g, (void)n, (void)d;
    return true;
}

bool ranges_same_quant(const struct graph *g, const struct node *n, struct diag *d)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        if (node_in(g, n, i)->dtype == g->tensors.items[n->out[0]].dtype && /* no indices */
            !ranges_equal_quant(g, n, node_in(g, n, i), &g->tensors.items[n->out[0]], d))
            return false;
    return true;
}

bool ranges_output(const struct graph *g, const struct node *n, float scale, float slack,
                   int32_t zero, struct diag *d)
{
    const struct quant *y = &g->tensors.items[n->out[0]].quant;
    if (fabsf(y->scale[0] - scale) <= slack && y->zero[0] == zero)
        return true;
    return node_error(
        d, g, n, "output scale %.9g and zero point %" PRId32 ", of %s they are %.9g and %" PRId32,
        (double)y->scale[0], y->zero[0], dtype_name(node_in(g, n, 0)->dtype), (double)scale, zero);
}

bool ranges_parameter(const struct graph *g, const struct node *n, const struct tensor *t,
                      uint32_t n_scales, struct diag *d)
{
    if (t->quant.n != n_scales || (n_scales > 1 && t->quant.axis != 0))
        return node_error(d, g, n,
                          "'%s' has %" PRIu32 " scales along axis %" PRId32 ", expected %" PRIu32
                          " along axis 0",
                          t->name, t->quant.n, t->quant.axis, n_scales);
    for (uint32_t c = 0; c < t->quant.n; c++)
        if (t->quant.zero[c] != 0)
            return node_error(d, g, n, "'%s' has zero point %" PRId32 ", expected 0", t->name,
                              t->quant.zero[c]);
    return true;
}

bool ranges_bias_scale(const struct graph *g, const struct node *n, uint32_t channel, double scale,
                       double product, struct diag *d)
{
    if (fabs(scale - product) > 1e-5 * product + (double)FLT_MIN)
        return node_error(d, g, n,
                          "bias scale %.9g of channel %" PRIu32
                          " is not input scale * weight scale = %.9g",
                          scale, channel, product);
    return true;
}

/* Weights: one scale, or one per output channel; zero point 0. Bias: the product of the input's
 * and the weights' scale, as near as a float can say it. */
static bool verify_weight_scales(const struct graph *g, const struct node *n, uint32_t channels,
                                 struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0), *w = node_in(g, n, 1), *b = node_in(g, n, 2);
    int32_t axis = n->op == OP_DEPTHWISE_CONV2D ? 3 : 0;
    if (w->quant.n != 1 && (w->quant.n != channels || w->quant.axis != axis))
        return node_error(d, g, n,
                          "weights have %" PRIu32 " scales along axis %" PRId32
                          ", expected 1, or %" PRIu32 " along axis %" PRId32,
                          w->quant.n, w->quant.axis, channels, axis);
    for (uint32_t c = 0; c < w->quant.n; c++)
        if (w->quant.zero[c] != 0)
            return node_error(d, g, n, "weights have zero point %" PRId32 ", expected 0",
                              w->quant.zero[c]);
    if (!b)
        return true;
    if (b->quant.n != 1 && b->quant.n != channels)
        return node_error(d, g, n, "bias has %" PRIu32 " scales, expected 1 or %" PRIu32,
                          b->quant.n, channels);
    for (uint32_t c = 0; c < channels; c++) {
        double product =
            (double)x->quant.scale[0] * (double)w->quant.scale[w->quant.n == 1 ? 0 : c];
        double scale = (double)b->quant.scale[b->quant.n == 1 ? 0 : c];
        if (!ranges_bias_scale(g, n, c, scale, product, d))
            return false;
    }
    return true;
}

/* Sum of |w| over one output channel, below 2^28 * 2^7. Depthwise weights are [taps][channels],
 * all others [channels][taps]. */
static int64_t channel_weight(const struct graph *g, const struct node *n, uint32_t channels,
                              uint32_t c)
{
    const struct tensor *w = node_in(g, n, 1);
    const int8_t *v = w->data;
    int64_t taps = shape_count(&w->shape) / channels, sum = 0;
    bool depthwise = n->op == OP_DEPTHWISE_CONV2D;
    int64_t at = depthwise ? c : c * taps, step = depthwise ? channels : 1;
    for (int64_t i = 0; i < taps; i++, at += step)
        sum += abs(v[at]);
    return sum;
}

bool ranges_accumulator(const struct graph *g, const struct node *n, uint32_t channel,
                        int64_t bound, int8_t shift, struct diag *d)
{
    if (bound > REQUANT_MAX)
        return node_error(
            d, g, n, "the accumulator of channel %" PRIu32 " may reach %" PRId64 ", above int32",
            channel, bound);
    if (shift > 30 || (shift > 0 && bound > REQUANT_MAX >> shift))
        return node_error(d, g, n,
                          "the output scale is too small for channel %" PRIu32
                          ": an accumulator of %" PRId64 " times 2^%d leaves int32",
                          channel, bound, shift);
    return true;
}

bool ranges_dense(const struct graph *g, const struct node *n, const struct dense *m,
                  struct diag *d)
{
    for (uint32_t r = 0; r < m->rows; r++) {
        int64_t bound = m->bias ? llabs((long long)m->bias[r]) : 0;
        for (uint32_t i = 0; i < m->n; i++)
            bound += 256 * abs(m->weights[(size_t)r * m->n + i]); /* < 2^43 */
        if (!ranges_accumulator(g, n, r, bound, m->shift, d))
            return false;
    }
    return true;
}

/* |acc| <= |bias| + 255 * sum |w|, and kernels that fold the zero point into the bias go through
 * |bias| + 128 * sum |w| plus partial sums of 128 * |w|: 256 covers both. Then the accumulator is
 * shifted to the left by `shift` bits if that is positive. */
static bool verify_accumulators(const struct graph *g, const struct node *n, uint32_t channels,
                                const int8_t *shift, struct diag *d)
{
    const struct tensor *b = node_in(g, n, 2);
    const int64_t most = node_in(g, n, 0)->dtype == DT_S16 ? 1 << 15 : 256;
    for (uint32_t c = 0; c < channels; c++) {
        int64_t bound = most * channel_weight(g, n, channels, c);
        bound += b ? llabs((long long)element_int(b->dtype, b->data, c)) : 0; /* < 2^52 */
        if (!ranges_accumulator(g, n, c, bound, shift[c], d))
            return false;
    }
    return true;
}

/* |acc| < 2^47, and what a 16-bit multiplier makes of it fits int32. A bias may have any value of 64
 * bits. */
bool ranges_wide(const struct graph *g, const struct node *n, uint32_t channel, int64_t bias,
                 int64_t weight, int32_t mult, int8_t shift, struct diag *d)
{
    const int64_t limit = INT64_C(1) << 47;
    if (bias <= -limit || bias >= limit || weight > (limit >> 15))
        return node_error(d, g, n,
                          "channel %" PRIu32 ": a bias of %" PRId64 " and weights of %" PRId64
                          " in sum may leave 47 bits",
                          channel, bias, weight);
    const int64_t bound = (weight << 15) + (bias < 0 ? -bias : bias); /* <= 2^48 */
    if (bound >= limit)
        return node_error(
            d, g, n, "the accumulator of channel %" PRIu32 " may reach %" PRId64 ", above 47 bits",
            channel, bound);
    if (shift > 7 || mote_requant_s64_whole(bound, mult, shift) > INT32_MAX)
        return node_error(d, g, n,
                          "the output scale is too small for channel %" PRIu32
                          ": an accumulator of %" PRId64 " times 2^%d leaves int32",
                          channel, bound, shift);
    return true;
}

static bool verify_wide_accumulators(const struct graph *g, const struct node *n, uint32_t channels,
                                     const int32_t *mult, const int8_t *shift, struct diag *d)
{
    const struct tensor *b = node_in(g, n, 2);
    for (uint32_t c = 0; c < channels; c++) {
        const int64_t weight = channel_weight(g, n, channels, c); /* < 2^35 */
        const int64_t bias = b ? element_int(b->dtype, b->data, c) : 0;
        if (!ranges_wide(g, n, c, bias, weight, mult[c], shift[c], d))
            return false;
    }
    return true;
}

bool ranges_weighted(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    const struct tensor *w = node_in(g, n, 1);
    uint32_t channels = (uint32_t)w->shape.dim[n->op == OP_DEPTHWISE_CONV2D ? 3 : 0];
    union kernel_args args;
    if (!verify_weight_scales(g, n, channels, d) || !bind_node(tmp, g, n, &args, d))
        return false;
    const int8_t *shift = n->op == OP_FULLY_CONNECTED    ? args.fully_connected.shift
                          : n->op == OP_DEPTHWISE_CONV2D ? args.depthwise_conv2d.shift
                                                         : args.conv2d.shift;
    const int32_t *mult = n->op == OP_FULLY_CONNECTED    ? args.fully_connected.mult
                          : n->op == OP_DEPTHWISE_CONV2D ? args.depthwise_conv2d.mult
                                                         : args.conv2d.mult;
    if (node_sums_wide(g, n))
        return verify_wide_accumulators(g, n, channels, mult, shift, d);
    return verify_accumulators(g, n, channels, shift, d);
}

bool ranges_sum_shift(const struct graph *g, const struct node *n, int8_t shift, struct diag *d)
{
    if (shift > 0)
        return node_error(d, g, n,
                          "the output scale is too small: below 2^-%" PRId32
                          " of twice the larger input's",
                          sum_left_shift(node_in(g, n, 0)->dtype));
    return true;
}

bool ranges_requantize(struct arena *tmp, const struct graph *g, const struct node *n,
                       struct diag *d)
{
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    /* |q - zero| <= 255 in s8 and u8, 65535 in s16 */
    const enum dtype x = node_in(g, n, 0)->dtype;
    const int8_t shift = is_byte_to_byte(g, n) ? args.requantize.shift : args.requantize_wide.shift;
    const int32_t left = dtype_bytes(x) == 1 ? 22 : x == DT_S16 ? 14 : 0;
    if (shift > left)
        return node_error(
            d, g, n, "the output scale is too small: below 2^-%" PRId32 " of the input's", left);
    return true;
}
