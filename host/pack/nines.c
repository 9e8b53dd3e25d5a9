/* nines.c - the nine weights of depthwise windows of 3 x 3. SPDX-License-Identifier: Apache-2.0 */
#include "pack/nines.h"

#include "kernels/common/window.h"

#define WORDS 7u /* a channel */

static bool columns_fit(const struct weighted *l)
{
    const int32_t right = (l->out.w - 1) * l->sw - l->pad_left + 3 - l->in.w;
    return l->in.w >= 2 && l->sw <= 2 && l->pad_left <= 1 && right <= 1;
}

/* At least two rows of every window lie inside the image. */
static bool rows_fit(const struct weighted *l)
{
    for (int32_t oy = 0; oy < l->out.h; oy++) {
        const struct mote_taps t = mote_taps_inside(oy * l->sh - l->pad_top, 3, 1, l->in.h);
        if (t.end - t.first < 2)
            return false;
    }
    return true;
}

bool nines_find(const struct weighted *l, struct packed_layer *out)
{
    if (l->kh != 3 || l->kw != 3 || l->dh != 1 || l->dw != 1 || l->in.c != l->n_channels ||
        l->n_taps != 9 || !columns_fit(l) || !rows_fit(l))
        return false;
    for (uint32_t c = 0; c < l->n_channels; c++)
        if (!record_find(l, c, ROUND_SCALED, &out->records[c]))
            return false;
    out->has_records = true;
    out->rounding = ROUND_SCALED;
    out->n_weights = WORDS * l->n_channels;
    return true;
}

static uint32_t pair(int32_t low, int32_t high)
{
    return ((uint32_t)low & 0xffffu) | (uint32_t)high << 16;
}

void nines_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second)
{
    (void)second;
    uint32_t *to = weights;
    for (uint32_t c = 0; c < l->n_channels; c++, to += WORDS) {
        const struct record *r = &packed->records[c];
        int32_t w[9];
        for (uint32_t t = 0; t < 9; t++)
            w[t] = r->scale * l->w[c * (size_t)l->channel_step + t * (size_t)l->tap_step];
        to[0] = pair(w[0], w[3]);
        to[1] = pair(w[1], w[4]);
        to[2] = pair(w[2], w[5]);
        to[3] = pair(w[6], w[7]);
        to[4] = pair(w[8], (int32_t)l->n_channels);
        to[5] = (uint32_t)r->mult;
        to[6] = (uint32_t)r->bias;
    }
}
