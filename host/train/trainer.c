/* trainer.c - compile a graph into layers, and give every slot its memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"
#include "ir/verify.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

const struct range range_open = {-INFINITY, INFINITY};

const struct layer_kind *layer_kind_of(enum op op)
{
    static const struct layer_kind *const kinds[N_OPS] = {
        [OP_CONV2D] = &grad_conv2d,
        [OP_DEPTHWISE_CONV2D] = &grad_depthwise_conv2d,
        [OP_FULLY_CONNECTED] = &grad_fully_connected,
        [OP_ADD] = &grad_add,
        [OP_AVERAGE_POOL2D] = &grad_average_pool2d,
        [OP_MAX_POOL2D] = &grad_max_pool2d,
        [OP_BATCH_NORM] = &grad_batch_norm,
        [OP_RELU] = &grad_relu,
        [OP_RELU6] = &grad_relu,
        [OP_SOFTMAX] = &grad_softmax,
        [OP_RESHAPE] = &grad_reshape,
        [OP_PAD] = &grad_pad,
        [OP_CONCAT] = &grad_concat,
    };
    return kinds[op];
}

static struct range act_range(enum act act)
{
    if (act == ACT_RELU)
        return (struct range){0.0f, INFINITY};
    return act == ACT_RELU6 ? (struct range){0.0f, 6.0f} : range_open;
}

static enum act node_act(const struct node *n)
{
    if (n->op == OP_RELU)
        return ACT_RELU;
    return n->op == OP_RELU6 ? ACT_RELU6 : n->attrs.act;
}

ptrdiff_t floats_align(ptrdiff_t n)
{
    return (n + FLOAT_ALIGN - 1) / FLOAT_ALIGN * FLOAT_ALIGN;
}

void trainer_claim_scratch(struct trainer *t, ptrdiff_t floats)
{
    if (floats_align(floats) > t->scratch_floats)
        t->scratch_floats = floats_align(floats);
}

ptrdiff_t trainer_add_param(struct trainer *t, const struct layer *l, uint32_t i,
                            enum param_kind kind, ptrdiff_t rows, ptrdiff_t cols, struct diag *d)
{
    const uint32_t id = l->node->in[i];
    const struct tensor *x = &t->graph->tensors.items[id];
    if (!x->data || x->dtype != DT_F32) {
        diag_error(d, t->graph->name,
                   "%s: input '%s' is not a float constant, so it cannot be "
                   "trained",
                   op_name(l->node->op), x->name);
        return NO_PARAM;
    }
    for (uint32_t k = 0; k < t->params.n; k++)
        if (t->params.items[k].tensor == id) {
            diag_error(d, t->graph->name, "constant '%s' is used twice", x->name);
            diag_hint(d, "training does not support shared weights; give each layer its own");
            return NO_PARAM;
        }
    assert(rows * cols == (ptrdiff_t)shape_count(&x->shape));
    const struct param p = {
        .tensor = id,
        .first = t->n_w,
        .count = rows * cols,
        .rows = rows,
        .cols = cols,
        .kind = kind,
    };
    *VEC_PUSH(t->arena, &t->params) = p;
    t->n_w += floats_align(p.count);
    return p.first;
}

/* A relu that alone reads what layer l makes becomes part of l. */
static bool fuse_act(struct trainer *t, const struct node *n, const uint32_t *uses)
{
    if ((n->op != OP_RELU && n->op != OP_RELU6) || uses[n->in[0]] != 1)
        return false;
    for (uint32_t i = 0; i < t->layers.n; i++) {
        struct layer *l = &t->layers.items[i];
        if (l->out != n->in[0] || !l->kind->fuses_act || l->act != ACT_NONE)
            continue;
        l->act = node_act(n);
        l->range = act_range(l->act);
        l->out = n->out[0];
        return true;
    }
    return false;
}

/* Is input i of a node an activation? Otherwise it is a constant or absent. */
static bool is_activation(const struct graph *g, const struct node *n, uint32_t i)
{
    return n->in[i] != NO_TENSOR && !g->tensors.items[n->in[i]].data;
}

/* The inputs that gradients flow into are activations, except the parameters that a kind's
 * prepare registers: those are inputs 1 and up of weighted operators. */
static bool take_inputs(struct trainer *t, struct layer *l, struct diag *d)
{
    const struct graph *g = t->graph;
    const struct node *n = l->node;
    const bool many = n->op == OP_ADD || n->op == OP_CONCAT;
    l->n_in = many ? n->n_in : 1;
    l->in = n->in;
    for (uint32_t i = 0; i < l->n_in; i++)
        if (!is_activation(g, n, i))
            return diag_error(d, g->name,
                              "%s '%s': input %" PRIu32 " is a constant, expected an "
                              "activation",
                              op_name(n->op), g->tensors.items[n->out[0]].name, i);
    return true;
}

static bool add_layer(struct trainer *t, const struct node *n, struct diag *d)
{
    const struct graph *g = t->graph;
    const char *name = g->tensors.items[n->out[0]].name;
    const struct layer_kind *kind = layer_kind_of(n->op);
    if (!kind) {
        diag_error(d, g->name, "%s '%s' has no gradient", op_name(n->op), name);
        return diag_hint(d, "train the float graph, then quantise it");
    }
    bool is_last = n == &g->nodes.items[g->nodes.n - 1];
    if (n->op == OP_SOFTMAX && (!is_last || t->config.loss == LOSS_NONE))
        return diag_error(d, g->name, "softmax '%s' is not the last node", name);
    struct layer *l = VEC_PUSH(t->arena, &t->layers);
    *l = (struct layer){
        .kind = kind,
        .node = n,
        .out = n->out[0],
        .act = node_act(n),
        .range = act_range(node_act(n)),
        .w = NO_PARAM,
        .bias = NO_PARAM,
    };
    return take_inputs(t, l, d) && kind->prepare(t, l, d);
}

static bool add_layers(struct trainer *t, struct diag *d)
{
    const struct graph *g = t->graph;
    const uint32_t *uses = graph_count_uses(g, t->arena);
    if (g->nodes.n == 0)
        return diag_error(d, g->name, "the network has no layers");
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        if (!fuse_act(t, n, uses) && !add_layer(t, n, d))
            return false;
    }
    if (t->config.loss == LOSS_CROSS_ENTROPY && g->nodes.items[g->nodes.n - 1].op != OP_SOFTMAX) {
        diag_error(d, g->name, "the last node is %s, expected softmax",
                   op_name(g->nodes.items[g->nodes.n - 1].op));
        return diag_hint(d, "the loss is the cross-entropy of the softmax's input");
    }
    return true;
}

/* Take `floats` from the slot. */
static ptrdiff_t slot_take(struct trainer *t, ptrdiff_t floats)
{
    ptrdiff_t first = t->slot_floats;
    t->slot_floats += floats_align(floats);
    return first;
}

static void place_value(struct trainer *t, uint32_t tensor)
{
    struct blob *b = &t->blobs[tensor];
    b->count = (ptrdiff_t)shape_count(&t->graph->tensors.items[tensor].shape);
    b->value = slot_take(t, b->count * SHARD_SAMPLES);
}

static void place_values(struct trainer *t)
{
    t->blobs = ARENA_ARRAY(t->arena, struct blob, t->graph->tensors.n);
    for (uint32_t i = 0; i < t->graph->tensors.n; i++)
        t->blobs[i].grad = NO_GRAD;
    for (uint32_t i = 0; i < t->graph->inputs.n; i++)
        place_value(t, t->graph->inputs.items[i]);
    for (uint32_t i = 0; i < t->layers.n; i++)
        place_value(t, t->layers.items[i].out);
}

/* A piece of the slot that holds one gradient after another. */
struct room {
    ptrdiff_t first, floats;
    uint32_t tensor; /* NO_TENSOR: free */
};

struct rooms {
    VEC(struct room) list;
};

/* The smallest free room that fits, else a new one. */
static void room_take(struct trainer *t, struct rooms *r, uint32_t tensor)
{
    const ptrdiff_t floats = floats_align(t->blobs[tensor].count * SHARD_SAMPLES);
    struct room *best = NULL;
    for (uint32_t i = 0; i < r->list.n; i++) {
        struct room *x = &r->list.items[i];
        if (x->tensor == NO_TENSOR && x->floats >= floats && (!best || x->floats < best->floats))
            best = x;
    }
    if (!best) {
        best = VEC_PUSH(t->arena, &r->list);
        *best = (struct room){.first = slot_take(t, floats), .floats = floats};
    }
    best->tensor = tensor;
    t->blobs[tensor].grad = best->first;
}

static struct room *room_of(struct rooms *r, uint32_t tensor)
{
    for (uint32_t i = 0; i < r->list.n; i++)
        if (r->list.items[i].tensor == tensor)
            return &r->list.items[i];
    return NULL;
}

/* Which tensors have something trainable before them. */
static bool *find_needed(const struct trainer *t)
{
    bool *needs = ARENA_ARRAY(t->arena, bool, t->graph->tensors.n);
    for (uint32_t i = 0; i < t->graph->inputs.n; i++)
        needs[t->graph->inputs.items[i]] = t->config.input_grad == INPUT_GRAD_YES;
    for (uint32_t i = 0; i < t->layers.n; i++) {
        const struct layer *l = &t->layers.items[i];
        needs[l->out] = l->w != NO_PARAM;
        for (uint32_t k = 0; k < l->n_in; k++)
            needs[l->out] |= needs[l->in[k]];
    }
    return needs;
}

/* Gradients of layer l's inputs get their room; that of its output is given back (I3). */
static void place_layer_grads(struct trainer *t, struct layer *l, const bool *needs,
                              struct rooms *rooms)
{
    enum store *store = ARENA_ARRAY(t->arena, enum store, l->n_in);
    struct room *out = room_of(rooms, l->out);
    l->grad_store = store;
    if (!out && l->kind != &grad_softmax)
        return; /* nothing reads the output, or nothing needs its gradient */
    for (uint32_t i = 0; i < l->n_in; i++) {
        struct blob *in = &t->blobs[l->in[i]];
        if (!needs[l->in[i]])
            continue;
        if (in->grad != NO_GRAD) {
            store[i] = STORE_ADD;
        } else if (l->kind->grad_in_place && out && in->count == t->blobs[l->out].count) {
            in->grad = out->first;
            out->tensor = l->in[i];
            out = NULL;
        } else {
            room_take(t, rooms, l->in[i]);
            out = room_of(rooms, l->out); /* the list may have moved */
        }
    }
    if (out)
        out->tensor = NO_TENSOR;
}

static void place_grads(struct trainer *t)
{
    struct rooms rooms = {0};
    const bool *needs = find_needed(t);
    if (t->config.loss == LOSS_NONE)
        for (uint32_t i = 0; i < t->graph->outputs.n; i++)
            room_take(t, &rooms, t->graph->outputs.items[i]);
    for (uint32_t i = t->layers.n; i-- > 0;)
        place_layer_grads(t, &t->layers.items[i], needs, &rooms);
}

/* Copy a parameter between the graph's order and ours. */
static void transpose(const float *src, ptrdiff_t rows, ptrdiff_t cols, float *dst)
{
    for (ptrdiff_t r = 0; r < rows; r++)
        for (ptrdiff_t c = 0; c < cols; c++)
            dst[c * rows + r] = src[r * cols + c];
}

static void load_params(struct trainer *t)
{
    t->w = ARENA_ARRAY(t->arena, float, (size_t)(t->n_w + SLACK));
    for (uint32_t i = 0; i < t->params.n; i++) {
        const struct param *p = &t->params.items[i];
        transpose(t->graph->tensors.items[p->tensor].data, p->cols, p->rows, t->w + p->first);
    }
}

void trainer_store(const struct trainer *t)
{
    for (uint32_t i = 0; i < t->params.n; i++) {
        const struct param *p = &t->params.items[i];
        float *copy = ARENA_ARRAY(t->graph->arena, float, (size_t)p->count);
        transpose(t->w + p->first, p->rows, p->cols, copy);
        t->graph->tensors.items[p->tensor].data = copy;
    }
}

static void add_step(struct pass *p, const struct step *step)
{
    if (step->run || step->join)
        p->steps[p->n++] = *step;
}

/* Steps of both passes: at most three per layer and direction. */
static void make_passes(struct trainer *t)
{
    t->train.steps = ARENA_ARRAY(t->arena, struct step, 6 * (size_t)t->layers.n);
    t->evaluate.steps = ARENA_ARRAY(t->arena, struct step, t->layers.n);
    for (uint32_t i = 0; i < t->layers.n; i++) {
        const struct layer *l = &t->layers.items[i];
        const struct layer_kind *k = l->kind;
        add_step(&t->train, &(struct step){.layer = l, .run = k->forward});
        add_step(&t->train, &(struct step){.layer = l, .join = k->forward_join});
        add_step(&t->train, &(struct step){.layer = l, .run = k->forward_apply});
        add_step(&t->evaluate,
                 &(struct step){.layer = l, .run = k->evaluate ? k->evaluate : k->forward});
    }
    t->n_forward = t->train.n;
    for (uint32_t i = t->layers.n; i-- > 0;) {
        const struct layer *l = &t->layers.items[i];
        const struct layer_kind *k = l->kind;
        if (k != &grad_softmax && t->blobs[l->out].grad == NO_GRAD)
            continue;
        add_step(&t->train, &(struct step){.layer = l, .run = k->backward});
        add_step(&t->train, &(struct step){.layer = l, .join = k->backward_join});
        add_step(&t->train, &(struct step){.layer = l, .run = k->backward_apply});
    }
}

struct trainer *trainer_new(struct arena *a, struct graph *g, const struct trainer_config *config,
                            struct pool *pool, struct diag *d)
{
    if (!graph_verify(g, d))
        return NULL;
    struct trainer *t = ARENA_NEW(a, struct trainer);
    *t = (struct trainer){
        .arena = a,
        .graph = g,
        .kernels = kernels_best(),
        .pool = pool,
        .config = *config,
        .n_shards = (config->batch + SHARD_SAMPLES - 1) / SHARD_SAMPLES,
    };
    const uint32_t n_threads = pool_n_threads(pool);
    t->n_slots = t->n_shards > n_threads ? t->n_shards : n_threads;
    if (!add_layers(t, d))
        return NULL;
    place_values(t);
    if (config->batch > 0) {
        place_grads(t);
        t->grads = ARENA_ARRAY(a, float, t->n_shards *(size_t)t->n_w);
    }
    slot_take(t, SLACK);
    load_params(t);
    t->memory = ARENA_ARRAY(a, float, t->n_slots *(size_t)t->slot_floats);
    t->scratch = ARENA_ARRAY(a, float, n_threads *(size_t)t->scratch_floats + SLACK);
    t->results = ARENA_ARRAY(a, struct shard_result, t->n_slots);
    make_passes(t);
    return t;
}
