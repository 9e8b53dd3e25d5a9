/* average_pool2d_s8_mve.c - average pooling for cores with Helium (Cortex-M55), eight channels at a time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * average_lanes.h: a load, which widens, and an addition for eight bytes. */
#include "mote/isa.h"
#include "mote/pool2d.h"

size_t mote_average_pool2d_s8_mve_scratch(const struct mote_pool2d_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_MVE
#define LANES 8
#include "kernels/common/pool.h"

static inline void sum_rows(const struct mote_pool_window *w, const int8_t *x, int32_t n_rows,
                            int32_t sum[LANES])
{
    int16_t part[LANES];
    const size_t skip = w->row_bytes - (size_t)(w->w * w->c);
    __asm__ volatile("vmov.i32 q0, #0\n"
                     "1: dls lr, %[n]\n"
                     "2: vldrb.s16 q1, [%[x]]\n"
                     "add %[x], %[c]\n"
                     "vadd.i16 q0, q0, q1\n"
                     "le lr, 2b\n"
                     "add %[x], %[skip]\n"
                     "subs %[n_rows], #1\n"
                     "bne 1b\n"
                     "vstrh.16 q0, [%[part]]\n"
                     : [x] "+l"(x), [n_rows] "+r"(n_rows)
                     : [n] "r"(w->w), [c] "r"(w->c), [skip] "r"(skip), [part] "r"(part)
                     : "lr", "cc", "memory", "q0", "q1");
    for (int i = 0; i < LANES; i++)
        sum[i] += part[i];
}

#include "kernels/average_pool2d/average_lanes.h"

void mote_average_pool2d_s8_mve(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                                void *scratch)
{
    (void)scratch;
    average_all(op, in, out);
}
#endif
