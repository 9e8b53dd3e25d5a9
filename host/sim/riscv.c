/* riscv.c - decodes RV32IMC instructions by riscv.def. SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/decode.h"

#define RISCV_RA 1

static const struct encoding narrow[] = {
#define NARROW(mask, value, kind, operands) {mask, value, INSN_##kind, operands},
#define WIDE(mask, value, kind, operands)
#include "sim/riscv.def"
#undef NARROW
#undef WIDE
};

static const struct encoding wide[] = {
#define NARROW(mask, value, kind, operands)
#define WIDE(mask, value, kind, operands) {mask, value, INSN_##kind, operands},
#include "sim/riscv.def"
#undef NARROW
#undef WIDE
};

/* x0 is no register. */
static void add_register(struct insn *in, char letter, uint32_t n)
{
    if (n != 0)
        operand_add(in, letter, n);
}

static void add_operand(struct insn *in, const char *name, uint32_t word)
{
    if (strcmp(name, "sp") == 0)
        add_register(in, 'a', RISCV_SP);
    else if (strcmp(name, "rsp") == 0)
        add_register(in, 'r', RISCV_SP);
    else if (strcmp(name, "SP") == 0)
        add_register(in, 'x', RISCV_SP);
    else if (strcmp(name, "ra") == 0)
        add_register(in, 'w', RISCV_RA);
    else {
        const uint32_t at = (uint32_t)strtoul(name + 1, NULL, 10);
        const bool is_long = isupper((unsigned char)name[0]) != 0;
        add_register(in, name[0], is_long ? word >> at & 31 : 8 + (word >> at & 7));
    }
}

static uint32_t bits(uint32_t word, uint32_t from, uint32_t n, uint32_t to)
{
    return (word >> from & ((1u << n) - 1)) << to;
}

/* Where a branch goes, relative to its own address. */
static int32_t offset_of(enum insn_kind kind, bool is_wide, uint32_t w)
{
    if (is_wide && kind == INSN_BRANCH_IF)
        return sign_extend(
            bits(w, 31, 1, 12) | bits(w, 7, 1, 11) | bits(w, 25, 6, 5) | bits(w, 8, 4, 1), 13);
    if (is_wide)
        return sign_extend(
            bits(w, 31, 1, 20) | bits(w, 12, 8, 12) | bits(w, 20, 1, 11) | bits(w, 21, 10, 1), 21);
    if (kind == INSN_BRANCH_IF)
        return sign_extend(bits(w, 12, 1, 8) | bits(w, 10, 2, 3) | bits(w, 5, 2, 6) |
                               bits(w, 3, 2, 1) | bits(w, 2, 1, 5),
                           9);
    return sign_extend(bits(w, 12, 1, 11) | bits(w, 11, 1, 4) | bits(w, 9, 2, 8) |
                           bits(w, 8, 1, 10) | bits(w, 7, 1, 6) | bits(w, 6, 1, 7) |
                           bits(w, 3, 3, 1) | bits(w, 2, 1, 5),
                       12);
}

void riscv_decode(uint32_t word, struct insn *out)
{
    const bool is_wide = out->bytes == 4;
    const struct encoding *e = is_wide
                                   ? encoding_find(wide, sizeof wide / sizeof wide[0], word)
                                   : encoding_find(narrow, sizeof narrow / sizeof narrow[0], word);
    if (!e)
        return;
    out->kind = (uint8_t)e->kind;
    char name[WORD_MAX];
    for (const char *at = e->operands; operand_next(&at, name);)
        add_operand(out, name, word);
    if (e->kind == INSN_BRANCH || e->kind == INSN_BRANCH_IF || e->kind == INSN_CALL)
        out->target = out->address + (uint32_t)offset_of(e->kind, is_wide, word);
}
