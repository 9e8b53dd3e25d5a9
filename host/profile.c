/* profile.c - compile a model, run it once under observation, price every step.
 * SPDX-License-Identifier: Apache-2.0 */
#include "profile.h"

#include "base/file.h"

static bool observe(struct arena *a, const struct compiled *c, const struct target *t,
                    const void *inputs, uint32_t wait_states, struct profiled *out, struct diag *d)
{
    const struct program *p = c->program;
    const struct profile_wish wish = {
        .core = core_find(t->name), .wait_states = wait_states, .is_fed = program_fed(p) != NULL};
    struct firmware_watch watch;
    struct image image;
    struct trace trace;
    return image_read(a, out->firmware.marked_path, &image, d) &&
           profile_watch(a, &image, p->n_steps, &watch, d) &&
           firmware_run_watched(a, t, &out->firmware, p, inputs, 1, &watch, &out->run, d) &&
           trace_read(a, watch.seen, p->n_steps + 1, &trace, d) &&
           profile_join(a, &image, &trace, &out->run, &wish, &out->profile, d);
}

bool compile_and_profile(struct arena *a, struct compiled *c, const struct target *t,
                         const void *inputs, uint32_t wait_states, struct profiled *out,
                         struct diag *d)
{
    const char *dir;
    if (!t->emulator) {
        diag_error(d, t->name, "only an emulated board can be profiled");
        return diag_hint(d, "name a board, such as --target cortex-m4");
    }
    if (!file_temp_dir(a, &dir, d))
        return false;
    const struct firmware_model model = {.name = c->name, .program = c->program};
    const struct firmware_parts parts = {.name = c->name,
                                         .dir = dir,
                                         .elf_dir = dir,
                                         .models = &model,
                                         .n_models = 1,
                                         .marked = true};
    *out = (struct profiled){0};
    const bool ok = compile_write(a, c, dir, d) &&
                    firmware_build(a, t, &parts, &out->firmware, d) &&
                    observe(a, c, t, inputs, wait_states, out, d);
    file_remove_dir(dir);
    out->firmware.elf_path = out->firmware.marked_path = NULL;
    if (ok)
        compile_state_stack(a, c, t, &out->firmware.stacks[0]);
    return ok;
}
