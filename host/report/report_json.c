/* report_json.c - the report's data for scripts. SPDX-License-Identifier: Apache-2.0 */
#include "report/layer.h"

static void json_cost(struct json *j, const struct report *r, const struct cost *c)
{
    if (!r->profile)
        return;
    json_int(j, "instructions_weighted", (int64_t)c->weighted);
    if (r->profile->core)
        json_int(j, "cycles_predicted", (int64_t)c->cycles);
    json_object(j, "classes");
    for (uint32_t k = 0; k < N_CLASSES; k++)
        json_int(j, class_names[k], (int64_t)c->by_class[k]);
    json_end(j);
    json_int(j, "bytes_loaded", (int64_t)c->loaded);
    json_int(j, "bytes_stored", (int64_t)c->stored);
}

static void json_layers(struct json *j, const struct report *r, const struct layers *l)
{
    json_array(j, "layers");
    for (uint32_t i = 0; i < l->n; i++) {
        const struct layer *one = &l->items[i];
        char shape[SHAPE_TEXT];
        json_object(j, NULL);
        json_str(j, "kernel", one->kernel);
        json_str(j, "origin", one->node->origin ? one->node->origin : "");
        json_str(j, "output_shape", shape_text(&one->out->shape, shape));
        json_int(j, "macs", (int64_t)one->macs);
        json_int(j, "constant_bytes", (int64_t)one->const_bytes);
        json_int(j, "live_bytes", (int64_t)one->live_bytes);
        if (l->counted) {
            json_int(j, "instructions", (int64_t)one->instructions);
            json_float(j, "ms", report_ms(r, one));
            json_cost(j, r, &one->cost);
        }
        json_end(j);
    }
    json_end(j);
}

static void json_buffers(struct json *j, const struct memory_plan *m)
{
    json_array(j, "buffers");
    for (uint32_t i = 0; i < m->n_buffers; i++) {
        json_object(j, NULL);
        json_str(j, "name", m->buffers[i].name);
        json_int(j, "bytes", (int64_t)m->buffers[i].bytes);
        json_int(j, "offset", (int64_t)m->plan.offset[i]);
        json_int(j, "first_step", m->buffers[i].first);
        json_int(j, "last_step", m->buffers[i].last);
        json_end(j);
    }
    json_end(j);
}

static void json_size(struct json *j, const char *key, const char *pass, const struct size *s)
{
    json_object(j, key);
    if (pass)
        json_str(j, "pass", pass);
    json_int(j, "layers", s->n_nodes);
    json_int(j, "macs", s->macs);
    json_int(j, "weight_bytes", s->weight_bytes);
    json_int(j, "bias_bytes", s->bias_bytes);
    json_end(j);
}

static void json_resources(struct json *j, const struct report *r, const struct layers *l)
{
    const struct plan *p = &r->compiled->memory->plan;
    if (r->firmware)
        json_int(j, "flash_bytes", (int64_t)r->firmware->flash_bytes);
    json_int(j, "constant_bytes", (int64_t)r->compiled->code.weight_bytes);
    json_int(j, "arena_bytes", (int64_t)p->arena_bytes);
    json_int(j, "arena_lower_bound", (int64_t)p->lower_bound);
    json_bool(j, "arena_optimal", p->optimal);
    json_int(j, "state_bytes", (int64_t)p->state_bytes);
    if (r->firmware && !r->firmware->stacks[0].unknown)
        json_int(j, "stack_bytes", (int64_t)r->firmware->stacks[0].bytes);
    if (r->run)
        json_int(j, "stack_bytes_used", (int64_t)r->run->stack_bytes);
    if (r->run && l->counted) {
        const struct cost *all = r->profile ? &r->profile->total : NULL;
        const struct layer sum = {.instructions = r->run->instructions,
                                  .cycles = all ? all->cycles : 0};
        json_int(j, "instructions", (int64_t)sum.instructions);
        json_float(j, "ms", report_ms(r, &sum));
        json_cost(j, r, all);
    }
    json_float(j, "clock_mhz", r->clock_mhz);
    json_int(j, "wait_states", r->wait_states);
    const struct core *core = report_core(r);
    if (core)
        json_str(j, "cycle_model", core->text);
    if (r->not_measured)
        json_str(j, "not_measured", r->not_measured);
    if (r->not_profiled)
        json_str(j, "not_profiled", r->not_profiled);
}

void report_json(struct arena *a, const struct report *r, struct text *out)
{
    const struct layers l = layers_of(a, r);
    const struct size before = graph_size(r->source), after = graph_size(r->compiled->graph);
    struct json j;
    json_begin(&j, out);
    json_object(&j, NULL);
    json_str(&j, "name", r->source->name);
    json_str(&j, "target", r->target->name);
    json_array(&j, "notes");
    for (uint32_t i = 0; i < r->source->notes.n; i++)
        json_str(&j, NULL, r->source->notes.items[i]);
    json_end(&j);
    json_resources(&j, r, &l);
    json_layers(&j, r, &l);
    json_buffers(&j, r->compiled->memory);
    json_size(&j, "source", NULL, &before);
    json_array(&j, "saved");
    for (uint32_t i = 0; i < N_PASSES; i++)
        json_size(&j, NULL, r->savings[i].pass, &r->savings[i].size);
    json_end(&j);
    json_size(&j, "compiled", NULL, &after);
    json_end(&j);
}
