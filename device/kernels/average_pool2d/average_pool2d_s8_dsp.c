/* average_pool2d_s8_dsp.c - average pooling for cores with DSP instructions, four channels at a time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * average_lanes.h: a load and two SXTAB16 add four bytes to sums of 16 bits. */
#include "mote/isa.h"
#include "mote/pool2d.h"

size_t mote_average_pool2d_s8_dsp_scratch(const struct mote_pool2d_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_DSP
#define LANES 4
#include "kernels/common/pool.h"

struct lanes {
    int8_t of[LANES];
};

static __attribute__((noinline)) void sum_rows(const struct mote_pool_window *w, const int8_t *x,
                                               int32_t n_rows, int32_t sum[LANES])
{
    const int32_t c = w->c, n = w->w;
    const size_t skip = w->row_bytes - (size_t)(n * c);
    uint32_t even = 0, odd = 0, four;
    for (; n_rows > 0; n_rows--, x += skip)
        for (int32_t left = n; left > 0; left--, x += c)
            __asm__("ldr %[four], [%[x]]\n"
                    "sxtab16 %[even], %[even], %[four]\n"
                    "sxtab16 %[odd], %[odd], %[four], ror #8\n"
                    : [four] "=&r"(four), [even] "+r"(even), [odd] "+r"(odd)
                    : [x] "r"(x), "m"(*(const struct lanes *)(const void *)x));
    sum[0] += (int16_t)even;
    sum[1] += (int16_t)odd;
    sum[2] += (int32_t)even >> 16;
    sum[3] += (int32_t)odd >> 16;
}

#include "kernels/average_pool2d/average_lanes.h"

void mote_average_pool2d_s8_dsp(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                                void *scratch)
{
    (void)scratch;
    average_all(op, in, out);
}
#endif
