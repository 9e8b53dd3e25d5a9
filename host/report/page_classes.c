/* page_classes.c - instructions by class and predicted cycles, a pair of bars for every layer.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All bars have one scale, so that lengths compare between layers: what a layer executes is the upper
 * bar, in colours; the cycles that it takes are the lower. */
#include <inttypes.h>

#include "report/html.h"

static double per_cent(uint64_t n, uint64_t of)
{
    return of ? 100.0 * (double)n / (double)of : 0.0;
}

/* What the whole width of a bar stands for. */
static uint64_t scale_of(const struct layers *l)
{
    return l->max.cycles > l->max.instructions ? l->max.cycles : l->max.instructions;
}

/* "load 26.1 %, store 3.1 %, ..." */
static const char *shares(struct arena *a, const struct cost *c)
{
    struct text t = {.arena = a};
    for (uint32_t k = 0; k < N_CLASSES; k++)
        text_printf(&t, "%s%s %.1f %%", k ? ", " : "", class_names[k],
                    per_cent(c->by_class[k], c->instructions));
    return text_cstr(&t);
}

static void print_bars(const struct layer *one, uint64_t scale, struct text *out)
{
    uint64_t before = 0;
    text_printf(out, "<svg role=\"img\" aria-label=\"%s\">", shares(out->arena, &one->cost));
    for (uint32_t k = 0; k < N_CLASSES; k++) {
        const uint64_t n = one->cost.by_class[k];
        if (n > 0)
            text_printf(out,
                        "<rect class=\"class-%s\" x=\"%.3f%%\" width=\"%.3f%%\" height=\"14\">"
                        "<title>%s %.1f %%</title></rect>",
                        class_names[k], per_cent(before, scale), per_cent(n, scale), class_names[k],
                        per_cent(n, one->cost.instructions));
        before += n;
    }
    if (one->cycles > 0)
        text_printf(out,
                    "<rect class=\"cycles\" y=\"16\" width=\"%.3f%%\" height=\"4\">"
                    "<title>%s cycles</title></rect>",
                    per_cent(one->cycles, scale), str_count(out->arena, one->cycles));
    text_add(out, "</svg>");
}

static const char *per_mac(struct arena *a, uint64_t n, uint64_t macs)
{
    return n && macs ? arena_printf(a, "%.2f", (double)n / (double)macs) : "&#8211;";
}

/* The columns with numbers. */
static void print_numbers(const struct report *r, const struct layer *one, struct text *out)
{
    struct arena *a = out->arena;
    text_printf(out, "<td>%s</td>", str_count(a, one->cost.weighted));
    if (report_core(r))
        text_printf(out, "<td>%s</td><td>%s</td>", str_count(a, one->cycles),
                    per_mac(a, one->cycles, one->macs));
    text_printf(out, "<td>%s</td><td>%s</td></tr>\n", str_count(a, one->cost.loaded),
                str_count(a, one->cost.stored));
}

static void print_row(const struct report *r, const struct layers *l, uint32_t i, struct text *out)
{
    struct arena *a = out->arena;
    const struct layer *one = &l->items[i];
    const char *origin = one->node->origin ? one->node->origin : "";
    text_printf(out,
                "<tr><th scope=\"row\">%" PRIu32 "</th><td class=\"left picture\">%s "
                "<span class=\"soft\" title=\"%s\">%s</span>",
                i, one->kernel, html(a, origin),
                html(a, text_short(a, origin_short(a, origin), 40)));
    print_bars(one, scale_of(l), out);
    text_add(out, "</td>");
    print_numbers(r, one, out);
}

static void print_legend(const struct report *r, struct text *out)
{
    text_add(out, "<ul class=\"legend\">");
    for (uint32_t k = 0; k < N_CLASSES; k++)
        text_printf(out,
                    "<li><svg aria-hidden=\"true\"><rect class=\"class-%s\" width=\"14\" "
                    "height=\"14\"/></svg>%s</li>",
                    class_names[k], class_names[k]);
    if (report_core(r))
        text_add(out, "<li><svg aria-hidden=\"true\"><rect class=\"cycles\" y=\"5\" width=\"14\" "
                      "height=\"4\"/></svg>cycles, predicted</li>");
    text_add(out, "</ul>\n");
}

static void print_table(const struct report *r, const struct layers *l, struct text *out)
{
    text_printf(out,
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                "aria-label=\"Instructions by class\"><table>\n<thead><tr><th scope=\"col\">#</th>"
                "<th scope=\"col\" class=\"left\">instructions by class</th>"
                "<th scope=\"col\">weighted</th>%s<th scope=\"col\">bytes loaded</th>"
                "<th scope=\"col\">bytes stored</th></tr></thead>\n<tbody>\n",
                report_core(r) ? "<th scope=\"col\">cycles</th><th scope=\"col\">a MAC</th>" : "");
    for (uint32_t i = 0; i < l->n; i++)
        print_row(r, l, i, out);
    text_printf(
        out, "</tbody>\n<tfoot><tr><td></td><th scope=\"row\" class=\"left\">all layers: %s</th>",
        shares(out->arena, &l->sum.cost));
    print_numbers(r, &l->sum, out);
    text_add(out, "</tfoot></table></div>\n");
}

void page_classes(const struct report *r, const struct layers *l, struct text *out)
{
    if (!l->counted)
        return;
    text_add(out, "<section id=\"classes\" aria-labelledby=\"classes-title\">\n"
                  "<h2 id=\"classes-title\">Instructions by class</h2>\n");
    if (!r->profile) {
        text_printf(out, "<p class=\"warning\" role=\"note\">%s</p>\n</section>\n",
                    r->not_profiled ? html(out->arena, r->not_profiled) : "Not profiled.");
        return;
    }
    text_add(out,
             "<p class=\"soft\">What each layer executes, counted exactly. Weighted counts a move "
             "of several registers once for each.");
    const struct core *core = report_core(r);
    if (core)
        text_printf(out, " Cycles are predicted: %s; %" PRIu32 " wait states of flash.", core->text,
                    r->wait_states);
    text_add(out, "</p>\n");
    print_legend(r, out);
    print_table(r, l, out);
    text_add(out, "</section>\n");
}
