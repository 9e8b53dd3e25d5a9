/* vectors.c - records for lanes of 32 bits. SPDX-License-Identifier: Apache-2.0 */
#include "pack/vectors.h"

#include "kernels/common/requant.h"
#include "pack/shorts.h"

struct vector_record {
    int32_t bias, mult, shift, add;
};

static struct vector_record record_of(const struct weighted *l, const struct packed_layer *packed,
                                      uint32_t c)
{
    if (c >= l->n_channels)
        return (struct vector_record){.shift = -1};
    const struct record *r = &packed->records[c];
    if (l->is_s16)
        return (struct vector_record){r->bias, r->mult, -r->shift, 0};
    if (packed->rounding == ROUND_PROVED)
        return (struct vector_record){r->bias, r->mult, 0, r->add};
    const int64_t q31 = (r->mult + (INT64_C(1) << 32)) / 2; /* record.h has 2 * q31 - 2^32 */
    return (struct vector_record){r->bias, (int32_t)q31, -r->shift, l->out_zero};
}

/* What a sum becomes before the clamp. |sum| < 2^30, so nothing overflows. */
static int64_t result_of(const struct vector_record *r, enum rounding rounding, int32_t sum)
{
    if (rounding == ROUND_PROVED)
        return ((int64_t)sum * r->mult >> 32) + r->add;
    return (int64_t)mote_rdbpot(mote_srdhm_unsat(sum, r->mult), -r->shift) + r->add;
}

static bool fits_16(int64_t x)
{
    return x >= INT16_MIN && x <= INT16_MAX;
}

bool vector_records_find(const struct weighted *l, struct packed_layer *out)
{
    out->one_record = l->scale_step == 0;
    if (l->is_s16) {
        out->has_records = true;
        return shorts_records_find(l, &out->rounding, out->records);
    }
    if (!(out->one_record ? records_find_one : records_find)(l, &out->rounding, out->records))
        return false;
    out->has_records = true;
    for (uint32_t c = 0; c < l->n_channels; c++) { /* results never fall as sums rise */
        const struct vector_record r = record_of(l, out, c);
        if (!fits_16(result_of(&r, out->rounding, out->records[c].low)) ||
            !fits_16(result_of(&r, out->rounding, out->records[c].high)))
            return false;
    }
    return true;
}

uint32_t vector_record_words(const struct packed_layer *packed)
{
    return (packed->rounding == ROUND_PROVED ? 3 : 4) * RECORD_CHANNELS;
}

void vector_records_write(const struct weighted *l, const struct packed_layer *packed,
                          uint32_t first, int32_t *to)
{
    for (uint32_t i = 0; i < RECORD_CHANNELS; i++) {
        const struct vector_record r = record_of(l, packed, first + i);
        to[i] = r.bias;
        to[RECORD_CHANNELS + i] = r.mult;
        if (packed->rounding == ROUND_EXACT)
            to[2 * RECORD_CHANNELS + i] = r.shift;
        to[vector_record_words(packed) - RECORD_CHANNELS + i] = r.add;
    }
}
