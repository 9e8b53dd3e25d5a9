/* tflite_report.c - what a TensorFlow Lite model needs and Mote does not have, and what to do.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "import/tflite_parts.h"

/* Remedies of operators by the beginning of their name. What stands in no row is told the last. */
struct remedy {
    const char *name, *what;
};
static const struct remedy of_operator[] = {
    {"custom operator 'ethos-u'",
     "this file was compiled for another accelerator (Arm Ethos-U, by Vela): give Mote the int8 "
     "file from before that compiler"},
    {"custom operator 'edgetpu",
     "this file was compiled for another accelerator (Edge TPU): give Mote the int8 file from "
     "before that compiler"},
    {"custom operator 'Flex",
     "an operator of full TensorFlow: convert with builtin operators only (without "
     "SELECT_TF_OPS)"},
    {"custom operator 'Signal",
     "an audio front end: of the signal library SignalWindow, SignalFftAutoScale, SignalRfft, "
     "SignalEnergy and SignalFilterBank... are supported"},
    {"custom operator", "its code is not in the file: end the model before it, or train without "
                        "it"},
    {"STABLEHLO_", "convert to TFLite builtin operators"},
    {"NON_MAX_SUPPRESSION", "end the model before it: the program around it sorts the few boxes"},
    {"EMBEDDING_LOOKUP", "look the row up in the program around the model, and feed it"},
    {"HASHTABLE", "look it up in the program around the model"},
    {"RFFT2D", "compute the spectrum in the program around the model, and feed that"},
    {"RNN", "unroll it (unroll=True in Keras)"},
    {"BIDIRECTIONAL_", "unroll it (unroll=True in Keras), or use one direction only"},
    {"CONV_3D", "make time a channel, and use CONV_2D"},
    {"DENSIFY", "convert without sparsity: weights that are zero are found anyhow"},
    {"", "end the model before it and leave the rest to the program around, or use another "
         "operator: `mote check --operators` lists them"},
};

/* Remedies of tensors by their type in the file. */
static const char *of_type(uint8_t type)
{
    switch (type) {
    case TFL_FLOAT32:
    case TFL_INT8:
    case TFL_INT16:
    case TFL_BOOL:
        return NULL;
    case TFL_UINT8:
        return "uint8 is the scheme of old converters: convert with inference_input_type and "
               "inference_output_type int8";
    case TFL_FLOAT16:
        return "convert without float16 weights; with a representative data set to int8";
    case TFL_INT32:
    case TFL_INT64:
        return "leave computing on such integers to the program around the model";
    default:
        return "use float32, int8 or int16 tensors";
    }
}

/* Of a tensor's declaration that is unusual; NULL when it is not. */
static const char *of_tensor(struct tfl *t, int32_t id)
{
    const struct tfl_tensor *tensor = id < 0 ? NULL : tfl_tensor(t, (uint32_t)id);
    if (!tensor || t->fb->failed || tensor->data.len)
        return NULL;
    if (of_type(tensor->type))
        return of_type(tensor->type);
    if (tensor->is_sparse)
        return "convert without sparsity: weights that are zero are found anyhow";
    if (tensor->shape.n == 0)
        return "convert with a fixed input shape, so that every shape is known";
    int32_t batch = fb_i32_at(t->fb, &tensor->shape, 0);
    if (batch != 1)
        return "convert with a fixed batch of 1: the first dimension of every tensor is the batch";
    return NULL;
}

/* What to do about a fault that came without a remedy of its own. */
static const char *remedy(struct tfl *t, const struct tfl_op *op)
{
    const struct remedy *r = of_operator;
    if (!op->is_known) {
        while (strncmp(op->name, r->name, strlen(r->name)) != 0)
            r++;
        return r->what;
    }
    for (uint32_t k = 0; k < op->out_ids.n; k++) {
        const char *what = of_tensor(t, fb_i32_at(t->fb, &op->out_ids, k));
        if (what)
            return what;
    }
    for (uint32_t k = 0; k < op->in_ids.n; k++) {
        const char *what = of_tensor(t, fb_i32_at(t->fb, &op->in_ids, k));
        if (what)
            return what;
    }
    return "change this operator in the model and convert it again; or end the model before it";
}

/* Type of the operator's output in the file. */
static const char *out_type(struct tfl *t, const struct tfl_op *op)
{
    const struct tfl_tensor *out =
        op->out_ids.n ? tfl_tensor(t, (uint32_t)fb_i32_at(t->fb, &op->out_ids, 0)) : NULL;
    return out ? tfl_type_name(out->type) : "";
}

void tfl_add_fault(struct tfl *t, const struct tfl_op *op, const struct diag *d)
{
    *VEC_PUSH(t->a, &t->faults->list) = (struct fault){
        .i_op = op->i,
        .op = arena_strdup(t->a, op->name),
        .name = arena_strdup(t->a, op->out),
        .type = out_type(t, op),
        .what = arena_strdup(t->a, d->message),
        .hint = arena_strdup(t->a, d->hint[0] ? d->hint : remedy(t, op)),
    };
}

void tfl_add_graph_fault(struct tfl *t, const struct tfl_tensor *end, const struct diag *d)
{
    const char *hint = of_tensor(t, (int32_t)end->i);
    *VEC_PUSH(t->a, &t->faults->list) = (struct fault){
        .i_op = FAULT_NO_OPERATOR,
        .op = "",
        .name = arena_strdup(t->a, end->name),
        .type = tfl_type_name(end->type),
        .what = arena_strdup(t->a, d->message),
        .hint = hint ? hint : "change this input or output of the model and convert it again",
    };
}
