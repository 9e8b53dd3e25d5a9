/* test_recurrent.c - svdf and lstm in the graph: text form, rules, ranges, float meaning.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "ir/interp.h"
#include "ir/text.h"

static const char svdf_s8[] =
    "mote 1\n"
    "graph \"svdf\"\n"
    "\n"
    "%0 \"x\" s8 [1,3] quant 0.5:1\n"
    "%1 \"feature\" s8 [4,3] quant 0.25:0 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]\n"
    "%2 \"time\" s16 [4,2] quant 0.5:0 = [1, 2, 3, 4, 5, 6, 7, 8]\n"
    "%3 \"bias\" s32 [2] quant 0.0625:0 = [100, -100]\n"
    "%4 \"past\" s16 [1,8] quant 0.125:0\n"
    "%5 \"y\" s8 [1,2] quant 4:-128\n"
    "%6 \"next\" s16 [1,8] quant 0.125:0\n"
    "\n"
    "input %0\n"
    "output %5\n"
    "state %4, %6\n"
    "\n"
    "%5, %6 = svdf(%0, %1, %2, %3, %4) rank 2 act relu\n";

static const char svdf_f32[] = "mote 1 graph \"g\"\n"
                               "%0 \"x\" f32 [1,2]\n"
                               "%1 \"feature\" f32 [2,2] = [1, 2, 3, 4]\n"
                               "%2 \"time\" f32 [2,2] = [10, 1, 100, -1]\n"
                               "%3 \"bias\" f32 [1] = [0.5]\n"
                               "%4 \"past\" f32 [1,4]\n"
                               "%5 \"y\" f32 [1,1]\n"
                               "%6 \"next\" f32 [1,4]\n"
                               "input %0 output %5 state %4, %6\n"
                               "%5, %6 = svdf(%0, %1, %2, %3, %4) rank 2\n";

static const char lstm_s8[] =
    "mote 1\n"
    "graph \"lstm\"\n"
    "\n"
    "%0 \"x\" s8 [1,3,1] quant 0.5:1\n"
    "%1 \"w\" s8 [4,1,1] quant axis 0 [0.25:0, 0.5:0, 1:0, 2:0] = [1, 2, 3, 4]\n"
    "%2 \"r\" s8 [4,1,1] quant axis 0 [0.25:0, 0.5:0, 1:0, 2:0] = [1, 2, 3, 4]\n"
    "%3 \"b\" s32 [4,1] quant axis 0 [0.125:0, 0.25:0, 0.5:0, 1:0] = [1, 2, 3, 4]\n"
    "%4 \"h\" s8 [1,1] quant 0.0078125:0\n"
    "%5 \"c\" s16 [1,1] quant 0.00048828125:0\n"
    "%6 \"y\" s8 [1,3,1] quant 0.0078125:0\n"
    "%7 \"h2\" s8 [1,1] quant 0.0078125:0\n"
    "%8 \"c2\" s16 [1,1] quant 0.00048828125:0\n"
    "\n"
    "input %0\n"
    "output %6\n"
    "state %4, %7\n"
    "state %5, %8\n"
    "\n"
    "%6, %7, %8 = lstm(%0, %1, %2, %3, %4, %5) clip 10\n";

static const char lstm_f32[] = "mote 1 graph \"g\"\n"
                               "%0 \"x\" f32 [1,2,1]\n"
                               "%1 \"w\" f32 [4,1,1] = [0.5, -0.25, 1, 2]\n"
                               "%2 \"r\" f32 [4,1,1] = [1, 0.5, -1, 0.25]\n"
                               "%3 \"b\" f32 [4,1] = [0.125, 1, 0.5, -0.5]\n"
                               "%4 \"h\" f32 [1,1]\n"
                               "%5 \"c\" f32 [1,1]\n"
                               "%6 \"y\" f32 [1,2,1]\n"
                               "%7 \"h2\" f32 [1,1]\n"
                               "%8 \"c2\" f32 [1,1]\n"
                               "input %0 output %6, %8 state %4, %7 state %5, %8\n"
                               "%6, %7, %8 = lstm(%0, %1, %2, %3, %4, %5) clip 1.5\n";

static struct graph *parse(struct arena *a, const char *text, struct diag *d)
{
    return graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t.ir", d);
}

static struct graph *sound(struct arena *a, const char *text)
{
    struct diag d = {0};
    struct graph *g = parse(a, text, &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return g;
}

TEST(both_print_back_byte_for_byte)
{
    static const char *const texts[] = {svdf_s8, lstm_s8};
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct text out = {.arena = a};
        graph_print(sound(a, texts[i]), &out);
        CHECK_STR(text_cstr(&out), texts[i]);
    }
    arena_free(a);
}

/* The text with one place changed, and what is said of it. */
struct change {
    const char *text, *from, *to, *message;
};

static const char *changed(struct arena *a, const struct change *c)
{
    const char *at = strstr(c->text, c->from);
    CHECK(at);
    return arena_printf(a, "%.*s%s%s", (int)(at - c->text), c->text, c->to, at + strlen(c->from));
}

TEST(what_a_kernel_could_not_do_is_refused)
{
    static const struct change changes[] = {
        {svdf_s8, "rank 2", "rank 3", "rank 3 does not divide 4 filters"},
        {svdf_s8, "rank 2", "rank 0", "rank 0 does not divide 4 filters"},
        {svdf_s8, "rank 2", "rank -2", "rank -2 does not divide 4 filters"},
        {svdf_s8, "s8 [1,3]", "s8 [1,1,3]", "inputs have shape 1x1x3, expected two dimensions"},
        {svdf_s8, "s8 [4,3] quant 0.25:0", "s8 [3,4] quant 0.25:0",
         "weights over the input of shape 3x4, expected 4x3"},
        {svdf_s8, "s16 [4,2]", "s8 [4,2]", "input s8, weights s8 and s8, bias s32, memory s16"},
        {svdf_s8, "quant 0.0625:0 = [100", "quant 0.0626:0 = [100", "bias scale 0.0626"},
        {svdf_s8, "\"next\" s16 [1,8] quant 0.125", "\"next\" s16 [1,8] quant 0.25",
         "differ in type, shape or quantisation"},
        {svdf_s8, "quant 0.25:0 = [1, 2", "quant 0.25:1 = [1, 2",
         "'feature' has zero point 1, expected 0"},
        {svdf_s8, "quant 4:-128", "quant 1e-12:-128", "the output scale is too small: its shift"},
        {lstm_s8, "clip 10", "clip -1", "clip -1 is not finite and >= 0"},
        {lstm_s8, "s8 [4,1,1] quant axis 0 [0.25:0, 0.5:0, 1:0, 2:0] = [1, 2, 3, 4]\n%2",
         "s8 [4,1,1] quant 0.25:0 = [1, 2, 3, 4]\n%2",
         "'w' has 1 scales along axis 0, expected 4 along axis 0"},
        {lstm_s8, "s8 [1,3,1] quant 0.5:1", "s8 [1,1,3] quant 0.5:1",
         "weights over the input of shape 4x1x1, expected 4x1x3"},
        {lstm_s8, "s8 [1,3,1] quant 0.5:1", "s8 [3,1] quant 0.5:1",
         "input and hidden state of rank 2 and 2, expected 3 and 2"},
        {lstm_s8, "\"y\" s8 [1,3,1] quant 0.0078125:0", "\"y\" s8 [1,3,1] quant 0.0078125:1",
         "differ from"},
        {lstm_s8, "[0.125:0, 0.25:0", "[0.125:0, 0.26:0", "of channel 1 is not"},
    };
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct diag d = {0};
        CHECK(!parse(a, changed(a, &changes[i]), &d));
        CHECK_HAS(d.message, changes[i].message);
    }
    arena_free(a);
}

/* Both places where the cell's scale is written. */
static struct graph *with_cell_scale(struct arena *a, const char *scale, struct diag *d)
{
    const struct change first = {lstm_s8, "s16 [1,1] quant 0.00048828125",
                                 arena_printf(a, "s16 [1,1] quant %s", scale), NULL};
    const struct change second = {changed(a, &first), first.from, first.to, NULL};
    return parse(a, changed(a, &second), d);
}

TEST(the_scale_of_a_cell_is_a_power_of_two_within_limits)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    CHECK(with_cell_scale(a, "4", &d));
    CHECK(with_cell_scale(a, "3.05175781e-05", &d)); /* 2^-15 */
    CHECK(!with_cell_scale(a, "8", &d));
    CHECK_HAS(d.message, "expected a power of two, 2^-15..2^2, and 0");
    d = (struct diag){0};
    CHECK(!with_cell_scale(a, "1.52587891e-05", &d));
    d = (struct diag){0};
    CHECK(!with_cell_scale(a, "0.0005", &d));
    arena_free(a);
}

TEST(svdf_in_real_numbers_by_hand)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const struct graph *g = sound(a, svdf_f32);
    struct interp *it = interp_new(a, g, &d);
    const float *y = interp_tensor(it, g->outputs.items[0]);
    /* The filters make 1 + 2 * 1 = 3 and 3 + 4 * 1 = 7 of (1, 1), and twice that of (2, 2). */
    interp_run(it, (const void *const[]){(const float[]){1, 1}});
    CHECK_NEAR((double)y[0], 0.5 + 1 * 3 - 1 * 7, 0);
    interp_run(it, (const void *const[]){(const float[]){2, 2}});
    CHECK_NEAR((double)y[0], 0.5 + 10 * 3 + 1 * 6 + 100 * 7 - 1 * 14, 0);
    interp_reset(it);
    interp_run(it, (const void *const[]){(const float[]){1, 1}});
    CHECK_NEAR((double)y[0], 0.5 + 1 * 3 - 1 * 7, 0);
    arena_free(a);
}

static double sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

TEST(lstm_in_real_numbers_by_hand)
{
    static const double w[4] = {0.5, -0.25, 1, 2}, r[4] = {1, 0.5, -1, 0.25};
    static const double b[4] = {0.125, 1, 0.5, -0.5};
    static const float x[3][2] = {{1, -2}, {4, 4}, {8, 8}};
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const struct graph *g = sound(a, lstm_f32);
    struct interp *it = interp_new(a, g, &d);
    const float *y = interp_tensor(it, g->outputs.items[0]);
    double h = 0, c = 0;
    for (int call = 0; call < 3; call++) {
        interp_run(it, (const void *const[]){x[call]});
        for (int t = 0; t < 2; t++) {
            double s[4];
            for (int k = 0; k < 4; k++)
                s[k] = b[k] + w[k] * (double)x[call][t] + r[k] * h;
            c = fmin(sigmoid(s[1]) * c + sigmoid(s[0]) * tanh(s[2]), 1.5);
            h = sigmoid(s[3]) * tanh(c);
            CHECK_NEAR((double)y[t], h, 1e-6);
        }
    }
    CHECK_NEAR((double)*(const float *)interp_tensor(it, g->outputs.items[1]), 1.5, 0);
    arena_free(a);
}

TEST_MAIN(T(both_print_back_byte_for_byte), T(what_a_kernel_could_not_do_is_refused),
          T(the_scale_of_a_cell_is_a_power_of_two_within_limits), T(svdf_in_real_numbers_by_hand),
          T(lstm_in_real_numbers_by_hand))
