/* page.c - the report as one HTML page: what it costs, memory, layers, graph, passes.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "report/html.h"

/* One figure of the resource statement. */
static void print_figure(struct text *out, const char *name, const char *number, const char *unit,
                         const char *more)
{
    text_printf(out, "<div><dt>%s</dt><dd><b>%s</b> <span>%s</span><small>%s</small></dd></div>\n",
                name, number, unit, more);
}

static void print_flash(const struct report *r, struct text *out)
{
    struct arena *a = out->arena;
    const size_t constants = r->compiled->code.weight_bytes;
    if (!r->firmware) {
        print_figure(out, "Flash, constants alone", str_count(a, constants), "bytes",
                     "code comes on top; the firmware was not built");
        return;
    }
    const size_t code = r->firmware->flash_bytes - constants;
    print_figure(out, "Flash", str_count(a, r->firmware->flash_bytes), "bytes",
                 arena_printf(a, "weights and other constants %s, code %s", str_count(a, constants),
                              str_count(a, code)));
}

static void print_arena(const struct report *r, struct text *out)
{
    struct arena *a = out->arena;
    const struct plan *p = &r->compiled->memory->plan;
    const size_t gap = p->arena_bytes - p->lower_bound;
    const char *more;
    if (gap == 0)
        more = "equal to the lower bound: no plan of these steps needs less";
    else
        more = arena_printf(
            a, "%s more than the lower bound of %s (%.1f %%); %s", str_count(a, gap),
            str_count(a, p->lower_bound), 100.0 * (double)gap / (double)p->lower_bound,
            p->optimal ? "searched to the end: no plan needs less" : "perhaps not the smallest");
    print_figure(out, "Arena in RAM", str_count(a, p->arena_bytes), "bytes",
                 p->state_bytes ? arena_printf(a, "%s; %s are kept from call to call", more,
                                               str_count(a, p->state_bytes))
                                : more);
}

/* The worst case, and what one run took of it. */
static void print_stack(const struct report *r, struct text *out)
{
    struct arena *a = out->arena;
    const struct firmware_stack *stack = r->firmware ? &r->firmware->stacks[0] : NULL;
    const char *used = r->run && r->run->stack_bytes
                           ? arena_printf(a, "%s in this run", str_count(a, r->run->stack_bytes))
                           : "";
    if (stack && !stack->unknown)
        print_figure(out, "Stack in RAM, at worst", str_count(a, stack->bytes), "bytes",
                     arena_printf(a, "by call graph, interrupts not counted%s%s",
                                  used[0] ? "; " : "", used));
    else if (used[0])
        print_figure(out, "Stack in RAM", str_count(a, r->run->stack_bytes), "bytes",
                     "high-water mark of one inference; the worst case is not known");
}

/* "1.28 a MAC, of 12,501,632 MACs" */
static const char *of_macs(struct arena *a, uint64_t n, uint64_t macs)
{
    return macs ? arena_printf(a, "%.2f a MAC, of %s MACs", (double)n / (double)macs,
                               str_count(a, macs))
                : "no multiplications";
}

/* The whole inference as if it were a layer: call and return included. */
static struct layer inference(const struct report *r)
{
    return (struct layer){.instructions = r->run->instructions,
                          .cycles = r->profile ? r->profile->total.cycles : 0};
}

static void print_run(const struct report *r, const struct layers *l, struct text *out)
{
    struct arena *a = out->arena;
    if (!l->counted)
        return;
    const struct layer all = inference(r);
    print_figure(out, "Instructions", str_count(a, all.instructions), "an inference",
                 of_macs(a, all.instructions, l->sum.macs));
    if (report_core(r))
        print_figure(out, "Cycles, predicted", str_count(a, all.cycles), "an inference",
                     of_macs(a, all.cycles, l->sum.macs));
    print_figure(out, arena_printf(a, "Time at %.6g MHz", r->clock_mhz),
                 arena_printf(a, "%.2f", report_ms(r, &all)), "ms",
                 report_core(r)
                     ? arena_printf(a, "of predicted cycles, with %" PRIu32 " wait states of flash",
                                    r->wait_states)
                     : "if every instruction took one cycle; a real core needs somewhat more");
}

static void print_header(const struct report *r, const struct layers *l, struct text *out)
{
    struct arena *a = out->arena;
    text_printf(
        out,
        "<header>\n<p class=\"kicker\">What it costs on %s</p>\n<h1>%s</h1>\n"
        "<p class=\"soft\">%s, emulated. %" PRIu32 " layers in %" PRIu32 " kernel calls.</p>\n"
        "<nav aria-label=\"Sections\"><ul><li><a href=\"#memory\">Memory over time</a></li>"
        "<li><a href=\"#layers\">Layers</a></li>%s<li><a href=\"#graph\">Graph</a></li>"
        "<li><a href=\"#passes\">What the passes did</a></li></ul></nav>\n",
        r->target->name, html(a, r->source->name), r->target->core, r->compiled->graph->nodes.n,
        l->n, l->counted ? "<li><a href=\"#classes\">Instructions by class</a></li>" : "");
    if (r->not_measured)
        text_printf(out, "<p class=\"warning\" role=\"note\">%s</p>\n", html(a, r->not_measured));
    for (uint32_t i = 0; i < r->source->notes.n; i++)
        text_printf(out, "<p class=\"warning\" role=\"note\">%s</p>\n",
                    html(a, r->source->notes.items[i]));
    text_add(out, "<dl class=\"figures\">\n");
    print_flash(r, out);
    print_arena(r, out);
    print_stack(r, out);
    print_run(r, l, out);
    text_add(out, "</dl>\n</header>\n");
}

static const char *signed_count(struct arena *a, int64_t n)
{
    return n < 0 ? arena_printf(a, "&#8722;%s", str_count(a, (uint64_t)-n))
                 : str_count(a, (uint64_t)n);
}

static void print_size(struct text *out, const char *what, const struct size *s)
{
    struct arena *a = out->arena;
    text_printf(out,
                "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                what, signed_count(a, s->n_nodes), signed_count(a, s->macs),
                signed_count(a, s->weight_bytes), signed_count(a, s->bias_bytes));
}

static bool is_saving(const struct saving *s)
{
    return s->size.n_nodes || s->size.macs || s->size.weight_bytes || s->size.bias_bytes;
}

void page_passes(const struct report *r, struct text *out)
{
    const struct size before = graph_size(r->source), after = graph_size(r->compiled->graph);
    text_add(out, "<section id=\"passes\" aria-labelledby=\"passes-title\">\n"
                  "<h2 id=\"passes-title\">What the passes did</h2>\n"
                  "<p class=\"soft\">They rewrite the graph and keep every byte of its results. A "
                  "pass that found nothing is left out.</p>\n"
                  "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Passes\">"
                  "<table><thead><tr><td></td><th scope=\"col\">layers</th>"
                  "<th scope=\"col\">MACs</th><th scope=\"col\">weights, bytes</th>"
                  "<th scope=\"col\">biases, bytes</th></tr></thead><tbody>\n");
    print_size(out, "source model", &before);
    for (uint32_t i = 0; i < N_PASSES; i++)
        if (is_saving(&r->savings[i]))
            print_size(out,
                       arena_printf(out->arena, "saved by <code>%s</code>", r->savings[i].pass),
                       &r->savings[i].size);
    text_add(out, "</tbody><tfoot>\n");
    print_size(out, "compiled", &after);
    text_add(out, "</tfoot></table></div>\n</section>\n");
}

void report_html(const struct report *r, struct text *out)
{
    const struct layers l = layers_of(out->arena, r);
    text_printf(out,
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" "
                "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                "<title>%s on %s</title>\n<style>\n%s</style>\n</head>\n<body>\n",
                html(out->arena, r->source->name), r->target->name, page_style);
    print_header(r, &l, out);
    text_add(out, "<main>\n");
    page_memory(r, out);
    page_layers(r, &l, out);
    page_classes(r, &l, out);
    page_graph(r, out);
    page_passes(r, out);
    text_printf(out,
                "</main>\n<footer><p>Made by mote %s. Instructions are those of the emulated "
                "board with an input of zeros; they are not cycles, and cycles are predicted. "
                "Energy is not stated: the emulator does not know it.</p></footer>\n</body>\n"
                "</html>\n",
                r->version);
}
