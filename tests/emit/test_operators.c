/* test_operators.c - one small graph for each operator and type that random graphs do not have,
 * emitted as one program, gives the interpreter's bytes. SPDX-License-Identifier: Apache-2.0 */
#include "ir/text.h"
#include "run.h"

static const char *const texts[] = {
    /* float */
    "%0 \"x\" f32 [1,3,2,2] %1 \"w\" f32 [2,3,2,2] = [1, -2, 0.5, 3, -1, 2, 0.25, 4, 1, 1, -3, 2, "
    "0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, -1, 2] %2 \"b\" f32 [2] = [1, -1] "
    "%3 \"y\" f32 [1,6,3,2] input %0 output %3 "
    "%3 = transpose_conv2d(%0, %1, %2) stride [2,1] pad [1,0,0,0] act relu6",
    "%0 \"x\" f32 [1,3,2,2] %1 \"w\" f32 [1,3,3,2] = [1, -2, 0.5, 3, -1, 2, 0.25, 4, 1, 1, -3, 2, "
    "0.1, 0.2, 0.3, 0.4, 0.5, 0.6] %2 \"y\" f32 [1,8,6,1] input %0 output %2 "
    "%2 = transpose_conv2d(%0, %1) stride [3,3] pad [1,0,0,0]",
    "%0 \"x\" f32 [1,3,4,2] %1 \"y\" f32 [1,5,9,2] input %0 output %1 "
    "%1 = resize_bilinear(%0) to [5,9] half_pixel 1",
    "%0 \"x\" f32 [1,3,4,2] %1 \"y\" f32 [1,5,2,2] input %0 output %1 "
    "%1 = resize_bilinear(%0) to [5,2] align_corners 1",
    "%0 \"a\" f32 [2,3,4] %1 \"b\" f32 [1,5,4] %2 \"y\" f32 [2,3,5] input %0, %1 output %2 "
    "%2 = batch_matmul(%0, %1) adjoint [0,1]",
    "%0 \"a\" f32 [2,3,4] %1 \"y\" f32 [2,3,4] %2 \"z\" f32 [2,3,4] input %0 output %2 "
    "%1 = exp(%0) %2 = pow(%1, %0)",
    "%0 \"x\" f32 [2,2] %1 \"f\" f32 [2,2] = [1, 2, 3, 4] %2 \"t\" f32 [2,3] = [10, 1, 3, 100, -1, "
    "2] "
    "%3 \"b\" f32 [1] = [0.5] %4 \"past\" f32 [2,6] %5 \"y\" f32 [2,1] %6 \"next\" f32 [2,6] "
    "input %0 output %5 state %4, %6 %5, %6 = svdf(%0, %1, %2, %3, %4) rank 2 act relu",
    "%0 \"x\" f32 [2,3,1] %1 \"w\" f32 [4,2,1] = [0.5, -0.25, 1, 2, 0.1, 0.2, 0.3, 0.4] "
    "%2 \"r\" f32 [4,2,2] = [1, 0.5, -1, 0.25, 1, 2, 3, 4, -1, -2, -3, -4, 0.1, 0.2, 0.3, 0.4] "
    "%3 \"b\" f32 [4,2] = [0.125, 1, 0.5, -0.5, 0, 0, 1, 1] %4 \"h\" f32 [2,2] %5 \"c\" f32 [2,2] "
    "%6 \"y\" f32 [2,3,2] %7 \"h2\" f32 [2,2] %8 \"c2\" f32 [2,2] input %0 output %6, %8 "
    "state %4, %7 state %5, %8 %6, %7, %8 = lstm(%0, %1, %2, %3, %4, %5) clip 1.5",
    /* int16 */
    "%0 \"a\" s16 [2,3,4] quant 0.5:0 %1 \"b\" s16 [1,5,4] quant 0.25:0 %2 \"y\" s16 [2,3,5] quant "
    "9:0 "
    "%3 \"e\" s16 [2,3,4] quant 0.001:0 %4 \"l\" s16 [2,3,4] quant 0.0005:0 %5 \"r\" s16 [2,3,4] "
    "quant "
    "0.01:0 %6 \"v\" s16 [2,3,4] quant 0.75:0 %7 \"s\" s16 [2,3,4] quant 3000:0 "
    "input %0, %1 output %2, %3, %4, %5, %7 %2 = batch_matmul(%0, %1) adjoint [0,1] "
    "%6 = abs(%0) %3 = log(%6) %4 = log(%0) %5 = rsqrt(%6) %7 = squared_difference(%0, %6)",
    "%0 \"x\" s16 [1,3,4,2] quant 0.0001:0 %1 \"y\" s16 [1,5,9,2] quant 0.0001:0 %2 \"z\" s16 "
    "[1,5,9,2] quant 0.001:0 input %0 output %2 %1 = resize_bilinear(%0) to [5,9] half_pixel 1 "
    "%2 = exp(%1)",
    "%0 \"x\" s16 [2,3,1] quant 0.0001:0 %1 \"w\" s8 [4,2,1] quant axis 0 [0.01:0, 0.02:0, 0.01:0, "
    "0.02:0] = [100, -25, 100, 20, 10, 20, 30, 40] %2 \"r\" s8 [4,2,2] quant axis 0 [0.01:0, "
    "0.02:0, "
    "0.01:0, 0.02:0] = [100, 5, -100, 25, 10, 20, 30, 4, -10, -20, -3, -4, 10, 20, 30, 4] "
    "%3 \"b\" s64 [4,2] quant axis 0 [1e-06:0, 2e-06:0, 1e-06:0, 2e-06:0] = [125, 100000, 50, -50, "
    "0, "
    "0, 1, 1] %4 \"h\" s16 [2,2] quant 3.0517578125e-05:0 %5 \"c\" s16 [2,2] quant "
    "6.103515625e-05:0 %6 \"y\" s16 [2,3,2] quant 3.0517578125e-05:0 %7 \"h2\" s16 [2,2] quant "
    "3.0517578125e-05:0 %8 \"c2\" s16 [2,2] quant 6.103515625e-05:0 input %0 output %6, %8 "
    "state %4, %7 state %5, %8 %6, %7, %8 = lstm(%0, %1, %2, %3, %4, %5) clip 1.5",
    /* bool */
    "%0 \"a\" f32 [2,3] %1 \"b\" f32 [1,3] %2 \"l\" bool [2,3] %3 \"e\" bool [2,3] "
    "%4 \"and\" bool [2,3] %5 \"not\" bool [2,3] %6 \"y\" f32 [2,3] %7 \"z\" f32 [2,3] "
    "input %0, %1 output %5, %6, %7 %2 = less(%0, %1) %3 = not_equal(%1, %0) "
    "%4 = logical_and(%2, %3) %5 = logical_not(%4) %6 = select(%5, %1, %0) %7 = cast(%4)",
    "%0 \"a\" s16 [2,3] quant 0.5:0 %1 \"b\" s16 [3] quant 0.25:0 = [-7, 9, 30000] "
    "%2 \"g\" bool [2,3] %3 \"y\" s16 [2,3] quant 0.5:0 %4 \"m\" s32 [2] %5 \"n\" s32 [3] "
    "input %0 output %3, %4, %5 %2 = greater_equal(%0, %1) %3 = select(%2, %0, %0) "
    "%4 = arg_max(%0) axis 1 %5 = arg_min(%0) axis 0",
    "%0 \"a\" s32 [2,3] %1 \"b\" s32 [2,1] %2 \"e\" bool [2,3] %3 \"k\" bool [1] = [1] "
    "%4 \"o\" bool [2,3] %5 \"q\" bool [2,3] %6 \"y\" s32 [2,3] %7 \"m\" s32 [2] "
    "input %0, %1 output %5, %6, %7 %2 = less_equal(%0, %1) %4 = logical_or(%2, %2) "
    "%5 = equal(%4, %3) %6 = select(%5, %0, %1) %7 = arg_min(%0) axis 1",
    "%0 \"a\" f32 [2,3,2] %1 \"m\" s32 [2,2] %2 \"b\" bool [2,2] %3 \"y\" s8 [2,2] quant 0.5:3 "
    "input %0 output %2, %3 %1 = arg_max(%0) axis 1 %2 = cast(%1) %3 = cast(%2)",
    /* along one dimension */
    "%0 \"x\" f32 [2,3,2] %1 \"s\" f32 [2,3,2] %2 \"n\" f32 [2,3,2] %3 \"l\" f32 [2,3,2] "
    "%4 \"t\" f32 [2,3,1] %5 \"p\" s32 [2,3,1] %6 \"c\" s32 [2,3,1] "
    "input %0 output %1, %2, %3, %4, %6 %1 = cumsum(%0) axis 1 exclusive 1 "
    "%2 = l2_normalization(%0) %3 = log_softmax(%0) %4, %5 = topk(%0) k 1 "
    "%6 = cumsum(%5) axis 0 reverse 1",
    "%0 \"x\" s8 [2,5] quant 0.5:3 %1 \"s\" s8 [2,5] quant 0.75:-9 %2 \"n\" s8 [2,5] quant "
    "0.0078125:0 %3 \"l\" s8 [2,5] quant 0.0625:127 %4 \"t\" s8 [2,3] quant 0.5:3 %5 \"p\" s32 "
    "[2,3] input %0 output %1, %2, %3, %4, %5 %1 = cumsum(%0) axis 1 reverse 1 "
    "%2 = l2_normalization(%0) %3 = log_softmax(%0) %4, %5 = topk(%0) k 3",
    "%0 \"x\" s16 [7] quant 0.5:0 %1 \"t\" s16 [2] quant 0.5:0 %2 \"p\" s32 [2] %3 \"u\" s32 [2] "
    "%4 \"v\" s32 [2] input %0 output %1, %3, %4 %1, %2 = topk(%0) k 2 %3, %4 = topk(%2) k 2",
    /* boxes */
    "%0 \"b\" f32 [1,3,4] %1 \"s\" f32 [1,3,3] %2 \"a\" f32 [3,4] = [0.5, 0.5, 1, 1, 0, 0, 1, 2, "
    "1, 1, 1, 1] "
    "%3 \"box\" f32 [1,2,4] %4 \"l\" f32 [1,2] %5 \"q\" f32 [1,2] %6 \"n\" f32 [1] "
    "input %0, %1 output %3, %4, %5, %6 "
    "%3, %4, %5, %6 = detect(%0, %1, %2) params [2,0,2,0,0,0,0,0] threshold -0.5 overlap 0.25",
    "%0 \"b\" f32 [1,3,4] %1 \"s\" f32 [1,3,2] %2 \"a\" f32 [3,4] "
    "%3 \"box\" f32 [1,4,4] %4 \"l\" f32 [1,4] %5 \"q\" f32 [1,4] %6 \"n\" f32 [1] "
    "input %0, %1, %2 output %3, %4, %5, %6 "
    "%3, %4, %5, %6 = detect(%0, %1, %2) params [4,2,2,0,0,0,0,0] threshold -1 overlap 0.5",
    "%0 \"b\" f32 [3,4] %1 \"s\" f32 [3] %2 \"i\" s32 [2] %3 \"q\" f32 [2] %4 \"n\" s32 [1] "
    "%5 \"j\" s32 [3] %6 \"r\" f32 [3] %7 \"m\" s32 [1] input %0, %1 output %2, %4, %5, %6, %7 "
    "%2, %3, %4 = nms(%0, %1) params [2,0,0,0,0,0,0,0] alpha 0 threshold -0.5 overlap 0.25 "
    "%5, %6, %7 = nms(%0, %1) params [3,0,0,0,0,0,0,0] alpha 0.5 threshold -1 overlap 1",
    /* sums of many, products, any and all */
    "%0 \"x\" s8 [2,3] quant 0.5:3 %1 \"y\" s8 [2,3] quant 0.5:3 %2 \"s\" s8 [2,3] quant 0.75:-9 "
    "%3 \"p\" s8 [2,1] quant 2:5 input %0, %1 output %2, %3 %2 = add_n(%0, %1, %0) "
    "%3 = reduce_prod(%2) over [0,1]",
    "%0 \"x\" s16 [2,3] quant 0.01:0 %1 \"p\" s16 [1,3] quant 0.02:0 %2 \"f\" f32 [2,3] "
    "%3 \"g\" f32 [2,1] %4 \"b\" bool [2,3] %5 \"any\" bool [1,3] %6 \"all\" bool [2,1] "
    "input %0 output %1, %3, %5, %6 %1 = reduce_prod(%0) over [1,0] %2 = dequantize(%0) "
    "%3 = reduce_prod(%2) over [0,1] %4 = greater(%0, %1) %5 = reduce_max(%4) over [1,0] "
    "%6 = reduce_min(%4) over [0,1]",
    /* quotients rounded down */
    "%0 \"a\" f32 [2,3] %1 \"b\" f32 [2,1] %2 \"q\" f32 [2,3] %3 \"r\" f32 [2,3] "
    "input %0, %1 output %2, %3 %2 = floor_div(%0, %1) %3 = floor_mod(%0, %1)",
    "%0 \"a\" s32 [2,3] %1 \"b\" s32 [2,1] %2 \"q\" s32 [2,3] %3 \"r\" s32 [2,3] "
    "input %0, %1 output %2, %3 %2 = floor_div(%0, %1) %3 = floor_mod(%0, %1)",
};
#define N_TEXTS (sizeof texts / sizeof texts[0])

TEST(every_operator_gives_the_interpreters_bytes)
{
    struct arena *a = arena_new("test");
    struct graph *graphs[N_TEXTS];
    struct diag d = {0};
    for (size_t i = 0; i < N_TEXTS; i++) {
        const char *text = arena_printf(a, "mote 1 graph \"g\" %s", texts[i]);
        const struct bytes bytes = {(const uint8_t *)text, strlen(text)};
        graphs[i] = graph_parse(a, bytes, arena_printf(a, "text %zu", i), &d);
        if (!graphs[i])
            test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    }
    struct rng r = rng_split(test_seed(), 300);
    check_runs(a, graphs, N_TEXTS, &r, &choice_portable);
    arena_free(a);
}

TEST_MAIN(T(every_operator_gives_the_interpreters_bytes))
