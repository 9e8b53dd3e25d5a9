/* int8_ends.c - the caller converts, not the graph. SPDX-License-Identifier: Apache-2.0 */
#include "pass/pass.h"
#include "pass/rewrite.h"

/* The one quantisation to which every reader of graph input t brings it, else NULL. */
static const struct tensor *quantised_input(const struct graph *g, uint32_t t)
{
    const struct tensor *to = NULL;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        for (uint32_t k = 0; k < n->n_in; k++) {
            if (n->in[k] != t)
                continue;
            const struct tensor *y = &g->tensors.items[n->out[0]];
            if (n->op != OP_QUANTIZE || is_result(g, n->out[0]) ||
                (to && !quant_equal(&to->quant, &y->quant)))
                return NULL;
            to = y;
        }
    }
    return is_result(g, t) ? NULL : to;
}

/* Graph input t becomes what its readers made of it; name and shape stay. */
static bool move_input(struct graph *g, struct links *l, uint32_t t, struct diag *d)
{
    struct tensor *x = &g->tensors.items[t];
    const struct tensor *q = quantised_input(g, t);
    if (x->dtype != DT_F32 || l->uses[t] == 0)
        return true;
    if (!q)
        return diag_error(d, NULL,
                          "input '%s' is read as float: only what one quantize reads can be int8",
                          x->name);
    x->dtype = q->dtype;
    x->quant = q->quant;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        if (n->op == OP_QUANTIZE && n->in[0] == t && !is_result(g, n->out[0]) &&
            quant_equal(&g->tensors.items[n->out[0]].quant, &x->quant))
            drop_node(g, l, i, 0);
    }
    return true;
}

/* Graph output t becomes what the dequantize before it reads. */
static bool move_output(struct graph *g, struct links *l, uint32_t t, struct diag *d)
{
    struct tensor *y = &g->tensors.items[t];
    const uint32_t i = l->producer[t];
    const struct node *n = i == NO_NODE ? NULL : &g->nodes.items[i];
    const uint32_t p = n ? l->producer[n->in[0]] : NO_NODE;
    if (y->dtype != DT_F32)
        return true;
    if (!n || n->op != OP_DEQUANTIZE || l->uses[t] != 1 || p == NO_NODE ||
        g->nodes.items[p].n_out != 1 || is_result(g, n->in[0]))
        return diag_error(d, NULL,
                          "output '%s' is made as float: only what one dequantize makes for the "
                          "caller alone can be int8",
                          y->name);
    y->dtype = g->tensors.items[n->in[0]].dtype;
    y->quant = g->tensors.items[n->in[0]].quant;
    drop_node(g, l, i, 0);
    return true;
}

/* int8_ends - move the quantize behind each float input and the dequantize before each float output
 * out to the caller, who then hands over and gets the integers in between. Their scale and zero
 * point are those of the graph's new inputs and outputs. An error names the first end that has to
 * stay float; the graph is of no use then.
 *
 * requires:  a verified graph     preserves: topological order, names and shapes of the ends
 *                                 breaks:    tensor and node ids, types of the ends */
bool int8_ends(struct graph *g, struct diag *d)
{
    struct links l = links_find(g);
    bool ok = true;
    for (uint32_t i = 0; i < g->inputs.n && ok; i++)
        ok = move_input(g, &l, g->inputs.items[i], d);
    for (uint32_t i = 0; i < g->outputs.n && ok; i++)
        ok = move_output(g, &l, g->outputs.items[i], d);
    graph_drop_dead(g);
    return ok;
}
