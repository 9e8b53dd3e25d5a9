/* resize_bilinear_f32_ref.c - in float, as docs/spec/ir.md, section 5, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/resize_bilinear.h"

#include "kernels/common/math_f32.h"

size_t mote_resize_bilinear_f32_ref_scratch(const struct mote_resize_bilinear_f32 *op)
{
    (void)op;
    return 0;
}

/* Two neighbours along one dimension, and how near the second is. */
struct mix {
    uint32_t first, second;
    float part;
};

/* For output i of a dimension with `in` inputs. The place is at least -1/2. */
static struct mix mix_at(uint32_t i, float scale, bool half_pixel, uint32_t in)
{
    const float place = half_pixel ? ((float)i + 0.5f) * scale - 0.5f : (float)i * scale;
    const float low = mote_floor_f32(place), high = mote_ceil_f32(place);
    struct mix m = {low > 0.0f ? (uint32_t)low : 0, high > 0.0f ? (uint32_t)high : 0, 0.0f};
    m.first = m.first < in ? m.first : in - 1;
    m.second = m.second < in ? m.second : in - 1;
    m.part = place - (float)m.first;
    return m;
}

void mote_resize_bilinear_f32_ref(const struct mote_resize_bilinear_f32 *op, const float *in,
                                  float *out, void *scratch)
{
    (void)scratch;
    const size_t c = op->in.c, row = op->in.w * c;
    for (uint32_t oy = 0; oy < op->out.h; oy++) {
        const struct mix y = mix_at(oy, op->y_scale, op->half_pixel, op->in.h);
        const float *top = in + y.first * row, *bottom = in + y.second * row;
        for (uint32_t ox = 0; ox < op->out.w; ox++) {
            const struct mix x = mix_at(ox, op->x_scale, op->half_pixel, op->in.w);
            const size_t left = x.first * c, right = x.second * c;
            for (size_t k = 0; k < c; k++) {
                const float a = top[left + k] * (1.0f - y.part) * (1.0f - x.part);
                const float b = bottom[left + k] * y.part * (1.0f - x.part);
                const float p = top[right + k] * (1.0f - y.part) * x.part;
                const float q = bottom[right + k] * y.part * x.part;
                *out++ = a + b + p + q;
            }
        }
    }
}
