/* thumb.c - decodes Thumb instructions by thumb.def. SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/decode.h"

static const struct encoding narrow[] = {
#define NARROW(mask, value, kind, operands) {mask, value, INSN_##kind, operands},
#define WIDE(mask, value, kind, operands)
#include "sim/thumb.def"
#undef NARROW
#undef WIDE
};

static const struct encoding wide[] = {
#define NARROW(mask, value, kind, operands)
#define WIDE(mask, value, kind, operands) {mask, value, INSN_##kind, operands},
#include "sim/thumb.def"
#undef NARROW
#undef WIDE
};

static bool is_bit(uint32_t word, uint32_t n)
{
    return (word >> n & 1) != 0;
}

/* Registers of a list that is loaded or stored. The list of PUSH has lr in bit 8, that of POP pc. */
static void add_list(struct insn *in, uint32_t word, bool is_long)
{
    const bool loads = kind_class(in->kind) == CLASS_LOAD;
    uint32_t list = word & (is_long ? 0xffff : 0xff);
    if (!is_long && in->addressed == REGISTER(ARM_SP) && is_bit(word, 8))
        list |= 1u << (loads ? ARM_PC : ARM_LR);
    uint8_t n = 0;
    for (uint32_t r = 0; r < 16; r++)
        n = (uint8_t)(n + (list >> r & 1));
    in->n_moved = n > 0 ? n : 1;
    if (loads)
        in->writes |= list;
    else
        in->reads |= list;
}

/* The address register, the first and only one, is moved on. */
static void write_base(struct insn *in)
{
    in->moved_base = in->addressed;
    in->writes |= in->addressed;
}

/* "Qd" and its like: four bits at 13, 17 or 1, of which the highest is always 0. */
static void add_vector(struct insn *in, const char *name, uint32_t word)
{
    const uint32_t at = name[2] == 'd' ? 13 : name[2] == 'n' ? 17 : 1;
    const uint32_t q = word >> at & 7;
    for (uint32_t i = 0; i < 4; i++)
        operand_add(in, name[0], ARM_S0 + 4 * q + i);
}

/* "Sd" and its like: four bits at 12, 16 or 0 and one at 22, 7 or 5, which is the lowest of a single
 * register's number, the highest of a double register's. There are 16 double registers. */
static void add_float(struct insn *in, const char *name, uint32_t word)
{
    const uint32_t at = name[2] == 'd' ? 12 : name[2] == 'n' ? 16 : 0;
    const uint32_t one_at = name[2] == 'd' ? 22 : name[2] == 'n' ? 7 : 5;
    const uint32_t four = word >> at & 15, one = word >> one_at & 1;
    const bool is_double = is_bit(word, 8) && is_bit(word, 9);
    if (!is_double) {
        operand_add(in, name[0], ARM_S0 + (four << 1 | one));
        return;
    }
    operand_add(in, name[0], ARM_S0 + 2 * four);
    operand_add(in, name[0], ARM_S0 + 2 * four + 1);
}

/* The even register of bits 15 to 13 and, unless they are all set, the odd one of bits 22 to 20; with
 * bit 5 the sum goes on from what they hold. */
static void add_sum(struct insn *in, uint32_t word)
{
    const char letter = is_bit(word, 5) ? 'z' : 'w';
    operand_add(in, letter, (word >> 13 & 7) << 1);
    if ((word >> 20 & 7) != 7)
        operand_add(in, letter, (word >> 20 & 7) << 1 | 1);
}

/* Operands that are a name and not a letter with a field. */
static bool add_named(struct insn *in, const char *name, uint32_t word)
{
    if (strcmp(name, "F") == 0 || (strcmp(name, "S") == 0 && is_bit(word, 20)))
        in->writes |= REGISTER_FLAGS;
    else if (strcmp(name, "f") == 0)
        in->reads |= REGISTER_FLAGS;
    else if ((strcmp(name, "B") == 0 && is_bit(word, 21)) ||
             (strcmp(name, "b") == 0 && is_bit(word, 8)))
        write_base(in);
    else if (strcmp(name, "sp") == 0)
        operand_add(in, 'a', ARM_SP);
    else if (strcmp(name, "rsp") == 0)
        operand_add(in, 'r', ARM_SP);
    else if (strcmp(name, "SP") == 0) {
        operand_add(in, 'a', ARM_SP);
        write_base(in);
    } else if (strcmp(name, "lr") == 0)
        operand_add(in, 'w', ARM_LR);
    else if (strcmp(name, "SUM") == 0)
        add_sum(in, word);
    else if (strcmp(name, "list") == 0 || strcmp(name, "LIST") == 0)
        add_list(in, word, name[0] == 'L');
    else
        return strchr("SBb", name[0]) != NULL;
    return true;
}

static void add_operand(struct insn *in, const char *name, uint32_t word)
{
    if (add_named(in, name, word))
        return;
    if (strcmp(name + 1, "HI") == 0) {
        operand_add(in, name[0], (word & 7) | (word >> 4 & 8));
        return;
    }
    if (name[1] == 'Q') {
        add_vector(in, name, word);
        return;
    }
    if (name[1] == 'S') {
        add_float(in, name, word);
        return;
    }
    const uint32_t at = (uint32_t)strtoul(name + 1, NULL, 10);
    const bool is_long = isupper((unsigned char)name[0]) != 0;
    operand_add(in, name[0], word >> at & (is_long ? 15 : 7));
}

/* Registers that VLDM and VSTM move: the low byte counts words, with coprocessor 11 halves of a
 * double register. */
static void count_fp_list(struct insn *in, uint32_t word)
{
    const uint32_t words = word & 0xff;
    in->n_moved = (uint8_t)(is_bit(word, 8) ? words / 2 : words);
}

/* Where a narrow branch goes, relative to its own address. */
static int32_t narrow_offset(uint32_t word)
{
    if ((word & 0xf500) == 0xb100)
        return 4 + (int32_t)((word >> 3 & 0x1f) << 1 | (word >> 9 & 1) << 6);
    if ((word & 0xf000) == 0xd000)
        return 4 + sign_extend(word << 1, 9);
    return 4 + sign_extend(word << 1, 12);
}

static int32_t wide_offset(enum insn_kind kind, uint32_t word)
{
    const uint32_t s = word >> 26 & 1, j1 = word >> 13 & 1, j2 = word >> 11 & 1;
    const uint32_t low = (word & 0x7ff) << 1;
    if (kind == INSN_LOOP_END)
        return 4 - (int32_t)((word & 0x7fe) << 1 | (word >> 11 & 1) << 1);
    if (kind == INSN_BRANCH_IF)
        return 4 + sign_extend(s << 20 | j2 << 19 | j1 << 18 | (word >> 16 & 0x3f) << 12 | low, 21);
    const uint32_t i1 = (j1 ^ s) ^ 1, i2 = (j2 ^ s) ^ 1;
    return 4 + sign_extend(s << 24 | i1 << 23 | i2 << 22 | (word >> 16 & 0x3ff) << 12 | low, 25);
}

static bool has_target(enum insn_kind kind)
{
    return kind == INSN_BRANCH || kind == INSN_BRANCH_IF || kind == INSN_CALL ||
           kind == INSN_LOOP_END;
}

void thumb_decode(uint32_t word, struct insn *out)
{
    const bool is_wide = out->bytes == 4;
    const struct encoding *e = is_wide
                                   ? encoding_find(wide, sizeof wide / sizeof wide[0], word)
                                   : encoding_find(narrow, sizeof narrow / sizeof narrow[0], word);
    if (!e)
        return;
    out->kind = (uint8_t)e->kind;
    if (e->kind == INSN_LOAD_DUAL || e->kind == INSN_STORE_DUAL)
        out->n_moved = 2;
    if (e->kind == INSN_FP_LOAD_MANY || e->kind == INSN_FP_STORE_MANY)
        count_fp_list(out, word);
    char name[WORD_MAX];
    for (const char *at = e->operands; operand_next(&at, name);)
        add_operand(out, name, word);
    /* LDM and STM in 16 bits: the base is read and moved on, unless it is loaded. */
    if (!is_wide && (e->kind == INSN_LOAD_MANY || e->kind == INSN_STORE_MANY) && !out->addressed) {
        out->addressed = out->moved_base = REGISTER(word >> 8 & 7);
    }
    /* r15 as a destination is the discarded result of a comparison, but for loads. */
    out->loads_pc = kind_class(e->kind) == CLASS_LOAD && (out->writes & REGISTER(ARM_PC)) != 0;
    out->writes &= ~REGISTER(ARM_PC);
    out->reads &= ~REGISTER(ARM_PC);
    /* Bits 8 and 7: lanes of 8, 16, 32 or 64 bits. */
    if (e->kind == INSN_V_GATHER || e->kind == INSN_V_SCATTER)
        out->n_lanes = (uint8_t)(16u >> (word >> 7 & 3));
    if (has_target(e->kind))
        out->target =
            out->address + (uint32_t)(is_wide ? wide_offset(e->kind, word) : narrow_offset(word));
}
