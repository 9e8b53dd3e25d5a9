/* kernels_avx2.c - the inner loops for processors with AVX2 and FMA: 8 sums a vector, each of two
 * products of int16. The instruction for four products of bytes saturates and is of no use here. A tile
 * of 6 x 2 vectors keeps 12 sums, 2 vectors of weights, one of the image and one of products.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fast/variants.h"

#if defined(__x86_64__)
#include <assert.h>
#include <immintrin.h>
#include <string.h>

#include "kernels/common/pool.h"

#define VARIANT avx2
#define TARGET  __attribute__((target("avx2,fma")))
#define ELEM    int16_t
#define WEIGHT  int16_t
#define OFFSET  0
#define VINT    __m256i
#define LANES   8
#define VECTORS 2
#define GROUP   2

#define TILE_MAX       12
#define TILES_6(X, nv) X(1, nv) X(2, nv) X(3, nv) X(4, nv) X(5, nv) X(6, nv)
#define TILES(X)       TILES_6(X, 2) TILES_6(X, 1) X(8, 1) X(12, 1) TILES_6(X, 0) X(8, 0) X(12, 0)

#include "fast/plain.inc"

#define VLOAD(p)                       load(p)
#define VBROADCAST(p)                  broadcast(p)
#define VBROADCAST_PAIR(p, q)          broadcast_pair(p, q)
#define VDOT(acc, x, w)                _mm256_add_epi32(acc, _mm256_madd_epi16(x, w))
#define VFLOAT(sum, scale, half)       finish_float(sum, scale, half)
#define VEXACT(sum, mult, left, right) requant(sum, VLOAD(mult), VLOAD(left), VLOAD(right))
#define VSTORE_BLOCK(out, y, n, f)     store_block(out, y, n, f)
#define VSTORE_ROWS(out, y, f)         store_rows(out, y, f)
#define VSTORE(out, y, n, f)           store_one(out, y, n, f)
#define VINTERLEAVE(row, at, x)        interleave(row, at, x)
#define VLOAD_BYTES(p, n)              load_bytes(p, n)
#define VADD_FLOAT(s, x, y)            add_float(s, x, y)
#define VADD_EXACT(s, x, y)            add_exact(s, x, y)

TARGET static inline __m256i load(const void *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

TARGET static inline __m256i broadcast(const uint8_t *p)
{
    int32_t group;
    memcpy(&group, p, sizeof group);
    return _mm256_set1_epi32(group);
}

TARGET static inline __m256i broadcast_pair(const uint8_t *low, const uint8_t *high)
{
    return _mm256_blend_epi32(broadcast(low), broadcast(high), 0xf0);
}

TARGET static inline __m256 with_sign_of(__m256 x, __m256 half)
{
    return _mm256_or_ps(_mm256_and_ps(x, _mm256_set1_ps(-0.0f)), half);
}

TARGET static inline __m256i finish_float(__m256i sum, const float *scale, const float *half)
{
    const __m256 x = _mm256_cvtepi32_ps(sum);
    const __m256 h = with_sign_of(x, _mm256_loadu_ps(half));
    return _mm256_cvttps_epi32(_mm256_fmadd_ps(x, _mm256_loadu_ps(scale), h));
}

/* mote_requant_by, lane by lane: even and odd products apart, since they have 64 bits. */
TARGET static inline __m256i requant(__m256i x, __m256i mult, __m256i left, __m256i right)
{
    const __m256i nudge = _mm256_set1_epi64x(1 << 30);
    x = _mm256_sllv_epi32(x, left);
    const __m256i even = _mm256_mul_epi32(x, mult);
    const __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(x, 32), _mm256_srli_epi64(mult, 32));
    const __m256i h = _mm256_blend_epi32(_mm256_srli_epi64(_mm256_add_epi64(even, nudge), 31),
                                         _mm256_slli_epi64(_mm256_add_epi64(odd, nudge), 1), 0xaa);
    const __m256i one = _mm256_set1_epi32(1);
    const __m256i down = _mm256_srav_epi32(_mm256_add_epi32(h, _mm256_srai_epi32(h, 31)),
                                           _mm256_sub_epi32(right, one));
    const __m256i rounded = _mm256_srai_epi32(_mm256_add_epi32(down, one), 1);
    return _mm256_blendv_epi8(rounded, h, _mm256_cmpeq_epi32(right, _mm256_setzero_si256()));
}

/* n bytes, of which 8 or 16 are usual. */
TARGET static inline void store_bytes(int8_t *out, __m128i bytes, ptrdiff_t n)
{
    if (n == 16)
        _mm_storeu_si128((__m128i *)(void *)out, bytes);
    else if (n == 8)
        _mm_storel_epi64((__m128i *)(void *)out, bytes);
    else {
        int8_t all[16];
        _mm_storeu_si128((__m128i *)(void *)all, bytes);
        memcpy(out, all, (size_t)n);
    }
}

/* y saturates to 16 bits, far beyond what the clamp leaves. */
TARGET static inline __m128i clamp_bytes(__m256i halves, const struct finish *f)
{
    const __m256i y = _mm256_adds_epi16(halves, _mm256_set1_epi16((short)f->zero));
    const __m128i bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(y), _mm256_extracti128_si256(y, 1));
    return _mm_min_epi8(_mm_max_epi8(bytes, _mm_set1_epi8((char)f->low)),
                        _mm_set1_epi8((char)f->high));
}

TARGET static inline void store_block(int8_t *out, const __m256i *y, ptrdiff_t n,
                                      const struct finish *f)
{
    store_bytes(out, clamp_bytes(_mm256_packs_epi32(y[0], y[1]), f), n);
}

TARGET static inline void store_rows(int8_t *out, const __m256i *y, const struct finish *f)
{
    const __m256i halves = _mm256_permute4x64_epi64(_mm256_packs_epi32(y[0], y[1]), 0xd8);
    store_bytes(out, clamp_bytes(halves, f), 2 * LANES);
}

TARGET static inline void store_one(int8_t *out, __m256i y, ptrdiff_t n, const struct finish *f)
{
    const __m256i halves = _mm256_permute4x64_epi64(_mm256_packs_epi32(y, y), 0xd8);
    store_bytes(out, clamp_bytes(halves, f), n);
}

TARGET static inline void interleave(const void *const *row, ptrdiff_t at, __m256i *x)
{
    const __m256i a = load((const uint8_t *)row[0] + at), b = load((const uint8_t *)row[1] + at);
    x[0] = _mm256_unpacklo_epi16(a, b);
    x[1] = _mm256_unpackhi_epi16(a, b);
}

TARGET static inline __m256i load_bytes(const int8_t *p, ptrdiff_t n)
{
    int8_t all[LANES] = {0};
    if (n < LANES) {
        memcpy(all, p, (size_t)n);
        p = all;
    }
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
}

TARGET static inline __m256 less_zero(__m256i x, int32_t zero)
{
    return _mm256_cvtepi32_ps(_mm256_sub_epi32(x, _mm256_set1_epi32(zero)));
}

TARGET static inline __m256i add_float(const struct sum *s, __m256i x, __m256i y)
{
    const __m256 b = _mm256_mul_ps(less_zero(y, s->op.b_zero), _mm256_set1_ps(s->b_scale));
    const __m256 t = _mm256_fmadd_ps(less_zero(x, s->op.a_zero), _mm256_set1_ps(s->a_scale), b);
    return _mm256_cvttps_epi32(_mm256_add_ps(t, with_sign_of(t, _mm256_set1_ps(s->half))));
}

/* All shifts of a sum go to the right. */
TARGET static inline __m256i add_exact(const struct sum *s, __m256i x, __m256i y)
{
    const struct mote_add_s8 *op = &s->op;
    const __m256i none = _mm256_setzero_si256();
    x = _mm256_slli_epi32(_mm256_sub_epi32(x, _mm256_set1_epi32(op->a_zero)), 20);
    y = _mm256_slli_epi32(_mm256_sub_epi32(y, _mm256_set1_epi32(op->b_zero)), 20);
    x = requant(x, _mm256_set1_epi32(op->a_mult), none, _mm256_set1_epi32(-op->a_shift));
    y = requant(y, _mm256_set1_epi32(op->b_mult), none, _mm256_set1_epi32(-op->b_shift));
    return requant(_mm256_add_epi32(x, y), _mm256_set1_epi32(op->out_mult), none,
                   _mm256_set1_epi32(-op->out_shift));
}

#include "fast/vector.inc"
#endif
