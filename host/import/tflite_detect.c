/* tflite_detect.c - TFLite_Detection_PostProcess, the custom operator at the end of SSD models.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Its numbers are floats; what is quantised is dequantised first. */
#include <inttypes.h>

#include "import/flexbuffer.h"
#include "import/tflite_parts.h"

/* The reference writes outside of its outputs where a box may have several classes. */
#define CLASSES_OF_A_BOX 1
#define PER_CLASS        100 /* unless the options say so */

static bool number(const struct tfl_op *op, const char *key, double *out)
{
    return flex_number(op->custom_options, key, out) ||
           tfl_refuse(op, "its options have no number '%s'", key);
}

/* Absent: `preset`. */
static bool whole(const struct tfl_op *op, const char *key, int64_t preset, int32_t *out)
{
    int64_t value = preset;
    if (!flex_int(op->custom_options, key, &value) && preset < 0)
        return tfl_refuse(op, "its options have no integer '%s'", key);
    if (value < 0 || value > DIM_MAX)
        return tfl_refuse(op, "its option '%s' is %" PRId64 ", outside 0..%d", key, value, DIM_MAX);
    *out = (int32_t)value;
    return true;
}

static bool options(const struct tfl_op *op, struct attrs *at)
{
    int32_t of_a_box = 0, per_class = 0, one_by_one = 0;
    double threshold = 0.0, overlap = 0.0;
    if (!whole(op, "max_detections", -1, &at->params[0]) ||
        !whole(op, "max_classes_per_detection", -1, &of_a_box) ||
        !whole(op, "detections_per_class", PER_CLASS, &per_class) ||
        !whole(op, "use_regular_nms", 0, &one_by_one) ||
        !whole(op, "num_classes", -1, &at->params[2]) ||
        !number(op, "nms_score_threshold", &threshold) ||
        !number(op, "nms_iou_threshold", &overlap))
        return false;
    if (!one_by_one && of_a_box != CLASSES_OF_A_BOX)
        return tfl_refuse(op, "%" PRId32 " classes per detection, supported is 1", of_a_box);
    if (one_by_one && per_class == 0)
        return tfl_refuse(op, "its option 'detections_per_class' is 0");
    at->params[1] = one_by_one ? per_class : 0;
    at->threshold = (float)threshold;
    at->overlap = (float)overlap;
    return true;
}

static bool input(struct tfl *t, const struct tfl_op *op, uint32_t k, uint32_t *id)
{
    const struct tensor as = {.name = op->out, .dtype = DT_F32};
    if (!tfl_in(t, op, k, id))
        return false;
    const enum dtype type = tfl_tensor_of(t, *id)->dtype;
    return type == DT_F32 || tfl_step(t, op, OP_DEQUANTIZE, NULL, id, 1, &as, id);
}

/* The four numbers of each box, in units of the anchor: what follows them (keypoints) is left out. */
static bool codes(struct tfl *t, const struct tfl_op *op, uint32_t *id)
{
    static const char *const keys[4] = {"y_scale", "x_scale", "h_scale", "w_scale"};
    const struct tensor as = {.name = op->out, .dtype = DT_F32};
    const struct shape shape = tfl_tensor_of(t, *id)->shape;
    float *scales = ARENA_ARRAY(t->a, float, 4);
    for (int k = 0; k < 4; k++) {
        double scale = 0.0;
        if (!number(op, keys[k], &scale))
            return false;
        scales[k] = (float)scale;
        if (!(scales[k] >= 1e-30f) || !(scales[k] <= 1e30f))
            return tfl_refuse(op, "its option '%s' is %.9g", keys[k], scale);
    }
    struct attrs first = tfl_whole(&shape);
    if (shape.rank == 3 && shape.dim[2] > 4) {
        first.size[2] = 4;
        if (!tfl_step(t, op, OP_SLICE, &first, id, 1, &as, id))
            return false;
    }
    const struct tensor by = {
        .name = op->out, .dtype = DT_F32, .shape = {.rank = 1, .dim = {4}}, .data = scales};
    const uint32_t in[2] = {*id, graph_add_tensor(t->g, &by)};
    return tfl_step(t, op, OP_DIV, NULL, in, 2, &as, id);
}

bool tfl_detect(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    uint32_t in[3];
    return tfl_arity_of(op, 3, 3, 4) && options(op, &at) && input(t, op, 0, &in[0]) &&
           input(t, op, 1, &in[1]) && input(t, op, 2, &in[2]) && codes(t, op, &in[0]) &&
           tfl_add_each(t, op, OP_DETECT, &at, in, 3);
}
