/* compile.c - `mote compile`: from an int8 model to C and firmware.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"

#include "base/file.h"
#include "compile_several.h"
#include "model.h"
#include "output.h"
#include "verb.h"
#include "wish.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote compile MODEL --target BOARD -o DIR [options]\n"
    "       mote compile MODEL MODEL ... [--exclusive] --target BOARD -o DIR [options]\n\n"
    "Write DIR/<name>.c and <name>.h, C99 that needs only Mote's device library. With the board's\n"
    "compiler at hand, flash and worst-case stack are measured on a firmware. Several models "
    "share\n"
    "one arena and one firmware; DIR/models.h states them all.\n\n"
    "  --target BOARD   cortex-m3, cortex-m4, cortex-m7, cortex-m33, cortex-m55, rv32imc, native\n"
    "  -o DIR           where to write\n"
    "  --name NAME      prefix of every name in the C code (default: from MODEL)\n" MODEL_IO_USAGE
        MODEL_ONNX_USAGE
    "  --firmware       keep the firmware too, DIR/<name>-BOARD.elf, with the measuring main\n"
    "  --exclusive      of several models only one is in use: the arena is that of the largest, "
    "and\n"
    "                   a call destroys inputs and outputs of the others\n"
    "  --flash BYTES    keep to so much flash, such as 64K: with smaller kernels where need be; "
    "refuse\n"
    "                   firmware that is larger all the same\n"
    "  --arena BYTES    refuse a memory plan that is larger, such as 16K\n"
    "  --ram BYTES      find a schedule whose arena is no larger, such as 16K: layers in "
    "cascades,\n"
    "                   a few rows at a time, or in tiles with some MACs more; or say what the "
    "least is\n"
    "  --feed rows      the caller gives the input row by row: it is never whole in "
    "memory\n" WISH_OPTIMIZE_USAGE
    "  --reference      use the reference kernels instead of the fastest\n"
    "  --json           print sizes as JSON\n\n"
    "example:\n"
    "  mote compile out/fashion.mote --target cortex-m4 -o out --firmware\n";

struct settings {
    const char *target, *dir, *name;
    struct model_args model;
    bool firmware, exclusive, json;
    struct budget budget;
    struct wish_args wish_args;
    struct wish wish;
};

/* What is known after compilation. */
struct result {
    struct compiled compiled;
    struct firmware firmware;
    const char *unmeasured; /* why there was no firmware to measure, or NULL */
};

static void print_text(struct arena *a, const struct result *r, const struct settings *s)
{
    const struct compiled *c = &r->compiled;
    const struct plan *p = &c->memory->plan;
    printf("%s: arena %s bytes (lower bound %s, gap %s, %s), weights %s bytes\n",
           path_join(a, s->dir, arena_printf(a, "%s.c", c->name)), str_count(a, p->arena_bytes),
           str_count(a, p->lower_bound), str_count(a, p->arena_bytes - p->lower_bound), p->method,
           str_count(a, c->code.weight_bytes));
    if (program_more_macs(c->program) > 0)
        printf("%s: %.1f %% more MACs than the network has, to keep to --ram\n", c->name,
               program_more_macs(c->program));
    if (r->unmeasured) {
        printf("%s: flash and stack are not known: %s\n", s->target, r->unmeasured);
        return;
    }
    const struct firmware *fw = &r->firmware;
    const struct firmware_stack *stack = &fw->stacks[0];
    printf("%s: flash %s bytes (code %s, weights %s), data %s bytes, stack %s\n",
           fw->elf_path ? fw->elf_path : s->target, str_count(a, fw->flash_bytes),
           str_count(a, fw->flash_bytes - c->code.weight_bytes), str_count(a, c->code.weight_bytes),
           str_count(a, fw->data_bytes),
           stack->unknown ? arena_printf(a, "not known: %s", stack->unknown)
                          : arena_printf(a, "%s bytes", str_count(a, stack->bytes)));
}

static void add_firmware(struct json *j, const struct firmware *fw)
{
    json_int(j, "flash_bytes", (int64_t)fw->flash_bytes);
    json_int(j, "data_bytes", (int64_t)fw->data_bytes);
    const struct firmware_stack *stack = &fw->stacks[0];
    if (stack->unknown) {
        json_null(j, "stack_bytes");
        json_str(j, "stack_unknown", stack->unknown);
    } else
        json_int(j, "stack_bytes", (int64_t)stack->bytes);
    if (fw->elf_path)
        json_str(j, "firmware", fw->elf_path);
}

static void print_json(struct arena *a, const struct result *r, const struct settings *s)
{
    const struct compiled *c = &r->compiled;
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "name", c->name);
    json_str(&j, "target", s->target);
    json_int(&j, "arena_bytes", (int64_t)c->memory->plan.arena_bytes);
    json_int(&j, "arena_lower_bound", (int64_t)c->memory->plan.lower_bound);
    json_bool(&j, "arena_optimal", c->memory->plan.optimal);
    json_str(&j, "plan_method", c->memory->plan.method);
    json_float(&j, "more_macs_percent", program_more_macs(c->program));
    json_int(&j, "weight_bytes", (int64_t)c->code.weight_bytes);
    if (r->unmeasured) {
        json_null(&j, "flash_bytes");
        json_null(&j, "stack_bytes");
        json_str(&j, "unmeasured", r->unmeasured);
    } else
        add_firmware(&j, &r->firmware);
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

/* What the board's tools say of the compiled model, as far as they are at hand. */
static void measure(struct arena *a, const struct target *t, struct result *r)
{
    struct diag why = {0};
    if (!t->emulator)
        r->unmeasured = "only a board has them";
    else if (!compile_firmware(a, &r->compiled, t, NULL, &r->firmware, &why))
        r->unmeasured = arena_strdup(a, why.message);
}

/* The model as C. Only who wants the firmware or limits its flash needs it to be built. */
static bool build(struct arena *a, const struct graph *g, const char *name, const struct target *t,
                  const struct settings *s, struct result *r, struct diag *d)
{
    const struct choice choice = wish_choice(&s->wish, t);
    const struct memory_wish *memory = &s->wish.memory;
    if (!s->firmware && s->budget.flash_bytes == 0) {
        if (!compile_within(a, g, name, &choice, memory, &r->compiled, d))
            return false;
        measure(a, t, r);
        return true;
    }
    return (!s->firmware || file_make_dir(s->dir, d)) &&
           compile_firmware_within(a, g, name, &choice, memory, t, s->firmware ? s->dir : NULL,
                                   s->budget.flash_bytes, &r->compiled, &r->firmware, d);
}

static bool keeps_to_budget(struct arena *a, const struct result *r, const struct settings *s,
                            struct diag *d)
{
    if (budget_check_arena(a, &r->compiled, &s->budget, d) &&
        budget_check_flash(&r->compiled, &r->firmware, &s->budget, d))
        return true;
    if (r->firmware.elf_path)
        remove(r->firmware.elf_path);
    return false;
}

static bool compile_model(struct arena *a, const char *path, const struct settings *s,
                          struct diag *d)
{
    const struct target *t = find_target(a, s->target, d);
    struct graph *g = t ? model_open(a, path, &s->model, d) : NULL;
    if (!g)
        return false;
    struct result r = {0};
    const char *name = out_identifier(a, s->name ? s->name : out_stem(a, path));
    if (!build(a, g, name, t, s, &r, d) || !keeps_to_budget(a, &r, s, d) ||
        !compile_write(a, &r.compiled, s->dir, d))
        return false;
    if (s->json)
        print_json(a, &r, s);
    else
        print_text(a, &r, s);
    return true;
}

static bool compile_models(struct arena *a, const char *const *paths, uint32_t n,
                           const struct settings *s, struct diag *d)
{
    const struct several_wish w = {.target = s->target,
                                   .dir = s->dir,
                                   .model = &s->model,
                                   .firmware = s->firmware,
                                   .wish = &s->wish,
                                   .json = s->json,
                                   .sharing = s->exclusive ? SHARE_TAKE_TURNS : SHARE_APART,
                                   .budget = s->budget};
    return compile_several(a, paths, n, &w, d);
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {0};
    const struct arg args[] = {
        {"--target", ARG_STRING, &s.target},
        {"-o", ARG_STRING, &s.dir},
        {"--name", ARG_STRING, &s.name},
        MODEL_ARGS(&s.model),
        {"--firmware", ARG_FLAG, &s.firmware},
        {"--exclusive", ARG_FLAG, &s.exclusive},
        {"--flash", ARG_BYTES, &s.budget.flash_bytes},
        {"--arena", ARG_BYTES, &s.budget.arena_bytes},
        {"--ram", ARG_BYTES, &s.wish_args.ram_bytes},
        {"--feed", ARG_STRING, &s.wish_args.feed},
        {"--optimize", ARG_STRING, &s.wish_args.optimize},
        {"--reference", ARG_FLAG, &s.wish_args.reference},
        {"--json", ARG_FLAG, &s.json},
    };
    const char *paths[MODELS_MAX];
    uint32_t n = MODELS_MAX;
    if (!args_parse_some(args, sizeof args / sizeof args[0], argc, argv, paths, &n, "MODEL", d) ||
        !wish_of(&s.wish_args, &s.wish, d))
        return EXIT_USAGE;
    if (!s.target || !s.dir) {
        diag_error(d, "mote compile", "%s is needed", s.target ? "-o DIR" : "--target BOARD");
        return EXIT_USAGE;
    }
    if (n > 1 && (s.name || s.wish_args.ram_bytes > 0 || s.wish_args.feed)) {
        diag_error(d, "mote compile", "--name, --ram and --feed are for one model");
        return EXIT_USAGE;
    }
    const bool ok = n == 1 ? compile_model(a, paths[0], &s, d) : compile_models(a, paths, n, &s, d);
    return ok ? EXIT_DONE : EXIT_FAILED;
}

const struct verb verb_compile = {"compile", "turn an int8 model into C and firmware", usage, run};
