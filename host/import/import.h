/* import.h - reads any model file that Mote understands. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IMPORT_IMPORT_H
#define MOTE_HOST_IMPORT_IMPORT_H
#include "base/fault.h"
#include "ir/graph.h"

/* What an ONNX file leaves open. */
struct import_dim {
    const char *name; /* of a symbolic dimension */
    int32_t size;     /* 1 or more               */
};
struct import_options {
    uint32_t n_dims;
    const struct import_dim *dims; /* [n_dims] */
    bool channels_last; /* inputs and outputs of ONNX: [n,h,w,c] where it has [n,c,h,w] */
    uint64_t made_max;  /* bytes of constants computed while reading; 0: ONNX_MADE_MAX     */
};

/* The verified graph in a file, .mote, .tflite or .onnx; its bytes say which, not its name.
 * Constants point into the mapped file. NULL with `d` set on error. */
struct graph *import_read(struct arena *a, const char *path, struct diag *d);
struct graph *import_read_as(struct arena *a, const char *path,
                             const struct import_options *options, struct diag *d);

/* The same, but what is not supported goes to `faults`, whole; `d` is for what cannot be read at
 * all. With faults the graph is only good for looking at its nodes: import/tflite.h. */
struct graph *import_account(struct arena *a, const char *path,
                             const struct import_options *options, struct faults *faults,
                             struct diag *d);
#endif
