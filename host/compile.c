/* compile.c - the pipeline, read aloud: verify, simplify, schedule, plan, emit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"

#include "base/file.h"
#include "ir/verify.h"
#include "pass/pass.h"
#include <inttypes.h>

bool compile_within(struct arena *a, const struct graph *source, const char *name,
                    const struct choice *choice, const struct memory_wish *wish,
                    struct compiled *out, struct diag *d)
{
    struct graph *g = graph_clone(a, source);
    if (!graph_verify(g, d))
        return false;
    if (!simplify(g, d))
        return false;
    struct planned m;
    if (!plan_choose_within(a, g, choice, wish->ram_bytes, wish->feed, &m, d))
        return false;

    *out = (struct compiled){.name = name, .graph = g, .program = m.program, .memory = m.memory};
    emit_c(a, m.program, m.memory, name, &out->code);
    return true;
}

bool compile(struct arena *a, const struct graph *source, const char *name,
             const struct choice *choice, struct compiled *out, struct diag *d)
{
    const struct memory_wish wish = {.ram_bytes = RAM_ANY, .feed = FEED_WHOLE};
    return compile_within(a, source, name, choice, &wish, out, d);
}

static bool write_text(struct arena *a, const struct text *t, const char *dir, const char *name,
                       const char *extension, struct diag *d)
{
    const char *path = path_join(a, dir, arena_printf(a, "%s.%s", name, extension));
    return file_write(path, text_cstr(t), t->len, d);
}

bool compile_write(struct arena *a, const struct compiled *c, const char *dir, struct diag *d)
{
    return file_make_dir(dir, d) && write_text(a, &c->code.header, dir, c->name, "h", d) &&
           write_text(a, &c->code.source, dir, c->name, "c", d);
}

static size_t live_bytes(const struct memory_plan *m, uint32_t turn)
{
    return plan_live_bytes(m->buffers, m->n_buffers, turn);
}

static uint32_t peak_turn(const struct compiled *c)
{
    uint32_t peak = 0;
    for (uint32_t i = 1; i < program_turns(c->program); i++)
        if (live_bytes(c->memory, i) > live_bytes(c->memory, peak))
            peak = i;
    return peak;
}

uint32_t compiled_peak_step(const struct compiled *c)
{
    return program_step(c->program, peak_turn(c));
}

bool budget_check_arena(struct arena *a, const struct compiled *c, const struct budget *b,
                        struct diag *d)
{
    size_t need = c->memory->plan.arena_bytes;
    if (b->arena_bytes == 0 || need <= b->arena_bytes)
        return true;
    const uint32_t peak = peak_turn(c), step = program_step(c->program, peak);
    size_t sum = 0;
    struct text live = {.arena = a};
    for (uint32_t i = 0; i < c->memory->n_buffers; i++) {
        const struct plan_buffer *buf = &c->memory->buffers[i];
        if (buf->first > peak || peak > buf->last)
            continue;
        text_printf(&live, "%s%s %zu", live.len ? " + " : "", buf->name, buf->bytes);
        sum += buf->bytes;
    }
    text_add(&live, live_bytes(c->memory, peak) < sum ? " bytes, overlapping" : " bytes");
    diag_error(d, c->name,
               "the arena needs %zu bytes, the budget is %" PRIu64 ": %" PRIu64 " too many", need,
               b->arena_bytes, need - b->arena_bytes);
    return diag_hint(d,
                     "step %" PRIu32 " (%s) needs the most: %s. An arena of %zu would fit;"
                     " or make that layer narrower or its stride larger",
                     step, c->graph->nodes.items[c->program->steps[step].i_node].origin,
                     text_cstr(&live), need);
}

bool budget_check_flash(const struct compiled *c, const struct firmware *fw, const struct budget *b,
                        struct diag *d)
{
    if (b->flash_bytes == 0 || fw->flash_bytes <= b->flash_bytes)
        return true;
    size_t code_bytes = fw->flash_bytes - c->code.weight_bytes;
    diag_error(d, c->name,
               "the firmware needs %zu bytes of flash, the budget is %" PRIu64 ": %" PRIu64
               " too many",
               fw->flash_bytes, b->flash_bytes, fw->flash_bytes - b->flash_bytes);
    if (code_bytes >= b->flash_bytes)
        return diag_hint(d, "code alone takes %zu of them: no weights would fit", code_bytes);
    return diag_hint(
        d, "code takes %zu of them, weights %zu: at most %" PRIu64 " bytes of weights would fit%s",
        code_bytes, c->code.weight_bytes, b->flash_bytes - code_bytes,
        c->program->objective == OPTIMIZE_SIZE
            ? ""
            : "; `mote compile --optimize size` makes both as small as they get");
}

void compile_state_stack(struct arena *a, struct compiled *c, const struct target *t,
                         const struct firmware_stack *stack)
{
    const struct emit_stack stated = {.board = t->name, .bytes = stack->bytes};
    if (!stack->unknown)
        emit_header(a, c->program, c->memory, c->name, &stated, &c->code);
}

bool compile_firmware(struct arena *a, struct compiled *c, const struct target *t,
                      const char *elf_dir, struct firmware *fw, struct diag *d)
{
    const struct firmware_model model = {.name = c->name, .program = c->program};
    struct firmware_parts parts = {
        .name = c->name, .elf_dir = elf_dir, .models = &model, .n_models = 1};
    if (!file_temp_dir(a, &parts.dir, d))
        return false;
    const bool ok = compile_write(a, c, parts.dir, d) && firmware_build(a, t, &parts, fw, d);
    file_remove_dir(parts.dir);
    if (ok)
        compile_state_stack(a, c, t, &fw->stacks[0]);
    return ok;
}

/* The flash that the chooser may use, once a firmware was `excess` bytes too large; false when the last
 * attempt gained nothing. */
static bool tighten(struct choice *choice, const struct program *p, uint64_t excess)
{
    const size_t before = choice->flash_bytes ? choice->flash_bytes : SIZE_MAX;
    if (p->flash_bytes <= excess || p->flash_bytes - excess >= before)
        return false;
    choice->flash_bytes = p->flash_bytes - (size_t)excess;
    return true;
}

#define FIT_ATTEMPTS 6

bool compile_firmware_within(struct arena *a, const struct graph *source, const char *name,
                             const struct choice *choice, const struct memory_wish *wish,
                             const struct target *t, const char *elf_dir, uint64_t flash_bytes,
                             struct compiled *out, struct firmware *fw, struct diag *d)
{
    struct choice within = *choice;
    for (int i = 0; i < FIT_ATTEMPTS; i++) {
        if (!compile_within(a, source, name, &within, wish, out, d) ||
            !compile_firmware(a, out, t, elf_dir, fw, d))
            return false;
        if (flash_bytes == 0 || fw->flash_bytes <= flash_bytes ||
            !tighten(&within, out->program, fw->flash_bytes - flash_bytes))
            break;
    }
    return true;
}

bool compile_and_run(struct arena *a, struct compiled *c, const struct target *t,
                     const void *inputs, uint32_t n_runs, struct firmware *fw,
                     struct firmware_run *out, struct diag *d)
{
    const char *dir;
    if (!file_temp_dir(a, &dir, d))
        return false;
    bool ok = compile_firmware(a, c, t, dir, fw, d) &&
              firmware_run(a, t, fw, c->program, inputs, n_runs, out, d);
    file_remove_dir(dir);
    return ok;
}
