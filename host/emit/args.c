/* args.c - the const structs of the kernels as designated initialisers, members in the order of
 * their declaration (C99 allows any, C++20 this one). SPDX-License-Identifier: Apache-2.0 */
#include "emit/args.h"
#include <assert.h>
#include <string.h>

/* The printer of a kind of const struct: arrays first, then the struct. */
typedef void print_fn(struct constants *c, const char *name, const union kernel_args *args);

/* Variants with records of channels need no multipliers and shifts beside them. */
static void print_channels(struct constants *c, const char *name, const int32_t *mult,
                           const int8_t *shift, uint32_t n)
{
    if (!mult)
        return;
    print_array(c, name, "mult", DT_S32, mult, n);
    print_array(c, name, "shift", DT_S8, shift, n);
}

static void open_struct(struct constants *c, const char *type, const char *name)
{
    text_printf(c->t, "static const struct %s %s = {\n", type, name);
}

static void print_hwc(struct constants *c, const char *member, struct mote_hwc v)
{
    text_printf(c->t, "    .%s = {.h = %u, .w = %u, .c = %u},\n", member, (unsigned)v.h,
                (unsigned)v.w, (unsigned)v.c);
}

static void print_member(struct constants *c, const char *member, int64_t v)
{
    text_printf(c->t, "    .%s = ", member);
    print_int(c->t, v);
    text_add(c->t, ",\n");
}

static void print_pair(struct constants *c, const char *member_a, int32_t a, const char *member_b,
                       int32_t b)
{
    text_printf(c->t, "    .%s = %d, .%s = %d,\n", member_a, (int)a, member_b, (int)b);
}

static void close_channels(struct constants *c, const char *name, const int32_t *mult)
{
    if (!mult) {
        text_add(c->t, "};\n");
        return;
    }
    text_printf(c->t, "    .mult = %s_mult,\n    .shift = %s_shift,\n};\n", name, name);
}

static void print_weighted(struct constants *c, const char *name, const struct mote_conv2d_s8 *op)
{
    print_channels(c, name, op->mult, op->shift, op->out.c);
    open_struct(c, "mote_conv2d_s8", name);
    print_hwc(c, "in", op->in);
    print_hwc(c, "out", op->out);
    print_pair(c, "kh", op->kh, "kw", op->kw);
    print_pair(c, "sh", op->sh, "sw", op->sw);
    print_pair(c, "dh", op->dh, "dw", op->dw);
    print_pair(c, "pad_top", op->pad_top, "pad_left", op->pad_left);
    print_pair(c, "in_zero", op->in_zero, "out_zero", op->out_zero);
    print_pair(c, "out_min", op->out_min, "out_max", op->out_max);
    print_pair(c, "backward", op->backward, "wide", op->wide);
    print_member(c, "is_proved", op->is_proved);
    close_channels(c, name, op->mult);
}

static void print_conv2d(struct constants *c, const char *name, const union kernel_args *args)
{
    print_weighted(c, name, &args->conv2d);
}

static void print_transpose_conv2d(struct constants *c, const char *name,
                                   const union kernel_args *args)
{
    print_weighted(c, name, &args->transpose_conv2d);
}

static void print_depthwise_conv2d(struct constants *c, const char *name,
                                   const union kernel_args *args)
{
    const struct mote_depthwise_conv2d_s8 *op = &args->depthwise_conv2d;
    print_channels(c, name, op->mult, op->shift, op->out.c);
    open_struct(c, "mote_depthwise_conv2d_s8", name);
    print_hwc(c, "in", op->in);
    print_hwc(c, "out", op->out);
    print_pair(c, "kh", op->kh, "kw", op->kw);
    print_pair(c, "sh", op->sh, "sw", op->sw);
    print_pair(c, "dh", op->dh, "dw", op->dw);
    print_pair(c, "pad_top", op->pad_top, "pad_left", op->pad_left);
    print_pair(c, "in_zero", op->in_zero, "out_zero", op->out_zero);
    print_pair(c, "out_min", op->out_min, "out_max", op->out_max);
    print_pair(c, "backward", op->backward, "wide", op->wide);
    print_member(c, "multiplier", op->multiplier);
    print_member(c, "is_proved", op->is_proved);
    close_channels(c, name, op->mult);
}

static void print_fully_connected(struct constants *c, const char *name,
                                  const union kernel_args *args)
{
    const struct mote_fully_connected_s8 *op = &args->fully_connected;
    print_channels(c, name, op->mult, op->shift, op->one_scale ? 1 : op->out_n);
    open_struct(c, "mote_fully_connected_s8", name);
    print_member(c, "rows", op->rows);
    print_member(c, "in_n", op->in_n);
    print_member(c, "out_n", op->out_n);
    print_pair(c, "in_zero", op->in_zero, "out_zero", op->out_zero);
    print_pair(c, "out_min", op->out_min, "out_max", op->out_max);
    print_pair(c, "wide", op->wide, "is_proved", op->is_proved);
    print_member(c, "one_scale", op->one_scale);
    close_channels(c, name, op->mult);
}

static void print_add(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_add_s8 *op = &args->add;
    open_struct(c, "mote_add_s8", name);
    print_member(c, "n", op->n);
    print_pair(c, "a_zero", op->a_zero, "b_zero", op->b_zero);
    print_member(c, "out_zero", op->out_zero);
    print_pair(c, "out_min", op->out_min, "out_max", op->out_max);
    print_pair(c, "a_shift", op->a_shift, "b_shift", op->b_shift);
    print_member(c, "out_shift", op->out_shift);
    print_pair(c, "a_mult", op->a_mult, "b_mult", op->b_mult);
    print_member(c, "out_mult", op->out_mult);
    print_pair(c, "a_factor", op->a_factor, "b_factor", op->b_factor);
    print_member(c, "offset", op->offset);
    text_add(c->t, "};\n");
}

static void print_pool2d(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_pool2d_s8 *op = &args->pool2d;
    open_struct(c, "mote_pool2d_s8", name);
    print_hwc(c, "in", op->in);
    print_hwc(c, "out", op->out);
    print_pair(c, "kh", op->kh, "kw", op->kw);
    print_pair(c, "sh", op->sh, "sw", op->sw);
    print_pair(c, "pad_top", op->pad_top, "pad_left", op->pad_left);
    print_pair(c, "out_min", op->out_min, "out_max", op->out_max);
    print_member(c, "backward", op->backward);
    text_add(c->t, "};\n");
}

static void print_softmax_members(struct constants *c, const struct mote_softmax_s8 *op)
{
    print_member(c, "rows", op->rows);
    print_member(c, "n", op->n);
    print_member(c, "mult", op->mult);
    print_member(c, "shift", op->shift);
    print_member(c, "diff_min", op->diff_min);
}

static void print_softmax(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_softmax_s8", name);
    print_softmax_members(c, &args->softmax);
    text_add(c->t, "};\n");
}

static void print_u16x4(struct constants *c, const char *member, const uint16_t v[4])
{
    text_printf(c->t, "    .%s = {%u, %u, %u, %u},\n", member, (unsigned)v[0], (unsigned)v[1],
                (unsigned)v[2], (unsigned)v[3]);
}

static void print_pad(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_pad_any *op = &args->pad;
    open_struct(c, "mote_pad_any", name);
    print_u16x4(c, "in", op->in);
    print_u16x4(c, "before", op->before);
    print_u16x4(c, "after", op->after);
    print_pair(c, "value", op->value, "elem_bytes", op->elem_bytes);
    text_add(c->t, "};\n");
}

static void print_add_n(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_add_n_s8 *op = &args->add_n;
    open_struct(c, "mote_add_n_s8", name);
    print_member(c, "n", op->n);
    print_member(c, "n_in", op->n_in);
    print_member(c, "zero_sum", op->zero_sum);
    print_member(c, "mult", op->mult);
    print_pair(c, "shift", op->shift, "out_zero", op->out_zero);
    text_add(c->t, "};\n");
}

static void print_concat(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_concat_any *op = &args->concat;
    print_array_u32(c, name, "inner", op->inner, op->n_in);
    open_struct(c, "mote_concat_any", name);
    print_member(c, "outer", op->outer);
    print_member(c, "n_in", op->n_in);
    text_printf(c->t, "    .inner = %s_inner,\n};\n", name);
}

static void print_requantize(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_requantize_s8 *op = &args->requantize;
    open_struct(c, "mote_requantize_s8", name);
    print_member(c, "n", op->n);
    print_pair(c, "in_zero", op->in_zero, "out_zero", op->out_zero);
    print_pair(c, "out_min", op->out_min, "out_max", op->out_max);
    print_member(c, "mult", op->mult);
    print_member(c, "shift", op->shift);
    print_pair(c, "in_flip", op->in_flip, "out_flip", op->out_flip);
    text_add(c->t, "};\n");
}

static void print_requantize_wide(struct constants *c, const char *name,
                                  const union kernel_args *args)
{
    const struct mote_requantize_s32 *op = &args->requantize_wide;
    open_struct(c, "mote_requantize_s32", name);
    print_member(c, "n", op->n);
    print_pair(c, "in_bytes", op->in_bytes, "out_bytes", op->out_bytes);
    print_member(c, "shift", op->shift);
    print_member(c, "in_zero", op->in_zero);
    print_member(c, "out_zero", op->out_zero);
    print_member(c, "out_min", op->out_min);
    print_member(c, "out_max", op->out_max);
    print_member(c, "mult", op->mult);
    text_add(c->t, "};\n");
}

static void print_quantize(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_quantize_f32 *op = &args->quantize;
    open_struct(c, "mote_quantize_f32", name);
    print_member(c, "n", op->n);
    text_add(c->t, "    .scale = ");
    print_float(c->t, op->scale);
    text_add(c->t, ",\n");
    print_pair(c, "zero", op->zero, "wide", op->wide);
    text_add(c->t, "};\n");
}

static void print_leaky_relu_s16(struct constants *c, const char *name,
                                 const union kernel_args *args)
{
    const struct mote_leaky_relu_s16 *op = &args->leaky_relu_s16;
    open_struct(c, "mote_leaky_relu_s16", name);
    print_member(c, "n", op->n);
    print_pair(c, "mult", op->mult, "negative_mult", op->negative_mult);
    print_pair(c, "shift", op->shift, "negative_shift", op->negative_shift);
    text_add(c->t, "};\n");
}

static void print_sigmoid_s16(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_sigmoid_s16 *op = &args->sigmoid_s16;
    open_struct(c, "mote_sigmoid_s16", name);
    print_member(c, "n", op->n);
    print_member(c, "mult", op->mult);
    print_pair(c, "shift", op->shift, "is_tanh", op->is_tanh);
    text_add(c->t, "};\n");
}

static void print_softmax_s16(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_softmax_s16 *op = &args->softmax_s16;
    print_array(c, name, "exp", DT_S16, op->exp, 513);
    print_array(c, name, "inverse", DT_S16, op->inverse, 513);
    open_struct(c, "mote_softmax_s16", name);
    print_member(c, "rows", op->rows);
    print_member(c, "n", op->n);
    print_member(c, "mult", op->mult);
    print_member(c, "shift", op->shift);
    text_printf(c->t, "    .exp = %s_exp,\n    .inverse = %s_inverse,\n};\n", name, name);
}

static void print_lut_s16(struct constants *c, const char *name, const union kernel_args *args)
{
    print_array(c, name, "table", DT_S16, args->lut_s16.table, 513);
    open_struct(c, "mote_lut_s16", name);
    print_member(c, "n", args->lut_s16.n);
    text_printf(c->t, "    .table = %s_table,\n};\n", name);
}

static void print_abs_s16(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_abs_s16", name);
    print_member(c, "n", args->abs_s16.n);
    print_pair(c, "mult", args->abs_s16.mult, "shift", args->abs_s16.shift);
    text_add(c->t, "};\n");
}

static void print_rsqrt_s16(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_rsqrt_s16", name);
    print_member(c, "n", args->rsqrt_s16.n);
    print_pair(c, "mult", args->rsqrt_s16.mult, "shift", args->rsqrt_s16.shift);
    text_add(c->t, "};\n");
}

static void print_lut(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_lut_s8 *op = &args->lut;
    print_array(c, name, "table", DT_S8, op->table, 256);
    open_struct(c, "mote_lut_s8", name);
    print_member(c, "n", op->n);
    text_printf(c->t, "    .table = %s_table,\n};\n", name);
}

static void print_u32x4(struct constants *c, const char *member, const uint32_t v[4])
{
    text_printf(c->t, "        .%s = {%u, %u, %u, %u},\n", member, (unsigned)v[0], (unsigned)v[1],
                (unsigned)v[2], (unsigned)v[3]);
}

static void print_walk(struct constants *c, const struct mote_broadcast *w)
{
    text_add(c->t, "    .walk = {\n");
    print_u32x4(c, "n", w->n);
    print_u32x4(c, "a_step", w->a_step);
    print_u32x4(c, "b_step", w->b_step);
    text_add(c->t, "    },\n");
}

static void print_sum(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_sum_s8 *op = &args->sum;
    open_struct(c, "mote_sum_s8", name);
    print_walk(c, &op->walk);
    print_pair(c, "a_zero", op->a_zero, "b_zero", op->b_zero);
    print_member(c, "out_zero", op->out_zero);
    print_pair(c, "out_min", op->out_min, "out_max", op->out_max);
    print_pair(c, "a_shift", op->a_shift, "b_shift", op->b_shift);
    print_member(c, "out_shift", op->out_shift);
    print_pair(c, "a_mult", op->a_mult, "b_mult", op->b_mult);
    print_member(c, "out_mult", op->out_mult);
    text_add(c->t, "};\n");
}

static void print_mul(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_mul_s8 *op = &args->mul;
    open_struct(c, "mote_mul_s8", name);
    print_walk(c, &op->walk);
    print_pair(c, "a_zero", op->a_zero, "b_zero", op->b_zero);
    print_member(c, "out_zero", op->out_zero);
    print_pair(c, "out_min", op->out_min, "out_max", op->out_max);
    print_member(c, "shift", op->shift);
    print_member(c, "mult", op->mult);
    text_add(c->t, "};\n");
}

static void print_prelu(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_prelu_s8 *op = &args->prelu;
    open_struct(c, "mote_prelu_s8", name);
    print_walk(c, &op->walk);
    print_pair(c, "a_zero", op->a_zero, "b_zero", op->b_zero);
    print_member(c, "out_zero", op->out_zero);
    print_pair(c, "shift", op->shift, "product_shift", op->product_shift);
    print_pair(c, "mult", op->mult, "product_mult", op->product_mult);
    text_add(c->t, "};\n");
}

static void print_extremum(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_extremum_s8", name);
    print_walk(c, &args->extremum.walk);
    text_add(c->t, "};\n");
}

static void print_view(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_view_any *op = &args->view;
    open_struct(c, "mote_view_any", name);
    text_printf(c->t, "    .n = {%u, %u, %u, %u},\n    .step = {%d, %d, %d, %d},\n",
                (unsigned)op->n[0], (unsigned)op->n[1], (unsigned)op->n[2], (unsigned)op->n[3],
                (int)op->step[0], (int)op->step[1], (int)op->step[2], (int)op->step[3]);
    print_pair(c, "first", (int32_t)op->first, "elem_bytes", op->elem_bytes);
    text_add(c->t, "};\n");
}

static void print_u32x3(struct constants *c, const char *member, const uint32_t v[3])
{
    text_printf(c->t, "    .%s = {%u, %u, %u},\n", member, (unsigned)v[0], (unsigned)v[1],
                (unsigned)v[2]);
}

static void print_reduce(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_reduce_s8 *op = &args->reduce;
    open_struct(c, "mote_reduce_s8", name);
    print_u32x3(c, "n", op->n);
    print_u32x3(c, "step", op->step);
    print_u32x3(c, "over", op->over);
    print_u32x3(c, "over_step", op->over_step);
    print_member(c, "zero_sum", op->zero_sum);
    print_member(c, "mult", op->mult);
    print_pair(c, "shift", op->shift, "out_zero", op->out_zero);
    text_add(c->t, "};\n");
}

static void print_member_f32(struct constants *c, const char *member, float v)
{
    text_printf(c->t, "    .%s = ", member);
    print_float(c->t, v);
    text_add(c->t, ",\n");
}

static void print_window(struct constants *c, const char *name, const struct mote_window_f32 *op)
{
    open_struct(c, "mote_window_f32", name);
    print_hwc(c, "in", op->in);
    print_hwc(c, "out", op->out);
    print_pair(c, "kh", op->kh, "kw", op->kw);
    print_pair(c, "sh", op->sh, "sw", op->sw);
    print_pair(c, "dh", op->dh, "dw", op->dw);
    print_pair(c, "pad_top", op->pad_top, "pad_left", op->pad_left);
    print_pair(c, "act", op->act, "backward", op->backward);
    text_add(c->t, "};\n");
}

static void print_window_f32(struct constants *c, const char *name, const union kernel_args *args)
{
    print_window(c, name, &args->window_f32);
}

static void print_weighted_f32(struct constants *c, const char *name, const union kernel_args *args)
{
    print_window(c, name, &args->weighted_f32);
}

static void print_transpose_f32(struct constants *c, const char *name,
                                const union kernel_args *args)
{
    print_window(c, name, &args->transpose_f32);
}

static void print_fully_connected_f32(struct constants *c, const char *name,
                                      const union kernel_args *args)
{
    const struct mote_fully_connected_f32 *op = &args->fully_connected_f32;
    open_struct(c, "mote_fully_connected_f32", name);
    print_member(c, "rows", op->rows);
    print_member(c, "in_n", op->in_n);
    print_member(c, "out_n", op->out_n);
    print_member(c, "act", op->act);
    text_add(c->t, "};\n");
}

static void print_binary_f32(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_binary_f32", name);
    print_walk(c, &args->binary_f32.walk);
    print_member(c, "act", args->binary_f32.act);
    text_add(c->t, "};\n");
}

static void print_binary_s32(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_binary_s32", name);
    print_walk(c, &args->binary_s32.walk);
    text_add(c->t, "};\n");
}

static void print_cast(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_cast", name);
    print_member(c, "n", args->cast.n);
    print_pair(c, "from", args->cast.from, "to", args->cast.to);
    text_add(c->t, "};\n");
}

static void print_compare(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_compare *op = &args->compare;
    open_struct(c, "mote_compare", name);
    print_walk(c, &op->walk);
    print_member(c, "holds", op->holds);
    print_pair(c, "a_zero", op->a_zero, "b_zero", op->b_zero);
    print_pair(c, "a_shift", op->a_shift, "b_shift", op->b_shift);
    print_pair(c, "a_mult", op->a_mult, "b_mult", op->b_mult);
    text_add(c->t, "};\n");
}

static void print_select(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_select_any *op = &args->select;
    open_struct(c, "mote_select_any", name);
    print_u32x4(c, "n", op->n);
    print_u32x4(c, "if_step", op->if_step);
    print_u32x4(c, "a_step", op->a_step);
    print_u32x4(c, "b_step", op->b_step);
    print_member(c, "elem_bytes", op->elem_bytes);
    text_add(c->t, "};\n");
}

static void print_arg_extremum(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_arg_extremum *op = &args->arg_extremum;
    open_struct(c, "mote_arg_extremum", name);
    print_member(c, "outer", op->outer);
    print_member(c, "n", op->n);
    print_member(c, "inner", op->inner);
    print_member(c, "least", op->least);
    text_add(c->t, "};\n");
}

static void print_cumsum_members(struct constants *c, const struct mote_cumsum *op)
{
    print_member(c, "outer", op->outer);
    print_member(c, "n", op->n);
    print_member(c, "inner", op->inner);
    print_pair(c, "exclusive", op->exclusive, "reverse", op->reverse);
}

static void print_cumsum(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_cumsum", name);
    print_cumsum_members(c, &args->cumsum);
    text_add(c->t, "};\n");
}

static void print_cumsum_s8(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_cumsum_s8 *op = &args->cumsum_s8;
    open_struct(c, "mote_cumsum_s8", name);
    text_add(c->t, "    .of = {\n");
    print_cumsum_members(c, &op->of);
    text_add(c->t, "    },\n");
    print_pair(c, "in_zero", op->in_zero, "out_zero", op->out_zero);
    print_pair(c, "mult", op->mult, "shift", op->shift);
    text_add(c->t, "};\n");
}

static void print_l2_normalization(struct constants *c, const char *name,
                                   const union kernel_args *args)
{
    const struct mote_l2_normalization *op = &args->l2_normalization;
    open_struct(c, "mote_l2_normalization", name);
    print_member(c, "rows", op->rows);
    print_member(c, "n", op->n);
    print_member(c, "zero", op->zero);
    text_add(c->t, "};\n");
}

static void print_log_softmax(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_log_softmax_s8 *op = &args->log_softmax;
    open_struct(c, "mote_log_softmax_s8", name);
    text_add(c->t, "    .of = {\n");
    print_softmax_members(c, &op->of);
    text_add(c->t, "    },\n");
    print_pair(c, "inverse", op->inverse, "inverse_shift", op->inverse_shift);
    text_add(c->t, "};\n");
}

static void print_topk(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_topk", name);
    print_member(c, "rows", args->topk.rows);
    print_member(c, "n", args->topk.n);
    print_member(c, "k", args->topk.k);
    text_add(c->t, "};\n");
}

static void print_detect(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_detect_f32 *op = &args->detect;
    open_struct(c, "mote_detect_f32", name);
    print_member(c, "n", op->n);
    print_member(c, "classes", op->classes);
    print_member(c, "background", op->background);
    print_member(c, "max", op->max);
    print_member(c, "per_class", op->per_class);
    print_member_f32(c, "threshold", op->threshold);
    print_member_f32(c, "overlap", op->overlap);
    text_add(c->t, "};\n");
}

static void print_nms(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_nms_f32 *op = &args->nms;
    open_struct(c, "mote_nms_f32", name);
    print_member(c, "n", op->n);
    print_member(c, "max", op->max);
    print_member_f32(c, "threshold", op->threshold);
    print_member_f32(c, "overlap", op->overlap);
    print_member_f32(c, "decay", op->decay);
    text_add(c->t, "};\n");
}

static void print_unary_f32(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_unary_f32", name);
    print_member(c, "n", args->unary_f32.n);
    print_member_f32(c, "alpha", args->unary_f32.alpha);
    text_add(c->t, "};\n");
}

static void print_softmax_f32(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_softmax_f32", name);
    print_member(c, "rows", args->softmax_f32.rows);
    print_member(c, "n", args->softmax_f32.n);
    print_member_f32(c, "beta", args->softmax_f32.beta);
    text_add(c->t, "};\n");
}

static void print_reduce_f32(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_reduce_f32 *op = &args->reduce_f32;
    open_struct(c, "mote_reduce_f32", name);
    print_u32x3(c, "n", op->n);
    print_u32x3(c, "step", op->step);
    print_u32x3(c, "over", op->over);
    print_u32x3(c, "over_step", op->over_step);
    print_member_f32(c, "divisor", op->divisor);
    text_add(c->t, "};\n");
}

static void print_resize_nearest(struct constants *c, const char *name,
                                 const union kernel_args *args)
{
    const struct mote_resize_nearest_any *op = &args->resize_nearest;
    print_array_u16(c, name, "row", op->row, op->out.h);
    print_array_u16(c, name, "column", op->column, op->out.w);
    open_struct(c, "mote_resize_nearest_any", name);
    print_hwc(c, "in", op->in);
    print_hwc(c, "out", op->out);
    print_member(c, "elem_bytes", op->elem_bytes);
    text_printf(c->t, "    .row = %s_row,\n    .column = %s_column,\n};\n", name, name);
}

static void print_resize_bilinear(struct constants *c, const char *name,
                                  const union kernel_args *args)
{
    const struct mote_resize_bilinear_s8 *op = &args->resize_bilinear;
    open_struct(c, "mote_resize_bilinear_s8", name);
    print_hwc(c, "in", op->in);
    print_hwc(c, "out", op->out);
    print_pair(c, "y_step", op->y_step, "x_step", op->x_step);
    print_pair(c, "y_first", op->y_first, "x_first", op->x_first);
    text_add(c->t, "};\n");
}

static void print_gather(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_gather_any *op = &args->gather;
    open_struct(c, "mote_gather_any", name);
    print_member(c, "outer", op->outer);
    print_member(c, "n", op->n);
    print_member(c, "n_index", op->n_index);
    print_member(c, "inner", op->inner);
    text_add(c->t, "};\n");
}

static void print_matmul(struct constants *c, const struct mote_matmul *op)
{
    print_walk(c, &op->walk);
    print_member(c, "m", op->m);
    print_member(c, "k", op->k);
    print_member(c, "n", op->n);
    print_member(c, "a_row", op->a_row);
    print_member(c, "a_step", op->a_step);
    print_member(c, "b_step", op->b_step);
    print_member(c, "b_column", op->b_column);
}

static void print_batch_matmul(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_batch_matmul_s8 *op = &args->batch_matmul;
    open_struct(c, "mote_batch_matmul_s8", name);
    text_add(c->t, "    .of = {\n");
    print_matmul(c, &op->of);
    text_add(c->t, "    },\n");
    print_pair(c, "a_zero", op->a_zero, "b_zero", op->b_zero);
    print_pair(c, "out_zero", op->out_zero, "shift", op->shift);
    print_member(c, "mult", op->mult);
    text_add(c->t, "};\n");
}

static void print_matmul_f32(struct constants *c, const char *name, const union kernel_args *args)
{
    open_struct(c, "mote_matmul", name);
    print_matmul(c, &args->matmul_f32);
    text_add(c->t, "};\n");
}

static void print_resize_bilinear_f32(struct constants *c, const char *name,
                                      const union kernel_args *args)
{
    const struct mote_resize_bilinear_f32 *op = &args->resize_bilinear_f32;
    open_struct(c, "mote_resize_bilinear_f32", name);
    print_hwc(c, "in", op->in);
    print_hwc(c, "out", op->out);
    print_member_f32(c, "y_scale", op->y_scale);
    print_member_f32(c, "x_scale", op->x_scale);
    print_member(c, "half_pixel", op->half_pixel);
    text_add(c->t, "};\n");
}

static void print_svdf_f32(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_svdf_f32 *op = &args->svdf_f32;
    open_struct(c, "mote_svdf_f32", name);
    print_member(c, "batches", op->batches);
    print_member(c, "in_n", op->in_n);
    print_member(c, "units", op->units);
    print_member(c, "rank", op->rank);
    print_member(c, "memory", op->memory);
    print_member(c, "act", op->act);
    text_add(c->t, "};\n");
}

static void print_lstm_f32(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_lstm_f32 *op = &args->lstm_f32;
    open_struct(c, "mote_lstm_f32", name);
    print_member(c, "batches", op->batches);
    print_member(c, "steps", op->steps);
    print_member(c, "in_n", op->in_n);
    print_member(c, "n", op->n);
    print_member_f32(c, "clip", op->clip);
    text_add(c->t, "};\n");
}

static void print_svdf(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_svdf *op = &args->svdf;
    open_struct(c, "mote_svdf", name);
    print_member(c, "batches", op->batches);
    print_member(c, "in_n", op->in_n);
    print_member(c, "units", op->units);
    print_member(c, "rank", op->rank);
    print_member(c, "memory", op->memory);
    print_pair(c, "in_zero", op->in_zero, "memory_zero", op->memory_zero);
    print_member(c, "out_zero", op->out_zero);
    print_pair(c, "out_min", op->out_min, "out_max", op->out_max);
    print_pair(c, "memory_shift", op->memory_shift, "out_shift", op->out_shift);
    print_pair(c, "memory_mult", op->memory_mult, "out_mult", op->out_mult);
    text_add(c->t, "};\n");
}

static void print_lstm(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_lstm_s8 *op = &args->lstm;
    open_struct(c, "mote_lstm_s8", name);
    print_member(c, "batches", op->batches);
    print_member(c, "steps", op->steps);
    print_member(c, "in_n", op->in_n);
    print_member(c, "n", op->n);
    print_pair(c, "in_zero", op->in_zero, "hidden_zero", op->hidden_zero);
    print_pair(c, "cell_exponent", op->cell_exponent, "out_shift", op->out_shift);
    print_pair(c, "out_mult", op->out_mult, "clip", op->clip);
    text_add(c->t, "    .gate = {\n");
    for (uint32_t k = 0; k < 4; k++)
        text_printf(c->t,
                    "        {.in_mult = %d, .hidden_mult = %d, .in_shift = %d, .hidden_shift = "
                    "%d},\n",
                    (int)op->gate[k].in_mult, (int)op->gate[k].hidden_mult,
                    (int)op->gate[k].in_shift, (int)op->gate[k].hidden_shift);
    text_add(c->t, "    },\n};\n");
}

static void print_signal_window(struct constants *c, const char *name,
                                const union kernel_args *args)
{
    const struct mote_signal_window_s16 *op = &args->signal_window;
    open_struct(c, "mote_signal_window_s16", name);
    print_member(c, "n", op->n);
    print_member(c, "shift", op->shift);
    text_add(c->t, "};\n");
}

static void print_fft_auto_scale(struct constants *c, const char *name,
                                 const union kernel_args *args)
{
    const struct mote_fft_auto_scale_s16 *op = &args->fft_auto_scale;
    open_struct(c, "mote_fft_auto_scale_s16", name);
    print_member(c, "n", op->n);
    text_add(c->t, "};\n");
}

static void print_rfft(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_rfft_s16 *op = &args->rfft;
    print_array(c, name, "twiddle", DT_S16, op->twiddle, op->n);
    print_array(c, name, "super_twiddle", DT_S16, op->super_twiddle, op->n / 2);
    open_struct(c, "mote_rfft_s16", name);
    print_member(c, "in_n", op->in_n);
    print_member(c, "n", op->n);
    text_printf(c->t, "    .twiddle = %s_twiddle,\n    .super_twiddle = %s_super_twiddle,\n", name,
                name);
    text_add(c->t, "};\n");
}

static void print_spectrum_energy(struct constants *c, const char *name,
                                  const union kernel_args *args)
{
    const struct mote_spectrum_energy_s16 *op = &args->spectrum_energy;
    open_struct(c, "mote_spectrum_energy_s16", name);
    print_member(c, "n", op->n);
    print_member(c, "first", op->first);
    print_member(c, "end", op->end);
    text_add(c->t, "};\n");
}

static void print_filter_bank(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_filter_bank_u32 *op = &args->filter_bank;
    open_struct(c, "mote_filter_bank_u32", name);
    print_member(c, "channels", op->channels);
    text_add(c->t, "};\n");
}

static void print_filter_bank_square_root(struct constants *c, const char *name,
                                          const union kernel_args *args)
{
    const struct mote_filter_bank_square_root_u64 *op = &args->filter_bank_square_root;
    open_struct(c, "mote_filter_bank_square_root_u64", name);
    print_member(c, "n", op->n);
    text_add(c->t, "};\n");
}

static void print_u32x2(struct constants *c, const char *member, const uint32_t v[2])
{
    text_printf(c->t, "    .%s = {%u, %u},\n", member, (unsigned)v[0], (unsigned)v[1]);
}

static void print_spectral_subtraction(struct constants *c, const char *name,
                                       const union kernel_args *args)
{
    const struct mote_spectral_subtraction_u32 *op = &args->spectral_subtraction;
    open_struct(c, "mote_spectral_subtraction_u32", name);
    print_member(c, "n", op->n);
    print_u32x2(c, "smoothing", op->smoothing);
    print_u32x2(c, "one_minus_smoothing", op->one_minus_smoothing);
    print_member(c, "min_signal_remaining", op->min_signal_remaining);
    print_member(c, "smoothing_bits", op->smoothing_bits);
    print_member(c, "bits", op->bits);
    print_member(c, "clamping", op->clamping);
    text_add(c->t, "};\n");
}

static void print_pcan(struct constants *c, const char *name, const union kernel_args *args)
{
    const struct mote_pcan_u32 *op = &args->pcan;
    open_struct(c, "mote_pcan_u32", name);
    print_member(c, "n", op->n);
    print_member(c, "snr_shift", op->snr_shift);
    text_add(c->t, "};\n");
}

static void print_filter_bank_log(struct constants *c, const char *name,
                                  const union kernel_args *args)
{
    const struct mote_filter_bank_log_u32 *op = &args->filter_bank_log;
    open_struct(c, "mote_filter_bank_log_u32", name);
    print_member(c, "n", op->n);
    print_member(c, "scale", op->scale);
    print_member(c, "correction_bits", op->correction_bits);
    text_add(c->t, "};\n");
}

/* By the kind of const struct, the fourth column of kernels.def. */
struct row {
    const char *args;
    enum inputs inputs;
    print_fn *print;
};

static const struct row rows[] = {
    {"conv2d", INPUTS_FIRST, print_conv2d},
    {"transpose_conv2d", INPUTS_FIRST, print_transpose_conv2d},
    {"depthwise_conv2d", INPUTS_FIRST, print_depthwise_conv2d},
    {"fully_connected", INPUTS_FIRST, print_fully_connected},
    {"add", INPUTS_EACH, print_add},
    {"pool2d", INPUTS_EACH, print_pool2d},
    {"softmax", INPUTS_EACH, print_softmax},
    {"pad", INPUTS_EACH, print_pad},
    {"add_n", INPUTS_ARRAY, print_add_n},
    {"concat", INPUTS_ARRAY, print_concat},
    {"requantize", INPUTS_EACH, print_requantize},
    {"leaky_relu_s16", INPUTS_EACH, print_leaky_relu_s16},
    {"sigmoid_s16", INPUTS_EACH, print_sigmoid_s16},
    {"softmax_s16", INPUTS_EACH, print_softmax_s16},
    {"lut", INPUTS_EACH, print_lut},
    {"lut_s16", INPUTS_EACH, print_lut_s16},
    {"abs_s16", INPUTS_EACH, print_abs_s16},
    {"rsqrt_s16", INPUTS_EACH, print_rsqrt_s16},
    {"sum", INPUTS_EACH, print_sum},
    {"mul", INPUTS_EACH, print_mul},
    {"prelu", INPUTS_EACH, print_prelu},
    {"extremum", INPUTS_EACH, print_extremum},
    {"view", INPUTS_EACH, print_view},
    {"resize_nearest", INPUTS_EACH, print_resize_nearest},
    {"resize_bilinear", INPUTS_EACH, print_resize_bilinear},
    {"gather", INPUTS_EACH, print_gather},
    {"batch_matmul", INPUTS_EACH, print_batch_matmul},
    {"reduce", INPUTS_EACH, print_reduce},
    {"requantize_wide", INPUTS_EACH, print_requantize_wide},
    {"svdf", INPUTS_EACH, print_svdf},
    {"lstm", INPUTS_EACH, print_lstm},
    {"quantize", INPUTS_EACH, print_quantize},
    {"weighted_f32", INPUTS_FIRST, print_weighted_f32},
    {"transpose_f32", INPUTS_FIRST, print_transpose_f32},
    {"fully_connected_f32", INPUTS_FIRST, print_fully_connected_f32},
    {"window_f32", INPUTS_EACH, print_window_f32},
    {"resize_bilinear_f32", INPUTS_EACH, print_resize_bilinear_f32},
    {"matmul_f32", INPUTS_EACH, print_matmul_f32},
    {"svdf_f32", INPUTS_EACH, print_svdf_f32},
    {"lstm_f32", INPUTS_EACH, print_lstm_f32},
    {"binary_f32", INPUTS_EACH, print_binary_f32},
    {"binary_s32", INPUTS_EACH, print_binary_s32},
    {"cast", INPUTS_EACH, print_cast},
    {"compare", INPUTS_EACH, print_compare},
    {"select", INPUTS_EACH, print_select},
    {"arg_extremum", INPUTS_EACH, print_arg_extremum},
    {"cumsum", INPUTS_EACH, print_cumsum},
    {"cumsum_s8", INPUTS_EACH, print_cumsum_s8},
    {"l2_normalization", INPUTS_EACH, print_l2_normalization},
    {"log_softmax", INPUTS_EACH, print_log_softmax},
    {"topk", INPUTS_EACH, print_topk},
    {"detect", INPUTS_EACH, print_detect},
    {"nms", INPUTS_EACH, print_nms},
    {"unary_f32", INPUTS_EACH, print_unary_f32},
    {"signal_window", INPUTS_EACH, print_signal_window},
    {"fft_auto_scale", INPUTS_EACH, print_fft_auto_scale},
    {"rfft", INPUTS_EACH, print_rfft},
    {"spectrum_energy", INPUTS_EACH, print_spectrum_energy},
    {"filter_bank", INPUTS_EACH, print_filter_bank},
    {"filter_bank_square_root", INPUTS_EACH, print_filter_bank_square_root},
    {"spectral_subtraction", INPUTS_EACH, print_spectral_subtraction},
    {"pcan", INPUTS_EACH, print_pcan},
    {"filter_bank_log", INPUTS_EACH, print_filter_bank_log},
    {"softmax_f32", INPUTS_EACH, print_softmax_f32},
    {"reduce_f32", INPUTS_EACH, print_reduce_f32},
};

static const struct row *row_of(const struct kernel *kernel)
{
    const struct row *row = rows;
    while (strcmp(row->args, kernel->args) != 0) {
        row++;
        assert(row < rows + sizeof rows / sizeof rows[0]);
    }
    return row;
}

enum inputs inputs_of(const struct kernel *kernel)
{
    return row_of(kernel)->inputs;
}

void print_args(struct constants *c, const char *name, const struct kernel *kernel,
                const union kernel_args *args)
{
    row_of(kernel)->print(c, name, args);
}
