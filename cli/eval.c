/* eval.c - `mote eval`: accuracy, memory and instructions of a model, in one table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "eval/evaluate.h"

#include "compile.h"
#include "data/samples.h"
#include "import/import.h"
#include "output.h"
#include "recipe/recipe.h"
#include "train/train.h"
#include "verb.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote eval MODEL --recipe RECIPE [options]\n"
    "       mote eval MODEL --data FOLDER [options]\n\n"
    "Score a model on the recipe's test data, or on a folder with a sub-folder of samples for\n"
    "each class (raw float32 or .npy, as the float model takes them). With --target, build its\n"
    "firmware too, run that on the first test samples, compare every output byte with the\n"
    "host's, and state flash, RAM and instructions. The exit status is 1 when a byte differs or a\n"
    "budget is exceeded.\n\n"
    "  --float FILE        the float model it came from, to be scored beside it\n"
    "  --target BOARD      native, cortex-m3, cortex-m4, cortex-m7, cortex-m33, cortex-m55,\n"
    "                      rv32imc, or recipe: the recipe's board and budgets\n"
    "  --samples N         test samples to score (default: all)\n"
    "  --device-samples N  test samples to run on the target (default: 200)\n"
    "  --threads N         default: one per processor\n"
    "  --json              print the figures as JSON\n\n"
    "example:\n"
    "  mote eval out/fashion.mote --float out/fashion-float.mote \\\n"
    "      --recipe apps/fashion-mnist/recipe.yaml --target cortex-m4\n";

struct settings {
    const char *recipe, *data, *float_model, *target;
    uint64_t samples, device_samples, threads;
    bool json;
};

/* What was measured; absent figures are NAN, NULL or 0. */
struct figures {
    uint32_t n_test;
    double float_accuracy, int8_accuracy;
    const int8_t *host_outputs;
    const struct target *target;
    struct budget budget;
    uint32_t n_device;
    double device_accuracy;
    struct compiled compiled;
    struct firmware firmware;
    struct firmware_run run;
};

static bool score_float(struct arena *a, const char *path, const struct dataset_view *v,
                        struct pool *pool, double *accuracy, struct diag *d)
{
    struct graph *g = import_read(a, path, d);
    return g && train_evaluate(g, v, pool, accuracy, d);
}

/* The first sample whose device output differs from the host's, as an error. */
static bool same_bytes(const struct figures *f, size_t output_bytes, struct diag *d)
{
    for (size_t i = 0; i < f->n_device * output_bytes; i++)
        if (f->run.outputs[i] != f->host_outputs[i])
            return diag_error(
                d, f->target->name, "output byte %zu of test sample %zu is %d, the host's is %d",
                i % output_bytes, i / output_bytes, f->run.outputs[i], f->host_outputs[i]);
    return true;
}

static bool measure_on_target(struct arena *a, const struct graph *g, const char *name,
                              const struct dataset_view *v, const int8_t *inputs, struct figures *f,
                              struct diag *d)
{
    struct dataset_view first = *v;
    first.n = f->n_device;
    size_t output_bytes = tensor_bytes(&g->tensors.items[g->outputs.items[0]]);
    const struct choice choice = target_choice(f->target);
    if (!compile(a, g, name, &choice, &f->compiled, d) ||
        !budget_check_arena(a, &f->compiled, &f->budget, d) ||
        !compile_and_run(a, &f->compiled, f->target, inputs, f->n_device, &f->firmware, &f->run,
                         d) ||
        !budget_check_flash(&f->compiled, &f->firmware, &f->budget, d))
        return false;
    f->device_accuracy = evaluate_accuracy(g, f->run.outputs, &first);
    return same_bytes(f, output_bytes, d);
}

/* "3.21", or "" where nothing is multiplied. */
static const char *ratio(struct arena *a, uint64_t instructions, int64_t macs)
{
    return macs ? arena_printf(a, "%.2f", (double)instructions / (double)macs) : "";
}

static const char *of_budget(struct arena *a, uint64_t budget)
{
    return budget ? arena_printf(a, "   of %s", str_count(a, budget)) : "";
}

static void print_layers(struct arena *a, const struct figures *f)
{
    const struct program *p = f->compiled.program;
    int64_t macs_total = 0;
    printf("\n  %-3s %-30s %-14s %12s %14s %8s\n", "#", "kernel", "output", "MACs", "instructions",
           "per MAC");
    for (uint32_t i = 0; i < p->n_steps; i++) {
        const struct node *n = &p->graph->nodes.items[p->steps[i].i_node];
        int64_t macs = node_macs(p->graph, n);
        macs_total += macs;
        printf("  %-3" PRIu32 " %-30s %-14s %12s %14s %8s\n", i, p->steps[i].kernel->name,
               out_shape(a, &p->graph->tensors.items[n->out[0]].shape),
               str_count(a, (uint64_t)macs), str_count(a, f->run.step_instructions[i]),
               ratio(a, f->run.step_instructions[i], macs));
    }
    printf("  %-3s %-30s %-14s %12s %14s %8s\n", "", "one inference", "",
           str_count(a, (uint64_t)macs_total), str_count(a, f->run.instructions),
           ratio(a, f->run.instructions, macs_total));
}

static void print_table(struct arena *a, const char *name, const struct figures *f)
{
    printf("%s", name);
    if (f->target)
        printf(" on %s: %s", f->target->name, f->target->core);
    printf("\n\n");
    if (!isnan(f->float_accuracy))
        printf("  accuracy      float, host   %8.2f %%   %s test samples\n",
               100 * f->float_accuracy, str_count(a, f->n_test));
    if (!isnan(f->int8_accuracy))
        printf("                int8, host    %8.2f %%   %s test samples\n", 100 * f->int8_accuracy,
               str_count(a, f->n_test));
    if (!f->target)
        return;
    printf("                int8, device  %8.2f %%   the first %s; every byte equals the host's\n",
           100 * f->device_accuracy, str_count(a, f->n_device));
    size_t weights = f->compiled.code.weight_bytes;
    const struct plan *p = &f->compiled.memory->plan;
    printf("  flash, bytes  code          %10s\n", str_count(a, f->firmware.flash_bytes - weights));
    printf("                weights       %10s\n", str_count(a, weights));
    printf("                total         %10s%s\n", str_count(a, f->firmware.flash_bytes),
           of_budget(a, f->budget.flash_bytes));
    printf("  RAM, bytes    arena         %10s%s   (lower bound %s)\n",
           str_count(a, p->arena_bytes), of_budget(a, f->budget.arena_bytes),
           str_count(a, p->lower_bound));
    if (!f->run.step_instructions)
        return;
    printf("                stack         %10s\n", str_count(a, f->run.stack_bytes));
    print_layers(a, f);
}

static void print_json(struct arena *a, const char *name, const struct figures *f)
{
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "model", name);
    json_int(&j, "test_samples", f->n_test);
    json_float(&j, "float_accuracy", f->float_accuracy);
    json_float(&j, "int8_accuracy", f->int8_accuracy);
    if (f->target) {
        const struct program *p = f->compiled.program;
        json_str(&j, "target", f->target->name);
        json_int(&j, "device_samples", f->n_device);
        json_float(&j, "device_accuracy", f->device_accuracy);
        json_int(&j, "flash_bytes", (int64_t)f->firmware.flash_bytes);
        json_int(&j, "weight_bytes", (int64_t)f->compiled.code.weight_bytes);
        json_int(&j, "arena_bytes", (int64_t)f->compiled.memory->plan.arena_bytes);
        json_int(&j, "arena_lower_bound", (int64_t)f->compiled.memory->plan.lower_bound);
        json_int(&j, "stack_bytes", (int64_t)f->run.stack_bytes);
        json_int(&j, "instructions", (int64_t)f->run.instructions);
        json_array(&j, "steps");
        for (uint32_t i = 0; f->run.step_instructions && i < p->n_steps; i++) {
            const struct node *n = &p->graph->nodes.items[p->steps[i].i_node];
            json_object(&j, NULL);
            json_str(&j, "kernel", p->steps[i].kernel->name);
            json_str(&j, "origin", n->origin ? n->origin : "");
            json_int(&j, "macs", node_macs(p->graph, n));
            json_int(&j, "instructions", (int64_t)f->run.step_instructions[i]);
            json_end(&j);
        }
        json_end(&j);
    }
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

/* The int8 model: on the host for all samples, on the target for the first. */
static bool measure_int8(struct arena *a, const struct graph *g, const struct dataset_view *v,
                         struct pool *pool, struct figures *f, struct diag *d)
{
    if (!evaluate_fits(g, v->ds, d))
        return false;
    const int8_t *inputs = evaluate_inputs(a, g, v);
    f->host_outputs = evaluate_outputs(a, g, inputs, v->n, pool, d);
    if (!f->host_outputs)
        return false;
    f->int8_accuracy = evaluate_accuracy(g, f->host_outputs, v);
    return !f->target || measure_on_target(a, g, out_identifier(a, g->name), v, inputs, f, d);
}

static bool choose_target(struct arena *a, const struct recipe *r, const struct settings *s,
                          struct figures *f, struct diag *d)
{
    if (!s->target)
        return true;
    if (r && strcmp(s->target, "recipe") == 0) {
        f->target = r->target;
        f->budget = (struct budget){r->flash_bytes, r->arena_bytes};
        return true;
    }
    f->target = find_target(a, s->target, d);
    return f->target != NULL;
}

static bool folder_data(struct arena *a, const struct graph *g, const char *path,
                        struct dataset *out, struct diag *d)
{
    const struct shape *shape = &g->tensors.items[g->inputs.items[0]].shape;
    struct samples read;
    if (!samples_read(a, path, (size_t)shape_count(shape), &read, d))
        return false;
    if (!read.labels) {
        diag_error(d, path, "has no classes");
        return diag_hint(d, "put the files of each class into a folder of its own");
    }
    *out = samples_dataset(a, &read, *shape);
    return true;
}

static bool eval(struct arena *a, const char *path, const struct settings *s, struct diag *d)
{
    struct figures f = {.float_accuracy = (double)NAN,
                        .int8_accuracy = (double)NAN,
                        .device_accuracy = (double)NAN};
    struct dataset test;
    struct graph *g = import_read(a, path, d);
    struct recipe *r = g && s->recipe ? recipe_read(a, s->recipe, d) : NULL;
    if (!g || (s->recipe && !r))
        return false;
    bool is_float = g->tensors.items[g->outputs.items[0]].dtype == DT_F32;
    if (is_float && s->target) {
        diag_error(d, path, "is a float model; boards are scored in int8");
        return s->recipe ? diag_hint(d, "mote quantize %s --recipe %s", path, s->recipe)
                         : diag_hint(d, "mote quantize %s --calib FOLDER", path);
    }
    if (!choose_target(a, r, s, &f, d))
        return false;
    if (!(r ? recipe_data(a, r, NULL, &test, d) : folder_data(a, g, s->data, &test, d)))
        return false;
    struct dataset_view v = dataset_all(a, &test);
    if (s->samples && s->samples < v.n)
        v.n = (uint32_t)s->samples;
    f.n_test = v.n;
    f.n_device = s->device_samples < v.n ? (uint32_t)s->device_samples : v.n;

    struct pool *pool = pool_new((uint32_t)s->threads);
    bool ok = true;
    if (s->float_model || is_float)
        ok = score_float(a, is_float ? path : s->float_model, &v, pool, &f.float_accuracy, d);
    if (ok && !is_float)
        ok = measure_int8(a, g, &v, pool, &f, d);
    pool_free(pool);
    if (!ok)
        return false;
    if (s->json)
        print_json(a, g->name, &f);
    else
        print_table(a, g->name, &f);
    return true;
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {.device_samples = 200};
    const struct arg args[] = {
        {"--recipe", ARG_STRING, &s.recipe},     {"--data", ARG_STRING, &s.data},
        {"--float", ARG_STRING, &s.float_model}, {"--target", ARG_STRING, &s.target},
        {"--samples", ARG_COUNT, &s.samples},    {"--device-samples", ARG_COUNT, &s.device_samples},
        {"--threads", ARG_COUNT, &s.threads},    {"--json", ARG_FLAG, &s.json},
    };
    const char *path;
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "MODEL", d))
        return EXIT_USAGE;
    if (!s.recipe == !s.data) {
        diag_error(d, "mote eval",
                   "--recipe RECIPE or --data FOLDER is needed, and only one of "
                   "them: it says where the test data is");
        return EXIT_USAGE;
    }
    if (s.device_samples == 0) {
        diag_error(d, "mote eval", "--device-samples must be at least 1");
        return EXIT_USAGE;
    }
    return eval(a, path, &s, d) ? EXIT_DONE : EXIT_FAILED;
}

const struct verb verb_eval = {"eval", "score a model on test data, here and on a board", usage,
                               run};
