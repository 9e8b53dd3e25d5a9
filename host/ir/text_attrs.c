/* text_attrs.c - how attributes are spelt: one table for the printer and the parser.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "ir/ops/ops.h"
#include "ir/text_parts.h"

const struct attr_spec *attr_specs(uint32_t *n)
{
    static const struct attr_spec specs[] = {
        {"kernel", ATTR_KERNEL, ATTR_FORM_FIXED, offsetof(struct attrs, kernel_h), 2, ATTR_REQUIRED,
         0},
        {"stride", ATTR_STRIDE, ATTR_FORM_FIXED, offsetof(struct attrs, stride_h), 2, ATTR_OPTIONAL,
         1},
        {"dilation", ATTR_DILATION, ATTR_FORM_FIXED, offsetof(struct attrs, dilation_h), 2,
         ATTR_OPTIONAL, 1},
        {"pad", ATTR_PAD, ATTR_FORM_FIXED, offsetof(struct attrs, pad_top), 4, ATTR_OPTIONAL, 0},
        {"axis", ATTR_AXIS, ATTR_FORM_ONE, offsetof(struct attrs, axis), 1, ATTR_REQUIRED, 0},
        {"pads", ATTR_PADS, ATTR_FORM_LIST, offsetof(struct attrs, pads), 2 * RANK_MAX,
         ATTR_REQUIRED, 0},
        {"shape", ATTR_NEW_SHAPE, ATTR_FORM_LIST, offsetof(struct attrs, new_shape), RANK_MAX,
         ATTR_REQUIRED, 0},
        {"over", ATTR_OVER, ATTR_FORM_LIST, offsetof(struct attrs, over), RANK_MAX, ATTR_REQUIRED,
         0},
        {"perm", ATTR_PERM, ATTR_FORM_LIST, offsetof(struct attrs, perm), RANK_MAX, ATTR_REQUIRED,
         0},
        {"begin", ATTR_SLICE, ATTR_FORM_LIST, offsetof(struct attrs, begin), RANK_MAX,
         ATTR_REQUIRED, 0},
        {"size", ATTR_SLICE_SIZE, ATTR_FORM_LIST, offsetof(struct attrs, size), RANK_MAX,
         ATTR_REQUIRED, 0},
        {"step", ATTR_SLICE_STEP, ATTR_FORM_LIST, offsetof(struct attrs, step), RANK_MAX,
         ATTR_REQUIRED, 0},
        {"repeat", ATTR_REPEAT, ATTR_FORM_LIST, offsetof(struct attrs, repeat), RANK_MAX,
         ATTR_REQUIRED, 0},
        {"block", ATTR_BLOCK, ATTR_FORM_FIXED, offsetof(struct attrs, block_h), 2, ATTR_REQUIRED,
         0},
        {"to", ATTR_RESIZE, ATTR_FORM_FIXED, offsetof(struct attrs, to_h), 2, ATTR_REQUIRED, 0},
        {"rank", ATTR_RANK, ATTR_FORM_ONE, offsetof(struct attrs, rank), 1, ATTR_REQUIRED, 0},
        {"adjoint", ATTR_ADJOINT, ATTR_FORM_FIXED, offsetof(struct attrs, adjoint_a), 2,
         ATTR_OPTIONAL, 0},
        {"align_corners", ATTR_ALIGN, ATTR_FORM_ONE, offsetof(struct attrs, align_corners), 1,
         ATTR_OPTIONAL, 0},
        {"half_pixel", ATTR_HALF, ATTR_FORM_ONE, offsetof(struct attrs, half_pixel), 1,
         ATTR_OPTIONAL, 0},
        {"exclusive", ATTR_EXCLUSIVE, ATTR_FORM_ONE, offsetof(struct attrs, exclusive), 1,
         ATTR_OPTIONAL, 0},
        {"reverse", ATTR_REVERSE, ATTR_FORM_ONE, offsetof(struct attrs, reverse), 1, ATTR_OPTIONAL,
         0},
        {"k", ATTR_K, ATTR_FORM_ONE, offsetof(struct attrs, k), 1, ATTR_REQUIRED, 0},
        {"value", ATTR_VALUE, ATTR_FORM_FLOAT, offsetof(struct attrs, value), 1, ATTR_OPTIONAL, 0},
        {"params", ATTR_PARAMS, ATTR_FORM_FIXED, offsetof(struct attrs, params), N_PARAMS,
         ATTR_OPTIONAL, 0},
        {"eps", ATTR_EPS, ATTR_FORM_FLOAT, offsetof(struct attrs, eps), 1, ATTR_REQUIRED, 0},
        {"beta", ATTR_BETA, ATTR_FORM_FLOAT, offsetof(struct attrs, beta), 1, ATTR_OPTIONAL, 1},
        {"alpha", ATTR_ALPHA, ATTR_FORM_FLOAT, offsetof(struct attrs, alpha), 1, ATTR_REQUIRED, 0},
        {"clip", ATTR_CLIP, ATTR_FORM_FLOAT, offsetof(struct attrs, clip), 1, ATTR_OPTIONAL, 0},
        {"threshold", ATTR_THRESHOLD, ATTR_FORM_FLOAT, offsetof(struct attrs, threshold), 1,
         ATTR_OPTIONAL, 0},
        {"overlap", ATTR_OVERLAP, ATTR_FORM_FLOAT, offsetof(struct attrs, overlap), 1,
         ATTR_REQUIRED, 0},
        {"act", ATTR_ACT, ATTR_FORM_ACT, offsetof(struct attrs, act), 1, ATTR_OPTIONAL, ACT_NONE},
    };
    *n = sizeof specs / sizeof specs[0];
    return specs;
}

int32_t attr_get(const struct attrs *at, const struct attr_spec *spec, uint32_t i)
{
    int32_t value;
    assert(i < spec->n);
    memcpy(&value, (const char *)at + spec->offset + i * sizeof value, sizeof value);
    return value;
}

void attr_set(struct attrs *at, const struct attr_spec *spec, uint32_t i, int32_t value)
{
    assert(i < spec->n);
    memcpy((char *)at + spec->offset + i * sizeof value, &value, sizeof value);
}

float attr_get_float(const struct attrs *at, const struct attr_spec *spec)
{
    float value;
    memcpy(&value, (const char *)at + spec->offset, sizeof value);
    return value;
}

void attr_set_float(struct attrs *at, const struct attr_spec *spec, float value)
{
    memcpy((char *)at + spec->offset, &value, sizeof value);
}

const char *act_name(enum act act)
{
    static const char *const name[N_ACTS] = {
        [ACT_NONE] = "none", [ACT_RELU] = "relu", [ACT_RELU6] = "relu6"};
    assert((uint32_t)act < N_ACTS);
    return name[act];
}

_Static_assert(sizeof(enum act) == sizeof(int32_t), "the table reads an activation as int32");
_Static_assert(offsetof(struct attrs, pad_right) - offsetof(struct attrs, pad_top) == 12,
               "the four pads are neighbours, in the order top, bottom, left, right");
