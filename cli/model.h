/* model.h - how verbs read a model whose ends may be chosen. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CLI_MODEL_H
#define MOTE_CLI_MODEL_H
#include "args.h"
#include "import/import.h"
#include "ir/graph.h"

/* The line of --io for a verb's usage. */
#define MODEL_IO_USAGE                                                                             \
    "  --io int8        int8 in and out: the caller does what a quantize behind the inputs and "   \
    "a\n"                                                                                          \
    "                   dequantize before the outputs would do (`mote info` shows the scales)\n"
/* Those that concern .onnx files. */
#define MODEL_ONNX_USAGE                                                                           \
    "  --dim NAME=SIZE  of an .onnx file: a dimension that it leaves open; a batch is 1 (may be\n" \
    "                   repeated)\n"                                                               \
    "  --layout nhwc    of an .onnx file: inputs and outputs with their channels last (default:\n" \
    "                   as in the file, [n,c,h,w])\n"

/* As given: NULL and empty where they were left out. */
struct model_args {
    const char *io, *layout;
    struct arg_list dims;
};

/* Rows of a verb's table of options. */
#define MODEL_ONNX_ARGS(m)                                                                         \
    {"--dim", ARG_LIST, &(m)->dims},                                                               \
    {                                                                                              \
        "--layout", ARG_STRING, &(m)->layout                                                       \
    }
#define MODEL_ARGS(m) {"--io", ARG_STRING, &(m)->io}, MODEL_ONNX_ARGS(m)

/* What the options say of importing. False with `d` set. */
bool model_options(struct arena *a, const struct model_args *m, struct import_options *out,
                   struct diag *d);

/* The graph in a file. NULL with `d` set on error. */
struct graph *model_open(struct arena *a, const char *path, const struct model_args *m,
                         struct diag *d);
#endif
