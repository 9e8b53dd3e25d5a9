/* conv2d_s8_mve.c - convolution for cores with Helium (Cortex-M55). SPDX-License-Identifier: Apache-2.0
 *
 * mve_pixels.h with weights of 8 bits. */
#define WEIGHT_BITS 8

/* clang-format off */
#define ONE_PASS                                                                                   \
    "vldrb.8 q3, [r11], #16\n"                                                                     \
    "vmladav.s8 r0, q0, q3\n"                                                                      \
    "vldrb.8 q4, [r11], #16\n"                                                                     \
    "vmladav.s8 r4, q1, q3\n"                                                                      \
    "vmladav.s8 r8, q2, q3\n"                                                                      \
    "vmladav.s8 r2, q0, q4\n"                                                                      \
    "vmladav.s8 r6, q1, q4\n"                                                                      \
    "vmladav.s8 r10, q2, q4\n"

/* The last step is the first one of the weights. */
#define TWO_PASS                                                                                   \
    "vldrb.8 q4, [r11], #16\n"                                                                     \
    "vmladav.s8 r0, q0, q4\n"                                                                      \
    "vldrb.8 q7, [r11], #16\n"                                                                     \
    "vmladav.s8 r4, q2, q4\n"                                                                      \
    "vmladav.s8 r2, q0, q7\n"                                                                      \
    "vldrb.8 q4, [r11], #16\n"                                                                     \
    "vmladav.s8 r6, q2, q7\n"                                                                      \
    "vmladava.s8 r0, q1, q4\n"                                                                     \
    "vldrb.8 q7, [r11], #16\n"                                                                     \
    "vmladava.s8 r4, q3, q4\n"                                                                     \
    "vmladava.s8 r2, q1, q7\n"                                                                     \
    "vmladava.s8 r6, q3, q7\n"

#define BEFORE_STEPS "vldrb.8 q3, [r11], #16\n"
#define STEP_CODE    44u
#define STEP_BY(mac, x0, x1, x2)                                                                   \
    "vldrb.8 q0, [r9, #" x0 "]\n"                                                                  \
    mac ".s8 r0, q0, q3\n"                                                                         \
    "vldrb.8 q1, [r9, #" x1 "]\n"                                                                  \
    mac ".s8 r4, q1, q3\n"                                                                         \
    "vldrb.8 q2, [r9, #" x2 "]\n"                                                                  \
    mac ".s8 r8, q2, q3\n"                                                                         \
    "vldrb.8 q4, [r11], #16\n"                                                                     \
    mac ".s8 r2, q0, q4\n"                                                                         \
    "vldrb.8 q3, [r11], #16\n"                                                                     \
    mac ".s8 r6, q1, q4\n"                                                                         \
    mac ".s8 r10, q2, q4\n"

#define APART(b)
/* clang-format on */

#include "kernels/conv2d/mve_pixels.h"

size_t mote_conv2d_s8_mve_scratch(const struct mote_conv2d_s8 *op)
{
    return scratch_bytes(op);
}

#if MOTE_ISA_MVE
void mote_conv2d_s8_mve(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                        const int32_t *records, int8_t *out, void *scratch)
{
    convolve(op, in, w, records, out, scratch);
}
#endif
