/* conv2d_s8_mve_w4.c - convolution with weights of 4 bits for cores with Helium (Cortex-M55).
 * SPDX-License-Identifier: Apache-2.0
 *
 * mve_pixels.h with one more instruction for six multiplications than with weights of 8 bits, but no more
 * cycles: a byte holds the weights of two channels, a in its high half, b in its low one. VSHR by 4
 * makes a, which sums A; VSHL by 4 makes 16 * b, which sums 16 * B. Both lie in the shadow of
 * multiplications (docs/spec/cycles.md). 16 * B fits 32 bits: host/pack/dots.c sees to it. */
#define WEIGHT_BYTES 8

/* clang-format off */
#define ONE_PASS                                                                                   \
    "vldrb.8 q3, [r11], #16\n"                                                                     \
    "vshr.s8 q4, q3, #4\n"                                                                         \
    "vmladav.s8 r0, q0, q4\n"                                                                      \
    "vshl.i8 q3, q3, #4\n"                                                                         \
    "vmladav.s8 r4, q1, q4\n"                                                                      \
    "vmladav.s8 r8, q2, q4\n"                                                                      \
    "vmladav.s8 r2, q0, q3\n"                                                                      \
    "vmladav.s8 r6, q1, q3\n"                                                                      \
    "vmladav.s8 r10, q2, q3\n"

#define TWO_PASS                                                                                   \
    "vldrb.8 q4, [r11], #16\n"                                                                     \
    "vshr.s8 q7, q4, #4\n"                                                                         \
    "vmladav.s8 r0, q0, q7\n"                                                                      \
    "vshl.i8 q4, q4, #4\n"                                                                         \
    "vmladav.s8 r4, q2, q7\n"                                                                      \
    "vldrb.8 q7, [r11], #16\n"                                                                     \
    "vmladav.s8 r2, q0, q4\n"                                                                      \
    "vmladav.s8 r6, q2, q4\n"                                                                      \
    "vshr.s8 q4, q7, #4\n"                                                                         \
    "vmladava.s8 r0, q1, q4\n"                                                                     \
    "vshl.i8 q7, q7, #4\n"                                                                         \
    "vmladava.s8 r4, q3, q4\n"                                                                     \
    "vmladava.s8 r2, q1, q7\n"                                                                     \
    "vmladava.s8 r6, q3, q7\n"

/* Two registers between steps: q3 has the bytes, q4 the first channel. */
#define BEFORE_STEPS "vldrb.8 q3, [r11], #16\n" "vshr.s8 q4, q3, #4\n"
#define STEP_CODE    48u
#define STEP_BY(mac, x0, x1, x2)                                                                   \
    "vldrb.8 q0, [r9, #" x0 "]\n"                                                                  \
    mac ".s8 r0, q0, q4\n"                                                                         \
    "vshl.i8 q2, q3, #4\n"                                                                         \
    mac ".s8 r2, q0, q2\n"                                                                         \
    "vldrb.8 q1, [r9, #" x1 "]\n"                                                                  \
    mac ".s8 r4, q1, q4\n"                                                                         \
    "vldrb.8 q3, [r11], #16\n"                                                                     \
    mac ".s8 r6, q1, q2\n"                                                                         \
    "vldrb.8 q0, [r9, #" x2 "]\n"                                                                  \
    mac ".s8 r8, q0, q4\n"                                                                         \
    "vshr.s8 q4, q3, #4\n"                                                                         \
    mac ".s8 r10, q0, q2\n"

#define APART(b) "asr " b ", " b ", #4\n"
/* clang-format on */

#include "kernels/conv2d/mve_bytes.h"
#include "kernels/conv2d/mve_pixels.h"

size_t mote_conv2d_s8_mve_w4_scratch(const struct mote_conv2d_s8 *op)
{
    return scratch_bytes(op);
}

#if MOTE_ISA_MVE
void mote_conv2d_s8_mve_w4(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                           const int32_t *records, int8_t *out, void *scratch)
{
    convolve(op, in, w, records, out, scratch);
}
#endif
