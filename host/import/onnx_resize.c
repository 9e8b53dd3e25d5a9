/* onnx_resize.c - Resize and Upsample of ONNX. SPDX-License-Identifier: Apache-2.0
 *
 * ONNX has many rules for where an output pixel lies in the input. Each dimension is changed by
 * itself. Where the IR's own operators follow the same rule, height and width are one of them; else
 * nearest pixels are a gather, and mixed ones a product with a constant matrix. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "import/onnx_parts.h"

enum mode { NEAREST, LINEAR, CUBIC };
enum rule { HALF_PIXEL, PYTORCH_HALF_PIXEL, ALIGN_CORNERS, ASYMMETRIC, TF_HALF_PIXEL };
enum rounding { PREFER_FLOOR, PREFER_CEIL, FLOOR, CEIL };

struct resize {
    enum mode mode;
    enum rule rule;
    enum rounding rounding;
    bool excludes_outside;
    float cubic_a;
    int32_t to[RANK_MAX]; /* in the file's order of dimensions */
    double scale[RANK_MAX];
};

/* The number of a word in a list; -1 when it is not there, 0 for none. */
static int word_of(struct bytes word, const char *const *words, int n)
{
    for (int i = 0; i < n; i++)
        if (onnx_is(word, words[i]))
            return i;
    return word.len ? -1 : 0;
}

static bool read_word(const struct onnx_op *op, const char *name, const char *const *words, int n,
                      int *out)
{
    struct bytes word;
    if (!onnx_attr_string(op, name, &word))
        return false;
    *out = word_of(word, words, n);
    return *out >= 0 || onnx_refuse(op, "%s '%s'", name, onnx_text(op->t, word));
}

static bool read_rules(const struct onnx_op *op, struct resize *r)
{
    static const char *const modes[] = {"nearest", "linear", "cubic"};
    static const char *const places[] = {"half_pixel", "pytorch_half_pixel", "align_corners",
                                         "asymmetric", "tf_half_pixel_for_nn"};
    static const char *const roundings[] = {"round_prefer_floor", "round_prefer_ceil", "floor",
                                            "ceil"};
    static const char *const policies[] = {"stretch"};
    int mode, place, rounding, policy;
    int64_t excludes, antialias;
    onnx_attr_ignore(op, "extrapolation_value"); /* of tf_crop_and_resize */
    if (!read_word(op, "mode", modes, 3, &mode) ||
        !read_word(op, "coordinate_transformation_mode", places, 5, &place) ||
        !read_word(op, "nearest_mode", roundings, 4, &rounding) ||
        !read_word(op, "keep_aspect_ratio_policy", policies, 1, &policy) ||
        !onnx_attr_int(op, "exclude_outside", 0, &excludes) ||
        !onnx_attr_int(op, "antialias", 0, &antialias) ||
        !onnx_attr_float(op, "cubic_coeff_a", -0.75f, &r->cubic_a))
        return false;
    if (antialias)
        return onnx_refuse(op, "with antialias");
    r->mode = (enum mode)mode;
    r->rule = (enum rule)place;
    r->rounding = (enum rounding)rounding;
    r->excludes_outside = excludes != 0;
    if (op->t->opset < 11) { /* there is one rule */
        r->rule = ASYMMETRIC;
        r->rounding = FLOOR;
    }
    return true;
}

/* Scales of input k, or of the attribute of an old Upsample; n = 0 when there are none. */
static bool read_scales(const struct onnx_op *op, uint32_t k, float scales[RANK_MAX], uint32_t *n)
{
    uint32_t id;
    *n = 0;
    if (op->t->opset < 9)
        return onnx_attr_floats(op, "scales", RANK_MAX, scales, n);
    if (!onnx_has(op, k) || onnx_is_empty(op, k))
        return true;
    if (!onnx_is_constant(op, k))
        return onnx_refuse(op, "its scales are not known beforehand");
    if (!onnx_in(op, k, &id))
        return false;
    const struct tensor *t = onnx_tensor_of(op, id);
    if (t->dtype != DT_F32 || shape_count(&t->shape) > RANK_MAX)
        return onnx_refuse(op, "its scales are not at most %d float32", RANK_MAX);
    *n = (uint32_t)shape_count(&t->shape);
    memcpy(scales, t->data, *n * sizeof *scales);
    return true;
}

/* The new sizes: stated, or by scales. */
static bool read_sizes(const struct onnx_op *op, const struct onnx_view *v, struct resize *r)
{
    const struct shape s = onnx_tensor_of(op, v->id)->shape;
    struct onnx_ints sizes = {0}, axes;
    float scales[RANK_MAX];
    uint32_t n_scales = 0;
    const bool is_old = op->t->opset < 11; /* scales are input 1 */
    if (!onnx_attr_ints(op, "axes", &axes) || !read_scales(op, is_old ? 1 : 2, scales, &n_scales))
        return false;
    if (!is_old && onnx_has(op, 3) && !onnx_is_empty(op, 3) && !onnx_in_ints(op, 3, &sizes))
        return false;
    const uint32_t n = sizes.n ? sizes.n : n_scales;
    if (n != (axes.n ? axes.n : (uint32_t)v->rank))
        return onnx_refuse(op, "%" PRIu32 " sizes or scales for %" PRId32 " dimensions", n,
                           v->rank);
    for (int32_t i = 0; i < v->rank; i++) {
        r->to[i] = s.dim[onnx_view_axis(v, i)];
        r->scale[i] = 1.0;
    }
    for (uint32_t k = 0; k < n; k++) {
        int32_t axis = 0;
        if (!onnx_axis(op, axes.n ? axes.v[k] : k, v->rank, &axis))
            return false;
        const int32_t in = s.dim[onnx_view_axis(v, axis)];
        const double to = sizes.n ? (double)sizes.v[k] : floor(in * (double)scales[k]);
        if (!(to >= 1.0 && to <= 65535.0))
            return onnx_refuse(op, "dimension %" PRId32 " to %.0f, expected 1..65535", axis, to);
        r->to[axis] = (int32_t)to;
        r->scale[axis] = sizes.n ? to / in : (double)scales[k];
    }
    return true;
}

/* Where output i of a dimension lies in the input. */
static double source(const struct resize *r, int32_t i, int32_t in, int32_t out, double scale)
{
    switch (r->rule) {
    case ALIGN_CORNERS:
        return out > 1 ? (double)i * (in - 1) / (in * scale - 1.0) : 0.0;
    case ASYMMETRIC:
        return i / scale;
    case TF_HALF_PIXEL:
        return (i + 0.5) / scale;
    case PYTORCH_HALF_PIXEL:
        return out > 1 ? (i + 0.5) / scale - 0.5 : 0.0;
    default:
        return (i + 0.5) / scale - 0.5;
    }
}

static int32_t held(double at, int32_t n)
{
    return at < 0.0 ? 0 : at > n - 1 ? n - 1 : (int32_t)at;
}

static int32_t nearest(const struct resize *r, double at, int32_t n)
{
    switch (r->rounding) {
    case FLOOR:
        return held(floor(at), n);
    case CEIL:
        return held(ceil(at), n);
    case PREFER_CEIL:
        return held(floor(at + 0.5), n);
    default:
        return held(ceil(at - 0.5), n);
    }
}

/* ---- by the IR's own operators ---- */

/* Does its rule, with these attributes, put every output where ONNX does? It is asked itself: what
 * an image of row numbers and one of column numbers become. */
static bool same_places(const struct onnx_op *op, const struct resize *r, enum op kind,
                        const struct attrs *at, int32_t axis, int32_t in, int32_t out, bool *same)
{
    const bool is_row = axis == 2;
    struct tensor ramp = {
        .name = op->out, .dtype = DT_F32, .shape = {.rank = 4, .dim = {1, 1, 1, 1}}};
    ramp.shape.dim[is_row ? 1 : 2] = in;
    float *data = arena_alloc(op->t->a, (size_t)in * sizeof *data);
    for (int32_t i = 0; i < in; i++)
        data[i] = (float)i;
    ramp.data = data;
    struct attrs one = *at;
    *(is_row ? &one.to_w : &one.to_h) = 1;
    const uint32_t x = graph_add_tensor(op->t->g, &ramp);
    uint32_t y;
    if (!onnx_step(op, kind, &one, &x, 1, &y))
        return false;
    const float *got = onnx_tensor_of(op, y)->data;
    for (int32_t i = 0; got && i < out; i++) {
        const double place = source(r, i, in, out, r->scale[axis]);
        const double want =
            kind == OP_RESIZE_NEAREST ? nearest(r, place, in) : fmin(fmax(place, 0.0), in - 1);
        *same = *same && fabs((double)got[i] - want) < 1e-3;
    }
    *same = *same && got;
    return true;
}

/* Height and width of images by one node; *done if there is one for this rule. */
static bool by_node(const struct onnx_op *op, const struct resize *r, uint32_t x, uint32_t *y,
                    bool *done)
{
    const enum op kind = r->mode == NEAREST ? OP_RESIZE_NEAREST : OP_RESIZE_BILINEAR;
    const struct shape s = onnx_tensor_of(op, x)->shape;
    *done = false;
    for (int form = 0; form < 3 && !*done; form++) {
        const struct attrs at = {.to_h = r->to[2],
                                 .to_w = r->to[3],
                                 .align_corners = form == 1,
                                 .half_pixel = form == 2};
        bool same = true;
        if (!same_places(op, r, kind, &at, 2, s.dim[1], r->to[2], &same) ||
            !same_places(op, r, kind, &at, 3, s.dim[2], r->to[3], &same))
            return false;
        *done = same;
        if (same && !onnx_images(op, kind, &at, &x, 1, y))
            return false;
    }
    return true;
}

/* ---- dimension by dimension ---- */

static bool gather(const struct onnx_op *op, const struct resize *r, int32_t axis, int32_t at_axis,
                   uint32_t *x)
{
    const int32_t in = onnx_tensor_of(op, *x)->shape.dim[at_axis], out = r->to[axis];
    struct onnx_ints index = {.n = (uint32_t)out,
                              .v = ARENA_ARRAY(op->t->tmp, int64_t, (size_t)out)};
    for (int32_t i = 0; i < out; i++)
        index.v[i] = nearest(r, source(r, i, in, out, r->scale[axis]), in);
    const struct attrs at = {.axis = at_axis};
    const uint32_t of[2] = {*x, onnx_ints_constant(op, &index)};
    return onnx_step(op, OP_GATHER, &at, of, 2, x);
}

/* Weight of a pixel at a distance: Keys' cubic convolution, or linear. */
static double kernel(const struct resize *r, double d)
{
    const double a = (double)r->cubic_a;
    d = fabs(d);
    if (r->mode == LINEAR)
        return d < 1.0 ? 1.0 - d : 0.0;
    if (d <= 1.0)
        return ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0;
    return d < 2.0 ? ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a : 0.0;
}

/* One row of the matrix: the share of each input in output i. Pixels beyond the border are those at
 * the border, or with exclude_outside nothing. */
static void fill_row(const struct resize *r, double at, int32_t in, float *row)
{
    const int reach = r->mode == LINEAR ? 1 : 2;
    double sum = 0.0, share[4] = {0};
    if (r->mode == LINEAR)
        at = fmin(fmax(at, 0.0), in - 1);
    const int64_t first = (int64_t)floor(at) - reach + 1;
    for (int k = 0; k < 2 * reach; k++) {
        const bool outside = first + k < 0 || first + k >= in;
        share[k] = outside && r->excludes_outside ? 0.0 : kernel(r, at - (double)(first + k));
        sum += share[k];
    }
    for (int k = 0; k < 2 * reach; k++)
        row[held((double)(first + k), in)] += (float)(share[k] / sum);
}

#define MATRIX_MAX (1 << 22) /* elements */

static bool mix(const struct onnx_op *op, const struct resize *r, int32_t axis, int32_t at_axis,
                uint32_t *x)
{
    const struct shape s = onnx_tensor_of(op, *x)->shape;
    const int32_t in = s.dim[at_axis], out = r->to[axis];
    if ((int64_t)in * out > MATRIX_MAX)
        return onnx_refuse(op, "%" PRId32 " to %" PRId32 " pixels by this rule", in, out);
    float *data = arena_alloc(op->t->a, (size_t)in * (size_t)out * sizeof *data);
    for (int32_t i = 0; i < out; i++)
        fill_row(r, source(r, i, in, out, r->scale[axis]), in, data + (size_t)i * (size_t)in);
    const struct tensor matrix = {
        .name = op->out, .dtype = DT_F32, .shape = {.rank = 2, .dim = {out, in}}, .data = data};
    int32_t perm[RANK_MAX];
    for (int32_t i = 0; i < RANK_MAX; i++)
        perm[i] = i == at_axis ? s.rank - 1 : i == s.rank - 1 ? at_axis : i;
    if (!onnx_transpose_by(op, *x, perm, x))
        return false;
    struct shape to = onnx_tensor_of(op, *x)->shape;
    const struct shape rows = {.rank = 2, .dim = {(int32_t)(shape_count(&to) / in), in}};
    to.dim[s.rank - 1] = out;
    if (!onnx_reshape_to(op, *x, &rows, x))
        return false;
    const uint32_t of[2] = {*x, graph_add_tensor(op->t->g, &matrix)};
    return onnx_step(op, OP_FULLY_CONNECTED, NULL, of, 2, x) && onnx_reshape_to(op, *x, &to, x) &&
           onnx_transpose_by(op, *x, perm, x);
}

bool onnx_resize(const struct onnx_op *op)
{
    struct resize r = {0};
    struct onnx_view v;
    bool done = false;
    uint32_t x;
    if (!onnx_arity(op, 1, 4, 1) || !onnx_in_view(op, 0, &v) || !read_rules(op, &r) ||
        !read_sizes(op, &v, &r))
        return false;
    const struct shape s = onnx_tensor_of(op, v.id)->shape;
    if (v.rank == 4 && r.mode != CUBIC && r.to[0] == s.dim[0] &&
        r.to[1] == s.dim[onnx_view_axis(&v, 1)]) {
        if (!onnx_in_last(op, 0, &x) || !by_node(op, &r, x, &x, &done))
            return false;
        if (done)
            return onnx_set_last(op, 0, x);
    }
    x = v.id;
    for (int32_t i = 0; i < v.rank; i++) {
        const int32_t at = onnx_view_axis(&v, i);
        if (r.to[i] == s.dim[at] && r.scale[i] == 1.0)
            continue;
        if (!(r.mode == NEAREST ? gather(op, &r, i, at, &x) : mix(op, &r, i, at, &x)))
            return false;
    }
    return onnx_set_view(op, 0, x, &v);
}
