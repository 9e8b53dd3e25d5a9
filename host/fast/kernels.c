/* kernels.c - which variant of the inner loops this processor gets.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fast/variants.h"

static const struct fast_kernels *const variants[] = {
    &fast_kernels_c,
#if defined(__x86_64__)
    &fast_kernels_avx2,
    &fast_kernels_avx512,
#endif
};
#define N_VARIANTS (sizeof variants / sizeof variants[0])

const struct fast_kernels *fast_variant(uint32_t i)
{
    return i < N_VARIANTS ? variants[i] : NULL;
}

#if defined(__x86_64__)
bool fast_runs_here(const struct fast_kernels *k)
{
    if (k == &fast_kernels_avx2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (k == &fast_kernels_avx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512vnni");
    return k == &fast_kernels_c;
}
#else
bool fast_runs_here(const struct fast_kernels *k)
{
    return k == &fast_kernels_c;
}
#endif

const struct fast_kernels *fast_best(void)
{
    const struct fast_kernels *best = &fast_kernels_c;
    for (uint32_t i = 0; i < N_VARIANTS; i++)
        if (fast_runs_here(variants[i]))
            best = variants[i];
    return best;
}
