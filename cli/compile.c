/* compile.c - `mote compile`: from an int8 model to C and firmware.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"

#include "base/file.h"
#include "import/import.h"
#include "output.h"
#include "verb.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote compile MODEL --target BOARD -o DIR [options]\n\n"
    "Write DIR/<name>.c and <name>.h, C99 that needs only Mote's device library.\n\n"
    "  --target BOARD   cortex-m3, cortex-m4, cortex-m7, cortex-m33, cortex-m55, rv32imc, native\n"
    "  -o DIR           where to write\n"
    "  --name NAME      prefix of every name in the C code (default: from MODEL)\n"
    "  --firmware       build DIR/<name>-BOARD.elf too, with the measuring main\n"
    "  --flash BYTES    refuse firmware that is larger, such as 64K\n"
    "  --arena BYTES    refuse a memory plan that is larger, such as 16K\n"
    "  --reference      use the reference kernels instead of the fastest\n"
    "  --json           print sizes as JSON\n\n"
    "example:\n"
    "  mote compile out/fashion.mote --target cortex-m4 -o out --firmware\n";

struct settings {
    const char *target, *dir, *name;
    bool firmware, reference, json;
    struct budget budget;
};

static void print_sizes(struct arena *a, const struct compiled *c, const struct settings *s,
                        const struct firmware *fw)
{
    const struct plan *p = &c->memory->plan;
    if (!s->json) {
        printf("%s: arena %s bytes (lower bound %s), weights %s bytes\n",
               path_join(a, s->dir, arena_printf(a, "%s.c", c->name)), out_count(a, p->arena_bytes),
               out_count(a, p->lower_bound), out_count(a, c->code.weight_bytes));
        if (fw)
            printf("%s: flash %s bytes (code %s, weights %s), data %s bytes\n", fw->elf_path,
                   out_count(a, fw->flash_bytes),
                   out_count(a, fw->flash_bytes - c->code.weight_bytes),
                   out_count(a, c->code.weight_bytes), out_count(a, fw->data_bytes));
        return;
    }
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "name", c->name);
    json_str(&j, "target", s->target);
    json_int(&j, "arena_bytes", (int64_t)p->arena_bytes);
    json_int(&j, "arena_lower_bound", (int64_t)p->lower_bound);
    json_int(&j, "weight_bytes", (int64_t)c->code.weight_bytes);
    if (fw) {
        json_str(&j, "firmware", fw->elf_path);
        json_int(&j, "flash_bytes", (int64_t)fw->flash_bytes);
        json_int(&j, "data_bytes", (int64_t)fw->data_bytes);
    }
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

static bool compile_model(struct arena *a, const char *path, const struct settings *s,
                          struct diag *d)
{
    const struct target *t = find_target(a, s->target, d);
    struct graph *g = t ? import_read(a, path, d) : NULL;
    if (!g)
        return false;
    struct compiled c;
    const char *name = out_identifier(a, s->name ? s->name : out_stem(a, path));
    enum variant_choice choice = s->reference ? VARIANT_REFERENCE : VARIANT_FASTEST;
    if (!compile(a, g, name, choice, &c, d) || !budget_check_arena(a, &c, &s->budget, d) ||
        !compile_write(a, &c, s->dir, d))
        return false;
    struct firmware fw;
    if (s->firmware && !firmware_build(a, t, c.program, s->dir, name, &fw, d))
        return false;
    if (s->firmware && !budget_check_flash(&c, &fw, &s->budget, d)) {
        remove(fw.elf_path);
        return false;
    }
    print_sizes(a, &c, s, s->firmware ? &fw : NULL);
    return true;
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {0};
    const struct arg args[] = {
        {"--target", ARG_STRING, &s.target},
        {"-o", ARG_STRING, &s.dir},
        {"--name", ARG_STRING, &s.name},
        {"--firmware", ARG_FLAG, &s.firmware},
        {"--flash", ARG_BYTES, &s.budget.flash_bytes},
        {"--arena", ARG_BYTES, &s.budget.arena_bytes},
        {"--reference", ARG_FLAG, &s.reference},
        {"--json", ARG_FLAG, &s.json},
    };
    const char *path;
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "MODEL", d))
        return EXIT_USAGE;
    if (!s.target || !s.dir) {
        diag_error(d, "mote compile", "%s is needed", s.target ? "-o DIR" : "--target BOARD");
        return EXIT_USAGE;
    }
    return compile_model(a, path, &s, d) ? EXIT_DONE : EXIT_FAILED;
}

const struct verb verb_compile = {"compile", "turn an int8 model into C and firmware", usage, run};
