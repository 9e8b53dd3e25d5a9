/* tflite_tensor.c - tensors: declarations, buffers, quantisation.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "import/tflite_parts.h"

/* Control characters could reach a terminal with a message: they become '?'. */
static const char *read_name(struct tfl *t, const struct fb_table *table, uint32_t i)
{
    struct bytes raw = fb_string(t->fb, table, TENSOR_NAME);
    size_t len = raw.len < TFL_NAME_MAX ? raw.len : TFL_NAME_MAX;
    if (len == 0)
        return arena_printf(t->tmp, "tensor %" PRIu32, i);
    char *name = arena_alloc(t->tmp, len + 1);
    for (size_t k = 0; k < len; k++)
        name[k] = raw.data[k] < 0x20 || raw.data[k] == 0x7f ? '?' : (char)raw.data[k];
    return name;
}

/* The contents of a buffer: inside the FlatBuffer, or for files above 2 GiB behind it, at an
 * offset of the file. Offsets 0 and 1 mean inside. */
static bool read_buffer(struct tfl *t, struct tfl_tensor *out)
{
    struct fb *fb = t->fb;
    if (out->i_buffer >= t->buffers.n)
        return fb_fail(fb, out->at, "tensor %" PRIu32 " '%s' has buffer %" PRIu32 " of %" PRIu32,
                       out->i, out->name, out->i_buffer, t->buffers.n);
    struct fb_table buffer = fb_table_at(fb, &t->buffers, out->i_buffer);
    struct fb_vector data = fb_vector(fb, &buffer, BUFFER_DATA, 1);
    uint64_t offset = fb_u64(fb, &buffer, BUFFER_OFFSET, 0);
    uint64_t size = fb_u64(fb, &buffer, BUFFER_SIZE, 0);
    out->data = fb_contents(fb, &data);
    out->data_at = data.at;
    if (fb->failed || offset <= 1)
        return !fb->failed;
    if (offset > fb->file.len || size > fb->file.len - offset)
        return fb_fail(fb, buffer.at,
                       "buffer %" PRIu32 ": %" PRIu64 " bytes at offset %" PRIu64
                       " reach beyond the file's %zu",
                       out->i_buffer, size, offset, fb->file.len);
    out->data = (struct bytes){fb->file.data + offset, (size_t)size};
    out->data_at = (size_t)offset;
    return true;
}

/* Is a dimension -1 in the signature of the shape? */
static bool is_open(struct tfl *t, const struct fb_table *table)
{
    const struct fb_vector dims = fb_vector(t->fb, table, TENSOR_SHAPE_SIGNATURE, sizeof(int32_t));
    bool found = false;
    for (uint32_t k = 0; k < dims.n && k < RANK_MAX; k++)
        found = found || fb_i32_at(t->fb, &dims, k) < 0;
    return found;
}

const struct tfl_tensor *tfl_tensor(struct tfl *t, uint32_t i)
{
    struct fb *fb = t->fb;
    assert(i < t->tensors.n);
    if (t->declared[i])
        return t->declared[i];
    struct fb_table table = fb_table_at(fb, &t->tensors, i);
    struct tfl_tensor *out = ARENA_NEW(t->tmp, struct tfl_tensor);
    *out = (struct tfl_tensor){.i = i, .at = table.at};
    out->name = read_name(t, &table, i);
    out->type = fb_u8(fb, &table, TENSOR_TYPE, TFL_FLOAT32);
    out->shape = fb_vector(fb, &table, TENSOR_SHAPE, sizeof(int32_t));
    out->i_buffer = (uint32_t)fb_i32(fb, &table, TENSOR_BUFFER, 0);
    out->quantization = fb_table(fb, &table, TENSOR_QUANTIZATION);
    out->is_variable = fb_u8(fb, &table, TENSOR_IS_VARIABLE, 0) != 0;
    out->is_open = is_open(t, &table);
    out->is_sparse = fb_table(fb, &table, TENSOR_SPARSITY).at != 0;
    if (fb->failed || !read_buffer(t, out))
        return NULL;
    t->declared[i] = out;
    return out;
}

const char *tfl_type_name(uint8_t type)
{
    static const char *const name[] = {
        "float32", "float16",  "int32",     "uint8",  "int64",   "string",
        "bool",    "int16",    "complex64", "int8",   "float64", "complex128",
        "uint64",  "resource", "variant",   "uint32", "uint16",  "int4",
    };
    return type < sizeof name / sizeof name[0] ? name[type] : "of unknown type";
}

static bool convert_type(uint8_t type, enum dtype *out)
{
    static const uint8_t of[N_DTYPES] = {
        [DT_F32] = TFL_FLOAT32, [DT_S8] = TFL_INT8,    [DT_S16] = TFL_INT16,
        [DT_S32] = TFL_INT32,   [DT_S64] = TFL_INT64,  [DT_U8] = TFL_UINT8,
        [DT_U32] = TFL_UINT32,  [DT_U64] = TFL_UINT64, [DT_BOOL] = TFL_BOOL,
    };
    if (type == TFL_INT4) { /* of constants only: tfl_tensor_convert */
        *out = DT_S8;
        return true;
    }
    for (uint32_t k = 0; k < N_DTYPES; k++)
        if (of[k] == type) {
            *out = (enum dtype)k;
            return true;
        }
    return false;
}

/* NULL, or what is wrong. Dimensions are checked by the IR's own rule, in tfl_tensor_convert. */
static const char *convert_shape(struct tfl *t, const struct tfl_tensor *from,
                                 enum tfl_no_shape no_shape, struct shape *to)
{
    *to = (struct shape){0};
    if (from->shape.n == 0 && (from->data.len > 0 || no_shape == TFL_NO_SHAPE_IS_SCALAR)) {
        *to = (struct shape){.rank = 1, .dim = {1}};
        return NULL;
    }
    if (from->shape.n == 0)
        return arena_printf(t->tmp, "'%s' is a scalar, or its shape is unknown", from->name);
    if (from->shape.n > RANK_MAX)
        return arena_printf(t->tmp, "'%s' has %" PRIu32 " dimensions, at most %d are supported",
                            from->name, from->shape.n, RANK_MAX);
    to->rank = (int32_t)from->shape.n;
    for (uint32_t k = 0; k < from->shape.n; k++) {
        to->dim[k] = fb_i32_at(t->fb, &from->shape, k);
        if (to->dim[k] < 1 || to->dim[k] > DIM_MAX)
            return arena_printf(t->tmp, "'%s': dimension %" PRIu32 " is %" PRId32 ", outside 1..%d",
                                from->name, k, to->dim[k], DIM_MAX);
    }
    if (shape_count(to) > COUNT_MAX)
        return arena_printf(t->tmp, "'%s' has more than %d elements", from->name, COUNT_MAX);
    return NULL;
}

/* The axis of n > 1 scales. Old converters write the axis of the weights at their bias, too: of a
 * vector there is only one axis, whatever the file says. */
static bool check_axis(struct tfl *t, const struct tfl_tensor *from, const struct shape *shape,
                       uint32_t n, int32_t *axis)
{
    *axis = shape->rank == 1 ? 0 : fb_i32(t->fb, &from->quantization, QUANT_DIMENSION, 0);
    if (*axis < 0 || *axis >= shape->rank)
        return fb_fail(t->fb, from->quantization.at,
                       "tensor %" PRIu32 " '%s': quantised along dimension %" PRId32 " of %" PRId32,
                       from->i, from->name, *axis, shape->rank);
    if (n != (uint32_t)shape->dim[*axis])
        return fb_fail(t->fb, from->quantization.at,
                       "tensor %" PRIu32 " '%s': %" PRIu32 " scales for %" PRId32
                       " channels along dimension %" PRId32,
                       from->i, from->name, n, shape->dim[*axis], *axis);
    return true;
}

static bool convert_quant(struct tfl *t, const struct tfl_tensor *from, const struct shape *shape,
                          struct quant *to)
{
    struct fb *fb = t->fb;
    struct fb_vector scale = fb_vector(fb, &from->quantization, QUANT_SCALE, sizeof(float));
    struct fb_vector zero = fb_vector(fb, &from->quantization, QUANT_ZERO_POINT, sizeof(int64_t));
    *to = (struct quant){0};
    if (fb->failed || scale.n == 0)
        return !fb->failed;
    if (zero.n != scale.n)
        return fb_fail(fb, from->quantization.at,
                       "tensor %" PRIu32 " '%s': %" PRIu32 " scales and %" PRIu32 " zero points",
                       from->i, from->name, scale.n, zero.n);
    if (scale.n > 1 && !check_axis(t, from, shape, scale.n, &to->axis))
        return false;
    if (scale.n > TFL_SCALES_MAX - t->n_scales)
        return fb_fail(fb, scale.at, "the model has more than %d scales", TFL_SCALES_MAX);
    t->n_scales += scale.n;
    float *scales = ARENA_ARRAY(t->tmp, float, scale.n);
    int32_t *zeros = ARENA_ARRAY(t->tmp, int32_t, scale.n);
    for (uint32_t c = 0; c < scale.n; c++) {
        int64_t z = fb_i64_at(fb, &zero, c);
        if (z < INT32_MIN || z > INT32_MAX)
            return fb_fail(fb, zero.at,
                           "tensor %" PRIu32 " '%s': zero point %" PRId64 " is outside 32 bits",
                           from->i, from->name, z);
        scales[c] = fb_f32_at(fb, &scale, c);
        zeros[c] = (int32_t)z;
    }
    to->n = scale.n;
    to->scale = scales;
    to->zero = zeros;
    return true;
}

const char *tfl_tensor_convert(struct tfl *t, const struct tfl_tensor *from,
                               enum tfl_no_shape no_shape, struct tensor *to)
{
    *to = (struct tensor){.name = from->name};
    if (from->type == TFL_INT4 && from->data.len == 0)
        return arena_printf(t->tmp, "'%s' is int4 and no constant", from->name);
    if (!convert_type(from->type, &to->dtype))
        return arena_printf(t->tmp, "'%s' is %s", from->name, tfl_type_name(from->type));
    if (from->is_sparse)
        return arena_printf(t->tmp, "'%s' is stored sparse", from->name);
    const char *fault = convert_shape(t, from, no_shape, &to->shape);
    if (fault)
        return fault;
    if (fb_u8(t->fb, &from->quantization, QUANT_DETAILS_TYPE, 0) != 0)
        return arena_printf(t->tmp, "'%s' has a custom quantisation", from->name);
    if (to->dtype != DT_F32 && to->dtype != DT_BOOL) /* some converters leave a scale: no meaning */
        convert_quant(t, from, &to->shape, &to->quant);
    return NULL;
}

bool tfl_tensor_ints(struct tfl *t, const struct tfl_tensor *from, struct tfl_ints *out)
{
    const size_t size = from->type == TFL_INT64   ? sizeof(int64_t)
                        : from->type == TFL_INT32 ? sizeof(int32_t)
                                                  : 1;
    *out = (struct tfl_ints){.scalar = from->shape.n == 0};
    if (from->type != TFL_INT32 && from->type != TFL_INT64 && from->type != TFL_BOOL)
        return false;
    int64_t n = 1;
    for (uint32_t k = 0; k < from->shape.n; k++) {
        int32_t dim = fb_i32_at(t->fb, &from->shape, k);
        if (dim < 0 || dim > TFL_INTS_MAX || n * dim > TFL_INTS_MAX)
            return false;
        n *= dim;
    }
    if (from->is_sparse || from->data.len != (size_t)n * size)
        return false;
    out->n = (uint32_t)n;
    for (uint32_t k = 0; k < out->n; k++) {
        const enum dtype as = size == 1 ? DT_U8 : size == sizeof(int32_t) ? DT_S32 : DT_S64;
        out->v[k] = element_int(as, from->data.data, k);
    }
    return true;
}

/* Two elements a byte, the lower half first, with their signs. */
static const void *widened(struct tfl *t, const struct tfl_tensor *from)
{
    if (!t->widened[from->i_buffer]) {
        int8_t *to = arena_alloc(t->a, 2 * from->data.len);
        for (size_t i = 0; i < from->data.len; i++) {
            const int32_t byte = (int8_t)from->data.data[i];
            to[2 * i + 1] = (int8_t)(byte >> 4);
            to[2 * i] = (int8_t)(((byte & 15) ^ 8) - 8);
        }
        t->widened[from->i_buffer] = to;
    }
    return t->widened[from->i_buffer];
}

size_t tfl_tensor_bytes(const struct tfl_tensor *from, const struct tensor *as)
{
    return from->type == TFL_INT4 ? (tensor_bytes(as) + 1) / 2 : tensor_bytes(as);
}

bool tfl_count_copy(struct tfl *t, const struct tfl_op *op, uint64_t bytes)
{
    const uint64_t of_file = (uint64_t)TFL_COPIES_MAX * t->fb->file.len;
    t->n_copied += bytes;
    return t->n_copied <= (of_file > TFL_COPY_BYTES ? of_file : TFL_COPY_BYTES) ||
           tfl_refuse(op, "constants that are widened, filled or moved take more than %d bytes",
                      TFL_COPY_BYTES);
}

size_t tfl_tensor_copied(const struct tfl *t, const struct tfl_tensor *from, size_t align)
{
    if (from->type == TFL_INT4)
        return t->widened[from->i_buffer] ? 0 : 2 * from->data.len;
    const bool is_moved = (uintptr_t)from->data.data % align != 0 && !t->aligned[from->i_buffer];
    return is_moved ? from->data.len : 0;
}

const void *tfl_tensor_data(struct tfl *t, const struct tfl_tensor *from, size_t align)
{
    if (from->type == TFL_INT4)
        return widened(t, from);
    if ((uintptr_t)from->data.data % align == 0)
        return from->data.data;
    if (!t->aligned[from->i_buffer])
        t->aligned[from->i_buffer] = arena_copy(t->a, from->data.data, from->data.len);
    return t->aligned[from->i_buffer];
}
