/* page_layers.c - the table of layers: what each costs, in numbers and as bars.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "report/html.h"

/* Per cent of the largest, for a bar. */
static double share(uint64_t n, uint64_t max)
{
    return max ? 100.0 * (double)n / (double)max : 0.0;
}

static void print_head(const struct report *r, const struct layers *l, struct text *out)
{
    text_add(out, "<thead><tr><th scope=\"col\">#</th><th scope=\"col\" class=\"left\">layer</th>");
    if (l->counted)
        text_printf(out,
                    "<th scope=\"col\">instructions</th><th scope=\"col\">ms at %.6g MHz</th>"
                    "<th scope=\"col\">a MAC</th>",
                    r->clock_mhz);
    text_add(out, "<th scope=\"col\">MACs</th><th scope=\"col\">output</th>"
                  "<th scope=\"col\">constants</th><th scope=\"col\">arena</th></tr></thead>\n");
}

/* The columns that need a run; `share` is of the largest, in per cent. */
static void print_counted(const struct report *r, const struct layer *one, double share,
                          struct text *out)
{
    text_printf(
        out, "<td class=\"bar\" style=\"--share:%.1f%%\">%s</td><td>%.3f</td><td>%s</td>", share,
        str_count(out->arena, one->instructions), report_ms(r, one),
        one->macs ? arena_printf(out->arena, "%.2f", (double)one->instructions / (double)one->macs)
                  : "&#8211;");
}

static void print_layer(const struct report *r, const struct layers *l, uint32_t i,
                        struct text *out)
{
    struct arena *a = out->arena;
    const struct layer *one = &l->items[i];
    const char *origin = one->node->origin ? one->node->origin : "";
    char shape[SHAPE_TEXT];
    text_printf(out,
                "<tr id=\"step-%" PRIu32 "\"><th scope=\"row\">%" PRIu32 "</th>"
                "<td class=\"left\">%s<small title=\"%s\" class=\"soft\">%s</small></td>",
                i, i, one->kernel, html(a, origin), html(a, origin_short(a, origin)));
    if (l->counted)
        print_counted(r, one, share(one->instructions, l->max.instructions), out);
    text_printf(out,
                "<td class=\"bar macs\" style=\"--share:%.1f%%\">%s</td><td>%s</td><td>%s</td>"
                "<td>%s</td></tr>\n",
                share(one->macs, l->max.macs), str_count(a, one->macs),
                shape_text(&one->out->shape, shape), str_count(a, one->const_bytes),
                str_count(a, one->live_bytes));
}

static void print_foot(const struct report *r, const struct layers *l, struct text *out)
{
    struct arena *a = out->arena;
    text_add(out, "<tfoot><tr><td></td><th scope=\"row\" class=\"left\">all layers</th>");
    if (l->counted)
        print_counted(r, &l->sum, 0, out);
    text_printf(out, "<td>%s</td><td></td><td>%s</td><td>%s</td></tr></tfoot>\n",
                str_count(a, l->sum.macs), str_count(a, l->sum.const_bytes),
                str_count(a, l->max.live_bytes));
}

void page_layers(const struct report *r, const struct layers *l, struct text *out)
{
    text_add(out, "<section id=\"layers\" aria-labelledby=\"layers-title\">\n"
                  "<h2 id=\"layers-title\">Layers</h2>\n<p class=\"soft\">One row a kernel call, "
                  "in the order in which they run. Under its name stand the operators of the "
                  "source model that it computes. Constants are its bytes in flash; arena, the "
                  "bytes that must be alive while it runs.");
    if (l->counted)
        text_add(out,
                 report_core(r)
                     ? " Instructions are exact and repeat. Times are those of predicted cycles."
                     : " Instructions are exact and repeat. Times take each for one cycle; a "
                       "real core takes longer for some.");
    text_add(out, "</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                  "aria-label=\"Layers\"><table>\n");
    print_head(r, l, out);
    text_add(out, "<tbody>\n");
    for (uint32_t i = 0; i < l->n; i++)
        print_layer(r, l, i, out);
    text_add(out, "</tbody>\n");
    print_foot(r, l, out);
    text_add(out, "</table></div>\n</section>\n");
}
