/* mote_host_rate.c - how many inferences a second one core makes: interpreter and variants in turn.
 *
 *     mote_host_rate ROUNDS MODEL...
 *
 * The figures are inferences in a second of the thread's processor time, the best of the rounds, and
 * the times as many as the interpreter's in the same run. Outputs are compared on the way.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "fast/fast.h"
#include "import/import.h"
#include "ir/interp.h"
#include "pass/pass.h"

#define ENGINES_MAX 8
#define SLICE_S     0.2 /* seconds of one measurement */
#define N_INPUTS    16

/* The interpreter, if fast is NULL, or a variant. */
struct engine {
    const char *name;
    struct interp *interp;
    struct fast *fast;
    double best; /* inferences/s */
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run(struct engine *e, const void *const *in)
{
    if (e->fast)
        fast_run(e->fast, in);
    else
        interp_run(e->interp, in);
}

static const void *tensor(const struct engine *e, uint32_t t)
{
    return e->fast ? fast_tensor(e->fast, t) : interp_tensor(e->interp, t);
}

static void measure(struct engine *e, const void **in[N_INPUTS])
{
    uint64_t n = 0;
    const double start = now_s();
    double seconds;
    do {
        for (int i = 0; i < N_INPUTS; i++, n++)
            run(e, in[i]);
        seconds = now_s() - start;
    } while (seconds < SLICE_S);
    if ((double)n / seconds > e->best)
        e->best = (double)n / seconds;
}

static uint32_t make_engines(struct arena *a, const struct graph *g, struct engine *engines,
                             struct diag *d)
{
    uint32_t n = 1;
    engines[0] = (struct engine){.name = "interpreter", .interp = interp_new(a, g, d)};
    for (uint32_t i = 0; fast_variant(i) && n < ENGINES_MAX; i++)
        if (fast_runs_here(fast_variant(i)))
            engines[n++] = (struct engine){.name = fast_variant(i)->name,
                                           .fast = fast_new(a, g, fast_variant(i), d)};
    return d->failed ? 0 : n;
}

static void random_inputs(struct arena *a, const struct graph *g, const void **in[N_INPUTS])
{
    struct rng r = rng_seed(1);
    for (int i = 0; i < N_INPUTS; i++) {
        in[i] = ARENA_ARRAY(a, const void *, g->inputs.n);
        for (uint32_t k = 0; k < g->inputs.n; k++) {
            const size_t bytes = tensor_bytes(&g->tensors.items[g->inputs.items[k]]);
            uint8_t *x = arena_alloc(a, bytes);
            for (size_t b = 0; b < bytes; b++)
                x[b] = (uint8_t)rng_below(&r, 256);
            in[i][k] = x;
        }
    }
}

static bool same_output(const struct graph *g, struct engine *engines, uint32_t n, const void **in)
{
    const uint32_t t = g->outputs.items[0];
    bool same = true;
    for (uint32_t i = 0; i < n; i++) {
        run(&engines[i], in);
        same &= memcmp(tensor(&engines[i], t), tensor(&engines[0], t),
                       tensor_bytes(&g->tensors.items[t])) == 0;
    }
    return same;
}

static void print_rates(const char *model, const struct engine *engines, uint32_t n)
{
    printf("%-24s  %s %.0f/s", model, engines[0].name, engines[0].best);
    for (uint32_t i = 1; i < n; i++)
        printf("   %s %.0f/s, x %.1f", engines[i].name, engines[i].best,
               engines[i].best / engines[0].best);
    printf("\n");
}

static bool bench(struct arena *a, const char *path, int rounds, struct diag *d)
{
    struct engine engines[ENGINES_MAX];
    const void **in[N_INPUTS];
    struct graph *g = import_read(a, path, d);
    const uint32_t n = g && simplify(g, d) ? make_engines(a, g, engines, d) : 0;
    if (n == 0)
        return false;
    random_inputs(a, g, in);
    if (!same_output(g, engines, n, in[0]))
        return diag_error(d, path, "a variant's output differs from the interpreter's");
    for (int round = 0; round < rounds; round++)
        for (uint32_t i = 0; i < n; i++)
            measure(&engines[i], in);
    print_rates(g->name, engines, n);
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: mote_host_rate ROUNDS MODEL...\n");
        return 2;
    }
    struct diag d = {0};
    for (int i = 2; i < argc && !d.failed; i++) {
        struct arena *a = arena_new("bench");
        bench(a, argv[i], (int)strtol(argv[1], NULL, 10), &d);
        diag_print(&d, stderr);
        fflush(stdout);
        arena_free(a);
    }
    return d.failed ? 1 : 0;
}
