/* cascade.c - cascades as C: a table of their bands, and a function that asks mote/cascade.h which rows
 * come next. docs/spec/cascade.md is the specification. SPDX-License-Identifier: Apache-2.0 */
#include "sched/cascade.h"
#include "emit/emitter.h"
#include "sched/tiles.h"
#include <string.h>

static uint32_t index_of(const struct emitter *e, const struct cascade *c)
{
    uint32_t i = 0;
    while (e->p->cascades[i] != c)
        i++;
    return i;
}

static size_t band_offset(const struct emitter *e, const struct cascade *c, uint32_t i)
{
    return plan_address(e->m, e->m->buffer_of_band[index_of(e, c)][i]);
}

static void print_band(struct emitter *e, struct text *t, const struct cascade *c, uint32_t tile,
                       uint32_t i)
{
    const struct mote_band b = tile_band(c, tile, i);
    text_printf(t,
                "    {.offset = %zu, .row_bytes = %u, .n_rows = %u, .window = %u, .stripe = %u,\n"
                "     .height = %u, .stride = %u, .pad = %u, .from = {%u, %u}},\n",
                band_offset(e, c, i) + b.offset, (unsigned)b.row_bytes, b.n_rows, b.window,
                b.stripe, b.height, b.stride, b.pad, b.from[0], b.from[1]);
}

static void print_tile(struct emitter *e, struct text *t, const struct cascade *c, uint32_t tile,
                       uint32_t i)
{
    const struct mote_tile v = tile_view(e->p, c, tile, i);
    text_printf(t, "    {.row = %u, .in = %u, .out = %u, .skip = {%u, %u}, .pad_left = %u},\n",
                v.row, v.in, v.out, v.skip[0], v.skip[1], v.pad_left);
}

/* The bands of a cascade, and where it is cut what its tiles have of each. */
static void print_bands(struct emitter *e, struct text *t, const struct cascade *c,
                        const char *name)
{
    const unsigned n = (unsigned)c->n_bands, n_tiles = (unsigned)tiles_count(c);
    text_printf(t, "static const struct mote_band %s_bands[%u] = {\n", name, n_tiles * n);
    for (uint32_t tile = 0; tile < n_tiles; tile++)
        for (uint32_t i = 0; i < n; i++)
            print_band(e, t, c, tile, i);
    text_add(t, "};\n\n");
    if (!c->areas)
        return;
    text_printf(t, "static const struct mote_tile %s_tiles[%u] = {\n", name, n_tiles * n);
    for (uint32_t tile = 0; tile < n_tiles; tile++)
        for (uint32_t i = 0; i < n; i++)
            print_tile(e, t, c, tile, i);
    text_add(t, "};\n\n");
}

/* The const struct of a kernel that may stand in a cascade. */
static const char *struct_of(const struct kernel *kernel)
{
    static const char *const types[][2] = {
        {"conv2d", "mote_conv2d_s8"},
        {"depthwise_conv2d", "mote_depthwise_conv2d_s8"},
        {"pool2d", "mote_pool2d_s8"},
        {"add", "mote_add_s8"},
        {"lut", "mote_lut_s8"},
        {"requantize", "mote_requantize_s8"},
        {"quantize", "mote_quantize_f32"},
        {"weighted_f32", "mote_window_f32"},
        {"window_f32", "mote_window_f32"},
        {"unary_f32", "mote_unary_f32"},
    };
    uint32_t i = 0;
    while (strcmp(types[i][0], kernel->args) != 0) {
        i++;
        assert(i < sizeof types / sizeof types[0]);
    }
    return types[i][1];
}

/* Rows that a tile needs of a tensor that lies whole in the arena, counted to the step that reads
 * them first. */
static void print_copied_rows(struct emitter *e, struct text *t, const struct cascade *c,
                              uint32_t i)
{
    uint32_t reader = i + 1;
    while (c->bands[reader].from[0] != i && c->bands[reader].from[1] != i)
        reader++;
    const struct tensor *x = tensor_of(e, c->tensor[i]);
    text_printf(t,
                "/* columns of what is whole */\n"
                "            MOTE_STEP(%uu);\n"
                "            for (uint32_t i = 0; i < s.n_rows; i++)\n"
                "                memcpy(at + s.out + i * bands[%u].row_bytes,\n"
                "                       at + %zu + (s.row + i) * %zuu + tile[%u].skip[0] * %uu,\n"
                "                       bands[%u].row_bytes);\n"
                "            break;\n",
                (unsigned)c->step[reader], (unsigned)i, offset_of(e, c->tensor[i]),
                (size_t)x->shape.dim[2] * c->pixel_bytes[i], (unsigned)i,
                (unsigned)c->pixel_bytes[i], (unsigned)i);
}

/* The kernel's struct for a stripe of band i. */
static void print_stripe_struct(struct emitter *e, struct text *t, const struct cascade *c,
                                uint32_t i)
{
    const uint32_t i_step = c->step[i];
    const struct tensor *y = tensor_of(e, node_of(e, i_step)->out[0]);
    const struct step *step = &e->p->steps[i_step];
    text_printf(t, "{\n            struct %s op = %s_s%u;\n            MOTE_STEP(%uu);\n",
                struct_of(step->kernel), e->name, (unsigned)i_step, (unsigned)i_step);
    if (!step_walks_windows(step)) {
        const uint32_t pixels = c->areas ? 1 : (uint32_t)y->shape.dim[2];
        text_printf(t, "            op.n = s.n_rows * %uu%s;\n",
                    (unsigned)(pixels * c->pixel_bytes[i] / dtype_bytes(y->dtype)),
                    c->areas ? arena_printf(e->a, " * tile[%u].out", (unsigned)i) : "");
        return;
    }
    text_add(t, "            op.in.h = (uint16_t)s.in_rows;\n"
                "            op.out.h = (uint16_t)s.n_rows;\n"
                "            op.pad_top = (uint8_t)s.pad_top;\n");
    if (c->areas)
        text_printf(t,
                    "            op.in.w = tile[%u].in;\n"
                    "            op.out.w = tile[%u].out;\n"
                    "            op.pad_left = tile[%u].pad_left;\n",
                    (unsigned)i, (unsigned)i, (unsigned)i);
}

/* Where a stripe of band i finds its k-th source. */
static const char *source_offset(struct emitter *e, const struct cascade *c, uint32_t i, uint32_t k)
{
    if (c->areas && c->bands[i].height == 1) /* others read all columns that there are */
        return arena_printf(e->a, "s.in[%u] + tile[%u].skip[%u] * %uu", (unsigned)k, (unsigned)i,
                            (unsigned)k, (unsigned)c->pixel_bytes[c->bands[i].from[k]]);
    return arena_printf(e->a, "s.in[%u]", (unsigned)k);
}

/* One stripe of band i: the kernel's struct for these rows, and its call. */
static void print_stripe(struct emitter *e, struct text *t, const struct cascade *c, uint32_t i)
{
    text_printf(t, "        case %u: ", (unsigned)i);
    if (cascade_copies(c, i)) {
        print_copied_rows(e, t, c, i);
        return;
    }
    if (c->step[i] == NO_STEP) {
        text_add(t, "/* the caller's */\n"
                    "            feed->read(feed->context, s.row, s.n_rows, at + s.out);\n"
                    "            break;\n");
        return;
    }
    const uint32_t i_step = c->step[i];
    print_stripe_struct(e, t, c, i);
    const char *in[2];
    const struct site site = {.op = "&op",
                              .in = in,
                              .n_in = n_activations(e, i_step),
                              .out = "s.out",
                              .indent = 3 * BODY_INDENT};
    assert(site.n_in <= 2);
    for (uint32_t k = 0; k < site.n_in; k++)
        in[k] = arena_pointer(e, tensor_of(e, node_of(e, i_step)->in[k])->dtype,
                              source_offset(e, c, i, k), "const ");
    print_kernel_call(e, t, i_step, &site);
    text_add(t, "            break;\n        }\n");
}

void print_cascade(struct emitter *e, struct text *t, const struct cascade *c)
{
    const char *name = arena_printf(e->a, "%s_c%u", e->name, (unsigned)index_of(e, c));
    const char *bands = c->areas ? "bands" : arena_printf(e->a, "%s_bands", name);
    const unsigned n = (unsigned)c->n_bands;
    text_printf(t, "\n/* Steps %u to %u, a few rows at a time%s: mote/cascade.h. */\n",
                (unsigned)c->first_step, (unsigned)(c->first_step + c->n_steps - 1),
                c->areas ? arena_printf(e->a, ", in %u tiles", (unsigned)tiles_count(c)) : "");
    print_bands(e, t, c, name);
    text_printf(t, "static void %s(int8_t *at%s)\n{\n", name,
                c->is_fed  ? ", const struct mote_feed *feed"
                : c->areas ? ", const struct mote_band *bands, const struct mote_tile *tile"
                           : "");
    text_printf(t, "    struct mote_rows rows[%u];\n    struct mote_stripe s;\n", n);
    if (c->areas)
        text_printf(t, "    mote_cascade_begin_tile(bands, tile, %u, rows);\n", n);
    else
        text_printf(t, "    mote_cascade_begin(%s, %u, rows);\n", bands, n);
    text_printf(t,
                "    while (mote_cascade_next(%s, %u, rows, &s)) {\n"
                "        if (s.move_bytes > 0)\n"
                "            memmove(at + %s[s.band].offset, at + s.move_from, "
                "s.move_bytes);\n        switch (s.band) {\n",
                bands, n, bands);
    for (uint32_t i = 0; i < c->n_bands; i++)
        if (c->bands[i].stripe > 0)
            print_stripe(e, t, c, i);
    text_add(t, "        }\n    }\n}\n");
}

void print_cascade_call(struct emitter *e, struct text *t, const struct cascade *c)
{
    const char *name = arena_printf(e->a, "%s_c%u", e->name, (unsigned)index_of(e, c));
    if (c->areas)
        text_printf(t,
                    "\n    for (uint32_t i = 0; i < %u; i += %u)\n"
                    "        %s(at, %s_bands + i, %s_tiles + i);\n",
                    (unsigned)(tiles_count(c) * c->n_bands), (unsigned)c->n_bands, name, name,
                    name);
    else
        text_printf(t, "\n    %s(at%s);\n", name, c->is_fed ? ", feed" : "");
}
