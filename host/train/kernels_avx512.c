/* kernels_avx512.c - the inner loops for processors with AVX-512 F: 32 registers of 16 floats, so a
 * tile of 14 x 2 vectors keeps 28 sums, 2 vectors of b and one element of a.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/kernels_variants.h"

#if defined(__x86_64__)
#include <assert.h>
#include <immintrin.h>

#define TARGET  __attribute__((target("avx512f,fma")))
#define VARIANT avx512
#define NAME    "avx512"
#define VL      16
#define VEC     __m512

#define TILE_MAX 14
#define TILES(X) X(14) X(12) X(8) X(7) X(4) X(3) X(2) X(1)

#define VSET1(x)      _mm512_set1_ps(x)
#define VLOAD(p)      _mm512_loadu_ps(p)
#define VFMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define VADD(a, b)    _mm512_add_ps(a, b)
#define VSUB(a, b)    _mm512_sub_ps(a, b)
#define VMUL(a, b)    _mm512_mul_ps(a, b)
#define VMIN(a, b)    _mm512_min_ps(a, b)
#define VMAX(a, b)    _mm512_max_ps(a, b)

#define VMASK(n)         ((__mmask16)(0xffffu >> (16 - (n))))
#define VLOADN(p, n)     _mm512_maskz_loadu_ps(VMASK(n), p)
#define VSTOREN(p, v, n) _mm512_mask_storeu_ps(p, VMASK(n), v)
#define VEQUAL(g, x, y)  _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, y, _CMP_EQ_OQ), g)
#define VBETWEEN(g, y, lo, hi)                                                                     \
    _mm512_maskz_mov_ps(                                                                           \
        _mm512_mask_cmp_ps_mask(_mm512_cmp_ps_mask(y, lo, _CMP_GT_OQ), y, hi, _CMP_LT_OQ), g)

#include "train/kernels.inc"
#endif
