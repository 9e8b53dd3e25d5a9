/* call_graph.c - the compiler's call graphs, and the deepest path through them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A line of the compiler's file is one of
 *
 *     node: { title: "f" label: "f\n<file>:<line>:<column>\n48 bytes (static)" }
 *     node: { title: "g" label: "g\n..." shape : ellipse }         declared here, defined elsewhere
 *     edge: { sourcename: "f" targetname: "g" ... }
 *
 * with "(dynamic)" for a frame without a bound and "(dynamic,bounded)" for one whose bound the
 * number is. */
#include "target/call_graph.h"

#include <stdlib.h>
#include <string.h>

uint32_t call_graph_find(struct call_graph *g, const char *name)
{
    for (uint32_t i = 0; i < g->functions.n; i++)
        if (strcmp(g->functions.items[i].name, name) == 0)
            return i;
    VEC_PUSH(g->arena, &g->functions)->name = name;
    return g->functions.n - 1;
}

void call_graph_link(struct call_graph *g, uint32_t caller, uint32_t callee)
{
    *VEC_PUSH(g->arena, &g->functions.items[caller].callees) = callee;
}

/* What follows `key` and a quote in a line, up to the next quote; NULL where the key is not. */
static const char *quoted(struct arena *a, const char *line, const char *key)
{
    const char *at = strstr(line, key);
    const char *from = at ? strchr(at + strlen(key), '"') : NULL;
    const char *to = from ? strchr(from + 1, '"') : NULL;
    return to ? arena_printf(a, "%.*s", (int)(to - from - 1), from + 1) : NULL;
}

static void add_node(struct call_graph *g, const char *line)
{
    const char *name = quoted(g->arena, line, "title:");
    const char *label = quoted(g->arena, line, "label:");
    if (!name || !label)
        return;
    const uint32_t i = call_graph_find(g, name);
    struct function *f = &g->functions.items[i];
    const char *unit = strstr(label, " bytes (");
    if (!unit || f->frame != FRAME_UNKNOWN)
        return;
    const char *digits = unit;
    while (digits > label && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    f->frame = strncmp(unit, " bytes (dynamic)", 16) == 0 ? FRAME_UNBOUNDED : FRAME_KNOWN;
    f->frame_bytes = strtoul(digits, NULL, 10);
}

static void add_edge(struct call_graph *g, const char *line)
{
    const char *from = quoted(g->arena, line, "sourcename:");
    const char *to = quoted(g->arena, line, "targetname:");
    if (!from || !to)
        return;
    const uint32_t caller = call_graph_find(g, from);
    call_graph_link(g, caller, call_graph_find(g, to));
}

void call_graph_add_compiled(struct call_graph *g, struct bytes file)
{
    char *rest =
        arena_printf(g->arena, "%.*s", (int)file.len, file.len ? (const char *)file.data : "");
    for (char *line; (line = strtok_r(rest, "\n", &rest)) != NULL;)
        if (strncmp(line, "node:", 5) == 0)
            add_node(g, line);
        else if (strncmp(line, "edge:", 5) == 0)
            add_edge(g, line);
}

/* ---- the deepest path ---- */

enum visit { NOT_SEEN, ON_PATH, DONE };

struct walk_state {
    const struct call_graph *graph;
    enum visit *visits; /* [functions]                                       */
    size_t *deepest;    /* [functions] of those that are DONE                */
    const char *why;    /* what stopped the walk                             */
};

static bool stop(struct walk_state *w, const char *before, uint32_t i, const char *after)
{
    w->why =
        arena_printf(w->graph->arena, "%s%s%s", before, w->graph->functions.items[i].name, after);
    return false;
}

/* As deep as there are functions: none is entered while it is on the path. */
static bool descend(struct walk_state *w, uint32_t i)
{
    const struct function *f = &w->graph->functions.items[i];
    if (w->visits[i] == ON_PATH)
        return stop(w, "", i, " calls itself, directly or not");
    if (w->visits[i] == DONE)
        return true;
    if (f->frame == FRAME_UNBOUNDED)
        return stop(w, "the frame of ", i, " has no bound");
    if (f->frame == FRAME_UNKNOWN)
        return stop(w, "nothing is known about ", i, "");
    w->visits[i] = ON_PATH;
    size_t below = 0;
    for (uint32_t k = 0; k < f->callees.n; k++) {
        const uint32_t callee = f->callees.items[k];
        const struct function *g = &w->graph->functions.items[callee];
        if (strcmp(g->name, INDIRECT_CALL) == 0 && g->frame == FRAME_UNKNOWN)
            return stop(w, "", i, " calls through a pointer");
        if (!descend(w, callee))
            return false;
        below = w->deepest[callee] > below ? w->deepest[callee] : below;
    }
    w->deepest[i] = f->frame_bytes + below;
    w->visits[i] = DONE;
    return true;
}

bool stack_bound(const struct call_graph *g, const char *name, size_t *bytes, const char **why)
{
    struct walk_state w = {.graph = g,
                           .visits = ARENA_ARRAY(g->arena, enum visit, g->functions.n),
                           .deepest = ARENA_ARRAY(g->arena, size_t, g->functions.n)};
    *bytes = 0;
    for (uint32_t i = 0; i < g->functions.n; i++) {
        if (strcmp(g->functions.items[i].name, name) != 0)
            continue;
        const bool ok = descend(&w, i);
        if (ok)
            *bytes = w.deepest[i];
        *why = w.why;
        return ok;
    }
    *why = arena_printf(g->arena, "no function is called %s", name);
    return false;
}
