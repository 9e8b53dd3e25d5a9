/* kernels.h - the host's view of device/kernels/kernels.def. SPDX-License-Identifier: Apache-2.0
 *
 * The interpreter takes the `ref` row of a node, the scheduler the one it chooses. */
#ifndef MOTE_HOST_KERNELS_H
#define MOTE_HOST_KERNELS_H
#include "ir/bind.h"
#include "pack/pack.h"

/* What a core has beyond C, as mote/isa.h says; a target has a set of them. */
enum isa { ISA_ALL = 0, ISA_V7M = 1, ISA_DSP = 2, ISA_MVE = 4, ISA_RV32 = 8 };

/* One row of device/kernels/kernels.def, for the host: name, cost and needs. */
struct kernel {
    const char *name;    /* "mote_conv2d_s8_opt": the function the emitted program calls */
    const char *variant; /* "ref", "opt", ...                                            */
    const char *args;    /* "conv2d": its const struct, as bind.h and the emitter name it */
    const char *source;  /* its file below device/kernels/: what a firmware compiles      */
    enum isa isa;        /* what it needs of the core                                    */
    size_t (*scratch)(const union kernel_args *args);
};

/* Where the output may lie beside the first input: the seventh column. */
enum placement { APART, ROWS, EITHER, IN_PLACE };

struct kernel_row {
    struct kernel kernel;
    const char *op, *dtype; /* "conv2d", "s8" */
    enum packing constants;
    enum placement placement;
};

/* All rows, in the order of kernels.def. */
const struct kernel_row *kernel_rows(uint32_t *n);

/* The `ref` row that computes a node, NULL when there is none. */
const struct kernel_row *kernel_reference(const struct graph *g, const struct node *n);

/* The row of the same operator and type that comes after this one, for a core with `isas`; NULL
 * after the last. From the reference on, this visits all variants of a node, slowest first. */
const struct kernel_row *kernel_next(const struct kernel_row *row, uint32_t isas);

/* Is there a kernel for an operator from inputs of one type to outputs of another? */
bool kernel_exists(enum op op, enum dtype from, enum dtype to);
#endif
