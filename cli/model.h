/* model.h - how verbs read a model whose ends may be chosen. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CLI_MODEL_H
#define MOTE_CLI_MODEL_H
#include "ir/graph.h"

/* The line of --io for a verb's usage. */
#define MODEL_IO_USAGE                                                                             \
    "  --io int8        int8 in and out: the caller does what a quantize behind the inputs and "   \
    "a\n"                                                                                          \
    "                   dequantize before the outputs would do (`mote info` shows the scales)\n"

/* The graph in a file. `io`: NULL, or the value of --io. NULL with `d` set on error. */
struct graph *model_open(struct arena *a, const char *path, const char *io, struct diag *d);
#endif
