/* commute.c - a node that works on transposed operands as one that works on them as they were.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/commute.h"

#include <assert.h>
#include <string.h>

bool commutes(const struct node *n, const int32_t *perm, int32_t rank)
{
    switch (n->op) {
    case OP_ADD:
    case OP_ADD_BROADCAST:
    case OP_SUB:
    case OP_MUL:
    case OP_MINIMUM:
    case OP_MAXIMUM:
    case OP_RELU:
    case OP_RELU6:
    case OP_QUANTIZE:
    case OP_DEQUANTIZE:
#define UNARY(UPPER, lower, attr_mask) case OP_##UPPER:
#include "ir/unary.def"
#undef UNARY
    case OP_CONCAT:
    case OP_PAD:
    case OP_SLICE:
    case OP_MEAN:
    case OP_REDUCE_SUM:
    case OP_REDUCE_MAX:
    case OP_REDUCE_MIN:
        return true;
    case OP_SOFTMAX: /* over the last dimension */
        return perm[rank - 1] == rank - 1;
    case OP_AVERAGE_POOL2D: /* height and width may change places */
    case OP_MAX_POOL2D:
    case OP_RESIZE_NEAREST:
        return perm[0] == 0 && perm[rank - 1] == rank - 1;
    default:
        return false;
    }
}

static void swap(int32_t *a, int32_t *b)
{
    const int32_t t = *a;
    *a = *b;
    *b = t;
}

static void swap_height_and_width(struct attrs *a)
{
    swap(&a->kernel_h, &a->kernel_w);
    swap(&a->stride_h, &a->stride_w);
    swap(&a->dilation_h, &a->dilation_w);
    swap(&a->pad_top, &a->pad_left);
    swap(&a->pad_bottom, &a->pad_right);
    swap(&a->to_h, &a->to_w);
}

struct attrs attrs_before(const struct node *n, const int32_t *perm, int32_t rank)
{
    const struct attrs *from = &n->attrs;
    struct attrs to = *from;
    assert(commutes(n, perm, rank));
    for (int32_t i = 0; i < rank; i++) {
        to.pads[2 * perm[i]] = from->pads[2 * i];
        to.pads[2 * perm[i] + 1] = from->pads[2 * i + 1];
        to.begin[perm[i]] = from->begin[i];
        to.size[perm[i]] = from->size[i];
        to.step[perm[i]] = from->step[i];
        to.over[perm[i]] = from->over[i];
    }
    if (n->op == OP_CONCAT)
        to.axis = perm[from->axis];
    const bool image =
        n->op == OP_AVERAGE_POOL2D || n->op == OP_MAX_POOL2D || n->op == OP_RESIZE_NEAREST;
    if (image && perm[1] == 2)
        swap_height_and_width(&to);
    return to;
}

struct shape shape_before(const struct shape *s, const int32_t *perm)
{
    struct shape before = {.rank = s->rank};
    for (int32_t i = 0; i < s->rank; i++)
        before.dim[perm[i]] = s->dim[i];
    return before;
}

void *data_before(struct arena *a, const void *data, const struct shape *s, size_t size,
                  const int32_t *perm)
{
    const struct shape to = shape_before(s, perm);
    const int64_t count = shape_count(s);
    int64_t step[RANK_MAX] = {0}, at[RANK_MAX] = {0},
            position = 0; /* of each dimension in the result */
    for (int32_t i = 0; i < s->rank; i++) {
        step[i] = 1;
        for (int32_t k = perm[i] + 1; k < s->rank; k++)
            step[i] *= to.dim[k];
    }
    uint8_t *out = arena_alloc(a, (size_t)count * size);
    for (int64_t e = 0; e < count; e++) {
        memcpy(out + (size_t)position * size, (const uint8_t *)data + (size_t)e * size, size);
        for (int32_t i = s->rank - 1; i >= 0; i--) { /* count up in the order of the data */
            position += step[i];
            if (++at[i] < s->dim[i])
                break;
            position -= step[i] * s->dim[i];
            at[i] = 0;
        }
    }
    return out;
}
