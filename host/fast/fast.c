/* fast.c - runs a graph with the processor's vector instructions. SPDX-License-Identifier: Apache-2.0
 *
 * An interpreter holds the buffers and states, and computes the nodes that have no fast_op. */
#include "fast/fast.h"

#include "fast/op.h"
#include "ir/interp.h"
#include "ir/kernels.h"

/* What all instances of a graph share. */
struct program {
    const struct graph *g;
    const struct fast_kernels *k;
    struct fast_op *ops; /* [nodes] */
    size_t scratch_bytes;
};

struct fast {
    const struct program *program;
    struct interp *interp;
    void *scratch;
};

static plan_fn *planner_of(enum op op)
{
    switch (op) {
    case OP_CONV2D:
        return plan_conv2d;
    case OP_DEPTHWISE_CONV2D:
        return plan_depthwise_conv2d;
    case OP_FULLY_CONNECTED:
        return plan_fully_connected;
    case OP_ADD:
        return plan_add;
    case OP_AVERAGE_POOL2D:
        return plan_average_pool2d;
    case OP_MAX_POOL2D:
        return plan_max_pool2d;
    case OP_SOFTMAX:
        return plan_softmax;
    case OP_RESHAPE:
        return NULL;
    default:
        return plan_table;
    }
}

/* All inputs but the parameters of a layer, and the output, are bytes. */
static bool is_of_bytes(const struct graph *g, const struct node *n)
{
    const uint32_t n_read = n->op == OP_ADD ? 2 : 1;
    for (uint32_t i = 0; i < n_read; i++)
        if (dtype_bytes(g->tensors.items[n->in[i]].dtype) != 1)
            return false;
    return n->n_out == 1 && dtype_bytes(g->tensors.items[n->out[0]].dtype) == 1;
}

static bool plan_node(struct arena *a, const struct graph *g, const struct fast_kernels *k,
                      const struct node *n, struct fast_op *op, struct diag *d)
{
    plan_fn *planner = planner_of(n->op);
    if (!planner || !is_of_bytes(g, n) || !kernel_reference(g, n))
        return true;
    union kernel_args *args = ARENA_NEW(a, union kernel_args);
    if (!bind_node(a, g, n, args, d))
        return false;
    const struct plan p = {a, k, g, n, args};
    if (!planner(&p, op))
        *op = (struct fast_op){0};
    return true;
}

static const struct program *program_new(struct arena *a, const struct graph *g,
                                         const struct fast_kernels *k, struct diag *d)
{
    struct program *p = ARENA_NEW(a, struct program);
    *p = (struct program){g, k, ARENA_ARRAY(a, struct fast_op, g->nodes.n), 0};
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        if (!plan_node(a, g, k, &g->nodes.items[i], &p->ops[i], d))
            return NULL;
        if (p->ops[i].scratch_bytes > p->scratch_bytes)
            p->scratch_bytes = p->ops[i].scratch_bytes;
    }
    return p;
}

static struct fast *instance_new(struct arena *a, const struct program *p, struct diag *d)
{
    struct fast *f = ARENA_NEW(a, struct fast);
    f->program = p;
    f->interp = interp_new(a, p->g, d);
    f->scratch = arena_alloc(a, p->scratch_bytes);
    return f->interp ? f : NULL;
}

struct fast *fast_new(struct arena *a, const struct graph *g, const struct fast_kernels *k,
                      struct diag *d)
{
    const struct program *p = program_new(a, g, k, d);
    return p ? instance_new(a, p, d) : NULL;
}

struct fast *fast_another(struct arena *a, const struct fast *f, struct diag *d)
{
    return instance_new(a, f->program, d);
}

struct fast **fast_many(struct arena *a, const struct graph *g, uint32_t n, struct diag *d)
{
    const struct program *p = program_new(a, g, fast_best(), d);
    struct fast **many = ARENA_ARRAY(a, struct fast *, n);
    for (uint32_t i = 0; i < n; i++) {
        many[i] = p ? instance_new(a, p, d) : NULL;
        if (!many[i])
            return NULL;
    }
    return many;
}

void fast_reset(struct fast *f)
{
    interp_reset(f->interp);
}

static void run_node(struct fast *f, uint32_t i_node)
{
    const struct program *p = f->program;
    const struct node *n = &p->g->nodes.items[i_node];
    const struct fast_op *op = &p->ops[i_node];
    if (!op->run) {
        interp_node(f->interp, i_node);
        return;
    }
    const struct call call = {
        .k = p->k,
        .in = {interp_tensor(f->interp, n->in[0]),
               n->op == OP_ADD ? interp_tensor(f->interp, n->in[1]) : NULL},
        .out = interp_place(f->interp, n->out[0]),
        .scratch = f->scratch,
    };
    op->run(op->constants, &call);
}

void fast_run(struct fast *f, const void *const *inputs)
{
    interp_begin(f->interp, inputs);
    for (uint32_t i = 0; i < f->program->g->nodes.n; i++)
        run_node(f, i);
    interp_end(f->interp);
}

const void *fast_tensor(const struct fast *f, uint32_t tensor)
{
    return interp_tensor(f->interp, tensor);
}
