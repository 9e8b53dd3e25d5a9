/* page_graph.c - the graph as a list with lanes: a row a node, a lane a value that is still needed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows have their natural height, so a lane is drawn row by row: from the top of a row to its dot,
 * from its dot to the bottom, or past it. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "ir/text.h"
#include "report/html.h"

#define LANES_MAX   10 /* drawn; more values than this share the last */
#define LANE_WIDTH  18
#define LANE_X      9  /* of lane 0 */
#define DOT_Y       19 /* of every row */
#define DOT_RADIUS  5
#define NO_STEP     UINT32_MAX
#define SHOWN_INPUT 80 /* bytes of an input's name */

struct lanes {
    uint32_t value[LANES_MAX]; /* the tensor in each lane, NO_TENSOR for none */
    uint32_t n_used;           /* the widest so far                           */
};

struct drawing {
    struct arena *a;
    struct text *out;
    const struct graph *g;
    uint32_t *last_use; /* [tensors] node that reads it last; nodes.n for an output */
    uint32_t *step;     /* [nodes] NO_STEP for those that are no kernel call        */
    struct lanes lanes;
    uint32_t width; /* lanes of the whole picture */
};

static uint32_t *find_last_uses(struct arena *a, const struct graph *g)
{
    uint32_t *last = ARENA_ARRAY(a, uint32_t, g->tensors.n);
    for (uint32_t i = 0; i < g->nodes.n; i++)
        for (uint32_t k = 0; k < g->nodes.items[i].n_in; k++)
            if (g->nodes.items[i].in[k] != NO_TENSOR)
                last[g->nodes.items[i].in[k]] = i;
    return last;
}

static uint32_t *find_steps(struct arena *a, const struct program *p)
{
    uint32_t *step = ARENA_ARRAY(a, uint32_t, p->graph->nodes.n);
    for (uint32_t i = 0; i < p->graph->nodes.n; i++)
        step[i] = NO_STEP;
    for (uint32_t i = p->n_steps; i-- > 0;)
        step[p->steps[i].i_node] = i;
    return step;
}

static bool reads(const struct node *n, uint32_t tensor)
{
    for (uint32_t k = 0; n && k < n->n_in; k++)
        if (n->in[k] == tensor)
            return true;
    return false;
}

static uint32_t x_of(uint32_t lane)
{
    return LANE_X + LANE_WIDTH * lane;
}

/* y2 = 0: to the bottom of the row. */
static void print_line(struct text *svg, uint32_t from, uint32_t y1, uint32_t to, uint32_t y2)
{
    text_printf(svg,
                "<line x1=\"%" PRIu32 "\" y1=\"%" PRIu32 "\" x2=\"%" PRIu32 "\" y2=\"%" PRIu32
                "%s\"/>",
                x_of(from), y1, x_of(to), y2 ? y2 : 100, y2 ? "" : "%");
}

/* The lane of a row's dot: that of the first value that ends here, else a free one. */
static uint32_t dot_lane(const struct drawing *dr, const struct node *n, uint32_t i_node)
{
    const struct lanes *l = &dr->lanes;
    for (uint32_t k = 0; k < LANES_MAX; k++)
        if (l->value[k] != NO_TENSOR && n && reads(n, l->value[k]) &&
            dr->last_use[l->value[k]] == i_node)
            return k;
    for (uint32_t k = 0; k < LANES_MAX; k++)
        if (l->value[k] == NO_TENSOR)
            return k;
    return LANES_MAX - 1;
}

/* Is a value that stands at row i_node read further down? */
static bool goes_on(const struct drawing *dr, uint32_t tensor, uint32_t i_node)
{
    return dr->last_use[tensor] > i_node;
}

/* Lines of one row: values from above, to the dot `n` and past it, then what the row makes. `n` is
 * NULL and i_node 0 for the inputs of the graph. */
static void print_lanes(struct drawing *dr, const struct node *n, uint32_t i_node,
                        const uint32_t *made, uint32_t n_made)
{
    struct lanes *l = &dr->lanes;
    const uint32_t dot = dot_lane(dr, n, i_node);
    struct text svg = {.arena = dr->a};
    for (uint32_t k = 0; k < LANES_MAX; k++) {
        const uint32_t value = l->value[k];
        if (value == NO_TENSOR)
            continue;
        const bool past = !n || goes_on(dr, value, i_node);
        if (past)
            print_line(&svg, k, 0, k, 0);
        if (reads(n, value))
            print_line(&svg, k, 0, dot, DOT_Y);
        if (!past)
            l->value[k] = NO_TENSOR;
    }
    for (uint32_t m = 0; m < n_made; m++) {
        if (n ? !goes_on(dr, made[m], i_node) : dr->last_use[made[m]] == 0 && dr->g->nodes.n == 0)
            continue;
        uint32_t k = dot;
        for (uint32_t free = 0; l->value[k] != NO_TENSOR && free < LANES_MAX; free++)
            k = free;
        print_line(&svg, dot, DOT_Y, k, 0);
        l->value[k] = made[m];
        l->n_used = k + 1 > l->n_used ? k + 1 : l->n_used;
    }
    text_printf(dr->out,
                "<svg aria-hidden=\"true\" width=\"%" PRIu32 "\">%s<circle cx=\"%" PRIu32
                "\" cy=\"%d\" r=\"%d\"/></svg>",
                x_of(dr->width), text_cstr(&svg), x_of(dot), DOT_Y, DOT_RADIUS);
}

static bool is_output(const struct graph *g, const struct node *n)
{
    for (uint32_t i = 0; i < g->outputs.n; i++)
        for (uint32_t k = 0; k < n->n_out; k++)
            if (g->outputs.items[i] == n->out[k])
                return true;
    return false;
}

/* Attributes, and how the output is quantised. */
static void print_what(struct drawing *dr, const char *attrs, const struct tensor *t)
{
    while (*attrs == ' ')
        attrs++;
    text_printf(dr->out, "<div class=\"what\">%s", html(dr->a, attrs));
    if (t->quant.n == 1)
        text_printf(dr->out, "%sscale %.6g, zero %" PRId32, *attrs ? ", " : "",
                    (double)t->quant.scale[0], t->quant.zero[0]);
    text_add(dr->out, "</div>");
}

static void print_input(struct drawing *dr, uint32_t id)
{
    const struct tensor *t = &dr->g->tensors.items[id];
    char shape[SHAPE_TEXT];
    text_add(dr->out, "<li class=\"end\">");
    print_lanes(dr, NULL, 0, &id, 1);
    text_printf(dr->out, "<div class=\"head\"><b>input</b><span>%s %s</span></div>",
                shape_text(&t->shape, shape), dtype_name(t->dtype));
    print_what(dr, text_short(dr->a, t->name, SHOWN_INPUT), t);
    text_add(dr->out, "</li>\n");
}

/* Where a node came from: short, and whole on demand. */
static void print_origin(struct drawing *dr, const char *origin)
{
    const char *brief = origin_short(dr->a, origin);
    if (strcmp(brief, origin) == 0)
        text_printf(dr->out, "<p class=\"from\">from %s</p>", html(dr->a, brief));
    else
        text_printf(dr->out, "<details class=\"from\"><summary>from %s</summary>%s</details>",
                    html(dr->a, brief), html(dr->a, origin));
}

static void print_node(struct drawing *dr, uint32_t i)
{
    const struct node *n = &dr->g->nodes.items[i];
    const struct tensor *t = &dr->g->tensors.items[n->out[0]];
    char shape[SHAPE_TEXT];
    const bool ends = is_output(dr->g, n);
    struct text attrs = {.arena = dr->a};
    graph_print_attrs(dr->g, n, &attrs);
    text_printf(dr->out, "<li%s>", ends ? " class=\"end\"" : "");
    print_lanes(dr, n, i, n->out, n->n_out);
    text_printf(dr->out, "<div class=\"head\"><b>%s</b><span>%s %s</span>", op_name(n->op),
                shape_text(&t->shape, shape), dtype_name(t->dtype));
    if (dr->step[i] == NO_STEP)
        text_add(dr->out, "<span class=\"what\">no work, another name for its input</span>");
    else
        text_printf(dr->out, "<a href=\"#step-%" PRIu32 "\">step %" PRIu32 "</a>", dr->step[i],
                    dr->step[i]);
    if (ends)
        text_add(dr->out, "<span class=\"tag\">output</span>");
    text_add(dr->out, "</div>");
    print_what(dr, text_cstr(&attrs), t);
    if (n->origin && n->origin[0])
        print_origin(dr, n->origin);
    text_add(dr->out, "</li>\n");
}

static void print_rows(struct drawing *dr)
{
    for (uint32_t k = 0; k < LANES_MAX; k++)
        dr->lanes.value[k] = NO_TENSOR;
    for (uint32_t i = 0; i < dr->g->inputs.n; i++)
        print_input(dr, dr->g->inputs.items[i]);
    for (uint32_t i = 0; i < dr->g->nodes.n; i++)
        print_node(dr, i);
}

void page_graph(const struct report *r, struct text *out)
{
    const struct graph *g = r->compiled->graph;
    struct text rows = {.arena = out->arena};
    struct drawing dr = {.a = out->arena,
                         .out = &rows,
                         .g = g,
                         .last_use = find_last_uses(out->arena, g),
                         .step = find_steps(out->arena, r->compiled->program)};
    print_rows(&dr); /* once to learn how many lanes there are, then in earnest */
    dr.width = dr.lanes.n_used;
    rows.len = 0;
    print_rows(&dr);
    text_printf(out,
                "<section id=\"graph\" aria-labelledby=\"graph-title\">\n"
                "<h2 id=\"graph-title\">Graph</h2>\n<p class=\"soft\">As it is compiled: %" PRIu32
                " layers of the source became %" PRIu32 ". A line leads from where a value is made "
                "to where it is read.</p>\n<ol class=\"graph\" style=\"--lanes:%" PRIu32 "px\">\n",
                r->source->nodes.n, g->nodes.n, x_of(dr.width) + 6);
    text_add_bytes(out, rows.data, rows.len);
    text_add(out, "</ol>\n</section>\n");
}
