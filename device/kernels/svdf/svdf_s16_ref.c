/* svdf_s16_ref.c - svdf with a memory of int16. SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#define MEMORY     int16_t
#define MEMORY_MIN INT16_MIN
#define MEMORY_MAX INT16_MAX
#include "kernels/common/svdf.h"

size_t mote_svdf_s16_ref_scratch(const struct mote_svdf *op)
{
    (void)op;
    return 0;
}

void mote_svdf_s16_ref(const struct mote_svdf *op, const int8_t *in, const int8_t *feature,
                       const int16_t *time, const int32_t *bias, const int16_t *past, int8_t *out,
                       int16_t *next, void *scratch)
{
    (void)scratch;
    svdf_run(op, in, feature, time, bias, past, out, next);
}
