/* test_int4.c - what weights of 4 bits take in flash. SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"
#include "check.h"
#include "compile.h"
#include "import/tflite.h"
#include "import/tiny_tflite.h"

#define CHANNELS  128
#define N_WEIGHTS (CHANNELS * CHANNELS)

/* x [1,4,4,128] -> CONV_2D 1x1 -> y [1,4,4,128]. */
static struct tiny pointwise(void)
{
    static int32_t bias[CHANNELS];
    struct tiny m = tiny_conv();
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 1, 4, 4, CHANNELS);
    m.tensor[1] = TINY_S8("w", 0.25f, 0, CHANNELS, 1, 1, CHANNELS);
    m.tensor[1].buffer = 1;
    m.tensor[2].dim[0] = CHANNELS;
    m.tensor[3] = TINY_S8("y", 4.0f, -3, 1, 4, 4, CHANNELS);
    m.buffer[2] = (struct tiny_buffer){bias, sizeof bias, 0, 0};
    return m;
}

/* x [1,128] -> FULLY_CONNECTED -> y [1,128], without a bias. */
static struct tiny dense(void)
{
    struct tiny m = tiny_unary(TFL_FULLY_CONNECTED, TINY_S8("y", 4.0f, -3, 1, CHANNELS));
    m.n_tensors = 3;
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 1, CHANNELS);
    m.tensor[2] = TINY_S8("w", 0.25f, 0, CHANNELS, CHANNELS);
    m.tensor[2].buffer = 1;
    m.n_buffers = 2;
    m.op[0].n_in = 2;
    m.op[0].in[1] = 2;
    m.op[0].options_type = OPTIONS_FC;
    return m;
}

/* The model with these weights. */
static struct tiny with_weights(const struct tiny *model, uint8_t type, const void *w,
                                uint32_t bytes)
{
    struct tiny m = *model;
    m.tensor[m.op[0].in[1]].type = type;
    m.buffer[1] = (struct tiny_buffer){w, bytes, 0, 0};
    return m;
}

static size_t flash_of(struct arena *a, const struct target *t, enum objective objective,
                       const struct tiny *m)
{
    struct diag d = {0};
    struct compiled c;
    struct firmware fw;
    struct graph *g = tflite_read(a, tiny_write(a, m), "tiny.tflite", &d);
    struct choice choice = target_choice(t);
    choice.objective = objective;
    if (!g || !compile(a, g, "tiny", &choice, &c, &d) || !compile_firmware(a, &c, t, NULL, &fw, &d))
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return fw.flash_bytes;
}

/* Weights of -7 to 7, two of the file in a byte; and as int8, where one is too large for four bits. */
static void check_board(const char *board, enum objective objective, const struct tiny *model)
{
    uint8_t nibbles[N_WEIGHTS / 2] = {0}, bytes[N_WEIGHTS];
    const struct target *t = target_find(board);
    if (!process_found(t->compiler))
        test_skip(t->package);
    struct arena *a = arena_new("int4");
    struct rng r = rng_seed(4);
    for (size_t i = 0; i < N_WEIGHTS; i++) {
        const uint32_t w = rng_below(&r, 15) - 7;
        bytes[i] = (uint8_t)w;
        nibbles[i / 2] = (uint8_t)(nibbles[i / 2] | (w & 15) << 4 * (i % 2));
    }
    bytes[0] = 8;
    const struct tiny narrow = with_weights(model, TFL_INT4, nibbles, sizeof nibbles);
    const struct tiny wide = with_weights(model, TFL_INT8, bytes, sizeof bytes);
    const size_t of_4 = flash_of(a, t, objective, &narrow);
    const size_t of_8 = flash_of(a, t, objective, &wide);
    if (of_4 + N_WEIGHTS / 2 > of_8 + 1024) /* kernels differ in size */
        test_fail(__FILE__, __LINE__, "%s: %zu bytes with int4, %zu with int8", board, of_4, of_8);
    arena_free(a);
}

/* Balanced takes the kernel of int8 there: it is more than twice as fast. */
TEST(weights_of_int4_take_half_the_flash_in_portable_c_if_size_counts)
{
    const struct tiny m = pointwise();
    check_board("rv32imc", OPTIMIZE_SIZE, &m);
}

TEST(weights_of_int4_take_half_the_flash_on_a_cortex_m3)
{
    const struct tiny m = pointwise();
    check_board("cortex-m3", OPTIMIZE_BALANCED, &m);
}

TEST(dense_weights_of_int4_take_half_the_flash_on_a_cortex_m4)
{
    const struct tiny m = dense();
    check_board("cortex-m4", OPTIMIZE_BALANCED, &m);
}

TEST(weights_of_int4_take_half_the_flash_with_helium)
{
    const struct tiny conv = pointwise(), fc = dense();
    check_board("cortex-m55", OPTIMIZE_BALANCED, &conv);
    check_board("cortex-m55", OPTIMIZE_BALANCED, &fc);
}

TEST_MAIN(T(weights_of_int4_take_half_the_flash_in_portable_c_if_size_counts),
          T(weights_of_int4_take_half_the_flash_on_a_cortex_m3),
          T(dense_weights_of_int4_take_half_the_flash_on_a_cortex_m4),
          T(weights_of_int4_take_half_the_flash_with_helium))
