/* profile.c - `mote profile`: what every layer costs on a board, by kind of instruction.
 * SPDX-License-Identifier: Apache-2.0 */
#include "profile.h"

#include "input.h"
#include "model.h"
#include "output.h"
#include "report/layer.h"
#include "sched/lint.h"
#include "sim/peers.h"
#include "verb.h"
#include "wish.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote profile MODEL --target BOARD [options]\n\n"
    "Compile a model, run it once on the emulated board and count every instruction by layer and\n"
    "class: loads, stores, multiplications, SIMD, branches, others. Counts are exact. `weighted`\n"
    "counts moves of several registers (LDM, LDRD, PUSH, ...) once a register. Cycles are\n"
    "predicted by a model of the core (docs/spec/cycles.md).\n\n"
    "  --target BOARD     cortex-m3, cortex-m4, cortex-m7, cortex-m33, cortex-m55, rv32imc\n"
    "  --wait-states N    of flash, for the prediction (default 0)\n"
    "  --clock MHZ        state the predicted time too\n"
    "  --input FILE[,..]  raw tensors, one file for each input (default: zeros)\n" MODEL_IO_USAGE
        MODEL_ONNX_USAGE "  --ram BYTES, --feed rows   as for mote compile\n" WISH_OPTIMIZE_USAGE
    "  --reference        profile the reference kernels instead of the fastest\n"
    "  --hot N            also list the N hottest pieces of straight-line code; their addresses "
    "are\n"
    "                     those in the firmware of mote compile --firmware\n"
    "  --json             print the profile as JSON\n\n"
    "example:\n"
    "  mote profile out/fashion.mote --target cortex-m4 --wait-states 4\n";

#define CLOCK_MHZ_MAX   1e6
#define WAIT_STATES_MAX 100

struct settings {
    const char *target;
    struct model_args model;
    struct arg_list inputs;
    bool json;
    double clock_mhz;
    uint64_t wait_states, n_hot;
    struct wish_args wish_args;
    struct wish wish;
};

struct result {
    const struct target *target;
    const struct graph *source;
    struct compiled compiled;
    struct profiled profiled;
};

static const struct node *node_of(const struct result *r, uint32_t i_step)
{
    const struct program *p = r->compiled.program;
    return &p->graph->nodes.items[p->steps[i_step].i_node];
}

static uint64_t macs_of(const struct result *r, uint32_t i_step)
{
    return (uint64_t)node_macs(r->compiled.graph, node_of(r, i_step));
}

static const char *kernel_of(const struct result *r, uint32_t i_step)
{
    return r->compiled.program->steps[i_step].kernel->name + strlen("mote_");
}

static const char *origin_of(const struct result *r, uint32_t i_step)
{
    const char *origin = node_of(r, i_step)->origin;
    return origin ? origin : "";
}

/* "1.25", or "" where nothing is multiplied or nothing is known. */
static const char *per_mac(struct arena *a, uint64_t n, uint64_t macs)
{
    return n && macs ? arena_printf(a, "%.2f", (double)n / (double)macs) : "";
}

/* ---- the table ---- */

#define KERNEL_WIDTH 26

static void print_head(void)
{
    printf("%-3s %-*s %10s %12s %11s ", "#", KERNEL_WIDTH, "kernel", "MACs", "instructions",
           "weighted");
    for (uint32_t k = 0; k < N_CLASSES; k++)
        printf(" %6s", k == CLASS_MULTIPLY ? "mul" : class_names[k]);
    printf(" %11s %7s %10s %10s  %s\n", "cycles", "per MAC", "loaded", "stored", "layer");
}

static void print_cost(struct arena *a, const char *number, const char *kernel, uint64_t macs,
                       const struct cost *c, const char *layer)
{
    printf("%-3s %-*s %10s %12s %11s ", number, KERNEL_WIDTH, kernel, str_count(a, macs),
           str_count(a, c->instructions), str_count(a, c->weighted));
    for (uint32_t k = 0; k < N_CLASSES; k++)
        printf(" %5.1f%%",
               c->instructions ? 100.0 * (double)c->by_class[k] / (double)c->instructions : 0.0);
    printf(" %11s %7s %10s %10s%s%s\n", c->cycles ? str_count(a, c->cycles) : "",
           per_mac(a, c->cycles, macs), str_count(a, c->loaded), str_count(a, c->stored),
           layer[0] ? "  " : "", layer);
}

static void print_notes(struct arena *a, const struct result *r, const struct settings *s)
{
    const struct profile *p = &r->profiled.profile;
    const struct firmware_stack *stack = &r->profiled.firmware.stacks[0];
    printf("\nflash %s, arena %s, stack %s bytes\n", str_count(a, r->profiled.firmware.flash_bytes),
           str_count(a, r->compiled.memory->plan.arena_bytes),
           stack->unknown ? "?" : str_count(a, stack->bytes));
    if (!p->core) {
        printf("cycles are not predicted: there is no model of this core\n");
        return;
    }
    printf("cycles are predicted: %s; %" PRIu64 " wait states\n", p->core->text, s->wait_states);
    if (s->clock_mhz > 0)
        printf("%.3f ms at %.6g MHz\n", (double)p->total.cycles / (s->clock_mhz * 1e3),
               s->clock_mhz);
}

/* What the compiler says will be slow. */
static void print_slow(struct arena *a, const struct result *r)
{
    const struct program *p = r->compiled.program;
    struct lint l;
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n_steps; i++)
        if (step_lint(a, p, i, &l))
            printf("%s  %-3" PRIu32 " %-*s %s%s%s\n", n++ == 0 ? "\nslow for their size:\n" : "", i,
                   KERNEL_WIDTH, kernel_of(r, i), l.why, *l.hint ? "; " : "", l.hint);
}

static void print_hot(struct arena *a, const struct profile *p, uint64_t n)
{
    if (n == 0)
        return;
    printf("\nhottest code, all layers together; pieces that overlap are entered at both places:\n"
           "%-10s %-10s %12s %13s %13s %6s  %s\n",
           "from", "to", "instructions", "executions", "cycles", "", "function");
    for (uint32_t i = 0; i < p->codes.n && i < n; i++) {
        const struct hot_code *c = &p->codes.items[i];
        printf("0x%08" PRIx32 " 0x%08" PRIx32 " %12" PRIu32 " %13s %13s %5.1f%%  %s+0x%" PRIx32
               "\n",
               c->start, c->end, c->n, str_count(a, c->executions), str_count(a, c->cycles),
               p->total.cycles ? 100.0 * (double)c->cycles / (double)p->total.cycles : 0.0,
               c->function, c->offset);
    }
}

/* Beside cycles that others published for the model, if it is a well-known one. */
static void print_peers(struct arena *a, const struct result *r)
{
    const struct peer *p = peer_next(NULL, r->source, r->target->name);
    if (!p || !r->profiled.profile.core)
        return;
    printf("\npublished for %s on a real %s, from its flash:\n", p->model, r->target->name);
    for (; p; p = peer_next(p, r->source, r->target->name)) {
        const uint64_t cycles = 1000 * (uint64_t)p->kilocycles;
        printf("  %-24s %13s cycles; predicted here: %.2f of that\n", p->stack,
               str_count(a, cycles), (double)r->profiled.profile.total.cycles / (double)cycles);
    }
}

static void print_table(struct arena *a, const struct result *r, const struct settings *s)
{
    uint64_t macs = 0;
    printf("%s on %s: %s\n\n", r->compiled.name, r->target->name, r->target->core);
    print_head();
    for (uint32_t i = 0; i < r->profiled.profile.n_steps; i++) {
        macs += macs_of(r, i);
        print_cost(a, arena_printf(a, "%" PRIu32, i), kernel_of(r, i), macs_of(r, i),
                   &r->profiled.profile.steps[i], origin_short(a, origin_of(r, i)));
    }
    print_cost(a, "", "one inference", macs, &r->profiled.profile.total, "");
    print_notes(a, r, s);
    if (!s->wish.reference)
        print_slow(a, r);
    print_peers(a, r);
    print_hot(a, &r->profiled.profile, s->n_hot);
}

/* ---- JSON ---- */

static void json_cost(struct json *j, const struct profile *p, const struct cost *c)
{
    json_int(j, "instructions", (int64_t)c->instructions);
    json_int(j, "instructions_weighted", (int64_t)c->weighted);
    if (p->core)
        json_int(j, "cycles_predicted", (int64_t)c->cycles);
    else
        json_null(j, "cycles_predicted");
    json_object(j, "classes");
    for (uint32_t k = 0; k < N_CLASSES; k++)
        json_int(j, class_names[k], (int64_t)c->by_class[k]);
    json_end(j);
    json_int(j, "bytes_loaded", (int64_t)c->loaded);
    json_int(j, "bytes_stored", (int64_t)c->stored);
    json_int(j, "bytes_loaded_from_flash", (int64_t)c->flash);
}

static void json_layer(struct json *j, const struct result *r, uint32_t i)
{
    json_object(j, NULL);
    json_int(j, "step", i);
    json_str(j, "origin", origin_of(r, i));
    json_str(j, "kernel", kernel_of(r, i));
    json_int(j, "macs", (int64_t)macs_of(r, i));
    json_cost(j, &r->profiled.profile, &r->profiled.profile.steps[i]);
    json_end(j);
}

static void json_peers(struct json *j, const struct result *r)
{
    json_array(j, "published");
    const struct peer *p = NULL;
    while ((p = peer_next(p, r->source, r->target->name)) != NULL) {
        json_object(j, NULL);
        json_str(j, "model", p->model);
        json_str(j, "stack", p->stack);
        json_int(j, "cycles", 1000 * (int64_t)p->kilocycles);
        json_end(j);
    }
    json_end(j);
}

static void print_json(struct arena *a, const struct result *r, const struct settings *s)
{
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "name", r->compiled.name);
    json_str(&j, "target", r->target->name);
    json_cost(&j, &r->profiled.profile, &r->profiled.profile.total);
    if (r->profiled.profile.core)
        json_str(&j, "cycle_model", r->profiled.profile.core->text);
    json_int(&j, "wait_states", (int64_t)s->wait_states);
    json_int(&j, "flash_bytes", (int64_t)r->profiled.firmware.flash_bytes);
    json_int(&j, "arena_bytes", (int64_t)r->compiled.memory->plan.arena_bytes);
    if (r->profiled.firmware.stacks[0].unknown)
        json_null(&j, "stack_bytes");
    else
        json_int(&j, "stack_bytes", (int64_t)r->profiled.firmware.stacks[0].bytes);
    json_peers(&j, r);
    json_array(&j, "layers");
    for (uint32_t i = 0; i < r->profiled.profile.n_steps; i++)
        json_layer(&j, r, i);
    json_end(&j);
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

/* ---- the verb ---- */

/* The bytes of one inference: the files, or zeros. */
static const void *inputs_of(struct arena *a, const struct graph *g, const struct settings *s,
                             struct diag *d)
{
    if (s->inputs.n > 0)
        return input_read(a, g, &s->inputs, d);
    size_t bytes = 0;
    for (uint32_t i = 0; i < g->inputs.n; i++)
        bytes += tensor_bytes(&g->tensors.items[g->inputs.items[i]]);
    return arena_alloc(a, bytes);
}

static bool profile(struct arena *a, const char *path, const struct settings *s, struct diag *d)
{
    struct result r = {.target = find_target(a, s->target, d)};
    struct graph *g = r.target ? model_open(a, path, &s->model, d) : NULL;
    const void *inputs = g ? inputs_of(a, g, s, d) : NULL;
    if (!inputs)
        return false;
    r.source = g;
    const struct choice choice = wish_choice(&s->wish, r.target);
    const char *name = out_identifier(a, out_stem(a, path));
    if (!compile_within(a, g, name, &choice, &s->wish.memory, &r.compiled, d) ||
        !compile_and_profile(a, &r.compiled, r.target, inputs, (uint32_t)s->wait_states,
                             &r.profiled, d))
        return false;
    if (s->json)
        print_json(a, &r, s);
    else
        print_table(a, &r, s);
    return true;
}

static bool settings_hold(const struct settings *s, struct diag *d)
{
    if (!s->target)
        return diag_error(d, "mote profile", "--target BOARD is needed");
    if (!(s->clock_mhz >= 0 && s->clock_mhz <= CLOCK_MHZ_MAX))
        return diag_error(d, "--clock", "expects megahertz above 0, up to %.0f", CLOCK_MHZ_MAX);
    if (s->wait_states > WAIT_STATES_MAX)
        return diag_error(d, "--wait-states", "expects cycles up to %d, not %" PRIu64,
                          WAIT_STATES_MAX, s->wait_states);
    return s->inputs.n <= 1 ||
           diag_error(d, "--input", "one inference is profiled, not %" PRIu32, s->inputs.n);
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {0};
    const struct arg args[] = {
        {"--target", ARG_STRING, &s.target},
        {"--wait-states", ARG_COUNT, &s.wait_states},
        {"--clock", ARG_FLOAT, &s.clock_mhz},
        {"--input", ARG_LIST, &s.inputs},
        MODEL_ARGS(&s.model),
        {"--ram", ARG_BYTES, &s.wish_args.ram_bytes},
        {"--feed", ARG_STRING, &s.wish_args.feed},
        {"--optimize", ARG_STRING, &s.wish_args.optimize},
        {"--reference", ARG_FLAG, &s.wish_args.reference},
        {"--hot", ARG_COUNT, &s.n_hot},
        {"--json", ARG_FLAG, &s.json},
    };
    const char *path;
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "MODEL", d) ||
        !wish_of(&s.wish_args, &s.wish, d) || !settings_hold(&s, d))
        return EXIT_USAGE;
    return profile(a, path, &s, d) ? EXIT_DONE : EXIT_FAILED;
}

const struct verb verb_profile = {
    "profile", "count instructions and predict cycles, layer by layer", usage, run};
