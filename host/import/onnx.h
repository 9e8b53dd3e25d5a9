/* onnx.h - reads ONNX models (.onnx) into the IR.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The file is hostile: any bytes give a verified graph or a message, never a read outside of it.
 * A damaged file is refused at its first fault, with the offset. A sound file that needs what Mote
 * does not have is refused with all of it at once.
 *
 * Opsets 7 to 21, and of older ones what has not changed since. Inputs and outputs keep the file's
 * order of dimensions, [n,c,h,w]; within, images have their channels last. int64 becomes int32: the
 * integers of a model are positions and sizes. float16 and float64 become float32. Tensors keep
 * their names; the origin of a node is "index:name", where index counts the nodes of the file and
 * name is that of the node's first output. docs/operators.md says which operators, docs/spec/onnx.md
 * what becomes of them. */
#ifndef MOTE_HOST_IMPORT_ONNX_H
#define MOTE_HOST_IMPORT_ONNX_H
#include "base/fault.h"
#include "base/str.h"
#include "import/import.h"
#include "ir/graph.h"

/* Do the bytes look like an ONNX model? There is no identifier: what is asked is that the whole is
 * a row of the fields of a model, and a graph among them; or that it begins with ir_version, as exporters
 * write it, and is damaged behind that: then the reader says where. */
bool onnx_is_model(struct bytes file);

/* The graph of the file, verified, in `a`. Constants stay in `file`, which must outlive the graph,
 * where they are aligned. `place` names the file in messages, its stem the graph, and its folder is
 * where external data lies. NULL with `d` set on error. */
struct graph *onnx_read(struct arena *a, struct bytes file, const char *place,
                        const struct import_options *options, struct diag *d);

/* The same, but what is not supported goes to `faults`, in `a`, whole; `d` is for damaged files.
 * With faults the graph is what could be imported, not verified. It is good for looking at its
 * nodes and for nothing else. */
struct graph *onnx_account(struct arena *a, struct bytes file, const char *place,
                           const struct import_options *options, struct faults *faults,
                           struct diag *d);

/* Row i of the table of operators that are imported; name NULL after the last. */
struct onnx_operator {
    const char *name; /* "Conv"                                                              */
    enum op op;       /* what does its work; N_OPS: nothing is left of it, it concerns shapes */
};
struct onnx_operator onnx_operator(uint32_t i);
#endif
