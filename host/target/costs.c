/* costs.c - what kernels take on each core: the tables that `mote tune` wrote.
 * SPDX-License-Identifier: Apache-2.0 */
#include "target/costs.h"

#include <string.h>

#define COST(kernel, call, row, pixel, block, tap, mac, code_bytes)                                \
    {#kernel, {call, row, pixel, block, tap, mac}, code_bytes},

static const struct kernel_cost cortex_m3[] = {
#include "target/costs/cortex-m3.def"
};
static const struct kernel_cost cortex_m4[] = {
#include "target/costs/cortex-m4.def"
};
static const struct kernel_cost cortex_m7[] = {
#include "target/costs/cortex-m7.def"
};
static const struct kernel_cost cortex_m33[] = {
#include "target/costs/cortex-m33.def"
};
static const struct kernel_cost cortex_m55[] = {
#include "target/costs/cortex-m55.def"
};
static const struct kernel_cost rv32imc[] = {
#include "target/costs/rv32imc.def"
};

#define TABLE(board, rows)                                                                         \
    {                                                                                              \
        board,                                                                                     \
        {                                                                                          \
            (rows), sizeof(rows) / sizeof((rows)[0])                                               \
        }                                                                                          \
    }

static const struct {
    const char *board;
    struct cost_table table;
} tables[] = {
    TABLE("cortex-m3", cortex_m3),   TABLE("cortex-m4", cortex_m4),   TABLE("cortex-m7", cortex_m7),
    TABLE("cortex-m33", cortex_m33), TABLE("cortex-m55", cortex_m55), TABLE("rv32imc", rv32imc),
};

const struct cost_table *costs_find(const char *board)
{
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (strcmp(tables[i].board, board) == 0)
            return &tables[i].table;
    return NULL;
}
