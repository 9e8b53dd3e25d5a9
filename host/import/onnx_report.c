/* onnx_report.c - what an ONNX model needs and Mote does not have, and what to do.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "import/onnx_parts.h"

/* Remedies of operators by the beginning of their name. What stands in no row is told the last. */
struct remedy {
    const char *name, *what;
};
static const struct remedy of_operator[] = {
    {"com.microsoft.", "an operator of ONNX Runtime: export without its optimisations"},
    {"ai.onnx.ml.", "an operator of classical machine learning: compute it in the program around "
                    "the model, or train a network"},
    {"NonMaxSuppression", "end the model before it: the program around it sorts the few boxes"},
    {"If", "export with the branch decided (torch.jit.trace instead of script)"},
    {"Loop", "export it unrolled (torch.jit.trace instead of script)"},
    {"Scan", "export it unrolled"},
    {"Sequence", "use tensors in place of sequences"},
    {"NonZero",
     "how many elements it has depends on their values: choose by Where or by a product"},
    {"Compress", "how many elements it has depends on their values: choose by Where"},
    {"Erf", "export GELU as one operator (opset 20), or in its form with tanh"},
    {"QuantizeLinear", "quantise the float model with `mote quantize`"},
    {"DequantizeLinear", "quantise the float model with `mote quantize`"},
    {"QLinear", "quantise the float model with `mote quantize`"},
    {"", "end the model before it and leave the rest to the program around, or use another "
         "operator: `mote check --operators` lists them"},
};

static const char *remedy(const struct onnx_op *op)
{
    const struct remedy *r = of_operator;
    if (op->is_known)
        return "change this operator in the model and export it again; or end the model before it";
    while (strncmp(op->name, r->name, strlen(r->name)) != 0)
        r++;
    return r->what;
}

void onnx_add_fault(struct onnx *t, const struct onnx_op *op, const struct diag *d)
{
    *VEC_PUSH(t->a, &t->faults->list) = (struct fault){
        .i_op = op->i,
        .op = arena_strdup(t->a, op->name),
        .name = arena_strdup(t->a, op->node[0] ? op->node : op->out),
        .type = "",
        .what = arena_strdup(t->a, d->message),
        .hint = arena_strdup(t->a, d->hint[0] ? d->hint : remedy(op)),
    };
}

void onnx_add_graph_fault(struct onnx *t, const char *name, const struct diag *d)
{
    const char *hint = d->hint;
    if (!hint[0])
        hint = strstr(d->message, "is open")
                   ? "export with fixed sizes, or choose one by its name: --dim NAME=SIZE"
               : strstr(d->message, "float16") ? "export with float32"
                                               : "change this input or output of the model and "
                                                 "export it again";
    *VEC_PUSH(t->a, &t->faults->list) = (struct fault){
        .i_op = FAULT_NO_OPERATOR,
        .op = "",
        .name = arena_strdup(t->a, name),
        .type = "",
        .what = arena_strdup(t->a, d->message),
        .hint = arena_strdup(t->a, hint),
    };
}
