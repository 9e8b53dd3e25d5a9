/* page_memory.c - memory over time: steps from left to right, addresses upward, one rectangle a
 * buffer. SPDX-License-Identifier: Apache-2.0
 *
 * Horizontal positions are per cent, so that text keeps its size at any width; vertical ones are
 * pixels. page.css relies on the heights. */
#include <inttypes.h>

#include "report/html.h"

#define PLOT_HEIGHT   360 /* pixels for the whole arena                                */
#define N_Y_TICKS     4
#define N_X_TICKS_MAX 12
#define TIP_HEIGHT    98  /* for what is known of a buffer, below the plot                */
#define NUMBER_SHARE  2.0 /* per cent of the width that a step must have for numbers        */
#define NUMBER_NARROW 6.0 /* the same in a narrow window                                  */
#define NUMBER_HEIGHT 14  /* pixels                                                     */

enum role { ROLE_VALUE, ROLE_INPUT, ROLE_OUTPUT, ROLE_STATE, ROLE_SCRATCH, N_ROLES };
static const char *const role_class[N_ROLES] = {"value", "input", "output", "state", "scratch"};
static const char *const role_text[N_ROLES] = {"between layers", "model input", "model output",
                                               "state, kept from call to call",
                                               "working memory of a kernel"};

struct picture {
    struct arena *a;
    struct text *out;
    const struct memory_plan *m;
    const struct program *p;
    uint32_t n_turns; /* columns: a cascade is one, any other step is one */
    enum role *role;  /* [buffers] */
};

static enum role *roles_of(struct arena *a, const struct memory_plan *m, const struct program *p)
{
    const struct graph *g = p->graph;
    enum role *role = ARENA_ARRAY(a, enum role, m->n_buffers);
    for (uint32_t i = 0; i < p->n_steps; i++)
        if (m->buffer_of_scratch[i] != UINT32_MAX)
            role[m->buffer_of_scratch[i]] = ROLE_SCRATCH;
    for (uint32_t i = 0; i < g->inputs.n; i++)
        if (m->buffer_of_tensor[g->inputs.items[i]] != UINT32_MAX)
            role[m->buffer_of_tensor[g->inputs.items[i]]] = ROLE_INPUT;
    for (uint32_t i = 0; i < g->outputs.n; i++)
        if (m->buffer_of_tensor[g->outputs.items[i]] != UINT32_MAX)
            role[m->buffer_of_tensor[g->outputs.items[i]]] = ROLE_OUTPUT;
    for (uint32_t i = 0; i < m->n_buffers; i++)
        if (m->buffers[i].is_state)
            role[i] = ROLE_STATE;
    return role;
}

static double x_of(const struct picture *pic, uint32_t step)
{
    return 100.0 * step / pic->n_turns;
}

/* Address 0 lies at the bottom. */
static double y_of(const struct picture *pic, size_t address)
{
    return PLOT_HEIGHT - (double)PLOT_HEIGHT * (double)address / (double)pic->m->plan.arena_bytes;
}

/* A rectangle over steps first..last and addresses low..high. */
static void print_box(const struct picture *pic, const char *class, uint32_t first, uint32_t last,
                      size_t low, size_t high)
{
    text_printf(pic->out,
                "<rect class=\"%s\" x=\"%.3f%%\" y=\"%.2f\" width=\"%.3f%%\" height=\"%.2f\"",
                class, x_of(pic, first), y_of(pic, high), x_of(pic, last + 1) - x_of(pic, first),
                y_of(pic, low) - y_of(pic, high));
}

static const char *buffer_words(struct arena *a, const struct plan_buffer *b, size_t offset)
{
    const char *steps = b->first == b->last
                            ? arena_printf(a, "step %" PRIu32, b->first)
                            : arena_printf(a, "steps %" PRIu32 " to %" PRIu32, b->first, b->last);
    return arena_printf(a, "%s bytes at %s, %s", str_count(a, b->bytes), str_count(a, offset),
                        steps);
}

/* Buffers between layers have two shades in turn, so that neighbours differ. */
static const char *class_of(const struct picture *pic, uint32_t i)
{
    return pic->role[i] == ROLE_VALUE && i % 2 ? "value odd" : role_class[pic->role[i]];
}

/* One buffer: its box, and what shows when it is pointed at. */
static void print_buffer(const struct picture *pic, uint32_t i)
{
    const struct plan_buffer *b = &pic->m->buffers[i];
    const size_t at = pic->m->plan.offset[i];
    const char *words = buffer_words(pic->a, b, at);
    const char *name = html(pic->a, origin_short(pic->a, b->name));
    text_printf(pic->out,
                "<g class=\"buffer\" id=\"buffer-%" PRIu32
                "\" tabindex=\"0\" role=\"img\" aria-label=\"%s: %s\"><title>%s: %s</title>",
                i, name, words, name, words);
    print_box(pic, arena_printf(pic->a, "box %s", class_of(pic, i)), b->first, b->last, at,
              at + b->bytes);
    text_printf(pic->out,
                "/><foreignObject class=\"tip\" x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\">"
                "<div><b>%" PRIu32 "</b> %s, %s<br>%s</div></foreignObject></g>\n",
                PLOT_HEIGHT + 26, TIP_HEIGHT, i, words, role_text[pic->role[i]], name);
}

/* The number of a buffer where there is room. Its middle is its own: it is shared at its ends. */
static void print_number(const struct picture *pic, uint32_t i)
{
    const struct plan_buffer *b = &pic->m->buffers[i];
    const size_t at = pic->m->plan.offset[i];
    const double width = x_of(pic, b->last + 1) - x_of(pic, b->first);
    const double height = y_of(pic, at) - y_of(pic, at + b->bytes);
    const double step_width = x_of(pic, 1); /* neighbours are at least that far apart */
    if (step_width < NUMBER_SHARE || height < NUMBER_HEIGHT)
        return;
    text_printf(pic->out,
                "<text class=\"number%s\" data-buffer=\"%" PRIu32
                "\" x=\"%.3f%%\" y=\"%.2f\">%" PRIu32 "</text>\n",
                step_width < NUMBER_NARROW ? " narrow-off" : "", i, x_of(pic, b->first) + width / 2,
                y_of(pic, at) - height / 2 + 4, i);
}

/* The shared bytes of two buffers in one step. `young` is written over what has been read of
 * `old`: from below when it lies lower, else from above. The box of young was drawn; old keeps a
 * triangle of it, which shrinks while the step goes on. */
static void print_shared(const struct picture *pic, uint32_t old, uint32_t young, uint32_t step)
{
    const struct memory_plan *m = pic->m;
    const size_t at = m->plan.offset[old], with = m->plan.offset[young];
    const size_t end = at + m->buffers[old].bytes, with_end = with + m->buffers[young].bytes;
    const size_t low = at > with ? at : with, high = end < with_end ? end : with_end;
    if (low >= high)
        return;
    text_printf(pic->out,
                "<svg class=\"shared\" x=\"%.3f%%\" y=\"%.2f\" width=\"%.3f%%\" height=\"%.2f\" "
                "viewBox=\"0 0 1 1\" preserveAspectRatio=\"none\"><path class=\"%s\" "
                "d=\"%s\"/></svg>\n",
                x_of(pic, step), y_of(pic, high), x_of(pic, step + 1) - x_of(pic, step),
                y_of(pic, low) - y_of(pic, high), class_of(pic, old),
                with < at ? "M0 1V0H1z" : "M0 0V1H1z");
}

static void print_all_shared(const struct picture *pic)
{
    const struct memory_plan *m = pic->m;
    uint32_t *live = ARENA_ARRAY(pic->a, uint32_t, m->n_buffers);
    for (uint32_t step = 0; step < pic->n_turns; step++) {
        uint32_t n_live = 0;
        for (uint32_t i = 0; i < m->n_buffers; i++)
            if (m->buffers[i].first <= step && step <= m->buffers[i].last)
                live[n_live++] = i;
        for (uint32_t k = 0; k < n_live; k++)
            for (uint32_t j = 0; j < n_live; j++)
                if (m->buffers[live[j]].first < m->buffers[live[k]].first)
                    print_shared(pic, live[j], live[k], step);
    }
}

/* A mark a step at the fewest bytes that could hold what lives then. */
static void print_live(const struct picture *pic)
{
    const struct memory_plan *m = pic->m;
    for (uint32_t i = 0; i < pic->n_turns; i++) {
        const double y = y_of(pic, plan_live_bytes(m->buffers, m->n_buffers, i));
        text_printf(pic->out,
                    "<line class=\"live\" x1=\"%.3f%%\" x2=\"%.3f%%\" y1=\"%.2f\" y2=\"%.2f\"/>\n",
                    x_of(pic, i), x_of(pic, i + 1), y, y);
    }
}

static void print_step_numbers(const struct picture *pic)
{
    uint32_t every = 1;
    while (pic->n_turns / every >= N_X_TICKS_MAX)
        every *= every == 1 || every % 10 == 0 ? 5 : 2; /* 1, 5, 10, 50, ... */
    for (uint32_t i = 0; i < pic->n_turns; i += every)
        text_printf(pic->out,
                    "<text x=\"%.3f%%\" y=\"%d\" text-anchor=\"middle\">%" PRIu32 "</text>\n",
                    (x_of(pic, i) + x_of(pic, i + 1)) / 2, PLOT_HEIGHT + 16, i);
}

static void print_axis(const struct picture *pic)
{
    text_add(pic->out, "<div class=\"axis\"><svg aria-hidden=\"true\">\n");
    for (uint32_t k = 0; k <= N_Y_TICKS; k++) {
        const size_t address = pic->m->plan.arena_bytes * k / N_Y_TICKS;
        text_printf(pic->out, "<text x=\"100%%\" y=\"%.2f\" text-anchor=\"end\">%s</text>\n",
                    y_of(pic, address) + (k == N_Y_TICKS ? 9
                                          : k == 0       ? 0
                                                         : 4),
                    str_count(pic->a, address));
    }
    text_printf(pic->out, "<text x=\"100%%\" y=\"%d\" text-anchor=\"end\">step</text>\n",
                PLOT_HEIGHT + 16);
    text_add(pic->out, "</svg></div>\n");
}

static void print_plot(const struct picture *pic)
{
    text_printf(pic->out,
                "<div class=\"plot\"><svg role=\"group\" aria-label=\"Buffers over %" PRIu32
                " steps in an arena of %s bytes; the table below has the same\">\n",
                pic->n_turns, str_count(pic->a, pic->m->plan.arena_bytes));
    for (uint32_t k = 0; k <= N_Y_TICKS; k++)
        text_printf(pic->out, "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>\n",
                    PLOT_HEIGHT * k / N_Y_TICKS, PLOT_HEIGHT * k / N_Y_TICKS);
    print_step_numbers(pic);
    text_printf(pic->out,
                "<foreignObject class=\"idle\" x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\">"
                "<div class=\"soft\">Point at a buffer, or tap it, to see what it "
                "is.</div></foreignObject>\n",
                PLOT_HEIGHT + 26, TIP_HEIGHT);
    for (uint32_t i = 0; i < pic->m->n_buffers; i++)
        if (pic->m->buffers[i].bytes > 0)
            print_buffer(pic, i);
    print_all_shared(pic);
    print_live(pic);
    for (uint32_t i = 0; i < pic->m->n_buffers; i++)
        print_number(pic, i);
    text_add(pic->out, "</svg></div>\n");
}

static void print_legend(const struct picture *pic)
{
    bool used[N_ROLES] = {false};
    for (uint32_t i = 0; i < pic->m->n_buffers; i++)
        used[pic->role[i]] = true;
    text_add(pic->out, "<ul class=\"legend\">\n");
    for (uint32_t k = 0; k < N_ROLES; k++)
        if (used[k])
            text_printf(pic->out,
                        "<li><svg aria-hidden=\"true\"><rect class=\"%s\" width=\"14\" "
                        "height=\"14\"/></svg>%s</li>\n",
                        role_class[k], role_text[k]);
    text_add(pic->out,
             "<li><svg aria-hidden=\"true\" viewBox=\"0 0 14 14\"><path class=\"value\" "
             "d=\"M0 0H14L0 14z\"/><path class=\"value odd\" d=\"M14 0V14H0z\"/></svg>"
             "the one written over what has been read of the other</li>\n"
             "<li><svg aria-hidden=\"true\"><line class=\"live\" x1=\"0\" x2=\"14\" y1=\"7\" "
             "y2=\"7\"/></svg>the fewest bytes that could hold this step</li>\n</ul>\n");
}

static void print_table(const struct picture *pic)
{
    text_printf(pic->out,
                "<details><summary>All %" PRIu32 " buffers as a table</summary>\n"
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Buffers\">"
                "<table id=\"buffers\"><thead><tr><th scope=\"col\">#</th>"
                "<th scope=\"col\">bytes</th><th scope=\"col\">at</th>"
                "<th scope=\"col\">steps</th><th scope=\"col\" class=\"left\">what</th>"
                "<th scope=\"col\" class=\"left\">name</th></tr></thead><tbody>\n",
                pic->m->n_buffers);
    for (uint32_t i = 0; i < pic->m->n_buffers; i++) {
        const struct plan_buffer *b = &pic->m->buffers[i];
        text_printf(pic->out,
                    "<tr><th scope=\"row\">%" PRIu32 "</th><td>%s</td><td>%s</td>"
                    "<td>%" PRIu32 "&#8211;%" PRIu32 "</td><td class=\"left\">%s</td>"
                    "<td class=\"left\"><small>%s</small></td></tr>\n",
                    i, str_count(pic->a, b->bytes), str_count(pic->a, pic->m->plan.offset[i]),
                    b->first, b->last, role_text[pic->role[i]], html(pic->a, b->name));
    }
    text_add(pic->out, "</tbody></table></div></details>\n");
}

void page_memory(const struct report *r, struct text *out)
{
    const struct memory_plan *m = r->compiled->memory;
    const struct program *p = r->compiled->program;
    const struct picture pic = {.a = out->arena,
                                .out = out,
                                .m = m,
                                .p = p,
                                .n_turns = p->n_steps ? program_turns(p) : 1,
                                .role = roles_of(out->arena, m, p)};
    text_add(out, "<section id=\"memory\" aria-labelledby=\"memory-title\">\n"
                  "<h2 id=\"memory-title\">Memory over time</h2>\n"
                  "<p class=\"soft\">Steps go from left to right, addresses upward. Whatever "
                  "stands above one another is alive at the same time.</p>\n");
    if (m->plan.arena_bytes == 0) {
        text_add(out, "<p>The model needs no arena.</p>\n</section>\n");
        return;
    }
    print_legend(&pic);
    text_add(out, "<figure class=\"memory\">\n");
    print_axis(&pic);
    print_plot(&pic);
    text_add(out, "</figure>\n");
    print_table(&pic);
    text_add(out, "</section>\n");
}
