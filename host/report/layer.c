/* layer.c - what the page and the JSON say of one step, of one name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/layer.h"

#include <assert.h>
#include <string.h>

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void layers_add(struct layers *l, const struct layer *layer)
{
    struct layer *sum = &l->sum, *max = &l->max;
    sum->macs += layer->macs;
    sum->const_bytes += layer->const_bytes;
    sum->instructions += layer->instructions;
    sum->cycles += layer->cycles;
    cost_add(&sum->cost, &layer->cost);
    max->macs = larger(max->macs, layer->macs);
    max->const_bytes = larger(max->const_bytes, layer->const_bytes);
    max->live_bytes = larger(max->live_bytes, layer->live_bytes);
    max->instructions = larger(max->instructions, layer->instructions);
    max->cycles = larger(max->cycles, layer->cycles);
    l->items[l->n++] = *layer;
}

struct layers layers_of(struct arena *a, const struct report *r)
{
    const struct program *p = r->compiled->program;
    const struct memory_plan *m = r->compiled->memory;
    const struct graph *g = p->graph;
    const uint64_t *counts = r->run ? r->run->step_instructions : NULL;
    struct layers l = {.items = ARENA_ARRAY(a, struct layer, p->n_steps),
                       .counted = counts != NULL};
    for (uint32_t i = 0; i < p->n_steps; i++) {
        const struct step *step = &p->steps[i];
        const struct node *n = &g->nodes.items[step->i_node];
        const size_t prefix = strlen("mote_");
        assert(strncmp(step->kernel->name, "mote_", prefix) == 0);
        layers_add(&l,
                   &(struct layer){
                       .node = n,
                       .kernel = step->kernel->name + prefix,
                       .out = &g->tensors.items[n->out[0]],
                       .macs = (uint64_t)node_macs(g, n),
                       .const_bytes = node_const_bytes(g, n),
                       .live_bytes = plan_live_bytes(m->buffers, m->n_buffers, program_turn(p, i)),
                       .instructions = counts ? counts[i] : 0,
                       .cycles = r->profile ? r->profile->steps[i].cycles : 0,
                       .cost = r->profile ? r->profile->steps[i] : (struct cost){0},
                   });
    }
    return l;
}

const struct core *report_core(const struct report *r)
{
    return r->profile ? r->profile->core : NULL;
}

double report_ms(const struct report *r, const struct layer *l)
{
    return (double)(report_core(r) ? l->cycles : l->instructions) / (r->clock_mhz * 1e3);
}

/* The last two components of a path. */
static const char *last_two(const char *name, size_t len)
{
    uint32_t n_slashes = 0;
    for (size_t i = len; i > 0; i--)
        if (name[i - 1] == '/' && ++n_slashes == 2)
            return name + i;
    return name;
}

/* The second and later bytes of a character of UTF-8 are 10xxxxxx. */
const char *text_short(struct arena *a, const char *s, size_t n)
{
    assert(n > 3);
    if (strlen(s) <= n)
        return s;
    size_t cut = n - 3;
    while (cut > 0 && ((unsigned char)s[cut] & 0xC0) == 0x80)
        cut--;
    return arena_printf(a, "%.*s...", (int)cut, s);
}

const char *origin_short(struct arena *a, const char *origin)
{
    struct text t = {.arena = a};
    for (const char *part = origin; *part;) {
        const size_t part_len = strcspn(part, "+");
        const size_t digits = strspn(part, "0123456789");
        const bool numbered = digits > 0 && part[digits] == ':';
        const char *name = numbered ? part + digits + 1 : part;
        const size_t name_len = strcspn(name, ";+");
        const char *tail = last_two(name, name_len);
        text_add(&t, t.len ? " + " : "");
        if (numbered)
            text_printf(&t, "%.*s ", (int)digits, part);
        text_add_bytes(&t, tail, name_len - (size_t)(tail - name));
        part += part_len + (part[part_len] == '+');
    }
    return text_short(a, text_cstr(&t), ORIGIN_MAX);
}
