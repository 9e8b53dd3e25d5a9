/* tune.c - measure what kernels take on a core. SPDX-License-Identifier: Apache-2.0 */
#include "tune/tune.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "profile.h"
#include "tune/fit.h"
#include "tune/probe.h"

/* Weights of 8 bits; of 4 for variants that take no others. */
static const struct probe_kind kinds[] = {{DT_S8, 127}, {DT_S8, 7}, {DT_S16, 127}};
#define N_KINDS (sizeof kinds / sizeof kinds[0])

/* Cycles that are not worth printing. */
#define FACTOR_MIN 1e-3

struct tuning {
    struct arena *a;
    const struct target *t;
    const struct graph *probes[N_KINDS];
    struct tuned *out;
};

/* Variants that the target has, each once, in the order of kernels.def. */
static uint32_t find_variants(struct arena *a, const struct target *t, const char ***out)
{
    uint32_t n_rows, n = 0;
    const struct kernel_row *rows = kernel_rows(&n_rows);
    const char **names = ARENA_ARRAY(a, const char *, n_rows);
    for (uint32_t i = 0; i < n_rows; i++) {
        const struct kernel *k = &rows[i].kernel;
        bool is_new = (t->isas & k->isa) == (uint32_t)k->isa;
        for (uint32_t j = 0; j < n; j++)
            is_new = is_new && strcmp(names[j], k->variant) != 0;
        if (is_new)
            names[n++] = k->variant;
    }
    *out = names;
    return n;
}

/* The samples of one kernel in a profile. */
static uint32_t find_samples(const struct tuning *t, const struct compiled *c,
                             const struct profile *p, const struct kernel *kernel,
                             struct sample *out)
{
    uint32_t n = 0;
    for (uint32_t s = 0; s < c->program->n_steps; s++) {
        const struct step *step = &c->program->steps[s];
        if (step->kernel != kernel)
            continue;
        node_work(c->graph, &c->graph->nodes.items[step->i_node], out[n].work);
        out[n++].cycles = (double)p->steps[s].cycles;
    }
    (void)t;
    return n;
}

static size_t code_bytes(const struct firmware *fw, const struct kernel *kernel)
{
    for (uint32_t i = 0; i < fw->n_sources; i++)
        if (strcmp(fw->sources[i].path, kernel->source) == 0)
            return fw->sources[i].code_bytes;
    return 0;
}

static void print_row(struct text *t, const struct kernel *kernel, const double factors[N_WORKS],
                      size_t bytes)
{
    text_printf(t, "COST(%s", kernel->name);
    for (int i = 0; i < N_WORKS; i++)
        text_printf(t, ", %.4g", factors[i] < FACTOR_MIN ? 0 : factors[i]);
    text_printf(t, ", %zu)\n", bytes);
}

static void fit_kernel(struct tuning *t, const struct compiled *c, const struct profiled *p,
                       const struct kernel *kernel)
{
    struct sample *samples = ARENA_ARRAY(t->a, struct sample, c->program->n_steps);
    const uint32_t n = find_samples(t, c, &p->profile, kernel, samples);
    double factors[N_WORKS];
    const double worst = fit_factors(samples, n, factors);
    print_row(&t->out->table, kernel, factors, code_bytes(&p->firmware, kernel));
    t->out->kernels[t->out->n_kernels++] =
        (struct tuned_kernel){.kernel = kernel->name, .n_probes = n, .worst_error = worst};
}

/* Is it the first step with its kernel, and a kernel of the variant asked for? */
static bool is_measured_first(const struct compiled *c, uint32_t s, const char *variant)
{
    const struct program *p = c->program;
    if (strcmp(p->steps[s].kernel->variant, variant) != 0)
        return false;
    for (uint32_t k = 0; k < s; k++)
        if (p->steps[k].kernel == p->steps[s].kernel)
            return false;
    return true;
}

/* Does a variant take any of the layers? */
static bool is_taken(const struct compiled *c, const char *variant)
{
    for (uint32_t s = 0; s < c->program->n_steps; s++)
        if (is_measured_first(c, s, variant))
            return true;
    return false;
}

static bool measure(struct tuning *t, const char *variant, struct compiled *c, struct diag *d)
{
    struct profiled p;
    size_t bytes = 0;
    for (uint32_t i = 0; i < c->graph->inputs.n; i++)
        bytes += tensor_bytes(&c->graph->tensors.items[c->graph->inputs.items[i]]);
    if (!compile_and_profile(t->a, c, t->t, arena_alloc(t->a, bytes), 0, &p, d))
        return false;
    if (!p.profile.core)
        return diag_error(d, t->t->name, "there is no cycle model of this core to measure by");
    for (uint32_t s = 0; s < c->program->n_steps; s++)
        if (is_measured_first(c, s, variant))
            fit_kernel(t, c, &p, c->program->steps[s].kernel);
    return true;
}

/* For each type of activations on the first kind of probes that has layers for the variant. */
static bool tune_variant(struct tuning *t, const char *variant, struct diag *d)
{
    const struct choice choice = {.isas = t->t->isas, .variant = variant};
    bool is_done[N_DTYPES] = {false};
    for (size_t i = 0; i < N_KINDS; i++) {
        struct compiled c;
        if (is_done[kinds[i].dtype])
            continue;
        if (!compile(t->a, t->probes[i], "probes", &choice, &c, d))
            return false;
        if (!is_taken(&c, variant))
            continue;
        if (!measure(t, variant, &c, d))
            return false;
        is_done[kinds[i].dtype] = true;
    }
    return true;
}

bool tune(struct arena *a, const struct target *t, tune_progress *progress, void *context,
          struct tuned *out, struct diag *d)
{
    if (!t->emulator) {
        diag_error(d, t->name, "only an emulated board can be measured");
        return diag_hint(d, "name a board, such as --target cortex-m4");
    }
    const char **variants;
    const uint32_t n = find_variants(a, t, &variants);
    uint32_t n_rows;
    kernel_rows(&n_rows);
    *out = (struct tuned){.table = {.arena = a},
                          .kernels = ARENA_ARRAY(a, struct tuned_kernel, n_rows)};
    text_printf(
        &out->table,
        "/* %s.def - predicted cycles of kernels on %s, fitted to measurements:\n"
        " *     mote tune --target %s -o host/target/costs/%s.def\n"
        " * SPDX-License-Identifier: Apache-2.0\n"
        " *\n"
        " * COST(kernel, cycles per call, row, pixel, block of four channels, tap, product or "
        "output;\n"
        " *      bytes of code) */\n",
        t->name, t->core, t->name, t->name);
    struct tuning tuning = {.a = a, .t = t, .out = out};
    for (size_t i = 0; i < N_KINDS; i++)
        if (!(tuning.probes[i] = probe_graph(a, &kinds[i], d)))
            return false;
    for (uint32_t i = 0; i < n; i++) {
        progress(context, variants[i], i, n);
        if (!tune_variant(&tuning, variants[i], d))
            return false;
    }
    progress(context, NULL, n, n);
    return true;
}
