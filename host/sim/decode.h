/* decode.h - tables of encodings. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_SIM_DECODE_H
#define MOTE_HOST_SIM_DECODE_H
#include "sim/insn.h"

struct encoding {
    uint32_t mask, value;
    enum insn_kind kind;
    const char *operands; /* words, thumb.def and riscv.def say which */
};

/* The first row that agrees with the word, or NULL. */
const struct encoding *encoding_find(const struct encoding *rows, size_t n, uint32_t word);

/* Step over one operand, a word of at most WORD_MAX - 1 characters; false at the end. */
#define WORD_MAX 8
bool operand_next(const char **operands, char word[WORD_MAX]);

/* An operand of a letter and a bit number: adds register `n` to what the instruction reads, writes,
 * or both. Upper or lower case is the caller's affair. */
void operand_add(struct insn *in, char letter, uint32_t n);

/* The low `bits` bits of v as a signed number. */
int32_t sign_extend(uint32_t v, uint32_t bits);
#endif
