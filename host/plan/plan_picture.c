/* plan_picture.c - memory over time as text.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     arena 48 bytes, lower bound 48: the smallest possible (greedy, 3 buffers)
 *
 *             step  0  1
 *               32  AAACCC
 *               16  BBBBBB
 *                0  BBBBBB
 *             full  ^^^^^^
 *
 * A row is a band of addresses, the highest on top; a column is a step (several, where there are
 * too many). A cell shows the buffer that takes most of it, '.' where nothing lives; where a step
 * writes over its input, one of the two.
 * "full" marks the steps that make the lower bound what it is. A legend follows. */
#include "plan/plan.h"
#include "sched/cascade.h"
#include <ctype.h>

#define BANDS_MAX      24
#define CELL_WIDTH_MAX 3
#define LABEL_WIDTH    14
#define WIDTH_MIN      48
#define FREE           '.'

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct picture {
    const struct memory_plan *m;
    struct text *out;
    uint32_t width;
    const char *unit; /* what a column is: "step", or "turn" where there are cascades */
    uint32_t n_steps, steps_per_column, n_columns, cell_width;
    size_t band_bytes;
    uint32_t n_bands;
    uint32_t *cells; /* [bands][columns] 1 + buffer, 0: free */
};

static char letter_of(uint32_t i_buffer)
{
    return letters[i_buffer % (sizeof letters - 1)];
}

/* How many byte-steps of the cell the buffer takes. */
static uint64_t share(const struct picture *pic, uint32_t i_buffer, uint32_t band, uint32_t column)
{
    const struct plan_buffer *b = &pic->m->buffers[i_buffer];
    const size_t from = pic->m->plan.offset[i_buffer], to = from + b->bytes;
    const size_t low = band * pic->band_bytes, high = low + pic->band_bytes;
    const uint32_t first = column * pic->steps_per_column;
    const uint32_t last = first + pic->steps_per_column - 1;
    if (to <= low || from >= high || b->first > last || b->last < first)
        return 0;
    const size_t bytes = (to < high ? to : high) - (from > low ? from : low);
    const uint32_t steps =
        (b->last < last ? b->last : last) - (b->first > first ? b->first : first) + 1;
    return (uint64_t)bytes * steps;
}

static void paint(struct picture *pic)
{
    for (uint32_t band = 0; band < pic->n_bands; band++)
        for (uint32_t column = 0; column < pic->n_columns; column++) {
            uint64_t most = 0;
            for (uint32_t i = 0; i < pic->m->n_buffers; i++) {
                const uint64_t s = share(pic, i, band, column);
                if (s > most) {
                    most = s;
                    pic->cells[band * pic->n_columns + column] = i + 1;
                }
            }
        }
}

static bool is_visible(const struct picture *pic, uint32_t i_buffer)
{
    for (uint32_t k = 0; k < pic->n_bands * pic->n_columns; k++)
        if (pic->cells[k] == i_buffer + 1)
            return true;
    return false;
}

/* Does a step of the column fill the arena's lower bound? There a smaller arena is impossible. */
static bool is_full(const struct picture *pic, uint32_t column)
{
    const struct memory_plan *m = pic->m;
    for (uint32_t k = 0; k < pic->steps_per_column; k++) {
        const uint32_t step = column * pic->steps_per_column + k;
        if (plan_live_bytes(m->buffers, m->n_buffers, step) == m->plan.lower_bound)
            return true;
    }
    return false;
}

static void print_row_end(struct picture *pic)
{
    while (pic->out->len > 0 && pic->out->data[pic->out->len - 1] == ' ')
        pic->out->data[--pic->out->len] = '\0';
    text_add(pic->out, "\n");
}

/* The number of every step that has room for it and a blank. */
static void print_step_numbers(struct picture *pic)
{
    text_printf(pic->out, "%*s  ", LABEL_WIDTH - 2, pic->unit);
    uint32_t used = 0;
    for (uint32_t column = 0; column < pic->n_columns; column++) {
        if (column * pic->cell_width < used)
            continue;
        char number[16];
        const int len =
            snprintf(number, sizeof number, "%u", (unsigned)(column * pic->steps_per_column));
        if (column * pic->cell_width + (uint32_t)len > pic->n_columns * pic->cell_width)
            break;
        text_printf(pic->out, "%*s%s", (int)(column * pic->cell_width - used), "", number);
        used = column * pic->cell_width + (uint32_t)len;
        text_add(pic->out, " ");
        used++;
    }
    print_row_end(pic);
}

static void print_bands(struct picture *pic)
{
    for (uint32_t band = pic->n_bands; band-- > 0;) {
        text_printf(pic->out, "%*zu  ", LABEL_WIDTH - 2, band * pic->band_bytes);
        for (uint32_t column = 0; column < pic->n_columns; column++) {
            const uint32_t cell = pic->cells[band * pic->n_columns + column];
            const char c = cell ? letter_of(cell - 1) : FREE;
            for (uint32_t k = 0; k < pic->cell_width; k++)
                text_add_bytes(pic->out, &c, 1);
        }
        text_add(pic->out, "\n");
    }
    text_printf(pic->out, "%*s", LABEL_WIDTH, "full  ");
    for (uint32_t column = 0; column < pic->n_columns; column++)
        for (uint32_t k = 0; k < pic->cell_width; k++)
            text_add(pic->out, is_full(pic, column) ? "^" : " ");
    print_row_end(pic);
}

/* One line a buffer; the name comes last and is cut at the width. */
static void print_legend(struct picture *pic)
{
    text_printf(pic->out, "\n   %10s %10s  %10ss  %s\n", "bytes", "at", pic->unit, "name");
    for (uint32_t i = 0; i < pic->m->n_buffers; i++) {
        const struct plan_buffer *b = &pic->m->buffers[i];
        const size_t start = pic->out->len;
        text_printf(pic->out, " %c %10zu %10zu  %5u-%-5u  ", letter_of(i), b->bytes,
                    pic->m->plan.offset[i], (unsigned)b->first, (unsigned)b->last);
        for (const char *c = b->name; *c && pic->out->len - start < pic->width; c++)
            text_add_bytes(pic->out, isprint((unsigned char)*c) ? c : "?", 1);
        print_row_end(pic);
    }
}

static void print_cut(const struct picture *pic, const struct cascade *c)
{
    if (c->cut.strips > 1)
        text_printf(pic->out, ", in %u strips", (unsigned)c->cut.strips);
    if (c->cut.blocks > 1)
        text_printf(pic->out, " of each of %u blocks of rows", (unsigned)c->cut.blocks);
}

/* Which turns are cascades, and what these cost. */
static void print_cascades(const struct picture *pic, const struct program *p)
{
    text_printf(pic->out, "\nA turn is a step, but for\n");
    for (uint32_t i = 0; i < p->n_cascades; i++) {
        const struct cascade *c = p->cascades[i];
        const uint32_t rows = cascade_stripe(c);
        text_printf(pic->out, "  turn %u: steps %u to %u in a cascade, %u row%s at a time%s",
                    (unsigned)program_turn(p, c->first_step), (unsigned)c->first_step,
                    (unsigned)(c->first_step + c->n_steps - 1), (unsigned)rows,
                    rows == 1 ? "" : "s", c->is_fed ? ", fed by the caller" : "");
        print_cut(pic, c);
        text_printf(pic->out, ": %u calls, %llu bytes moved", (unsigned)c->n_calls,
                    (unsigned long long)c->moved_bytes);
        if (c->more_macs > 0)
            text_printf(pic->out, ", %lld MACs twice", (long long)c->more_macs);
        text_add(pic->out, "\n");
    }
    if (program_more_macs(p) > 0)
        text_printf(pic->out, "Tiles compute %.1f %% more MACs than the network has.\n",
                    program_more_macs(p));
}

void plan_picture(const struct program *p, const struct memory_plan *m, uint32_t width,
                  struct text *out)
{
    struct picture pic = {.m = m, .out = out, .width = width < WIDTH_MIN ? WIDTH_MIN : width};
    text_printf(out, "arena %zu bytes, lower bound %zu: ", m->plan.arena_bytes,
                m->plan.lower_bound);
    if (m->plan.optimal)
        text_add(out, "the smallest possible");
    else
        text_printf(out, "at most %zu more than necessary",
                    m->plan.arena_bytes - m->plan.lower_bound);
    text_printf(out, " (%s, %u buffers)\n\n", m->plan.method, (unsigned)m->n_buffers);
    if (m->plan.arena_bytes == 0)
        return;

    const uint32_t columns_max = pic.width - LABEL_WIDTH;
    pic.n_steps = p->n_steps ? program_turns(p) : 1;
    pic.unit = p->n_cascades > 0 ? "turn" : "step";
    pic.steps_per_column = (pic.n_steps + columns_max - 1) / columns_max;
    pic.n_columns = (pic.n_steps + pic.steps_per_column - 1) / pic.steps_per_column;
    pic.cell_width = columns_max / pic.n_columns;
    pic.cell_width = pic.cell_width > CELL_WIDTH_MAX ? CELL_WIDTH_MAX : pic.cell_width;
    const size_t band = (m->plan.arena_bytes + BANDS_MAX - 1) / BANDS_MAX;
    pic.band_bytes = (band + PLAN_ALIGN - 1) / PLAN_ALIGN * PLAN_ALIGN;
    pic.n_bands = (uint32_t)((m->plan.arena_bytes + pic.band_bytes - 1) / pic.band_bytes);
    pic.cells = ARENA_ARRAY(out->arena, uint32_t, (size_t)pic.n_bands * pic.n_columns);

    paint(&pic);
    for (uint32_t i = 0; i < m->n_buffers; i++) /* small ones show at least once */
        if (m->buffers[i].bytes > 0 && !is_visible(&pic, i))
            pic.cells[m->plan.offset[i] / pic.band_bytes * pic.n_columns +
                      m->buffers[i].first / pic.steps_per_column] = i + 1;
    print_step_numbers(&pic);
    print_bands(&pic);
    print_legend(&pic);
    if (p->n_cascades > 0)
        print_cascades(&pic, p);
}
