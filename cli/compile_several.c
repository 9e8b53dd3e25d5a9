/* compile_several.c - `mote compile` for more than one model. SPDX-License-Identifier: Apache-2.0 */
#include "compile_several.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "model.h"
#include "output.h"
#include "several.h"

/* What is known after compilation. */
struct result {
    struct several several;
    struct firmware firmware;
    const char *unmeasured; /* why there was no firmware to measure, or NULL */
};

static bool compile_each(struct arena *a, const char *const *paths, const struct several_wish *w,
                         const struct target *t, struct several *s, struct diag *d)
{
    const struct choice choice = wish_choice(w->wish, t);
    for (uint32_t i = 0; i < s->n; i++) {
        const char *name = out_identifier(a, out_stem(a, paths[i]));
        if (strcmp(name, "models") == 0)
            return diag_error(d, paths[i], "models.h is the header of all: rename this model");
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(name, s->models[k].name) == 0)
                return diag_error(d, paths[i], "a second model called %s: rename one", name);
        struct graph *g = model_open(a, paths[i], w->model, d);
        if (!g || !compile(a, g, name, &choice, &s->models[i], d))
            return false;
    }
    return true;
}

static bool check_budget(const char *place, const char *what, size_t bytes, uint64_t budget,
                         struct diag *d)
{
    return budget == 0 || bytes <= budget ||
           diag_error(d, place, "the %s of all takes %zu bytes, the budget is %" PRIu64, what,
                      bytes, budget);
}

/* As measure() of compile.c. */
static bool measure(struct arena *a, const struct target *t, const struct several_wish *w,
                    struct result *r, struct diag *d)
{
    const bool must = w->firmware || w->budget.flash_bytes > 0;
    struct diag why = {0};
    if (!t->emulator && !must) {
        r->unmeasured = "only a board has them";
        return true;
    }
    if (w->firmware && !file_make_dir(w->dir, d))
        return false;
    if (!several_firmware(a, &r->several, t, w->firmware ? w->dir : NULL, &r->firmware,
                          must ? d : &why)) {
        r->unmeasured = arena_strdup(a, why.message);
        return !must;
    }
    if (check_budget(t->name, "flash", r->firmware.flash_bytes, w->budget.flash_bytes, d))
        return true;
    if (r->firmware.elf_path)
        remove(r->firmware.elf_path);
    return false;
}

static void add_model(struct json *j, const struct result *r, uint32_t i)
{
    const struct compiled *c = &r->several.models[i];
    json_object(j, NULL);
    json_str(j, "name", c->name);
    json_int(j, "arena_bytes", (int64_t)c->memory->plan.arena_bytes);
    json_int(j, "arena_lower_bound", (int64_t)c->memory->plan.lower_bound);
    json_int(j, "weight_bytes", (int64_t)c->code.weight_bytes);
    if (r->unmeasured || r->firmware.stacks[i].unknown)
        json_null(j, "stack_bytes");
    else
        json_int(j, "stack_bytes", (int64_t)r->firmware.stacks[i].bytes);
    if (!r->unmeasured && r->firmware.stacks[i].unknown)
        json_str(j, "stack_unknown", r->firmware.stacks[i].unknown);
    json_end(j);
}

static void print_json(struct arena *a, const struct result *r, const struct several_wish *w)
{
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "target", w->target);
    json_int(&j, "arena_bytes", (int64_t)r->several.arena_bytes);
    if (r->unmeasured) {
        json_null(&j, "flash_bytes");
        json_str(&j, "unmeasured", r->unmeasured);
    } else {
        json_int(&j, "flash_bytes", (int64_t)r->firmware.flash_bytes);
        json_int(&j, "data_bytes", (int64_t)r->firmware.data_bytes);
        if (r->firmware.elf_path)
            json_str(&j, "firmware", r->firmware.elf_path);
    }
    json_array(&j, "models");
    for (uint32_t i = 0; i < r->several.n; i++)
        add_model(&j, r, i);
    json_end(&j);
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

static void print_text(struct arena *a, const struct result *r, const struct several_wish *w)
{
    const struct several *s = &r->several;
    for (uint32_t i = 0; i < s->n; i++) {
        const struct compiled *c = &s->models[i];
        const struct firmware_stack *stack = r->unmeasured ? NULL : &r->firmware.stacks[i];
        printf("%s: arena %s bytes by itself, weights %s bytes, stack %s\n",
               path_join(a, w->dir, arena_printf(a, "%s.c", c->name)),
               str_count(a, c->memory->plan.arena_bytes), str_count(a, c->code.weight_bytes),
               !stack           ? "not known"
               : stack->unknown ? arena_printf(a, "not known: %s", stack->unknown)
                                : arena_printf(a, "%s bytes", str_count(a, stack->bytes)));
    }
    printf("%s: arena of all %s bytes\n", path_join(a, w->dir, "models.h"),
           str_count(a, s->arena_bytes));
    if (r->unmeasured)
        printf("%s: flash and stack are not known: %s\n", w->target, r->unmeasured);
    else
        printf("%s: flash %s bytes, data %s bytes\n",
               r->firmware.elf_path ? r->firmware.elf_path : w->target,
               str_count(a, r->firmware.flash_bytes), str_count(a, r->firmware.data_bytes));
}

bool compile_several(struct arena *a, const char *const *paths, uint32_t n,
                     const struct several_wish *w, struct diag *d)
{
    const struct target *t = find_target(a, w->target, d);
    struct result r = {
        .several = {.models = ARENA_ARRAY(a, struct compiled, n), .n = n, .sharing = w->sharing}};
    if (!t || !compile_each(a, paths, w, t, &r.several, d))
        return false;
    several_share(a, &r.several);
    if (!check_budget("models", "arena", r.several.arena_bytes, w->budget.arena_bytes, d) ||
        !measure(a, t, w, &r, d) || !several_write(a, &r.several, w->dir, d))
        return false;
    if (w->json)
        print_json(a, &r, w);
    else
        print_text(a, &r, w);
    return true;
}
