/* svdf_s8_ref.c - svdf with a memory of int8. SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#define MEMORY     int8_t
#define MEMORY_MIN INT8_MIN
#define MEMORY_MAX INT8_MAX
#include "kernels/common/svdf.h"

size_t mote_svdf_s8_ref_scratch(const struct mote_svdf *op)
{
    (void)op;
    return 0;
}

void mote_svdf_s8_ref(const struct mote_svdf *op, const int8_t *in, const int8_t *feature,
                      const int8_t *time, const int32_t *bias, const int8_t *past, int8_t *out,
                      int8_t *next, void *scratch)
{
    (void)scratch;
    svdf_run(op, in, feature, time, bias, past, out, next);
}
