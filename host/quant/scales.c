/* scales.c - from the ranges of tensors to their quantisations. SPDX-License-Identifier: Apache-2.0
 */
#include "quant/scales.h"

#include "pass/rewrite.h"
#include "quant/groups.h"
#include <math.h>

/* Widening one tensor may call for widening the next; factors are far below 1, so this settles at
 * once. What does not is refused by the verifier. */
#define N_SWEEPS_MAX 8

static struct range range_of_contents(const struct tensor *t)
{
    const float *x = t->data;
    const int64_t n = shape_count(&t->shape);
    struct range r = {0.0f, 0.0f};
    for (int64_t i = 0; i < n; i++)
        r = range_union(r, (struct range){x[i], x[i]});
    return r;
}

static struct range *joint_ranges(struct arena *a, const struct graph *g, const struct groups *s,
                                  const struct range *range)
{
    struct range *joint = ARENA_ARRAY(a, struct range, g->tensors.n);
    for (uint32_t t = 0; t < g->tensors.n; t++) {
        const struct tensor *tensor = &g->tensors.items[t];
        struct range *of_group = &joint[s->leader[t]];
        const struct range own = tensor->data ? range_of_contents(tensor) : range[t];
        *of_group = range_union(*of_group, own);
    }
    return joint;
}

static struct affine_s8 quantisation(const struct groups *s, const struct range *joint, uint32_t t)
{
    const uint32_t leader = s->leader[t];
    if (s->fixed[leader])
        return (struct affine_s8){1.0f / 256.0f, -128};
    return range_quantisation(joint[leader]);
}

/* The largest |output| that any input bytes could make. A weight, once rounded, is at most twice
 * what it was (half a step becomes one step), and |q - zero| <= 255. */
static double largest_output(const struct graph *g, const struct node *n, float in_scale)
{
    const struct tensor *w = &g->tensors.items[n->in[1]];
    const bool has_bias = n->n_in > 2 && n->in[2] != NO_TENSOR;
    const float *bias = has_bias ? g->tensors.items[n->in[2]].data : NULL;
    const float *x = w->data;
    const size_t n_weights = (size_t)shape_count(&w->shape);
    const int32_t axis = channel_axis(n->op);
    const size_t n_channels = (size_t)w->shape.dim[axis], n_taps = n_weights / n_channels;
    double largest = 0.0;
    for (size_t c = 0; c < n_channels; c++) {
        double sum = 0.0;
        for (size_t i = 0; i < n_taps; i++)
            sum += fabs((double)x[axis == 0 ? c * n_taps + i : i * n_channels + c]);
        const double here = 512.0 * (double)in_scale * sum + (bias ? fabs((double)bias[c]) : 0.0);
        largest = here > largest ? here : largest;
    }
    return largest;
}

/* The smallest output scale whose multiplier and shift the kernel of node n can use, as the
 * verifier checks them (docs/spec/numerics.md); a factor of 2 is left for rounding. */
static double output_scale_min(const struct graph *g, const struct node *n, const struct groups *s,
                               const struct range *joint)
{
    const double in = (double)quantisation(s, joint, n->in[0]).scale;
    switch (n->op) {
    case OP_CONV2D:
    case OP_DEPTHWISE_CONV2D:
    case OP_FULLY_CONNECTED:
        return largest_output(g, n, (float)in) * 0x1p-29;
    case OP_ADD:
        return fmax(in, (double)quantisation(s, joint, n->in[1]).scale) * 0x1p-18;
    case OP_RELU:
    case OP_RELU6:
        return in * 0x1p-21;
    default:
        return 0.0;
    }
}

/* Is the range now wider than before? The upper end moves: a range from 0 stays one. */
static bool widen(struct range *r, double scale_min)
{
    const double width = 255.0 * scale_min;
    if ((double)r->hi - (double)r->lo >= width)
        return false;
    r->hi = nextafterf((float)((double)r->lo + width), INFINITY);
    return true;
}

static bool widen_all(const struct graph *g, const struct groups *s, struct range *joint)
{
    bool changed = false;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        struct range *in = &joint[s->leader[n->in[0]]], *out = &joint[s->leader[n->out[0]]];
        if (n->op == OP_SOFTMAX)
            changed = widen(in, 0x1p-26 / (double)n->attrs.beta) || changed;
        else
            changed = widen(out, output_scale_min(g, n, s, joint)) || changed;
    }
    return changed;
}

struct affine_s8 *scales_choose(struct arena *a, const struct graph *g, const struct range *range)
{
    const struct groups s = groups_find(a, g);
    struct range *joint = joint_ranges(a, g, &s, range);
    for (int sweep = 0; sweep < N_SWEEPS_MAX; sweep++)
        if (!widen_all(g, &s, joint))
            break;
    struct affine_s8 *q = ARENA_ARRAY(a, struct affine_s8, g->tensors.n);
    for (uint32_t t = 0; t < g->tensors.n; t++)
        q[t] = quantisation(&s, joint, t);
    return q;
}
