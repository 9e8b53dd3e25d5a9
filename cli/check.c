/* check.c - `mote check`: will a model work, will it fit, what will be slow.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "compile.h"
#include "faults.h"
#include "import/import.h"
#include "import/onnx.h"
#include "import/tflite.h"
#include "ir/kernels.h"
#include "ir/verify.h"
#include "model.h"
#include "output.h"
#include "pass/pass.h"
#include "sched/lint.h"
#include "verb.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote check MODEL [options]\n"
    "       mote check --operators\n\n"
    "Say whether a model can be compiled: everything that is not supported at once, each with "
    "what\n"
    "to do about it; or, if all is, whether flash and arena suffice on each board, and which "
    "layers\n"
    "will be slow.\n\n"
    "  --target T     only this board: cortex-m3, cortex-m4, cortex-m7, cortex-m33, cortex-m55,\n"
    "                 rv32imc, native\n"
    "  --flash BYTES  what the chip has for the firmware, such as 64K (default: the emulated\n"
    "                 board's, which is more than most chips have)\n"
    "  --arena BYTES  what the chip has for the arena, such as 16K (default: all RAM of the "
    "board)\n"
    "  --firmware     build it: flash with all code, not the constants alone\n"
    "  --json         the same for scripts\n"
    "  --operators    instead: the operators of .tflite files that are read, and the types for "
    "which\n"
    "                 they have kernels; and those of .onnx files\n" MODEL_ONNX_USAGE "\n"
    "exit status: 0 the model is supported and fits every board asked about, 1 not so, or an\n"
    "error, 2 wrong usage\n\n"
    "example:\n"
    "  mote check kws.tflite --target cortex-m4 --flash 64K --arena 16K\n";

struct settings {
    const char *target;
    struct model_args model;
    bool firmware, json, operators;
    struct budget budget;
};

/* What one board needs and has. */
struct fit {
    const struct target *target;
    struct compiled compiled; /* with its kernels */
    size_t flash_bytes;       /* of the firmware, or of the constants alone */
    struct budget has;
    bool flash_fits, arena_fits;
};

struct check {
    const struct graph *source;
    struct import_options options;
    struct faults faults; /* all that is not supported                          */
    struct fit *fits;     /* [n_fits]; the first stands for all where layers are told */
    uint32_t n_fits;
};

static bool fits(const struct fit *f)
{
    return f->flash_fits && f->arena_fits;
}

static bool all_fit(const struct check *c)
{
    for (uint32_t i = 0; i < c->n_fits; i++)
        if (!fits(&c->fits[i]))
            return false;
    return true;
}

/* Flash of the whole firmware on a board. */
static bool measure_flash(struct arena *a, struct compiled *c, const struct target *t,
                          size_t *bytes, struct diag *d)
{
    struct firmware fw;
    const bool ok = compile_firmware(a, c, t, NULL, &fw, d);
    *bytes = ok ? fw.flash_bytes : 0;
    return ok;
}

/* f->target and f->compiled are set. */
static bool fit_board(struct arena *a, const struct settings *s, struct fit *f, struct diag *d)
{
    const struct budget *b = &s->budget;
    const struct target *t = f->target;
    struct compiled *c = &f->compiled;
    f->flash_bytes = c->code.weight_bytes;
    f->has.flash_bytes = b->flash_bytes ? b->flash_bytes : t->flash_bytes;
    f->has.arena_bytes = b->arena_bytes ? b->arena_bytes : t->ram_bytes;
    f->arena_fits = c->memory->plan.arena_bytes <= f->has.arena_bytes;
    /* Firmware that the board itself has no room for cannot be linked: what is known is enough. */
    const bool hopeless =
        c->code.weight_bytes > t->flash_bytes || c->memory->plan.arena_bytes > t->ram_bytes;
    if (s->firmware && !hopeless && !measure_flash(a, c, t, &f->flash_bytes, d))
        return false;
    f->flash_fits = f->flash_bytes <= f->has.flash_bytes;
    return true;
}

/* The boards asked about: one, or all but this machine, which has room for everything. */
static void find_boards(struct arena *a, const struct target *only, struct check *c)
{
    uint32_t n;
    const struct target *all = target_list(&n);
    c->fits = ARENA_ARRAY(a, struct fit, n);
    for (uint32_t i = 0; i < n; i++)
        if (only ? &all[i] == only : all[i].emulator != NULL)
            c->fits[c->n_fits++].target = &all[i];
}

static bool fit_boards(struct arena *a, const struct settings *s, struct check *c, struct diag *d)
{
    for (uint32_t i = 0; i < c->n_fits; i++)
        if (!fit_board(a, s, &c->fits[i], d))
            return false;
    return true;
}

/* The program whose layers are told. */
static const struct program *told(const struct check *c)
{
    return c->fits[0].compiled.program;
}

static const char *step_origin(const struct program *p, const struct step *step)
{
    const char *origin = p->graph->nodes.items[step->i_node].origin;
    return origin ? origin : "";
}

/* What does not suffice, if anything. */
static const char *verdict(const struct fit *f)
{
    if (f->flash_fits)
        return f->arena_fits ? "fits" : "arena too large";
    return f->arena_fits ? "flash too small" : "flash too small, arena too large";
}

static void print_boards(struct arena *a, const struct check *c, const struct settings *s)
{
    printf("\n  %-12s %12s %14s %12s %14s\n", "board", s->firmware ? "flash" : "constants", "of",
           "arena", "of");
    for (uint32_t i = 0; i < c->n_fits; i++) {
        const struct fit *f = &c->fits[i];
        printf("  %-12s %12s %14s %12s %14s  %s\n", f->target->name, str_count(a, f->flash_bytes),
               str_count(a, f->has.flash_bytes), str_count(a, f->compiled.memory->plan.arena_bytes),
               str_count(a, f->has.arena_bytes), verdict(f));
    }
    if (!s->firmware)
        printf("  code comes on top of the constants: --firmware measures it\n");
}

static void print_slow(struct arena *a, const struct check *c)
{
    const struct program *p = told(c);
    struct lint l;
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n_steps; i++) {
        const struct step *step = &p->steps[i];
        if (!step_lint(a, p, i, &l))
            continue;
        if (n++ == 0)
            printf("\n  slow for their size:\n  %-3s %-30s %12s %12s  %-52s %.60s\n", "#", "kernel",
                   "values", "MACs", "why", "origin");
        printf("  %-3" PRIu32 " %-30s %12s %12s  %-52s %.60s\n", i, step->kernel->name,
               str_count(a, step_values(p, step)), str_count(a, step_macs(p, step)), l.why,
               step_origin(p, step));
        if (*l.hint)
            printf("      hint: %s\n", l.hint);
    }
    if (n == 0)
        printf("\n  no layer is slow for its size\n");
}

static void print_text(struct arena *a, const struct check *c, const struct settings *s)
{
    printf("%s: supported, %" PRIu32 " layers in %" PRIu32 " kernel calls\n", c->source->name,
           c->source->nodes.n, told(c)->n_steps);
    for (uint32_t i = 0; i < c->source->notes.n; i++)
        printf("note: %s\n", c->source->notes.items[i]);
    print_boards(a, c, s);
    print_slow(a, c);
}

static void json_board(struct json *j, const struct fit *f, const struct settings *s)
{
    json_object(j, NULL);
    json_str(j, "board", f->target->name);
    json_bool(j, "fits", fits(f));
    json_int(j, s->firmware ? "flash_bytes" : "constant_bytes", (int64_t)f->flash_bytes);
    json_int(j, "flash_has", (int64_t)f->has.flash_bytes);
    json_int(j, "arena_bytes", (int64_t)f->compiled.memory->plan.arena_bytes);
    json_int(j, "arena_has", (int64_t)f->has.arena_bytes);
    json_end(j);
}

static void json_slow(struct json *j, const struct program *p, uint32_t i_step,
                      const struct lint *l)
{
    const struct step *step = &p->steps[i_step];
    json_object(j, NULL);
    json_int(j, "step", i_step);
    json_str(j, "kernel", step->kernel->name);
    json_int(j, "values", (int64_t)step_values(p, step));
    json_int(j, "macs", (int64_t)step_macs(p, step));
    json_str(j, "why", l->why);
    json_str(j, "hint", l->hint);
    json_str(j, "origin", step_origin(p, step));
    json_end(j);
}

static void print_unsupported(struct arena *a, const struct check *c)
{
    const uint32_t n = c->faults.list.n;
    printf("%s: not supported, %" PRIu32 " fault%s\n", c->source->name, n, n == 1 ? "" : "s");
    for (uint32_t i = 0; i < c->source->notes.n; i++)
        printf("note: %s\n", c->source->notes.items[i]);
    faults_print(a, &c->faults);
    fflush(stdout); /* before the error */
}

/* `d` says what is wrong, if the model is not supported. */
static void print_json(struct arena *a, const struct check *c, const struct settings *s,
                       const struct diag *d)
{
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_bool(&j, "supported", !d->failed);
    if (d->failed) {
        json_str(&j, "place", d->place);
        json_str(&j, "error", d->message);
        json_str(&j, "hint", d->hint);
        faults_json(&j, &c->faults);
    } else {
        const struct program *p = told(c);
        assert(p);
        json_bool(&j, "fits", all_fit(c));
        json_array(&j, "boards");
        for (uint32_t i = 0; i < c->n_fits; i++)
            json_board(&j, &c->fits[i], s);
        json_end(&j);
        json_array(&j, "slow");
        struct lint l;
        for (uint32_t i = 0; i < p->n_steps; i++)
            if (step_lint(a, p, i, &l))
                json_slow(&j, p, i, &l);
        json_end(&j);
    }
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

/* For the first board that does not do: by how much, and what would help. */
static bool explain(struct arena *a, const struct check *c, const struct settings *s,
                    struct diag *d)
{
    for (uint32_t i = 0; i < c->n_fits; i++) {
        const struct fit *f = &c->fits[i];
        if (!f->arena_fits)
            return budget_check_arena(a, &f->compiled, &f->has, d);
        if (!f->flash_fits && s->firmware)
            return budget_check_flash(
                &f->compiled, &(struct firmware){.flash_bytes = f->flash_bytes}, &f->has, d);
        if (!f->flash_fits) {
            diag_error(d, f->compiled.name,
                       "the constants alone are %zu bytes, flash is %" PRIu64 ": %" PRIu64
                       " too many",
                       f->flash_bytes, f->has.flash_bytes, f->flash_bytes - f->has.flash_bytes);
            return diag_hint(d, "use fewer filters or channels; code needs flash, too");
        }
    }
    return true;
}

static bool names_operator(const struct faults *f, uint32_t i_op)
{
    for (uint32_t i = 0; i < f->list.n; i++)
        if (f->list.items[i].i_op == i_op)
            return true;
    return false;
}

/* Nodes without a kernel, but for operators that have a fault already: what stands in for them may
 * be anything. */
static void add_kernel_faults(struct arena *a, const struct graph *g, struct faults *faults)
{
    struct faults more = {0};
    const struct faults before = *faults;
    schedule_account(a, g, &more);
    for (uint32_t i = 0; i < more.list.n; i++)
        if (!names_operator(&before, more.list.items[i].i_op))
            *VEC_PUSH(a, &faults->list) = more.list.items[i];
}

/* The model through the pipeline, for every board asked about. */
static bool compile_each(struct arena *a, const char *name, struct check *c, struct diag *d)
{
    for (uint32_t i = 0; i < c->n_fits; i++) {
        const struct choice choice = target_choice(c->fits[i].target);
        if (!compile(a, c->source, name, &choice, &c->fits[i].compiled, d))
            return false;
    }
    return true;
}

/* ..., or all that stands in its way. */
static bool compile_or_account(struct arena *a, const char *path, struct check *c, struct diag *d)
{
    const char *name = out_identifier(a, out_stem(a, path));
    c->source = import_account(a, path, &c->options, &c->faults, d);
    if (!c->source) {
        c->faults.list.n = 0; /* of a damaged file: it is the damage that counts */
        return false;
    }
    if (c->faults.list.n > 0) {
        add_kernel_faults(a, c->source, &c->faults);
    } else {
        if (compile_each(a, name, c, d))
            return true;
        struct graph *g = graph_clone(a, c->source);
        struct diag ignored = {0};
        if (simplify(g, &ignored))
            add_kernel_faults(a, g, &c->faults);
    }
    if (c->faults.list.n > 0) {
        *d = (struct diag){0};
        faults_report(&c->faults, a, path, d);
    }
    return false;
}

static bool check(struct arena *a, const char *path, const struct settings *s, struct diag *d)
{
    struct check c = {0};
    const struct target *only = s->target ? find_target(a, s->target, d) : NULL;
    if (d->failed || !model_options(a, &s->model, &c.options, d))
        return false;
    find_boards(a, only, &c);
    const bool supported = compile_or_account(a, path, &c, d);
    if (supported && !fit_boards(a, s, &c, d))
        return false;
    if (s->json)
        print_json(a, &c, s, d);
    else if (supported)
        print_text(a, &c, s);
    else if (c.faults.list.n > 0)
        print_unsupported(a, &c);
    if (!supported && c.faults.list.n > 0 && !s->json) { /* told in full */
        *d = (struct diag){0};
        return diag_error(d, path, "not supported, see above");
    }
    return supported && explain(a, &c, s, d);
}

/* Does the IR let an operator of one input change type `x` to `y`? */
static bool converts(struct arena *a, enum op op, enum dtype x, enum dtype y)
{
    static const float scale = 1.0f;
    static const int32_t zero = 0;
    const struct quant none = {0}, one = {.n = 1, .scale = &scale, .zero = &zero};
    const struct quant quant = op == OP_CAST ? none : one; /* numbers as they are */
    struct diag d = {0};
    struct graph *g = graph_new(a, "conversion");
    const struct tensor in = {
        .name = "x", .dtype = x, .shape = {2, {1, 4}}, .quant = x == DT_F32 ? none : quant};
    const uint32_t id = graph_add_tensor(g, &in);
    *VEC_PUSH(a, &g->inputs) = id;
    const uint32_t out = graph_add_node(g, op, NULL, &id, 1, "y", &d);
    if (out == NO_TENSOR)
        return false;
    g->tensors.items[out].dtype = y;
    g->tensors.items[out].quant = y == DT_F32 ? none : quant;
    *VEC_PUSH(a, &g->outputs) = out;
    return graph_verify(g, &d);
}

/* Does the IR's rule let the input of an operator have type `x`? */
static bool takes(struct arena *a, enum op op, enum dtype x)
{
    struct diag d = {0};
    struct graph *g = graph_new(a, "type");
    const struct tensor in = {.name = "x", .dtype = x, .shape = {1, {4}}};
    const uint32_t id = graph_add_tensor(g, &in);
    return graph_add_node(g, op, NULL, &id, 1, "y", &d) != NO_TENSOR;
}

/* Does an operator make type `y` of type `x`? Most keep it. */
static bool makes(struct arena *a, enum op op, enum dtype x, enum dtype y)
{
    switch (op) {
    case OP_QUANTIZE:
    case OP_DEQUANTIZE:
        return converts(a, op, x, y);
    case OP_CAST: /* each of them to each */
        return x == y && converts(a, op, x, y);
#define UNARY(UPPER, lower, attr_mask) case OP_##UPPER:
#include "ir/unary.def"
#undef UNARY
        return x == y && takes(a, op, x); /* of s16 some, which share a kernel */
    case OP_ARG_MAX:
    case OP_ARG_MIN:
        return y == DT_S32;
    case OP_SELECT: /* the first input is the condition */
        return x == DT_BOOL;
#define COMPARISON(UPPER, lower, holds) case OP_##UPPER:
#include "ir/compare.def"
#undef COMPARISON
        return y == DT_BOOL;
    default:
        return x == y;
    }
}

/* Types of activations for which an operator has a kernel: "s8, f32 -> s8". */
static const char *kernel_types(struct arena *a, enum op op)
{
    struct text t = {.arena = a};
    if (op == OP_RESHAPE)
        return "any: no work is left";
    for (enum dtype x = 0; x < N_DTYPES; x++)
        for (enum dtype y = 0; y < N_DTYPES; y++) {
            if (!kernel_exists(op, x, y) || !makes(a, op, x, y))
                continue;
            text_add(&t, t.len ? ", " : "");
            text_add(&t, dtype_name(x));
            if (x != y)
                text_printf(&t, " -> %s", dtype_name(y));
        }
    return t.len ? text_cstr(&t) : "none yet: `mote run` on the host only";
}

static void print_operators(struct arena *a, bool as_json)
{
    struct text text = {.arena = a};
    struct json j;
    json_begin(&j, &text);
    json_array(&j, NULL);
    if (!as_json)
        printf("%-28s %s\n", "operator", "types that have kernels");
    for (uint32_t i = 0; tflite_operator(i).name; i++) {
        const struct tflite_operator op = tflite_operator(i);
        const char *types = op.types         ? op.types
                            : op.op == N_OPS ? "none needed: nothing is left of it"
                                             : kernel_types(a, op.op);
        json_object(&j, NULL);
        json_str(&j, "format", "tflite");
        json_str(&j, "operator", op.name);
        json_str(&j, "types", types);
        json_end(&j);
        if (!as_json)
            printf("%-28s %s\n", op.name, types);
    }
    if (!as_json)
        printf("\noperators of .onnx files, in float32:\n");
    for (uint32_t i = 0; onnx_operator(i).name; i++) {
        json_object(&j, NULL);
        json_str(&j, "format", "onnx");
        json_str(&j, "operator", onnx_operator(i).name);
        json_end(&j);
        if (!as_json)
            printf("%s\n", onnx_operator(i).name);
    }
    json_end(&j);
    if (as_json)
        fputs(text_cstr(&text), stdout);
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {0};
    const struct arg args[] = {
        {"--target", ARG_STRING, &s.target},
        {"--flash", ARG_BYTES, &s.budget.flash_bytes},
        {"--arena", ARG_BYTES, &s.budget.arena_bytes},
        {"--firmware", ARG_FLAG, &s.firmware},
        {"--json", ARG_FLAG, &s.json},
        {"--operators", ARG_FLAG, &s.operators},
        MODEL_ONNX_ARGS(&s.model),
    };
    uint32_t n_models = 1;
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--operators") == 0)
            n_models = 0;
    const char *path = NULL;
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, n_models, "MODEL", d))
        return EXIT_USAGE;
    if (s.operators) {
        print_operators(a, s.json);
        return EXIT_DONE;
    }
    return check(a, path, &s, d) ? EXIT_DONE : EXIT_FAILED;
}

const struct verb verb_check = {"check", "say what of a model is supported, fits and is slow",
                                usage, run};
