/* kernels_avx2.c - the inner loops for processors with AVX2 and FMA: 16 registers of 8 floats.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/kernels_variants.h"

#if defined(__x86_64__)
#include <assert.h>
#include <immintrin.h>

#define TARGET  __attribute__((target("avx2,fma")))
#define VARIANT avx2
#define NAME    "avx2"
#define VL      8
#define VEC     __m256

#define TILE_MAX 6
#define TILES(X) X(6) X(4) X(3) X(2) X(1)

#define VSET1(x)      _mm256_set1_ps(x)
#define VLOAD(p)      _mm256_loadu_ps(p)
#define VFMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define VADD(a, b)    _mm256_add_ps(a, b)
#define VSUB(a, b)    _mm256_sub_ps(a, b)
#define VMUL(a, b)    _mm256_mul_ps(a, b)
#define VMIN(a, b)    _mm256_min_ps(a, b)
#define VMAX(a, b)    _mm256_max_ps(a, b)

#define VLOADN(p, n)           load_lanes(p, n)
#define VSTOREN(p, v, n)       store_lanes(p, v, n)
#define VEQUAL(g, x, y)        _mm256_and_ps(_mm256_cmp_ps(x, y, _CMP_EQ_OQ), g)
#define VBETWEEN(g, y, lo, hi) between(g, y, lo, hi)

/* All ones in the first n lanes. */
TARGET static inline __m256i lane_mask(ptrdiff_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

TARGET static inline __m256 load_lanes(const float *p, ptrdiff_t n)
{
    return n == VL ? _mm256_loadu_ps(p) : _mm256_maskload_ps(p, lane_mask(n));
}

TARGET static inline void store_lanes(float *p, __m256 v, ptrdiff_t n)
{
    if (n == VL)
        _mm256_storeu_ps(p, v);
    else
        _mm256_maskstore_ps(p, lane_mask(n), v);
}

TARGET static inline __m256 between(__m256 g, __m256 y, __m256 lo, __m256 hi)
{
    __m256 above = _mm256_cmp_ps(y, lo, _CMP_GT_OQ);
    return _mm256_and_ps(_mm256_and_ps(above, _mm256_cmp_ps(y, hi, _CMP_LT_OQ)), g);
}

#include "train/kernels.inc"
#endif
