/* insn.h - one machine instruction as counting and pricing see it. SPDX-License-Identifier: Apache-2.0
 *
 * Decoded from its encoding, by tables: thumb.def (Armv7-M to Armv8.1-M with the DSP, floating-point
 * and vector extensions) and riscv.def (RV32IMC). Not a disassembler: what costs the same is the
 * same. */
#ifndef MOTE_HOST_SIM_INSN_H
#define MOTE_HOST_SIM_INSN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum insn_class {
    CLASS_LOAD,
    CLASS_STORE,
    CLASS_MULTIPLY,
    CLASS_SIMD,
    CLASS_BRANCH,
    CLASS_OTHER,
    N_CLASSES
};
extern const char *const class_names[N_CLASSES]; /* "load", "store", ... */

enum insn_kind {
#define KIND(name, class) INSN_##name,
#include "sim/kinds.def"
#undef KIND
    N_INSN_KINDS
};

enum insn_class kind_class(enum insn_kind kind);

/* Core registers as bits 0 to 15 or 31, and the flags. */
#define REGISTER(n)    (UINT64_C(1) << (n))
#define REGISTER_FLAGS (UINT64_C(1) << 32)
#define ARM_SP         13
#define ARM_LR         14
#define ARM_PC         15
#define RISCV_SP       2

struct insn {
    uint32_t address;
    uint32_t target;    /* of a branch to a constant address; else 0                   */
    uint8_t bytes;      /* of the encoding: 2 or 4                                     */
    uint8_t kind;       /* enum insn_kind                                              */
    uint8_t n_moved;    /* registers that it moves from or to memory, 1 if that is moot */
    bool is_indexed;    /* the address is a sum of two registers                       */
    bool writes_base;   /* and moves its address register on                           */
    bool loads_pc;      /* and goes there                                              */
    uint64_t reads;     /* registers, those of the address too                         */
    uint64_t writes;    /* registers                                                   */
    uint64_t addressed; /* registers that the address is made of                       */
};

/* What `instructions_weighted` counts it for: a move of several registers counts once for each. */
uint32_t insn_weight(const struct insn *in);

enum machine { MACHINE_ARM, MACHINE_RISCV };

/* Decode the instruction at `address`. `code`: at least 2 bytes; false when it ends within an
 * instruction. An encoding that no row has is INSN_SYSTEM. */
bool insn_decode(enum machine machine, uint32_t address, const uint8_t *code, size_t n_bytes,
                 struct insn *out);

/* The two halves of it. */
void thumb_decode(uint32_t word, struct insn *out); /* 16-bit encodings in the low half */
void riscv_decode(uint32_t word, struct insn *out);
#endif
