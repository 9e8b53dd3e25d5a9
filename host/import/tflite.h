/* tflite.h - reads TensorFlow Lite models (.tflite) into the IR.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The file is hostile: any bytes give a verified graph or a message, never a read outside of it.
 * A damaged file is refused at its first fault, with the offset. A sound file that needs what Mote
 * does not have is refused with all of it at once: operators by number, what about them, what to
 * do.
 *
 * An imported int8 graph gives the bytes of the TFLite Micro reference kernels; what cannot is
 * refused. Tensors keep their names; the origin of a node is "index:name", where index counts the
 * operators of the file and name is that of the operator's output. */
#ifndef MOTE_HOST_IMPORT_TFLITE_H
#define MOTE_HOST_IMPORT_TFLITE_H
#include "base/fault.h"
#include "base/str.h"
#include "ir/graph.h"

/* Does the file have the identifier of a TensorFlow Lite model? */
bool tflite_is(struct bytes file);

/* The first subgraph of the file, verified, in `a`. Constants stay in `file`, which must outlive
 * the graph, unless they are misaligned there. `place` names the file in messages, and its stem
 * the graph. NULL with `d` set on error. */
struct graph *tflite_read(struct arena *a, struct bytes file, const char *place, struct diag *d);

/* The same, but what is not supported goes to `faults`, in `a`, whole; `d` is for damaged files.
 * With faults the graph is what could be imported, not verified: tensors that no node writes stand
 * in for the outputs of the others. It is good for looking at its nodes and for nothing else. */
struct graph *tflite_account(struct arena *a, struct bytes file, const char *place,
                             struct faults *faults, struct diag *d);

/* Row i of the table of operators that are imported; name NULL after the last. */
struct tflite_operator {
    const char *name;  /* "CONV_2D"                                                           */
    enum op op;        /* what does its work; N_OPS: nothing is left of it, it concerns shapes */
    const char *types; /* where they are not those for which `op` has kernels; or NULL     */
};
struct tflite_operator tflite_operator(uint32_t i);
#endif
