/* tflite_nms.c - NON_MAX_SUPPRESSION_V4 and V5 of TensorFlow Lite. SPDX-License-Identifier: Apache-2.0
 *
 * V5 is told by its sixth input, sigma, and gives the scores, too. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "import/tflite_parts.h"

enum nms_input { NMS_BOXES, NMS_SCORES, NMS_MAX, NMS_OVERLAP, NMS_THRESHOLD, NMS_SIGMA, NMS_N_IN };

/* Input k, a constant of one float32. Infinities become the largest floats: no score is between. */
static bool number(struct tfl *t, const struct tfl_op *op, uint32_t k, float *out)
{
    const int32_t i = tfl_in_id(t, op, k);
    const struct tfl_tensor *from = i < 0 ? NULL : tfl_tensor(t, (uint32_t)i);
    if (t->fb->failed)
        return false;
    if (!from || from->type != TFL_FLOAT32 || from->data.len != sizeof *out)
        return tfl_refuse(op, "input %" PRIu32 " '%s' is not a constant of one float32", k,
                          from ? from->name : "");
    memcpy(out, from->data.data, sizeof *out);
    if (isnan(*out))
        return tfl_refuse(op, "input %" PRIu32 " '%s' is no number", k, from->name);
    *out = *out < -FLT_MAX ? -FLT_MAX : *out > FLT_MAX ? FLT_MAX : *out;
    return true;
}

static bool activation(struct tfl *t, const struct tfl_op *op, uint32_t k, uint32_t *id)
{
    if (!tfl_in(t, op, k, id))
        return false;
    const enum dtype type = tfl_tensor_of(t, *id)->dtype;
    if (type == DT_F32)
        return true;
    tfl_refuse(op, "input %" PRIu32 " of type %s, supported for float32", k, dtype_name(type));
    return diag_hint(op->d, "dequantize boxes and scores, as the converter does of itself");
}

bool tfl_nms(struct tfl *t, const struct tfl_op *op)
{
    static const uint32_t of_v4[2] = {0, 2}, of_v5[3] = {0, 1, 2};
    const bool is_v5 = op->in_ids.n == NMS_N_IN;
    struct attrs at = {0};
    struct tfl_ints max = {0};
    uint32_t in[2];
    if (!tfl_arity_of(op, NMS_SIGMA, NMS_N_IN, is_v5 ? 3 : 2) ||
        !activation(t, op, NMS_BOXES, &in[0]) || !activation(t, op, NMS_SCORES, &in[1]) ||
        !tfl_in_ints(t, op, NMS_MAX, &max) || !number(t, op, NMS_OVERLAP, &at.overlap) ||
        !number(t, op, NMS_THRESHOLD, &at.threshold) ||
        (is_v5 && !number(t, op, NMS_SIGMA, &at.alpha)))
        return false;
    if (max.n != 1 || max.v[0] < 1 || max.v[0] > DIM_MAX)
        return tfl_refuse(op, "a largest number of boxes of %" PRId64 ", expected 1..%d",
                          max.n == 1 ? max.v[0] : 0, DIM_MAX);
    at.params[0] = (int32_t)max.v[0];
    return tfl_add_picked(t, op, OP_NMS, &at, in, 2, is_v5 ? of_v5 : of_v4);
}
