/* several.c - run the models of one firmware on inputs from a file. SPDX-License-Identifier:
 * Apache-2.0
 *
 * in.bin holds the inputs of the first model, then of the next, for one run after the other.
 * out.bin receives their outputs in the same order. Where models share an arena in turns, each is
 * given its inputs, run and read before the next. Else all inputs are given first, the models run
 * last to first, and all outputs are read after that: so none may disturb another.
 *
 * models.h is what `mote compile` writes for several models. */
#include "port/port.h"

#define GENERATED "models.h"
#include GENERATED

struct model {
    const struct mote_slot *inputs, *outputs;
    uint32_t n_inputs, n_outputs;
    void (*invoke)(void *arena);
    void (*reset)(void *arena); /* NULL where nothing lasts */
};

#define MODEL(name, NAME, reset)                                                                   \
    {name##_inputs, name##_outputs, NAME##_N_INPUTS, NAME##_N_OUTPUTS, name##_invoke, reset},
static const struct model models[] = {MOTE_MODELS(MODEL)};
#define N_MODELS (sizeof models / sizeof models[0])

static uint8_t arena[MOTE_ARENA_BYTES] __attribute__((aligned(MOTE_ARENA_ALIGN)));

void port_on_fault(uint32_t cause, uint32_t pc, uint32_t link)
{
    (void)cause;
    (void)pc;
    (void)link;
    port_log("fault");
    port_exit(3);
}

void port_on_overflow(void)
{
    port_log("stack overflow");
    port_exit(1);
}

/* False at the end of the file, wherever that is. */
static bool read_inputs(int32_t file, const struct model *m)
{
    for (uint32_t i = 0; i < m->n_inputs; i++)
        if (port_read(file, arena + m->inputs[i].offset, m->inputs[i].bytes) != m->inputs[i].bytes)
            return false;
    return true;
}

static bool write_outputs(int32_t file, const struct model *m)
{
    for (uint32_t i = 0; i < m->n_outputs; i++)
        if (!port_write(file, arena + m->outputs[i].offset, m->outputs[i].bytes))
            return false;
    return true;
}

static bool run_in_turns(int32_t in, int32_t out)
{
    for (uint32_t i = 0; i < N_MODELS; i++) {
        if (!read_inputs(in, &models[i]))
            return false;
        models[i].invoke(arena);
        if (!write_outputs(out, &models[i]))
            return false;
    }
    return true;
}

static bool run_all_at_once(int32_t in, int32_t out)
{
    for (uint32_t i = 0; i < N_MODELS; i++)
        if (!read_inputs(in, &models[i]))
            return false;
    for (uint32_t i = N_MODELS; i-- > 0;)
        models[i].invoke(arena);
    for (uint32_t i = 0; i < N_MODELS; i++)
        if (!write_outputs(out, &models[i]))
            return false;
    return true;
}

int main(void)
{
    const int32_t in = port_open("in.bin", PORT_READ), out = port_open("out.bin", PORT_WRITE);
    if (in < 0 || out < 0)
        port_exit(1);
    for (uint32_t i = 0; i < N_MODELS; i++)
        if (models[i].reset)
            models[i].reset(arena);
    while (MOTE_MODELS_TAKE_TURNS ? run_in_turns(in, out) : run_all_at_once(in, out))
        continue;
    port_exit(0);
}
