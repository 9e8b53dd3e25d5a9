/* onnx_conv.c - operators of ONNX that slide a window over images: convolutions and pools.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Images have their channels last here, [n,h,w,c]; a sequence [n,c,l] is an image of one row. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "import/onnx_parts.h"

/* A window in height and width; of a sequence the height is 1. */
struct window {
    int32_t kernel[2], stride[2], dilation[2];
    int64_t pad[2][2]; /* before and after */
    bool is_same_lower, is_same_upper;
    int32_t n_dims; /* of the file: 1 or 2 */
};

/* Input 0 as images. */
static bool images(const struct onnx_op *op, uint32_t *x, int32_t *n_dims)
{
    if (!onnx_in_last(op, 0, x))
        return false;
    const struct shape s = onnx_tensor_of(op, *x)->shape;
    *n_dims = s.rank - 2;
    if (s.rank == 3) {
        const struct shape row = {.rank = 4, .dim = {s.dim[0], 1, s.dim[1], s.dim[2]}};
        return onnx_reshape_to(op, *x, &row, x);
    }
    if (s.rank == 4)
        return true;
    return onnx_refuse(op, "on %" PRId32 " dimensions, supported on 1 and 2", s.rank - 2);
}

/* Images as output 0. */
static bool set_images(const struct onnx_op *op, uint32_t y, int32_t n_dims)
{
    const struct shape s = onnx_tensor_of(op, y)->shape;
    const struct shape sequence = {.rank = 3, .dim = {s.dim[0], s.dim[2], s.dim[3]}};
    if (n_dims == 1 && !onnx_reshape_to(op, y, &sequence, &y))
        return false;
    return onnx_set_last(op, 0, y);
}

/* One number for each dimension, `absent` for all where there is no attribute. */
static bool dims_of(const struct onnx_op *op, const char *name, int32_t n_dims, int32_t absent,
                    int32_t to[2])
{
    struct onnx_ints ints;
    if (!onnx_attr_ints(op, name, &ints))
        return false;
    if (ints.n && ints.n != (uint32_t)n_dims)
        return onnx_refuse(op, "the attribute '%s' has %" PRIu32 " numbers, expected %" PRId32,
                           name, ints.n, n_dims);
    to[0] = 1;
    for (int32_t i = 0; i < n_dims; i++) {
        const int64_t v = ints.n ? ints.v[i] : absent;
        if (v < 1 || v > DIM_MAX)
            return onnx_refuse(op, "the attribute '%s' has %" PRId64 ", expected 1..%d", name, v,
                               DIM_MAX);
        to[2 - n_dims + i] = (int32_t)v;
    }
    return true;
}

static bool read_pads(const struct onnx_op *op, struct window *w)
{
    struct onnx_ints pads;
    struct bytes mode;
    if (!onnx_attr_ints(op, "pads", &pads) || !onnx_attr_string(op, "auto_pad", &mode))
        return false;
    w->is_same_upper = onnx_is(mode, "SAME_UPPER");
    w->is_same_lower = onnx_is(mode, "SAME_LOWER");
    if (w->is_same_upper || w->is_same_lower || onnx_is(mode, "VALID"))
        return true;
    if (mode.len && !onnx_is(mode, "NOTSET"))
        return onnx_refuse(op, "the padding '%s'", onnx_text(op->t, mode));
    if (pads.n && pads.n != 2 * (uint32_t)w->n_dims)
        return onnx_refuse(op, "%" PRIu32 " pads, expected %" PRId32, pads.n, 2 * w->n_dims);
    for (uint32_t i = 0; i < pads.n; i++) {
        if (pads.v[i] < 0 || pads.v[i] > DIM_MAX)
            return onnx_refuse(op, "a pad of %" PRId64, pads.v[i]);
        const uint32_t dim = i % (uint32_t)w->n_dims;
        w->pad[2 - w->n_dims + (int32_t)dim][i / (uint32_t)w->n_dims] = pads.v[i];
    }
    return true;
}

/* Stride, dilation, padding; the kernel is there already. */
static bool read_window(const struct onnx_op *op, struct window *w)
{
    return dims_of(op, "strides", w->n_dims, 1, w->stride) &&
           dims_of(op, "dilations", w->n_dims, 1, w->dilation) && read_pads(op, w);
}

static int64_t extent(const struct window *w, int d)
{
    return (int64_t)(w->kernel[d] - 1) * w->dilation[d] + 1;
}

/* Padding that makes the output as long as the input is in strides, the odd one at the end, or at
 * the start. */
static void pad_same(struct window *w, const int32_t in[2])
{
    for (int d = 0; d < 2 && (w->is_same_lower || w->is_same_upper); d++) {
        const int64_t n = (in[d] + w->stride[d] - 1) / w->stride[d];
        int64_t total = (n - 1) * w->stride[d] + extent(w, d) - in[d];
        total = total < 0 ? 0 : total;
        w->pad[d][0] = w->is_same_lower ? total - total / 2 : total / 2;
        w->pad[d][1] = total - w->pad[d][0];
    }
}

/* Zeros around the images, where the window cannot have them: as many as its extent, or more. */
static bool pad_apart(const struct onnx_op *op, struct window *w, bool always, uint32_t *x)
{
    struct attrs at = {0};
    bool is_apart = always;
    for (int d = 0; d < 2; d++)
        for (int side = 0; side < 2; side++) {
            at.pads[2 * (d + 1) + side] = (int32_t)w->pad[d][side];
            is_apart = is_apart || w->pad[d][side] >= extent(w, d);
        }
    if (!is_apart)
        return true;
    memset(w->pad, 0, sizeof w->pad);
    return onnx_step(op, OP_PAD, &at, x, 1, x);
}

static struct attrs window_attrs(const struct window *w)
{
    return (struct attrs){
        .stride_h = w->stride[0],
        .stride_w = w->stride[1],
        .dilation_h = w->dilation[0],
        .dilation_w = w->dilation[1],
        .pad_top = (int32_t)w->pad[0][0],
        .pad_bottom = (int32_t)w->pad[0][1],
        .pad_left = (int32_t)w->pad[1][0],
        .pad_right = (int32_t)w->pad[1][1],
    };
}

/* ---- convolutions ---- */

/* Weights of the file, [o,i,kh,kw] or [o,i,k], as a constant of rank 4. */
static bool weights(const struct onnx_op *op, int32_t n_dims, uint32_t *w)
{
    if (!onnx_is_constant(op, 1))
        return onnx_refuse(op, "its weights are not constant");
    if (!onnx_in(op, 1, w))
        return false;
    const struct shape s = onnx_tensor_of(op, *w)->shape;
    if (s.rank != n_dims + 2)
        return onnx_refuse(op, "weights of rank %" PRId32 ", expected %" PRId32, s.rank,
                           n_dims + 2);
    const struct shape wide = {.rank = 4, .dim = {s.dim[0], s.dim[1], 1, s.dim[2]}};
    return n_dims == 2 || onnx_reshape_to(op, *w, &wide, w);
}

static bool check_kernel(const struct onnx_op *op, const struct window *w)
{
    struct onnx_ints shape;
    if (!onnx_attr_ints(op, "kernel_shape", &shape))
        return false;
    for (uint32_t i = 0; i < shape.n; i++)
        if (shape.n != (uint32_t)w->n_dims || shape.v[i] != w->kernel[2 - w->n_dims + (int32_t)i])
            return onnx_refuse(op, "kernel_shape is not that of the weights");
    return true;
}

/* Groups of one channel: [c*m,1,kh,kw] -> [1,kh,kw,c*m]. */
static bool depthwise(const struct onnx_op *op, const struct attrs *at, const uint32_t in[3],
                      uint32_t n_in, uint32_t *y)
{
    static const int32_t perm[4] = {1, 2, 3, 0};
    uint32_t of[3] = {in[0], in[1], in[2]};
    return onnx_transpose_by(op, in[1], perm, &of[1]) &&
           onnx_images(op, OP_DEPTHWISE_CONV2D, at, of, n_in, y);
}

/* Groups side by side, their results joined. Weights are in the order of the file, which `perm` turns
 * into OHWI; dimension 0 has those of one group after the other. o: output channels of a group. */
static bool groups(const struct onnx_op *op, enum op kind, const struct attrs *at,
                   const uint32_t in[3], uint32_t n_in, int32_t n, int32_t o, const int32_t perm[4],
                   uint32_t *y)
{
    const struct attrs join = {.axis = 3};
    const int32_t c = onnx_tensor_of(op, in[0])->shape.dim[3] / n;
    const int32_t first = onnx_tensor_of(op, in[1])->shape.dim[0] / n;
    uint32_t *part = ARENA_ARRAY(op->t->tmp, uint32_t, (size_t)n), of[3];
    for (int32_t g = 0; g < n; g++)
        if (!onnx_slice_of(op, in[0], 3, g * c, c, &of[0]) ||
            !onnx_slice_of(op, in[1], 0, g * first, first, &of[1]) ||
            (n_in == 3 && !onnx_slice_of(op, in[2], 0, g * o, o, &of[2])) ||
            !onnx_transpose_by(op, of[1], perm, &of[1]) ||
            !onnx_images(op, kind, at, of, n_in, &part[g]))
            return false;
    *y = part[0];
    return n == 1 || onnx_step(op, OP_CONCAT, &join, part, (uint32_t)n, y);
}

/* [o,i,kh,kw] -> [o,kh,kw,i] */
static const int32_t of_conv[4] = {0, 2, 3, 1};
/* [i,o,kh,kw] -> [o,kh,kw,i] */
static const int32_t of_transposed[4] = {1, 2, 3, 0};

static bool read_group(const struct onnx_op *op, int32_t c, int32_t o, int32_t *group)
{
    int64_t n;
    if (!onnx_attr_int(op, "group", 1, &n))
        return false;
    if (n < 1 || n > ONNX_OPERANDS_MAX * 64 || c % n != 0 || o % n != 0)
        return onnx_refuse(op, "%" PRId64 " groups of %" PRId32 " and %" PRId32 " channels", n, c,
                           o);
    *group = (int32_t)n;
    return true;
}

bool onnx_conv(const struct onnx_op *op)
{
    uint32_t in[3], y;
    struct window w = {0};
    int32_t group = 1;
    if (!onnx_arity(op, 2, 3, 1) || !images(op, &in[0], &w.n_dims) ||
        !weights(op, w.n_dims, &in[1]) || !onnx_in_optional(op, 2, &in[2]))
        return false;
    const uint32_t n_in = onnx_has(op, 2) ? 3 : 2;
    const struct shape x = onnx_tensor_of(op, in[0])->shape, k = onnx_tensor_of(op, in[1])->shape;
    memcpy(w.kernel, &k.dim[2], sizeof w.kernel);
    if (!check_kernel(op, &w) || !read_window(op, &w) ||
        !read_group(op, x.dim[3], k.dim[0], &group))
        return false;
    if ((int64_t)k.dim[1] * group != x.dim[3])
        return onnx_refuse(op, "weights for %" PRId64 " channels, the input has %" PRId32,
                           (int64_t)k.dim[1] * group, x.dim[3]);
    pad_same(&w, &x.dim[1]);
    if (!pad_apart(op, &w, false, &in[0]))
        return false;
    const struct attrs at = window_attrs(&w);
    if (group > 1 && k.dim[1] == 1) {
        if (!depthwise(op, &at, in, n_in, &y))
            return false;
    } else if (group > ONNX_OPERANDS_MAX) {
        return onnx_refuse(op, "%" PRId32 " groups, at most %d", group, ONNX_OPERANDS_MAX);
    } else if (!groups(op, OP_CONV2D, &at, in, n_in, group, k.dim[0] / group, of_conv, &y)) {
        return false;
    }
    return set_images(op, y, w.n_dims);
}

/* The padding of a transposed convolution is what is cut off its output; output_padding adds to its
 * end. With output_shape the cut follows from that. */
static bool read_crop(const struct onnx_op *op, const int32_t in[2], struct window *w)
{
    struct onnx_ints more, shape;
    if (!onnx_attr_ints(op, "output_padding", &more) || !onnx_attr_ints(op, "output_shape", &shape))
        return false;
    if ((more.n && more.n != (uint32_t)w->n_dims) || (shape.n && shape.n != (uint32_t)w->n_dims))
        return onnx_refuse(op, "output_padding or output_shape for other dimensions");
    for (int d = 2 - w->n_dims; d < 2; d++) {
        const int i = d - (2 - w->n_dims);
        const int64_t added = more.n ? more.v[i] : 0;
        const int64_t full = (int64_t)(in[d] - 1) * w->stride[d] + extent(w, d);
        const bool same = w->is_same_lower || w->is_same_upper;
        if (added < 0 || added > DIM_MAX)
            return onnx_refuse(op, "output_padding %" PRId64, added);
        if (shape.n || same) {
            const int64_t want = shape.n ? shape.v[i] : (int64_t)in[d] * w->stride[d];
            const int64_t total = full + added - want;
            if (want < 1 || total < -DIM_MAX)
                return onnx_refuse(op, "output_shape %" PRId64, want);
            const int64_t cut = total < 0 ? 0 : total;
            w->pad[d][0] = w->is_same_upper ? cut / 2 : cut - cut / 2;
            w->pad[d][1] = total - w->pad[d][0];
        }
        w->pad[d][1] -= added;
    }
    return true;
}

/* Taps `dilation` apart are a larger kernel with zeros between: [i,o,kh,kw]. */
static bool spread(const struct onnx_op *op, struct window *w, uint32_t *weights)
{
    for (int d = 0; d < 2; d++) {
        const int32_t k = w->kernel[d], by = w->dilation[d];
        struct shape s = onnx_tensor_of(op, *weights)->shape;
        if (by == 1 || k == 1)
            continue;
        if (extent(w, d) > 255)
            return onnx_refuse(op, "a dilated kernel of %" PRId64 ", at most 255", extent(w, d));
        /* [.., k, rest] -> [.. k, 1, rest], zeros behind each, and without the last of them */
        struct attrs pad = {0};
        const int32_t rows = s.dim[0] * s.dim[1] * (d == 0 ? 1 : s.dim[2]);
        const int32_t inner = d == 0 ? s.dim[3] : 1;
        const struct shape flat = {.rank = 3, .dim = {rows * k, 1, inner}};
        pad.pads[3] = by - 1;
        s.dim[2 + d] = k * by;
        if (!onnx_reshape_to(op, *weights, &flat, weights) ||
            !onnx_step(op, OP_PAD, &pad, weights, 1, weights) ||
            !onnx_reshape_to(op, *weights, &s, weights) ||
            !onnx_slice_of(op, *weights, 2 + d, 0, (int32_t)extent(w, d), weights))
            return false;
        w->kernel[d] = (int32_t)extent(w, d);
        w->dilation[d] = 1;
    }
    return true;
}

/* The IR cuts less than a kernel; the rest is a slice. */
static bool crop_apart(const struct onnx_op *op, struct window *w, int64_t rest[2][2])
{
    for (int d = 0; d < 2; d++)
        for (int side = 0; side < 2; side++) {
            const int64_t max = w->kernel[d] - 1;
            rest[d][side] = w->pad[d][side] > max ? w->pad[d][side] - max : 0;
            w->pad[d][side] -= rest[d][side];
            if (w->pad[d][side] < -255 || rest[d][side] > DIM_MAX)
                return onnx_refuse(op, "padding of %" PRId64, w->pad[d][side]);
        }
    return true;
}

bool onnx_conv_transpose(const struct onnx_op *op)
{
    uint32_t in[3], y;
    struct window w = {0};
    int32_t group = 1;
    int64_t rest[2][2] = {{0}};
    if (!onnx_arity(op, 2, 3, 1) || !images(op, &in[0], &w.n_dims) ||
        !weights(op, w.n_dims, &in[1]) || !onnx_in_optional(op, 2, &in[2]))
        return false;
    const uint32_t n_in = onnx_has(op, 2) ? 3 : 2;
    const struct shape x = onnx_tensor_of(op, in[0])->shape, k = onnx_tensor_of(op, in[1])->shape;
    memcpy(w.kernel, &k.dim[2], sizeof w.kernel);
    if (!check_kernel(op, &w) || !read_window(op, &w) ||
        !read_group(op, x.dim[3], x.dim[3], &group))
        return false;
    if (k.dim[0] != x.dim[3] || group > ONNX_OPERANDS_MAX)
        return onnx_refuse(op,
                           "weights for %" PRId32 " channels, the input has %" PRId32
                           ", in %" PRId32 " groups",
                           k.dim[0], x.dim[3], group);
    if (!read_crop(op, &x.dim[1], &w) || !spread(op, &w, &in[1]) || !crop_apart(op, &w, rest))
        return false;
    const struct attrs all = window_attrs(&w);
    struct attrs at = all;
    at.dilation_h = at.dilation_w = 0; /* which it does not have */
    if (!groups(op, OP_TRANSPOSE_CONV2D, &at, in, n_in, group, k.dim[1], of_transposed, &y))
        return false;
    for (int d = 0; d < 2; d++) {
        const int32_t n = onnx_tensor_of(op, y)->shape.dim[1 + d];
        if (rest[d][0] + rest[d][1] >= n)
            return onnx_refuse(op, "nothing is left of its output");
        if (!onnx_slice_of(op, y, 1 + d, (int32_t)rest[d][0],
                           n - (int32_t)(rest[d][0] + rest[d][1]), &y))
            return false;
    }
    return set_images(op, y, w.n_dims);
}

/* ---- pools ---- */

/* With ceil_mode a window may reach beyond the end: what it finds there does not count. */
static bool reach_beyond(const struct onnx_op *op, const struct window *w, const int32_t in[2],
                         int64_t more[2])
{
    int64_t ceil_mode;
    assert(w->stride[0] > 0 && w->stride[1] > 0);
    if (!onnx_attr_int(op, "ceil_mode", 0, &ceil_mode))
        return false;
    for (int d = 0; d < 2; d++) {
        const int64_t room = in[d] + w->pad[d][0] + w->pad[d][1] - extent(w, d);
        more[d] = 0;
        if (!ceil_mode || room < 0 || room % w->stride[d] == 0)
            continue;
        const int64_t n = room / w->stride[d] + 1; /* where one window more would begin */
        if (n * w->stride[d] < in[d] + w->pad[d][0])
            more[d] = n * w->stride[d] - room;
    }
    return true;
}

static bool pool_window(const struct onnx_op *op, uint32_t x, struct window *w)
{
    struct onnx_ints kernel;
    if (!onnx_attr_ints(op, "kernel_shape", &kernel))
        return false;
    if (kernel.n != (uint32_t)w->n_dims)
        return onnx_refuse(op, "a kernel of %" PRIu32 " dimensions, expected %" PRId32, kernel.n,
                           w->n_dims);
    if (!dims_of(op, "kernel_shape", w->n_dims, 1, w->kernel) || !read_window(op, w))
        return false;
    if (w->dilation[0] != 1 || w->dilation[1] != 1)
        return onnx_refuse(op, "with dilation");
    pad_same(w, &onnx_tensor_of(op, x)->shape.dim[1]);
    return true;
}

static bool pool(const struct onnx_op *op, bool counts_pads)
{
    uint32_t x, y;
    struct window w = {0};
    int64_t more[2];
    if (!images(op, &x, &w.n_dims) || !pool_window(op, x, &w) ||
        !reach_beyond(op, &w, &onnx_tensor_of(op, x)->shape.dim[1], more))
        return false;
    const bool has_pads = w.pad[0][0] || w.pad[0][1] || w.pad[1][0] || w.pad[1][1];
    if (counts_pads && has_pads && !pad_apart(op, &w, true, &x))
        return false;
    struct attrs at = window_attrs(&w);
    at.dilation_h = at.dilation_w = 0; /* which it does not have */
    at.kernel_h = w.kernel[0];
    at.kernel_w = w.kernel[1];
    at.pad_bottom += (int32_t)more[0];
    at.pad_right += (int32_t)more[1];
    return onnx_images(op, op->kind, &at, &x, 1, &y) && set_images(op, y, w.n_dims);
}

bool onnx_max_pool(const struct onnx_op *op)
{
    onnx_attr_ignore(op, "storage_order"); /* of its second output */
    return onnx_arity(op, 1, 1, 1) && pool(op, false);
}

bool onnx_average_pool(const struct onnx_op *op)
{
    int64_t counts;
    return onnx_arity(op, 1, 1, 1) && onnx_attr_int(op, "count_include_pad", 0, &counts) &&
           pool(op, counts != 0);
}

/* Over all dimensions but batch and channels. */
bool onnx_global_pool(const struct onnx_op *op)
{
    struct attrs at = {0};
    struct onnx_view v;
    uint32_t y;
    if (!onnx_arity(op, 1, 1, 1) || !onnx_in_view(op, 0, &v))
        return false;
    if (v.rank < 3)
        return onnx_refuse(op, "rank %" PRId32 ", expected 3 at least", v.rank);
    for (int32_t i = 2; i < v.rank; i++)
        at.over[onnx_view_axis(&v, i)] = 1;
    return onnx_step(op, op->kind, &at, &v.id, 1, &y) && onnx_set_view(op, 0, y, &v);
}
