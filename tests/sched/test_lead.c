/* test_lead.c - leads and trails: by brute force over row orders, and by running the kernels over
 * their own inputs. SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"
#include "call.h"
#include "sched/lead.h"

#define ROWS_MAX   12
#define KERNEL_MAX 5
#define STRIDE_MAX 3
#define PAD_MAX    2

/* One dimension of a window operator. */
struct window {
    uint32_t in, kernel, dilation, stride, pad;
};

/* Output rows, 0 where no whole window fits the padded image. */
static uint32_t out_rows(const struct window *w)
{
    const uint32_t reach = (w->kernel - 1) * w->dilation + 1, padded = w->in + 2 * w->pad;
    return padded < reach ? 0 : (padded - reach) / w->stride + 1;
}

/* Call `check` for every shape with windows that touch the image. */
static void for_all_windows(uint32_t dilation, void (*check)(const struct window *w, void *context),
                            void *context)
{
    struct window w = {.dilation = dilation};
    for (w.kernel = 1; w.kernel <= KERNEL_MAX; w.kernel++)
        for (w.stride = 1; w.stride <= STRIDE_MAX; w.stride++)
            for (w.pad = 0; w.pad <= PAD_MAX && w.pad < w.kernel; w.pad++)
                for (w.in = 1; w.in <= ROWS_MAX; w.in++)
                    if (out_rows(&w) > 0)
                        check(&w, context);
}

enum direction { FORWARD, BACKWARD };

/* Write the output rows over tagged input rows, forward with the input `distance` above the output,
 * backward with the output above the input; after each row, all input rows of its window must be
 * whole, for its bytes come in any order. */
static bool is_safe(const struct window *w, size_t in_row, size_t out_row, enum direction direction,
                    size_t distance)
{
    unsigned char memory[4096] = {0}; /* tags: 1 + input row; 0 is output */
    unsigned char *in = memory + (direction == FORWARD ? distance : 0);
    unsigned char *out = memory + (direction == FORWARD ? 0 : distance);
    const uint32_t n = out_rows(w);
    CHECK(distance + w->in * in_row <= sizeof memory && distance + n * out_row <= sizeof memory);
    for (uint32_t y = 0; y < w->in; y++)
        memset(in + y * in_row, (int)y + 1, in_row);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t r = direction == FORWARD ? i : n - 1 - i;
        memset(out + r * out_row, 0, out_row);
        for (uint32_t k = 0; k < w->kernel; k++) {
            const uint32_t padded = r * w->stride + k * w->dilation;
            if (padded < w->pad || padded - w->pad >= w->in)
                continue;
            const uint32_t y = padded - w->pad;
            for (size_t j = 0; j < in_row; j++)
                if (in[y * in_row + j] != y + 1)
                    return false;
        }
    }
    return true;
}

/* A distance is safe, and one byte less is not; counted where that need not be so. */
static void check_distance(const struct window *w, const struct walk *walk,
                           enum direction direction, uint32_t *n_minimal)
{
    const size_t distance = direction == FORWARD ? walk_lead(walk) : walk_trail(walk);
    const size_t in_row = walk->in_row_bytes, out_row = walk->out_row_bytes;
    CHECK(distance > 0);
    CHECK(is_safe(w, in_row, out_row, direction, distance));
    const bool is_minimal = !is_safe(w, in_row, out_row, direction, distance - 1);
    CHECK(is_minimal || w->dilation > 1);
    *n_minimal += is_minimal;
}

static void check_walk(const struct window *w, void *context)
{
    static const size_t rows[][2] = {{1, 1}, {7, 7}, {8, 4}, {3, 12}, {40, 1}, {1, 40}, {5, 17}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct walk walk = {.in_rows = w->in,
                                  .out_rows = out_rows(w),
                                  .in_row_bytes = rows[i][0],
                                  .out_row_bytes = rows[i][1],
                                  .stride = w->stride,
                                  .pad = w->pad,
                                  .height = (w->kernel - 1) * w->dilation + 1};
        check_distance(w, &walk, FORWARD, context);
        check_distance(w, &walk, BACKWARD, context);
    }
}

TEST(no_row_is_overwritten_before_its_last_read_and_one_byte_less_would)
{
    uint32_t n_minimal = 0;
    for_all_windows(1, check_walk, &n_minimal);
    CHECK(n_minimal > 1000);
}

TEST(dilated_windows_lose_no_row_either)
{
    uint32_t n_minimal = 0;
    for_all_windows(2, check_walk, &n_minimal);
    for_all_windows(3, check_walk, &n_minimal);
    CHECK(n_minimal > 1000);
}

/* ---- tiles: pairs of rows, four columns at a time ---- */

#define IMAGE_MAX 11
#define PIXEL_MAX 12 /* bytes */

/* An image whose input pixels are tagged, over or under its outputs. */
struct tagged {
    const struct mote_conv2d_s8 *op;
    uint8_t memory[2 * IMAGE_MAX * IMAGE_MAX * PIXEL_MAX + 64];
    size_t in, out; /* where they begin */
};

static uint8_t tag_of(const struct mote_conv2d_s8 *op, int32_t y, int32_t x)
{
    return (uint8_t)(1 + y * op->in.w + x);
}

static void write_pixel(uint8_t *to, uint8_t tag, uint32_t channels)
{
    memset(to, tag, channels);
}

/* Are the inputs under outputs y and y + 1, and columns `first` to `end`, whole? */
static bool is_whole(const struct tagged *t, int32_t y, int32_t first, int32_t end)
{
    const struct mote_conv2d_s8 *op = t->op;
    for (int32_t iy = y - op->pad_top; iy < y - op->pad_top + 4; iy++)
        for (int32_t ix = first; ix < end; ix++) {
            if (iy < 0 || iy >= op->in.h || ix < 0 || ix >= op->in.w)
                continue;
            const uint8_t *at = t->memory + t->in + (size_t)(iy * op->in.w + ix) * op->in.c;
            for (uint32_t c = 0; c < op->in.c; c++)
                if (at[c] != tag_of(op, iy, ix))
                    return false;
        }
    return true;
}

/* Go through a pair of rows as conv2d_s8_winograd.c does. */
static bool pass_pair(struct tagged *t, int32_t y)
{
    const struct mote_conv2d_s8 *op = t->op;
    if (!is_whole(t, y, -op->pad_left, 2 - op->pad_left))
        return false;
    for (int32_t x = 0; x < op->out.w; x += 4) {
        if (!is_whole(t, y, x - op->pad_left + 2, x - op->pad_left + 6))
            return false;
        for (int32_t oy = y; oy < y + 2 && oy < op->out.h; oy++)
            for (int32_t ox = x; ox < x + 4 && ox < op->out.w; ox++)
                write_pixel(t->memory + t->out + (size_t)(oy * op->out.w + ox) * op->out.c, 0,
                            op->out.c);
    }
    return true;
}

static bool tiles_are_safe(const struct mote_conv2d_s8 *op, enum direction direction,
                           size_t distance)
{
    struct tagged t = {.op = op};
    const size_t in_bytes = (size_t)op->in.h * op->in.w * op->in.c;
    *(direction == FORWARD ? &t.in : &t.out) = distance;
    CHECK(t.in + in_bytes <= sizeof t.memory);
    CHECK(t.out + (size_t)op->out.h * op->out.w * op->out.c <= sizeof t.memory);
    for (int32_t i = 0; i < op->in.h * op->in.w; i++)
        write_pixel(t.memory + t.in + (size_t)i * op->in.c, tag_of(op, 0, i), op->in.c);
    const int32_t n_pairs = (op->out.h + 1) / 2;
    for (int32_t i = 0; i < n_pairs; i++)
        if (!pass_pair(&t, 2 * (direction == FORWARD ? i : n_pairs - 1 - i)))
            return false;
    return true;
}

/* Safe, and one byte less is not, unless it is 1: then all is read before anything is written. */
static void check_tiles(const struct mote_conv2d_s8 *op)
{
    const struct kernel winograd = {.args = "conv2d", .variant = "winograd"};
    const union kernel_args args = {.conv2d = *op};
    size_t lead, trail;
    CHECK(distances_of_tiles(&winograd, &args, &lead, &trail));
    CHECK(tiles_are_safe(op, FORWARD, lead));
    CHECK(lead == 1 || !tiles_are_safe(op, FORWARD, lead - 1));
    CHECK(tiles_are_safe(op, BACKWARD, trail));
    CHECK(trail == 1 || !tiles_are_safe(op, BACKWARD, trail - 1));
}

TEST(no_tile_overwrites_what_a_later_one_reads_and_one_byte_less_would)
{
    static const uint16_t channels[][2] = {{1, 1}, {4, 4}, {4, 12}, {12, 1}};
    for (uint32_t i = 0; i < IMAGE_MAX * IMAGE_MAX * 4 * 3; i++) {
        const uint16_t *c = channels[i / (IMAGE_MAX * IMAGE_MAX) % 4];
        const uint32_t h = 1 + i % IMAGE_MAX, w = 1 + i / IMAGE_MAX % IMAGE_MAX;
        const uint8_t pad = (uint8_t)(i / (IMAGE_MAX * IMAGE_MAX * 4) % 3);
        const struct window down = {h, 3, 1, 1, pad}, across = {w, 3, 1, 1, pad};
        const struct mote_hwc in = {(uint16_t)h, (uint16_t)w, c[0]};
        const struct mote_hwc out = {(uint16_t)out_rows(&down), (uint16_t)out_rows(&across), c[1]};
        const struct mote_conv2d_s8 op = {.in = in, .out = out, .pad_top = pad, .pad_left = pad};
        if (out.h > 0 && out.w > 0 && out.h <= IMAGE_MAX && out.w <= IMAGE_MAX)
            check_tiles(&op);
    }
}

/* ---- the kernels themselves ---- */

#define CHANNELS_MAX 9
#define COLUMNS_MAX  7
#define BYTES_MAX    16384

struct bench {
    const struct kernel_row *row;
    enum op op;
    struct rng rng;
    size_t in_bytes, out_bytes;
    size_t in_elem, out_elem; /* bytes of one element */
    uint32_t n_cases, n_shorter, n_spoilt, n_spoilt_backward;
    /* Aligned for floats. */
    _Alignas(16) int8_t in[BYTES_MAX], apart[BYTES_MAX], over[2 * BYTES_MAX];
    _Alignas(16) int8_t weights[4 * KERNEL_MAX * KERNEL_MAX * CHANNELS_MAX * CHANNELS_MAX];
    int32_t bias[CHANNELS_MAX], mult[CHANNELS_MAX];
    int32_t shorts[3 * CHANNELS_MAX]; /* the same as records of host/pack/shorts.h */
    int8_t shift[CHANNELS_MAX];
};

static bool is_float(const struct bench *b)
{
    return strcmp(b->row->dtype, "f32") == 0;
}

static void run_on(const struct bench *b, const union kernel_args *args, const void *in, void *out)
{
    const void *second = b->row->constants == SHORTS ? b->shorts : b->bias;
    const struct packed packed[2] = {{.data = b->weights}, {.data = second}};
    const void *inputs[] = {in};
    static _Alignas(16) int8_t scratch[1024];
    const struct call c = {
        .args = args, .in = inputs, .packed = packed, .out = out, .scratch = scratch};
    CHECK(b->row->kernel.scratch(args) <= sizeof scratch);
    run_kernel(b->row->kernel.name, &c);
}

/* Does the kernel give the same bytes with its input and output this far apart? */
static bool is_same_over(struct bench *b, const union kernel_args *args, size_t in_at,
                         size_t out_at)
{
    memset(b->over, 0x55, sizeof b->over);
    memcpy(b->over + in_at, b->in, b->in_bytes);
    run_on(b, args, b->over + in_at, b->over + out_at);
    return memcmp(b->over + out_at, b->apart, b->out_bytes) == 0;
}

/* The kernel apart; with its lead, and half of it; backward with its trail, and half of it. A byte
 * less would not do: kernels that read a row to its end before they write its last byte can do with
 * a little less. */
static void check_kernel(struct bench *b, const union kernel_args *args, size_t n_in, size_t n_out)
{
    const size_t in_bytes = n_in * b->in_elem, out_bytes = n_out * b->out_elem;
    const size_t element = b->in_elem > b->out_elem ? b->in_elem : b->out_elem;
    CHECK(in_bytes <= sizeof b->in && out_bytes <= sizeof b->apart);
    b->in_bytes = in_bytes;
    b->out_bytes = out_bytes;
    run_on(b, args, b->in, b->apart);

    const struct walk w = walk_of(&b->row->kernel, args, b->in_elem, b->out_elem);
    const size_t lead = (walk_lead(&w) + element - 1) / element * element;
    CHECK(lead + in_bytes <= sizeof b->over);
    CHECK(is_same_over(b, args, lead, 0));
    b->n_spoilt += !is_same_over(b, args, lead / 2 / element * element, 0);
    b->n_shorter += lead < out_bytes;
    b->n_cases++;
    if (b->row->placement != EITHER)
        return;
    const size_t trail = (walk_trail(&w) + element - 1) / element * element;
    union kernel_args backward = *args;
    step_go_backward(&b->row->kernel, &backward);
    CHECK(trail + out_bytes <= sizeof b->over);
    CHECK(is_same_over(b, &backward, 0, trail));
    b->n_spoilt_backward += !is_same_over(b, &backward, 0, trail / 2 / element * element);
}

static void check_image(const struct window *w, void *context)
{
    struct bench *b = context;
    const uint32_t columns = w->kernel + rng_below(&b->rng, COLUMNS_MAX - KERNEL_MAX + 1);
    const struct window across = {columns, w->kernel, w->dilation, 1, w->pad};
    if (out_rows(&across) == 0)
        return;
    const bool is_conv = b->op == OP_CONV2D;
    const uint8_t k = (uint8_t)w->kernel, s = (uint8_t)w->stride, p = (uint8_t)w->pad;
    const uint8_t d = (uint8_t)w->dilation;
    const uint16_t in_c = (uint16_t)(1 + rng_below(&b->rng, CHANNELS_MAX));
    const uint16_t out_c = is_conv ? (uint16_t)(1 + rng_below(&b->rng, CHANNELS_MAX)) : in_c;
    const struct mote_hwc in = {(uint16_t)w->in, (uint16_t)columns, in_c};
    const struct mote_hwc out = {(uint16_t)out_rows(w), (uint16_t)out_rows(&across), out_c};
    union kernel_args args = {0};
    if (is_float(b))
        *(is_conv || b->op == OP_DEPTHWISE_CONV2D ? &args.weighted_f32 : &args.window_f32) =
            (struct mote_window_f32){.in = in,
                                     .out = out,
                                     .kh = k,
                                     .kw = k,
                                     .sh = s,
                                     .sw = 1,
                                     .dh = d,
                                     .dw = d,
                                     .pad_top = p,
                                     .pad_left = p};
    else if (is_conv)
        args.conv2d = (struct mote_conv2d_s8){.in = in,
                                              .out = out,
                                              .kh = k,
                                              .kw = k,
                                              .sh = s,
                                              .sw = 1,
                                              .dh = d,
                                              .dw = d,
                                              .pad_top = p,
                                              .pad_left = p,
                                              .in_zero = 3,
                                              .out_min = -128,
                                              .out_max = 127,
                                              .mult = b->mult,
                                              .shift = b->shift};
    else if (b->op == OP_DEPTHWISE_CONV2D)
        args.depthwise_conv2d = (struct mote_depthwise_conv2d_s8){.in = in,
                                                                  .out = out,
                                                                  .multiplier = 1,
                                                                  .kh = k,
                                                                  .kw = k,
                                                                  .sh = s,
                                                                  .sw = 1,
                                                                  .dh = d,
                                                                  .dw = d,
                                                                  .pad_top = p,
                                                                  .pad_left = p,
                                                                  .in_zero = 3,
                                                                  .out_min = -128,
                                                                  .out_max = 127,
                                                                  .mult = b->mult,
                                                                  .shift = b->shift};
    else
        args.pool2d = (struct mote_pool2d_s8){.in = in,
                                              .out = out,
                                              .kh = k,
                                              .kw = k,
                                              .sh = s,
                                              .sw = 1,
                                              .pad_top = p,
                                              .pad_left = p,
                                              .out_min = -128,
                                              .out_max = 127};
    check_kernel(b, &args, (size_t)in.h * in.w * in.c, (size_t)out.h * out.w * out.c);
}

static void check_rows(struct bench *b)
{
    for (uint32_t rows = 1; rows <= ROWS_MAX; rows++)
        for (uint32_t n = 1; n <= CHANNELS_MAX; n++) {
            union kernel_args args = {0};
            if (is_float(b))
                args.fully_connected_f32 = (struct mote_fully_connected_f32){
                    .rows = rows, .in_n = CHANNELS_MAX + 1 - n, .out_n = n};
            else
                args.fully_connected =
                    (struct mote_fully_connected_s8){.rows = rows,
                                                     .in_n = CHANNELS_MAX + 1 - n,
                                                     .out_n = n,
                                                     .out_min = -128,
                                                     .out_max = 127,
                                                     .mult = b->mult,
                                                     .shift = b->shift};
            check_kernel(b, &args, (size_t)rows * (CHANNELS_MAX + 1 - n), (size_t)rows * n);
        }
}

static void check_elements(struct bench *b)
{
    for (uint32_t i = 0; i < 64; i++) {
        const float x = (float)(rng_below(&b->rng, 256)) - 128.0f;
        if (b->op == OP_QUANTIZE)
            memcpy(b->in + i * sizeof x, &x, sizeof x);
    }
    b->in_elem = b->op == OP_QUANTIZE ? sizeof(float) : 1;
    for (uint32_t n = 1; n <= 64; n++) {
        const bool wide = n % 2;
        const union kernel_args args = {.quantize = {.n = n, .scale = 1.0f, .wide = wide}};
        *(b->op == OP_QUANTIZE ? &b->out_elem : &b->in_elem) = wide ? 2 : 1;
        *(b->op == OP_QUANTIZE ? &b->in_elem : &b->out_elem) = sizeof(float);
        check_kernel(b, &args, n, n);
    }
}

/* Integers of all pairs of sizes. */
static void check_sizes(struct bench *b)
{
    for (uint32_t i = 0; i < 9 * 64; i++) {
        const uint8_t in = (uint8_t)(1 << i % 3), out = (uint8_t)(1 << i / 3 % 3);
        union kernel_args args = {0};
        args.requantize_wide = (struct mote_requantize_s32){.n = 1 + i / 9,
                                                            .in_bytes = in,
                                                            .out_bytes = out,
                                                            .out_min = -128,
                                                            .out_max = 127,
                                                            .mult = 1 << 30};
        b->in_elem = in;
        b->out_elem = out;
        check_kernel(b, &args, 1 + i / 9, 1 + i / 9);
    }
}

static void fill_floats(struct rng *r, int8_t *to, size_t bytes)
{
    for (size_t i = 0; i + sizeof(float) <= bytes; i += sizeof(float)) {
        const float x = (float)rng_below(r, 256) - 128.0f;
        memcpy(to + i, &x, sizeof x);
    }
}

/* A bench with random constants and inputs. */
static struct bench *bench_of(struct arena *a, const struct kernel_row *row, enum op op)
{
    struct bench *b = ARENA_NEW(a, struct bench);
    b->row = row;
    b->op = op;
    b->rng = rng_split(test_seed(), op);
    b->in_elem = b->out_elem = is_float(b) ? 4 : strcmp(row->dtype, "s16") == 0 ? 2 : 1;
    for (size_t i = 0; i < sizeof b->in; i++)
        b->in[i] = (int8_t)rng_below(&b->rng, 256);
    for (size_t i = 0; i < sizeof b->weights; i++)
        b->weights[i] = (int8_t)rng_below(&b->rng, 256);
    if (is_float(b)) { /* numbers of which sums are exact, and no NaN */
        fill_floats(&b->rng, b->in, sizeof b->in);
        fill_floats(&b->rng, b->weights, sizeof b->weights);
    }
    for (uint32_t c = 0; c < CHANNELS_MAX; c++) {
        b->bias[c] = (int32_t)rng_below(&b->rng, 1000);
        b->mult[c] = 1 << 30;
        b->shift[c] = -9;
        b->shorts[3 * c] = b->bias[c];
        b->shorts[3 * c + 1] = b->mult[c];
        b->shorts[3 * c + 2] = -b->shift[c];
    }
    return b;
}

static void check_all(struct bench *b)
{
    switch (b->op) {
    case OP_FULLY_CONNECTED:
        check_rows(b);
        break;
    case OP_QUANTIZE:
    case OP_DEQUANTIZE:
        check_elements(b);
        break;
    case OP_RELU:
        check_sizes(b);
        break;
    case OP_CONV2D:
    case OP_DEPTHWISE_CONV2D:
        for_all_windows(2, check_image, b);
        for_all_windows(1, check_image, b);
        break;
    default:
        for_all_windows(1, check_image, b);
    }
}

static enum op op_of(const struct kernel_row *row)
{
    if (strcmp(row->op, "requantize") == 0)
        return OP_RELU; /* one of those that it computes */
    for (enum op op = 0; op < N_OPS; op++)
        if (strcmp(op_name(op), row->op) == 0)
            return op;
    test_fail(__FILE__, __LINE__, "no operator %s", row->op);
}

TEST(kernels_give_the_same_bytes_over_their_own_input)
{
    struct arena *a = arena_new("test");
    uint32_t n_rows, n_tried = 0;
    const struct kernel_row *rows = kernel_rows(&n_rows);
    for (uint32_t i = 0; i < n_rows; i++) {
        if ((rows[i].placement != ROWS && rows[i].placement != EITHER) ||
            rows[i].kernel.isa != ISA_ALL) /* they run on their boards only */
            continue;
        struct bench *b = bench_of(a, &rows[i], op_of(&rows[i]));
        check_all(b);
        printf("  %s: %u cases; lead less than the output: %u; half of it spoils: %u, "
               "backward: %u\n",
               rows[i].kernel.name, b->n_cases, b->n_shorter, b->n_spoilt, b->n_spoilt_backward);
        CHECK(b->n_shorter > 10);
        /* Half a lead is too little, and seen. (To shrink elements works at any distance.) */
        CHECK(b->n_spoilt > 10 || b->op == OP_QUANTIZE);
        CHECK(b->n_spoilt_backward > 10 || rows[i].placement == ROWS);
        n_tried++;
    }
    CHECK(n_tried >= 12);
    arena_free(a);
}

TEST_MAIN(T(no_row_is_overwritten_before_its_last_read_and_one_byte_less_would),
          T(dilated_windows_lose_no_row_either),
          T(no_tile_overwrites_what_a_later_one_reads_and_one_byte_less_would),
          T(kernels_give_the_same_bytes_over_their_own_input))
