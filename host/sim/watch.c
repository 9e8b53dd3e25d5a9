/* watch.c - how the emulator is told to load the plugin. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "sim/profile.h"

/* What runs between a hook's begin and the marks in it, and the handler of the counter's interrupt;
 * rows are read for the program, not by it. Where the compiler made one function of two, one of
 * the names is missing. */
static const char *const hook_functions[] = {
    "measure_step",        "charge",
    "instructions_since",  "port_stamp",
    "bare_interrupts_off", "bare_interrupts_restore",
    "count_wrap",          "read_rows",
};

#define PLUGIN_OUTPUT "blocks.txt"

const char *profile_plugin(struct diag *d)
{
    const char *named = getenv("MOTE_PLUGIN");
    const char *path = named && named[0] ? named : MOTE_PLUGIN;
    if (file_exists(path))
        return path;
    diag_error(d, path, "the emulator's plugin, which counts instructions, is not here");
    diag_hint(d, "build it, `make build`, or set MOTE_PLUGIN to the file libmote-count.so");
    return NULL;
}

/* A comma ends an option of the emulator; two are one. */
static void add_escaped(struct text *t, const char *s)
{
    for (; *s; s++)
        text_printf(t, "%s%c", *s == ',' ? "," : "", *s);
}

/* Is it the function, or a part that the compiler split off ("charge.part.0")? */
static bool is_function(const char *symbol, const char *name)
{
    const size_t n = strlen(name);
    return strncmp(symbol, name, n) == 0 && (symbol[n] == '\0' || symbol[n] == '.');
}

static void add_skips(struct text *t, const struct image *m)
{
    for (uint32_t i = 0; i < m->symbols.n; i++) {
        const struct image_symbol *s = &m->symbols.items[i];
        for (size_t k = 0; k < sizeof hook_functions / sizeof hook_functions[0]; k++)
            if (s->n_bytes > 0 && is_function(s->name, hook_functions[k]))
                text_printf(t, ",skip=0x%" PRIx32 "-0x%" PRIx32, s->address,
                            s->address + s->n_bytes);
    }
}

bool profile_watch(struct arena *a, const struct image *image, uint32_t n_steps,
                   struct firmware_watch *out, struct diag *d)
{
    const struct image_symbol *marks = image_find(image, "measure_marks");
    const struct image_symbol *ram = image_find(image, "port_stack_limit");
    const char *path = profile_plugin(d);
    if (!path)
        return false;
    if (!marks || !ram || marks->n_bytes != n_steps + 2)
        return diag_error(d, "the firmware", "it has no marks for a profile");
    struct text t = {.arena = a};
    add_escaped(&t, path);
    text_printf(
        &t, ",isa=%s,marks=0x%" PRIx32 ",regions=%" PRIu32 ",ram=0x%" PRIx32 ",out=" PLUGIN_OUTPUT,
        image->machine == MACHINE_ARM ? "thumb" : "riscv", marks->address, n_steps + 1,
        ram->address);
    add_skips(&t, image);
    *out = (struct firmware_watch){.plugin = text_cstr(&t), .file = PLUGIN_OUTPUT};
    return true;
}
