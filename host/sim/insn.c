/* insn.c - what both instruction sets share in decoding. SPDX-License-Identifier: Apache-2.0 */
#include "sim/insn.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "sim/decode.h"

const char *const class_names[N_CLASSES] = {"load", "store", "multiply", "simd", "branch", "other"};

static const enum insn_class kind_classes[N_INSN_KINDS] = {
#define KIND(name, class) CLASS_##class,
#include "sim/kinds.def"
#undef KIND
};

enum insn_class kind_class(enum insn_kind kind)
{
    assert(kind < N_INSN_KINDS);
    return kind_classes[kind];
}

uint32_t insn_weight(const struct insn *in)
{
    return in->n_moved;
}

const struct encoding *encoding_find(const struct encoding *rows, size_t n, uint32_t word)
{
    for (size_t i = 0; i < n; i++)
        if ((word & rows[i].mask) == rows[i].value)
            return &rows[i];
    return NULL;
}

bool operand_next(const char **operands, char word[WORD_MAX])
{
    const char *p = *operands + strspn(*operands, " ");
    const size_t len = strcspn(p, " ");
    assert(len < WORD_MAX);
    memcpy(word, p, len);
    word[len] = '\0';
    *operands = p + len;
    return len > 0;
}

void operand_add(struct insn *in, char letter, uint32_t n)
{
    const uint64_t bit = REGISTER(n);
    switch (tolower((unsigned char)letter)) {
    case 'r':
        in->reads |= bit;
        break;
    case 'w':
        in->writes |= bit;
        break;
    case 'x':
        in->reads |= bit;
        in->writes |= bit;
        break;
    case 'a':
        in->is_indexed = in->addressed != 0;
        in->reads |= bit;
        in->addressed |= bit;
        break;
    case 'e':
        in->reads |= bit;
        in->shifted |= bit;
        break;
    case 'z':
        in->writes |= bit;
        in->reads |= bit;
        in->accumulated |= bit;
        break;
    case 'c':
        in->reads |= bit;
        in->accumulated |= bit;
        break;
    default:
        assert(false && "an operand of the table has no such letter");
    }
}

int32_t sign_extend(uint32_t v, uint32_t bits)
{
    const uint32_t sign = 1u << (bits - 1), low = v & ((sign << 1) - 1);
    return (int32_t)((low ^ sign) - sign);
}

/* Wide Thumb instructions begin with 0b11101, 0b11110 or 0b11111, wide RISC-V ones end with 0b11. */
static bool is_wide(enum machine machine, uint32_t first)
{
    return machine == MACHINE_ARM ? first >= 0xe800 : (first & 3) == 3;
}

bool insn_decode(enum machine machine, uint32_t address, const uint8_t *code, size_t n_bytes,
                 struct insn *out)
{
    if (n_bytes < 2)
        return false;
    uint32_t word = (uint32_t)code[0] | (uint32_t)code[1] << 8;
    const bool wide = is_wide(machine, word);
    if (wide && n_bytes < 4)
        return false;
    *out =
        (struct insn){.address = address, .bytes = wide ? 4 : 2, .kind = INSN_SYSTEM, .n_moved = 1};
    if (wide) {
        const uint32_t second = (uint32_t)code[2] | (uint32_t)code[3] << 8;
        word = machine == MACHINE_ARM ? word << 16 | second : word | second << 16;
    }
    if (machine == MACHINE_ARM)
        thumb_decode(word, out);
    else
        riscv_decode(word, out);
    return true;
}
