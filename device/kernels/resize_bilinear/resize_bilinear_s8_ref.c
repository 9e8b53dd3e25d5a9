/* resize_bilinear_s8_ref.c - as docs/spec/numerics.md, section 22, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/resize_bilinear.h"

#include "kernels/common/requant.h"

size_t mote_resize_bilinear_s8_ref_scratch(const struct mote_resize_bilinear_s8 *op)
{
    (void)op;
    return 0;
}

/* Two neighbours along one dimension, and how near the second is: 0..1024. */
struct mix {
    int32_t first, second, part;
};

/* A position before the image, or behind it, is that of the nearest pixel. */
static struct mix mix_at(int32_t position, int32_t size)
{
    const int32_t p = mote_max_s32(position, 0);
    struct mix m = {mote_min_s32(p >> 10, size - 1), mote_min_s32((p + 1023) >> 10, size - 1), 0};
    m.part = m.first == m.second ? 0 : p - m.first * 1024;
    return m;
}

void mote_resize_bilinear_s8_ref(const struct mote_resize_bilinear_s8 *op, const int8_t *in,
                                 int8_t *out, void *scratch)
{
    (void)scratch;
    const size_t c = op->in.c, row = (size_t)op->in.w * c;
    for (int32_t oy = 0; oy < op->out.h; oy++) {
        const struct mix y = mix_at(oy * op->y_step + op->y_first, op->in.h);
        const int8_t *top = in + (size_t)y.first * row, *bottom = in + (size_t)y.second * row;
        for (int32_t ox = 0; ox < op->out.w; ox++) {
            const struct mix x = mix_at(ox * op->x_step + op->x_first, op->in.w);
            const size_t left = (size_t)x.first * c, right = (size_t)x.second * c;
            for (size_t k = 0; k < c; k++) { /* the parts sum up to 2^20: |sum| <= 2^27 */
                const int32_t upper = top[left + k] * (1024 - x.part) + top[right + k] * x.part;
                const int32_t lower =
                    bottom[left + k] * (1024 - x.part) + bottom[right + k] * x.part;
                const int32_t sum = upper * (1024 - y.part) + lower * y.part;
                *out++ = (int8_t)mote_round_div(sum, 1 << 20);
            }
        }
    }
}
