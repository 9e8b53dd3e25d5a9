/* lint.c - what makes a step slow for its size, and what to do about it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sched/lint.h"

#include <inttypes.h>
#include <string.h>

/* A step with less than this share of all MACs and values is not worth a line; a faster kernel must
 * save this share of all cycles, and the second one of the step's own. */
#define SHARE_MIN       0.01
#define SAVED_SHARE_MIN 0.1
/* So much of what is computed is thrown away. */
#define WASTE_MIN 0.05

static const struct node *node_of(const struct program *p, const struct step *step)
{
    return &p->graph->nodes.items[step->i_node];
}

static const struct shape *output_of(const struct program *p, const struct step *step)
{
    return &p->graph->tensors.items[node_of(p, step)->out[0]].shape;
}

uint64_t step_values(const struct program *p, const struct step *step)
{
    return (uint64_t)shape_count(output_of(p, step));
}

uint64_t step_macs(const struct program *p, const struct step *step)
{
    return (uint64_t)node_macs(p->graph, node_of(p, step));
}

/* Instructions, roughly. */
static double step_work(const struct program *p, const struct step *step)
{
    return (double)(step_macs(p, step) + step_values(p, step));
}

static bool matters(const struct program *p, const struct step *step)
{
    double sum = 0;
    for (uint32_t i = 0; i < p->n_steps; i++)
        sum += step_work(p, &p->steps[i]);
    return step_work(p, step) >= SHARE_MIN * sum;
}

static const char *short_name(const struct kernel *kernel)
{
    return kernel->name + strlen("mote_");
}

/* A faster kernel was not chosen, for what it takes. */
static bool lint_price(struct arena *a, const struct program *p, const struct step *step,
                       struct lint *out)
{
    const struct faster *f = &step->faster;
    if (!f->kernel || f->saved < SAVED_SHARE_MIN * step->cycles || f->saved < SHARE_MIN * p->cycles)
        return false;
    out->why = arena_printf(a, "%s would take %.0f %% fewer cycles", short_name(f->kernel),
                            100 * f->saved / step->cycles);
    const char *scratch =
        f->scratch_bytes ? arena_printf(a, " and %s of scratch", str_count(a, f->scratch_bytes))
                         : "";
    out->hint = arena_printf(
        a, "it takes %s bytes more of flash%s: %s", str_count(a, f->flash_bytes), scratch,
        p->objective == OPTIMIZE_SPEED ? "a larger --flash" : "--optimize speed");
    return true;
}

static bool lint_reference(const struct program *p, const struct step *step, struct lint *out)
{
    const bool is_float = p->graph->tensors.items[node_of(p, step)->out[0]].dtype == DT_F32;
    if (strcmp(step->kernel->variant, "ref") != 0 || step->faster.kernel)
        return false;
    out->why = "only a reference kernel";
    out->hint = is_float ? "quantise the model to int8 (mote quantize)"
                         : "no other variant for this core takes the layer";
    return true;
}

/* Channels are computed in blocks, of which the last one is not full. */
static bool lint_grain(struct arena *a, const struct program *p, const struct step *step,
                       struct lint *out)
{
    const struct shape *y = output_of(p, step);
    const uint32_t n = (uint32_t)y->dim[y->rank - 1], block = step->block_channels;
    if (block <= 1 || n % block == 0)
        return false;
    const uint32_t computed = n + block - n % block;
    if (computed - n < WASTE_MIN * computed)
        return false;
    out->why = arena_printf(a, "%" PRIu32 " channels cost as much as %" PRIu32, n, computed);
    out->hint = n < block
                    ? arena_printf(a, "make it %" PRIu32, computed)
                    : arena_printf(a, "make it %" PRIu32 " or %" PRIu32, n - n % block, computed);
    return true;
}

static bool lint_depthwise(const struct program *p, const struct step *step, struct lint *out)
{
    if (node_of(p, step)->op != OP_DEPTHWISE_CONV2D)
        return false;
    *out = (struct lint){"depthwise: more instructions per MAC than conv2d", ""};
    return true;
}

bool step_lint(struct arena *a, const struct program *p, uint32_t i_step, struct lint *out)
{
    const struct step *step = &p->steps[i_step];
    return matters(p, step) && (lint_price(a, p, step, out) || lint_reference(p, step, out) ||
                                lint_grain(a, p, step, out) || lint_depthwise(p, step, out));
}
