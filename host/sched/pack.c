/* pack.c - constants as a kernel variant wants them: from nodes to the plain arrays of host/pack.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sched/pack.h"

#include "pack/sum.h"

#include <assert.h>
#include <string.h>

/* As in the model, zeros where there is none. */
static struct packed model_bias(struct arena *a, const struct graph *g, const struct node *n,
                                uint32_t channels)
{
    const bool is_given = n->n_in == 3 && n->in[2] != NO_TENSOR;
    const enum dtype x = g->tensors.items[n->in[0]].dtype;
    const enum dtype none = x == DT_F32 ? DT_F32 : node_sums_wide(g, n) ? DT_S64 : DT_S32;
    const struct tensor *b = is_given ? &g->tensors.items[n->in[2]] : NULL;
    const enum dtype dtype = b ? b->dtype : none;
    void *bias = arena_alloc(a, channels * dtype_bytes(dtype));
    memset(bias, 0, channels * dtype_bytes(dtype));
    if (b) {
        assert(b->data && tensor_bytes(b) == channels * dtype_bytes(dtype));
        memcpy(bias, b->data, tensor_bytes(b));
    }
    return (struct packed){"bias", dtype, channels, bias};
}

/* What all const structs of layers with weights have, by the same names. */
#define READ_SCALES(l, op)                                                                         \
    do {                                                                                           \
        (l)->in_zero = (op)->in_zero, (l)->out_zero = (op)->out_zero;                              \
        (l)->out_min = (op)->out_min, (l)->out_max = (op)->out_max;                                \
        (l)->mult = (op)->mult, (l)->shift = (op)->shift;                                          \
    } while (0)

#define READ_WINDOW(l, op)                                                                         \
    do {                                                                                           \
        (l)->kh = (op)->kh, (l)->kw = (op)->kw;                                                    \
        (l)->sh = (op)->sh, (l)->sw = (op)->sw;                                                    \
        (l)->dh = (op)->dh, (l)->dw = (op)->dw;                                                    \
        (l)->in = (op)->in, (l)->out = (op)->out;                                                  \
        (l)->pad_top = (op)->pad_top, (l)->pad_left = (op)->pad_left;                              \
    } while (0)

/* Depthwise weights are [taps][channels], all others [channels][taps]. */
static struct weighted layer_of(const struct node *n, const union kernel_args *args,
                                const struct packed *weights, const struct packed *bias)
{
    const uint32_t n_taps = weights->n / bias->n;
    const bool is_depthwise = n->op == OP_DEPTHWISE_CONV2D, is_wide = bias->dtype == DT_S64;
    struct weighted l = {.w = weights->data,
                         .bias = is_wide ? NULL : bias->data,
                         .wide_bias = is_wide ? bias->data : NULL,
                         .n_channels = bias->n,
                         .n_taps = n_taps,
                         .channel_step = is_depthwise ? 1 : n_taps,
                         .tap_step = is_depthwise ? bias->n : 1,
                         .kh = 1,
                         .kw = 1,
                         .sh = 1,
                         .sw = 1,
                         .dh = 1,
                         .dw = 1,
                         .scale_step = 1};
    if (is_depthwise) {
        READ_SCALES(&l, &args->depthwise_conv2d);
        READ_WINDOW(&l, &args->depthwise_conv2d);
    } else if (n->op == OP_CONV2D) {
        READ_SCALES(&l, &args->conv2d);
        READ_WINDOW(&l, &args->conv2d);
    } else {
        assert(n->op == OP_FULLY_CONNECTED);
        READ_SCALES(&l, &args->fully_connected);
        l.scale_step = !args->fully_connected.one_scale;
    }
    return l;
}

/* Records of channels stand in for multipliers and shifts. */
#define TAKE_RECORDS(op, rounding)                                                                 \
    do {                                                                                           \
        (op)->is_proved = (rounding) == ROUND_PROVED;                                              \
        (op)->mult = NULL, (op)->shift = NULL;                                                     \
    } while (0)

static void take_records(const struct node *n, enum rounding rounding, union kernel_args *args)
{
    if (n->op == OP_DEPTHWISE_CONV2D)
        TAKE_RECORDS(&args->depthwise_conv2d, rounding);
    else if (n->op == OP_CONV2D)
        TAKE_RECORDS(&args->conv2d, rounding);
    else
        TAKE_RECORDS(&args->fully_connected, rounding);
}

/* Replace the model's arrays by packed ones. */
static bool repack(struct arena *a, const struct graph *g, const struct node *n,
                   enum packing packing, struct step *step)
{
    assert(step->packed[0].dtype == DT_S8);
    struct weighted l = layer_of(n, &step->args, &step->packed[0], &step->packed[1]);
    l.is_s16 = g->tensors.items[n->in[0]].dtype == DT_S16;
    assert(l.is_s16 || l.bias);
    struct packed_layer p;
    if (!pack_find(packing, &l, ARENA_ARRAY(a, struct record, l.n_channels), &p))
        return false;
    const size_t bytes = packing_weight_bytes(packing);
    void *weights = arena_alloc_array(a, p.n_weights, bytes);
    int32_t *second = ARENA_ARRAY(a, int32_t, p.n_records);
    pack_write(packing, &l, &p, weights, second);
    const char *role = p.has_records ? "records" : "bias";
    step->packed[0] = (struct packed){"weights", bytes == 1 ? DT_S8 : DT_U32, p.n_weights, weights};
    step->packed[1] = (struct packed){role, DT_S32, p.n_records, second};
    if (p.has_records)
        take_records(n, p.rounding, &step->args);
    return true;
}

bool pack_constants(struct arena *a, const struct graph *g, const struct node *n,
                    enum packing packing, struct step *step)
{
    assert(packing != NONE && n->n_in >= 2);
    if (packing == SUM)
        return sum_find(&step->args.add);
    if (packing == SUM32)
        return sum32_find(&step->args.add);
    const struct tensor *w = &g->tensors.items[n->in[1]];
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    const uint32_t channels = (uint32_t)y->dim[y->rank - 1];
    assert(w->data && shape_count(&w->shape) % channels == 0);
    step->packed[0] =
        (struct packed){"weights", w->dtype, (uint32_t)shape_count(&w->shape), w->data};
    step->packed[1] = model_bias(a, g, n, channels);
    step->n_packed = 2;
    return packing == MODEL || repack(a, g, n, packing, step);
}

bool step_has_records(const struct step *step)
{
    return step->n_packed == 2 && strcmp(step->packed[1].role, "records") == 0;
}
