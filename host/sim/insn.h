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

/* Sets of registers: core registers are bits 0 to 15 on Arm, 0 to 31 on RISC-V. Arm's 32 single
 * registers follow from bit 32 on, of which a vector register has four. */
#define N_REGISTERS    64
#define REGISTER(n)    (UINT64_C(1) << (n))
#define ARM_SP         13
#define ARM_LR         14
#define ARM_PC         15
#define REGISTER_FLAGS REGISTER(16)
#define ARM_S0         32
#define RISCV_SP       2

struct insn {
    uint32_t address;
    uint32_t target;      /* of a branch to a constant address; else 0                     */
    uint8_t bytes;        /* of the encoding: 2 or 4                                       */
    uint8_t kind;         /* enum insn_kind                                                */
    uint8_t n_moved;      /* registers that it moves from or to memory, 1 if that is moot  */
    uint8_t n_lanes;      /* that a gather or scatter moves one by one; else 0             */
    bool is_indexed;      /* the address is a sum of two registers                         */
    bool loads_pc;        /* it goes where it loads from memory                            */
    uint64_t reads;       /* registers, all of them                                        */
    uint64_t writes;      /* registers                                                     */
    uint64_t addressed;   /* of those it reads: what the address is made of                */
    uint64_t shifted;     /* ... what it shifts first                                      */
    uint64_t accumulated; /* ... what it adds a product to                                 */
    uint64_t moved_base;  /* of those it writes: the address register that it moves on     */
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
