/* choose.c - which variant computes which node. SPDX-License-Identifier: Apache-2.0
 *
 * Every node has some options: kernel variants with their predicted cycles and the bytes of flash
 * that their constants take. A kernel's code counts once, whoever calls it. The least of cycles + price *
 * bytes, for a price per byte, is a Lagrangian of the knapsack that this is: each node chooses for
 * itself, then kernels that few nodes use have to earn their code. A limit on flash is met by raising
 * the price. */
#include "sched/choose.h"

#include <math.h>
#include <string.h>

#define GUESS 0.99

/* Cycles and bytes of one selection. */
struct total {
    double cycles;
    size_t bytes;
};

static const struct option *chosen(const struct menu *m)
{
    return &m->options[m->chosen];
}

/* Is menu i the first that uses its kernel? */
static bool is_first_user(const struct menu *menus, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (chosen(&menus[k])->step.kernel == chosen(&menus[i])->step.kernel)
            return false;
    return true;
}

static struct total total_of(const struct menu *menus, uint32_t n)
{
    struct total t = {0};
    for (uint32_t i = 0; i < n; i++) {
        t.cycles += chosen(&menus[i])->cycles;
        t.bytes += chosen(&menus[i])->flash_bytes;
        t.bytes += is_first_user(menus, i) ? chosen(&menus[i])->code_bytes : 0;
    }
    return t;
}

size_t chosen_bytes(const struct menu *menus, uint32_t n)
{
    return total_of(menus, n).bytes;
}

double chosen_cycles(const struct menu *menus, uint32_t n)
{
    return total_of(menus, n).cycles;
}

/* An option is dearer than another if it costs more at the price; of equals the later one, which
 * kernels.def says is faster, is cheaper. */
static double cost_at(const struct option *o, double price)
{
    return o->cycles + price * (double)o->flash_bytes;
}

static uint32_t find_cheapest(const struct menu *m, double price)
{
    uint32_t best = 0;
    double least = HUGE_VAL;
    for (uint32_t k = 0; k < m->n; k++) {
        const double cost = cost_at(&m->options[k], price);
        if (m->options[k].is_barred || cost > least)
            continue;
        least = cost;
        best = k;
    }
    return best;
}

/* Would menu i, once it does without `but`, be the first to need the code of `kernel`? */
static bool brings_code(const struct menu *menus, uint32_t n, uint32_t i, const struct kernel *but,
                        const struct kernel *kernel)
{
    for (uint32_t k = 0; k < n; k++) {
        const struct kernel *at = chosen(&menus[k])->step.kernel;
        const bool has_moved = at == but && k < i;
        if (at == kernel || (has_moved && menus[k].options[menus[k].other].step.kernel == kernel))
            return false;
    }
    return true;
}

/* The cheapest option of menu i, new code included, whose kernel is not `but`: `other`, and what it
 * costs. HUGE_VAL when there is none. */
static double find_other(struct menu *menus, uint32_t n, uint32_t i, const struct kernel *but,
                         double price)
{
    struct menu *m = &menus[i];
    double best = HUGE_VAL;
    for (uint32_t k = 0; k < m->n; k++) {
        const struct option *o = &m->options[k];
        if (o->step.kernel == but || o->is_barred)
            continue;
        const bool is_new = brings_code(menus, n, i, but, o->step.kernel);
        const double cost = cost_at(o, price) + (is_new ? price * o->code_bytes : 0);
        if (cost <= best) {
            best = cost;
            m->other = k;
        }
    }
    return best;
}

/* Do without a kernel if its code is dearer than what its users pay for others. */
static bool drop_kernel(struct menu *menus, uint32_t n, const struct kernel *kernel, double price)
{
    double extra = 0;
    uint32_t code_bytes = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (chosen(&menus[i])->step.kernel != kernel)
            continue;
        code_bytes = chosen(&menus[i])->code_bytes;
        extra += find_other(menus, n, i, kernel, price) - cost_at(chosen(&menus[i]), price);
    }
    if (extra >= price * code_bytes)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (chosen(&menus[i])->step.kernel == kernel)
            menus[i].chosen = menus[i].other;
    return true;
}

static void choose_at(struct menu *menus, uint32_t n, double price)
{
    for (uint32_t i = 0; i < n; i++)
        menus[i].chosen = find_cheapest(&menus[i], price);
    /* Each drop makes the total cheaper, so there is a last one, but for rounding. */
    bool is_dropped = price > 0;
    for (uint32_t k = 0; is_dropped && k < n; k++) {
        is_dropped = false;
        for (uint32_t i = 0; i < n; i++)
            is_dropped |= drop_kernel(menus, n, chosen(&menus[i])->step.kernel, price);
    }
}

/* Nobody writes a variant to be slower: one that was not measured counts as a little faster than
 * all before it. */
static void guess_cycles(struct menu *m)
{
    double best = HUGE_VAL;
    for (uint32_t k = 0; k < m->n; k++)
        if (m->options[k].is_measured)
            best = fmin(best, m->options[k].cycles);
    best = best < HUGE_VAL ? best : 1;
    for (uint32_t k = 0; k < m->n; k++)
        if (!m->options[k].is_measured)
            m->options[k].cycles = best *= GUESS;
}

static bool is_used(const struct menu *menus, uint32_t n, const struct kernel *kernel)
{
    for (uint32_t i = 0; i < n; i++)
        if (chosen(&menus[i])->step.kernel == kernel)
            return true;
    return false;
}

static size_t excess(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

void find_faster(const struct menu *menus, uint32_t n, uint32_t i, struct faster *out)
{
    const struct option *now = chosen(&menus[i]), *best = now;
    *out = (struct faster){0};
    for (uint32_t k = 0; k < menus[i].n; k++)
        if (menus[i].options[k].is_measured && menus[i].options[k].cycles < best->cycles)
            best = &menus[i].options[k];
    if (best == now || !now->is_measured)
        return;
    const size_t code_bytes = is_used(menus, n, best->step.kernel) ? 0 : best->code_bytes;
    *out = (struct faster){
        .kernel = best->step.kernel,
        .saved = now->cycles - best->cycles,
        .flash_bytes = excess(best->flash_bytes + code_bytes, now->flash_bytes),
        .scratch_bytes = excess(best->step.scratch_bytes, now->step.scratch_bytes),
    };
}

/* BALANCE per cent of all cycles for a per cent of all bytes. */
static double balanced_price(const struct menu *menus, uint32_t n)
{
    const struct total t = total_of(menus, n);
    return t.bytes ? BALANCE * t.cycles / (double)t.bytes : 0;
}

#define N_BALANCINGS 16

/* Of what is chosen in the end. A price makes the choice smaller and slower, which raises the price,
 * until nothing changes. */
static void choose_balanced(struct menu *menus, uint32_t n, double *price)
{
    for (int i = 0; i < N_BALANCINGS; i++) {
        const double higher = balanced_price(menus, n);
        if (higher <= *price)
            break;
        *price = higher;
        choose_at(menus, n, higher);
    }
}

#define PRICE_SIZE 1e12 /* cycles a byte: nothing else counts         */
#define PRICE_MIN  1e-3
#define N_HALVINGS 60

void choose(struct menu *menus, uint32_t n, const struct choice *choice)
{
    for (uint32_t i = 0; i < n; i++)
        guess_cycles(&menus[i]);
    double price = choice->objective == OPTIMIZE_SIZE ? PRICE_SIZE : 0;
    choose_at(menus, n, price);
    if (choice->objective == OPTIMIZE_BALANCED)
        choose_balanced(menus, n, &price);
    if (choice->flash_bytes == 0 || total_of(menus, n).bytes <= choice->flash_bytes)
        return;
    double low = price > PRICE_MIN ? price : PRICE_MIN, high = PRICE_SIZE;
    for (int i = 0; i < N_HALVINGS;
         i++) { /* by its logarithm; at `high` it is as small as it gets */
        const double middle = sqrt(low * high);
        choose_at(menus, n, middle);
        if (total_of(menus, n).bytes <= choice->flash_bytes)
            high = middle;
        else
            low = middle;
    }
    choose_at(menus, n, high);
}
