/* call_graph.h - who calls whom in a firmware, and how much stack each function takes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two sources. The compiler states frame and callees of every function that it compiled
 * (-fcallgraph-info=su). Functions of the compiler's own libraries come without such a statement:
 * theirs are read off the disassembly of the linked firmware, where every push and every
 * subtraction from the stack pointer counts once, and functions that jump into each other count as
 * one. Frames of compiled functions are read there too, since the compiler (GCC 12 for Arm) forgets
 * registers that it pushes to complete an argument on the stack; the larger figure counts. What
 * neither explains is reported by name, never passed over. */
#ifndef MOTE_HOST_TARGET_CALL_GRAPH_H
#define MOTE_HOST_TARGET_CALL_GRAPH_H
#include "base/str.h"
#include "base/vec.h"

enum frame { FRAME_UNKNOWN, FRAME_KNOWN, FRAME_UNBOUNDED };

/* The callee of a call through a pointer, as the compiler names it: FRAME_UNKNOWN unless the caller of
 * stack_bound leaves it out by a frame of its own. */
#define INDIRECT_CALL "__indirect_call"

struct function {
    const char *name; /* the assembler's; "<file>:<name>" where it is static */
    enum frame frame;
    size_t frame_bytes;
    VEC(uint32_t) callees;
};

struct call_graph {
    struct arena *arena;
    VEC(struct function) functions;
};

/* The function of that name, which is made when it is new. */
uint32_t call_graph_find(struct call_graph *g, const char *name);
void call_graph_link(struct call_graph *g, uint32_t caller, uint32_t callee);

/* Add what the compiler wrote about one source file (VCG, a node or an edge a line). Lines of
 * another form are passed over: then their functions stay unknown. */
void call_graph_add_compiled(struct call_graph *g, struct bytes file);

/* Add what `objdump -t -d --no-show-raw-insn` says (Arm Thumb or RISC-V): the functions that nothing
 * was known about, and larger frames of the others. After all of call_graph_add_compiled. */
void call_graph_add_disassembly(struct call_graph *g, const char *disassembly);

/* The most stack below the caller of `name`: the deepest sum of frames on any path. False, with the
 * reason in *why, where there is none: recursion, an unbounded frame, a function or a pointer that
 * nothing is known about. */
bool stack_bound(const struct call_graph *g, const char *name, size_t *bytes, const char **why);
#endif
