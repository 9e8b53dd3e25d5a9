/* kernels.c - which variant of the inner loops this processor gets.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/kernels_variants.h"

#if defined(__x86_64__)
const struct kernels *kernels_variant(uint32_t i)
{
    const struct kernels *list[4] = {&kernels_c}; /* ends with NULL */
    uint32_t n = 1;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        list[n++] = &kernels_avx2;
    if (__builtin_cpu_supports("avx512f"))
        list[n++] = &kernels_avx512;
    return i < n ? list[i] : NULL;
}
#else
const struct kernels *kernels_variant(uint32_t i)
{
    return i == 0 ? &kernels_c : NULL;
}
#endif

const struct kernels *kernels_best(void)
{
    const struct kernels *best = &kernels_c;
    for (uint32_t i = 0; kernels_variant(i); i++)
        best = kernels_variant(i);
    return best;
}
