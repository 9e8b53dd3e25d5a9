/* diff.c - `mote diff`: the first layer in which two models differ.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"
#include "eval/compare.h"
#include "input.h"
#include "model.h"
#include "output.h"
#include "pass/pass.h"
#include "verb.h"
#include "wish.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote diff A B [options]\n"
    "       mote diff A --compiled [options]\n"
    "       mote diff A --target T [options]\n\n"
    "Run two models on the same inputs and name the first layer that differs and by how much.\n"
    "Layers are matched by the names of their tensors, outputs by their order. A model may be\n"
    "float and the other int8: values are compared as real numbers.\n\n"
    "  --compiled       B is A after the passes that compilation starts with\n"
    "  --target T       B is A as compiled for a board, emulated, or native; only the outputs\n"
    "                   can be compared\n"
    "  --ram BYTES, --feed rows, --optimize WHAT   of the target: as for mote compile\n"
    "  --input FILE[,FILE...]\n"
    "                   raw little-endian tensors for A, one file for each input; repeated:\n"
    "                   several calls (default: random)\n"
    "  --samples N      random inputs (default 8)\n"
    "  --seed N         of the random inputs (default 1)\n"
    "  --tolerance X    real values up to X apart count as equal (default 0)\n"
    "  --all            list every layer\n"
    "  --json           all of it for scripts\n" MODEL_ONNX_USAGE "\n"
    "exit status: 0 no difference, 1 differences or an error, 2 wrong usage\n\n"
    "example:\n"
    "  mote diff out/fashion-float.mote out/fashion.mote --tolerance 0.5 --all\n";

#define SAMPLES_MAX 1000000

struct settings {
    const char *paths[2], *target;
    struct arg_list inputs;
    struct model_args model;
    uint64_t samples, seed;
    double tolerance;
    bool compiled, all, json;
    struct wish_args wish_args;
    struct wish wish;
};

/* What is compared, on what, and what came out. */
struct diff {
    const char *b_name;
    const struct graph *a;
    const struct graph *b; /* NULL: a target */
    const void *inputs;
    uint32_t n_calls;
    struct comparison c;
};

static const char *match_name(enum layer_match match)
{
    switch (match) {
    case LAYER_ALONE:
        return "only here";
    case LAYER_OTHER_SHAPE:
        return "other shape";
    case LAYER_COMPARED:
        break;
    }
    return "compared";
}

static const struct tensor *layer_tensor(const struct diff *x, const struct layer *l)
{
    return &x->a->tensors.items[l->a];
}

/* An output may be an input of the graph as it is: then no node makes it. */
static const struct node *layer_node(const struct diff *x, const struct layer *l)
{
    return l->i_node < x->a->nodes.n ? &x->a->nodes.items[l->i_node] : NULL;
}

static const char *layer_operator(const struct diff *x, const struct layer *l)
{
    const struct node *n = layer_node(x, l);
    return n ? op_name(n->op) : "input";
}

static const char *layer_origin(const struct diff *x, const struct layer *l)
{
    const struct node *n = layer_node(x, l);
    return n && n->origin ? n->origin : "";
}

/* Element i of a tensor: "0,3,4,1". */
static const char *position(struct arena *a, const struct shape *s, uint64_t i)
{
    uint64_t at[RANK_MAX] = {0};
    for (int32_t k = s->rank; k-- > 0; i /= (uint64_t)s->dim[k])
        at[k] = i % (uint64_t)s->dim[k];
    struct text t = {.arena = a};
    for (int32_t k = 0; k < s->rank; k++)
        text_printf(&t, "%s%" PRIu64, k ? "," : "", at[k]);
    return text_cstr(&t);
}

/* "0.25", or "0.25 (2 steps)" where a step has one size. */
static const char *largest(struct arena *a, const struct deviation *dev)
{
    if (dev->steps == 0)
        return arena_printf(a, "%.6g", dev->largest);
    return arena_printf(a, "%.6g (%" PRIu64 " step%s)", dev->largest, dev->steps,
                        dev->steps == 1 ? "" : "s");
}

static void print_layers(struct arena *a, const struct diff *x)
{
    printf("\n  #  %-18s %-14s %12s %10s  %-20s %s\n", "operator", "output", "values", "differ",
           "largest difference", "tensor");
    for (uint32_t i = 0; i < x->c.n_layers; i++) {
        const struct layer *l = &x->c.layers[i];
        const bool compared = l->match == LAYER_COMPARED;
        printf("%3" PRIu32 "  %-18s %-14s %12s %10s  %-20s %.60s\n", i, layer_operator(x, l),
               out_shape(a, &layer_tensor(x, l)->shape),
               compared ? str_count(a, l->dev.n_values) : "-",
               compared ? str_count(a, l->dev.n_differ) : "-",
               compared ? largest(a, &l->dev) : match_name(l->match), layer_tensor(x, l)->name);
    }
}

static void print_first(struct arena *a, const struct diff *x, const struct settings *s)
{
    const struct layer *l = comparison_first(&x->c);
    if (!l) {
        printf("no difference\n");
        return;
    }
    const struct tensor *t = layer_tensor(x, l);
    const struct deviation *dev = &l->dev;
    printf("first difference: layer %" PRIu32 " (%s), tensor %s\n", l->i_node, layer_operator(x, l),
           t->name);
    if (layer_origin(x, l)[0])
        printf("  made from       %s\n", layer_origin(x, l));
    printf("  values          %s of %s differ\n", str_count(a, dev->n_differ),
           str_count(a, dev->n_values));
    printf("  the largest by  %s: %.6g and %.6g, at %s of call %" PRIu32 "\n", largest(a, dev),
           dev->a, dev->b, position(a, &t->shape, dev->i_value), dev->i_call);
    printf("%" PRIu32 " of %" PRIu32 " layers differ%s\n", x->c.n_differ, x->c.n_compared,
           s->all ? "" : "; --all lists them");
}

static void print_text(struct arena *a, const struct diff *x, const struct settings *s)
{
    printf("%s and %s: %" PRIu32 " of %" PRIu32 " %s compared on %" PRIu32 " %sinput%s",
           s->paths[0], x->b_name, x->c.n_compared, x->c.n_layers, x->b ? "layers" : "outputs",
           x->n_calls, s->inputs.n ? "" : "random ", x->n_calls == 1 ? "" : "s");
    if (s->inputs.n == 0)
        printf(" (seed %" PRIu64 ")", s->seed);
    printf("\n");
    print_first(a, x, s);
    if (s->all)
        print_layers(a, x);
}

static void json_layer(struct arena *a, struct json *j, const struct diff *x, const struct layer *l)
{
    const struct tensor *t = layer_tensor(x, l);
    json_str(j, "operator", layer_operator(x, l));
    json_str(j, "tensor", t->name);
    json_str(j, "origin", layer_origin(x, l));
    json_str(j, "match", match_name(l->match));
    if (l->match == LAYER_COMPARED) {
        json_int(j, "values", (int64_t)l->dev.n_values);
        json_int(j, "differ", (int64_t)l->dev.n_differ);
    }
    if (l->dev.n_differ > 0) {
        json_float(j, "largest", l->dev.largest);
        if (l->dev.steps > 0)
            json_int(j, "steps", (int64_t)l->dev.steps);
        json_str(j, "position", position(a, &t->shape, l->dev.i_value));
        json_int(j, "call", l->dev.i_call);
        json_float(j, "a", l->dev.a);
        json_float(j, "b", l->dev.b);
    }
}

static void print_json(struct arena *a, const struct diff *x, const struct settings *s)
{
    const struct layer *first = comparison_first(&x->c);
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "a", s->paths[0]);
    json_str(&j, "b", x->b_name);
    json_int(&j, "calls", x->n_calls);
    json_bool(&j, "same", first == NULL);
    json_int(&j, "layers_compared", x->c.n_compared);
    json_int(&j, "layers_differ", x->c.n_differ);
    if (first) {
        json_object(&j, "first");
        json_layer(a, &j, x, first);
        json_end(&j);
    }
    json_array(&j, "layers");
    for (uint32_t i = 0; i < x->c.n_layers; i++) {
        json_object(&j, NULL);
        json_layer(a, &j, x, &x->c.layers[i]);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

/* The other side: a model, or the first one after the passes, or nothing for a target. */
static bool find_b(struct arena *a, const struct settings *s, struct diff *x, struct diag *d)
{
    if (s->target) {
        x->b_name = s->target;
        return true;
    }
    if (!s->compiled) {
        x->b_name = s->paths[1];
        x->b = model_open(a, s->paths[1], &s->model, d);
        return x->b != NULL;
    }
    struct graph *simplified = graph_clone(a, x->a);
    x->b_name = "the same after the passes";
    x->b = simplified;
    return simplify(simplified, d);
}

static bool compare_target(struct arena *a, const struct settings *s, struct diff *x,
                           struct diag *d)
{
    const struct target *t = find_target(a, s->target, d);
    const char *name = out_identifier(a, out_stem(a, s->paths[0]));
    struct compiled c;
    struct firmware fw;
    struct firmware_run r;
    if (!t)
        return false;
    const struct choice choice = wish_choice(&s->wish, t);
    return compile_within(a, x->a, name, &choice, &s->wish.memory, &c, d) &&
           compile_and_run(a, &c, t, x->inputs, x->n_calls, &fw, &r, d) &&
           compare_outputs(a, x->a, x->inputs, r.outputs, x->n_calls, s->tolerance, &x->c, d);
}

static bool diff(struct arena *a, const struct settings *s, struct diff *x, struct diag *d)
{
    x->a = model_open(a, s->paths[0], &s->model, d);
    if (!x->a || !find_b(a, s, x, d))
        return false;
    x->n_calls = s->inputs.n ? s->inputs.n : (uint32_t)s->samples;
    x->inputs = s->inputs.n ? input_read(a, x->a, &s->inputs, d)
                            : compare_random_inputs(a, x->a, x->b, s->seed, x->n_calls, d);
    if (!x->inputs)
        return false;
    if (!x->b)
        return compare_target(a, s, x, d);
    return compare_graphs(a, x->a, x->b, x->inputs, x->n_calls, s->tolerance, &x->c, d);
}

/* A second model is expected unless an option says what stands in its place; the parser wants to
 * know that beforehand. */
static uint32_t count_models(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--compiled") == 0 || strcmp(argv[i], "--target") == 0 ||
            strncmp(argv[i], "--target=", strlen("--target=")) == 0)
            return 1;
    return 2;
}

static bool settings_valid(struct settings *s, struct diag *d)
{
    const struct wish_args *w = &s->wish_args;
    if (!wish_of(w, &s->wish, d))
        return false;
    if (!s->target && (w->ram_bytes || w->feed || w->optimize))
        return diag_error(d, "mote diff", "--ram, --feed and --optimize need --target");
    if (s->compiled && s->target)
        return diag_error(d, "mote diff", "--compiled and --target exclude each other");
    if (s->samples < 1 || s->samples > SAMPLES_MAX)
        return diag_error(d, "mote diff", "--samples must be 1 to %d", SAMPLES_MAX);
    if (!(s->tolerance >= 0))
        return diag_error(d, "mote diff", "--tolerance must be at least 0");
    return true;
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {.samples = 8, .seed = 1};
    const struct arg args[] = {
        {"--compiled", ARG_FLAG, &s.compiled},
        {"--target", ARG_STRING, &s.target},
        {"--input", ARG_LIST, &s.inputs},
        {"--samples", ARG_COUNT, &s.samples},
        {"--seed", ARG_COUNT, &s.seed},
        MODEL_ONNX_ARGS(&s.model),
        {"--tolerance", ARG_FLOAT, &s.tolerance},
        {"--all", ARG_FLAG, &s.all},
        {"--json", ARG_FLAG, &s.json},
        {"--ram", ARG_BYTES, &s.wish_args.ram_bytes},
        {"--feed", ARG_STRING, &s.wish_args.feed},
        {"--optimize", ARG_STRING, &s.wish_args.optimize},
    };
    const uint32_t n_models = count_models(argc, argv);
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, s.paths, n_models,
                    n_models == 1 ? "one MODEL" : "two models, or --compiled, or --target T", d) ||
        !settings_valid(&s, d))
        return EXIT_USAGE;
    struct diff x = {0};
    if (!diff(a, &s, &x, d))
        return EXIT_FAILED;
    if (s.json)
        print_json(a, &x, &s);
    else
        print_text(a, &x, &s);
    return x.c.n_differ ? EXIT_FAILED : EXIT_DONE;
}

const struct verb verb_diff = {"diff", "name the first layer in which two models differ", usage,
                               run};
