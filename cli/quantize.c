/* quantize.c - `mote quantize`: from a float model to int8. SPDX-License-Identifier: Apache-2.0 */
#include "quant/quantize.h"
#include "data/samples.h"
#include "ir/text.h"
#include "model.h"
#include "output.h"
#include "pass/pass.h"
#include "recipe/recipe.h"
#include "verb.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Per cent, unless --max-error says otherwise. */
#define MAX_ERROR   2.0
#define MIXED_ERROR 0.5

static const char usage[] =
    "usage: mote quantize MODEL --calib PATH [options]\n"
    "       mote quantize MODEL --recipe RECIPE [options]\n\n"
    "Quantise a float model to int8 after training. Half of the calibration samples choose\n"
    "ranges, the other half judges: every method that is tried is a line of the table, the one\n"
    "with the least output error is kept. A model that loses too much is not written.\n\n"
    "  --calib PATH     a file of samples, a folder of such files, or a folder with a sub-folder\n"
    "                   for each class: raw float32 or .npy, one sample or more in a file\n"
    "  --recipe RECIPE  samples of the recipe's training data; ranges only, unless --methods all\n"
    "  -o FILE          what to write (default: MODEL without \"-float\")\n"
    "  --ranges METHOD  minmax, percentile, mse, kl or auto (default: auto, or the recipe's)\n"
    "  --methods WHICH  all: try equalisation, better rounding and bias correction too, or ranges\n"
    "  --weights TYPE   int8, int4 for convolutions and dense layers, or mixed: int4 in as many "
    "of\n"
    "                   them as --max-error allows, 0.5 unless given (default: int8)\n"
    "  --max-drop P     lose at most P points of accuracy where classes are known (default: 1),\n"
    "                   beyond what chance explains on so few samples\n"
    "  --max-error P    otherwise: squared error of at most P % of the squared outputs (default: "
    "2)\n"
    "  --threads N      default: one per processor\n"
    "  --json           print the report as JSON\n" MODEL_ONNX_USAGE "\n"
    "example:\n"
    "  mote quantize resnet.tflite --calib samples/ -o resnet-int8.mote\n";

static const char *const range_names[N_RANGE_METHODS] = {"minmax", "percentile", "mse", "kl",
                                                         "auto"};
static const char *const rounding_names[N_WEIGHT_ROUNDINGS] = {"nearest", "columns", "descent"};

static bool find_method(const char *name, enum range_method *out, struct diag *d)
{
    for (int i = 0; i < N_RANGE_METHODS; i++)
        if (strcmp(range_names[i], name) == 0) {
            *out = (enum range_method)i;
            return true;
        }
    return diag_error(d, "--ranges", "\"%s\" is none of minmax, percentile, mse, kl, auto", name);
}

/* "out/kws-float.mote" -> "out/kws.mote", "kws.mote" -> "kws-int8.mote" */
static const char *default_output(struct arena *a, const char *path)
{
    static const char suffix[] = "-float.mote";
    size_t len = strlen(path);
    if (len > sizeof suffix - 1 && strcmp(path + len - (sizeof suffix - 1), suffix) == 0)
        return arena_printf(a, "%.*s.mote", (int)(len - (sizeof suffix - 1)), path);
    const char *dot = strrchr(path, '.');
    return arena_printf(a, "%.*s-int8.mote", (int)(dot ? (size_t)(dot - path) : len), path);
}

/* "mse, equalised, rounded by columns, biases corrected" */
static const char *method_text(struct arena *a, const struct quantize_method *m)
{
    struct text t = {.arena = a};
    text_add(&t, range_names[m->ranges]);
    if (m->equalise)
        text_add(&t, ", equalised");
    if (m->rounding != WEIGHTS_NEAREST)
        text_printf(&t, ", rounded by %s", rounding_names[m->rounding]);
    if (m->correct_biases)
        text_add(&t, ", biases corrected");
    if (m->n_4_bits > 0)
        text_printf(&t, ", int4 in %" PRIu32, m->n_4_bits);
    return text_cstr(&t);
}

static void json_trial(struct arena *a, struct json *j, const struct trial *t)
{
    json_object(j, NULL);
    json_str(j, "method", method_text(a, &t->method));
    json_str(j, "ranges", range_names[t->method.ranges]);
    json_int(j, "int4_layers", t->method.n_4_bits);
    json_float(j, "output_mse", t->mse);
    json_float(j, "output_error", t->error);
    json_float(j, "agreement", t->agreement);
    json_float(j, "accuracy", t->accuracy);
    json_end(j);
}

static void print_json(struct arena *a, const char *path, size_t const_bytes,
                       const struct quantize_report *r)
{
    struct text t = {.arena = a};
    struct json j;
    const struct trial *chosen = &r->trials[r->chosen];
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "model", path);
    json_int(&j, "constant_bytes", (int64_t)const_bytes);
    json_str(&j, "method", method_text(a, &chosen->method));
    json_str(&j, "ranges", range_names[chosen->method.ranges]);
    json_int(&j, "judged_samples", r->n_judged);
    json_float(&j, "float_accuracy", r->float_accuracy);
    json_float(&j, "accuracy", chosen->accuracy);
    json_float(&j, "output_error", chosen->error);
    json_array(&j, "tried");
    for (uint32_t i = 0; i < r->n_trials && r->n_judged > 0; i++)
        json_trial(a, &j, &r->trials[i]);
    json_end(&j);
    json_array(&j, "worst_layers");
    for (uint32_t i = 0; i < r->n_worst; i++) {
        json_object(&j, NULL);
        json_str(&j, "name", r->worst[i].name);
        json_float(&j, "error", r->worst[i].error);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

static void print_trials(struct arena *a, const struct quantize_report *r)
{
    const bool has_labels = !isnan(r->float_accuracy);
    printf("%-64s %12s %10s%s\n", "method", "output error", "as float",
           has_labels ? "   accuracy" : "");
    for (uint32_t i = 0; i < r->n_trials; i++) {
        const struct trial *t = &r->trials[i];
        printf("%-64s %10.4f %% %8.2f %%", method_text(a, &t->method), 100 * t->error,
               100 * t->agreement);
        if (has_labels)
            printf(" %8.2f %%", 100 * t->accuracy);
        printf("%s\n", i == r->chosen ? "   chosen" : "");
    }
    if (has_labels)
        printf("%-88s %8.2f %%\n", "float", 100 * r->float_accuracy);
    printf("judged on %s samples that chose nothing; layers that are furthest from float:\n",
           str_count(a, r->n_judged));
    for (uint32_t i = 0; i < r->n_worst; i++)
        printf("  %8.4f %%  %s\n", 100 * r->worst[i].error, r->worst[i].name);
}

struct settings {
    const char *output, *recipe, *calib, *ranges, *methods, *weights;
    uint64_t threads;
    double max_drop, max_error; /* points, per cent; the latter NAN: not given */
    struct model_args model;
    bool json;
};

/* The float model, ready to be quantised, of one input of `len` values. */
static struct graph *read_float(struct arena *a, const char *path, const struct settings *s,
                                struct diag *d)
{
    struct graph *g = model_open(a, path, &s->model, d);
    return g && simplify(g, d) ? g : NULL;
}

static bool choose_options(const struct settings *s, struct quantize_options *o, struct diag *d)
{
    if (s->ranges && !find_method(s->ranges, &o->ranges, d))
        return false;
    if (s->methods && strcmp(s->methods, "all") != 0 && strcmp(s->methods, "ranges") != 0)
        return diag_error(d, "--methods", "\"%s\" is neither all nor ranges", s->methods);
    const bool is_4 = s->weights && strcmp(s->weights, "int4") == 0;
    const bool is_mixed = s->weights && strcmp(s->weights, "mixed") == 0;
    if (s->weights && strcmp(s->weights, "int8") != 0 && !is_4 && !is_mixed)
        return diag_error(d, "--weights", "\"%s\" is none of int8, int4, mixed", s->weights);
    if (s->methods)
        o->refine = strcmp(s->methods, "all") == 0;
    o->weight_bits = is_4 ? 4 : 8;
    o->mixed = is_mixed;
    o->mixed_error = 0.01 * (isnan(s->max_error) ? MIXED_ERROR : s->max_error);
    return true;
}

static bool calibrate_by_recipe(struct arena *a, const char *path, const struct graph *g,
                                const struct settings *s, struct calibration *c,
                                struct quantize_options *o, struct diag *d)
{
    struct dataset data;
    struct recipe *r = recipe_read(a, s->recipe, d);
    if (!r || !recipe_data(a, r, &data, NULL, d))
        return false;
    if (shape_count(&g->tensors.items[g->inputs.items[0]].shape) != shape_count(&data.sample))
        return diag_error(d, path, "does not take samples of the shape %s that %s describes",
                          out_shape(a, &data.sample), s->recipe);
    struct dataset_view train, validation;
    recipe_split(a, r, &data, &train, &validation);
    *c = recipe_calibration(a, r, &train);
    *o = r->quantize_options;
    return true;
}

/* Files come class by class: they are shuffled, then the first half fits. */
static bool calibrate_by_files(struct arena *a, const struct graph *g, const struct settings *s,
                               struct calibration *c, struct quantize_options *o, struct diag *d)
{
    const size_t len = (size_t)shape_count(&g->tensors.items[g->inputs.items[0]].shape);
    struct samples read;
    if (!samples_read(a, s->calib, len, &read, d))
        return false;
    uint32_t *order = ARENA_ARRAY(a, uint32_t, read.n);
    float *values = ARENA_ARRAY(a, float, len *read.n);
    uint16_t *labels = read.labels ? ARENA_ARRAY(a, uint16_t, read.n) : NULL;
    shuffle(1, 0, order, read.n);
    for (uint32_t i = 0; i < read.n; i++) {
        memcpy(values + len * i, read.values + len * order[i], len * sizeof *values);
        if (labels)
            labels[i] = read.labels[order[i]];
    }
    *c = (struct calibration){values, read.n, (read.n + 1) / 2, labels};
    *o = (struct quantize_options){
        .ranges = RANGE_AUTO, .percentile = 99.99f, .refine = true, .weight_bits = 8};
    return true;
}

/* The gate: does the chosen method lose no more than it may? Answers that differ from float's come and
 * go with the samples: what one standard deviation of their number explains is no loss yet. */
static bool is_good_enough(struct arena *a, const char *path, const struct settings *s,
                           const struct quantize_report *r, struct diag *d)
{
    const struct trial *t = &r->trials[r->chosen];
    const double drop = 100 * (r->float_accuracy - t->accuracy), error = 100 * t->error;
    const double max_error = isnan(s->max_error) ? MAX_ERROR : s->max_error;
    const double chance = 100 * sqrt((1.0 - t->agreement) / r->n_judged);
    if (drop - chance > s->max_drop) {
        diag_error(d, path,
                   "int8 would lose %.2f points of accuracy (float %.2f %%, int8 %.2f %% on %s "
                   "samples), at most %.4g are allowed and %.2f may be chance; nothing was written",
                   drop, 100 * r->float_accuracy, 100 * t->accuracy, str_count(a, r->n_judged),
                   s->max_drop, chance);
        return diag_hint(d, "more or better calibration samples, --weights int8, or --max-drop");
    }
    if (isnan(r->float_accuracy) && error > max_error) {
        diag_error(d, path,
                   "the output error of %.2f %% is above the %.4g %% allowed; nothing was written",
                   error, max_error);
        return diag_hint(d, "more or better calibration samples, --weights int8, or --max-error");
    }
    return true;
}

static bool quantize(struct arena *a, const char *path, const struct settings *s, struct diag *d)
{
    struct calibration c;
    struct quantize_options o;
    struct quantize_report report;
    struct graph *g = read_float(a, path, s, d);
    if (!g)
        return false;
    if (g->inputs.n != 1)
        return diag_error(d, path, "has %" PRIu32 " inputs, calibration feeds exactly one",
                          g->inputs.n);
    const bool has_samples = s->recipe ? calibrate_by_recipe(a, path, g, s, &c, &o, d)
                                       : calibrate_by_files(a, g, s, &c, &o, d);
    if (!has_samples || !choose_options(s, &o, d))
        return false;
    struct pool *pool = pool_new((uint32_t)s->threads);
    struct graph *q = quantize_graph(a, g, &c, &o, pool, &report, d);
    pool_free(pool);
    if (!q)
        return false;
    if (!s->json && report.n_judged > 0)
        print_trials(a, &report);
    const char *output = s->output ? s->output : default_output(a, path);
    if (!is_good_enough(a, path, s, &report, d) || !model_write(output, q, d))
        return false;
    size_t const_bytes = 0;
    for (uint32_t i = 0; i < q->nodes.n; i++)
        const_bytes += node_const_bytes(q, &q->nodes.items[i]);
    if (s->json)
        print_json(a, output, const_bytes, &report);
    else
        printf("%s: %s bytes of constants\n", output, str_count(a, const_bytes));
    return true;
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {.max_drop = 1.0, .max_error = (double)NAN};
    const struct arg args[] = {
        {"-o", ARG_STRING, &s.output},
        {"--recipe", ARG_STRING, &s.recipe},
        {"--calib", ARG_STRING, &s.calib},
        {"--ranges", ARG_STRING, &s.ranges},
        {"--methods", ARG_STRING, &s.methods},
        {"--weights", ARG_STRING, &s.weights},
        {"--max-drop", ARG_FLOAT, &s.max_drop},
        {"--max-error", ARG_FLOAT, &s.max_error},
        {"--threads", ARG_COUNT, &s.threads},
        {"--json", ARG_FLAG, &s.json},
        MODEL_ONNX_ARGS(&s.model),
    };
    const char *path;
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "MODEL", d))
        return EXIT_USAGE;
    if (!s.recipe == !s.calib) {
        diag_error(d, "mote quantize",
                   "--calib PATH or --recipe RECIPE is needed, and only one of them: it says where "
                   "calibration samples are");
        return EXIT_USAGE;
    }
    return quantize(a, path, &s, d) ? EXIT_DONE : EXIT_FAILED;
}

const struct verb verb_quantize = {"quantize", "turn a float model into int8", usage, run};
