/* kernels_avx512.c - the inner loops for processors with AVX-512 and VNNI: 16 sums a vector, each of
 * four products of an unsigned and a signed byte. Images are q + 128 to be unsigned; the bias takes
 * that off again. A tile of 6 x 4 vectors keeps 24 sums, 4 vectors of weights and one of the image.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fast/variants.h"

#if defined(__x86_64__)
#include <assert.h>
#include <immintrin.h>
#include <string.h>

#include "kernels/common/pool.h"

#define VARIANT avx512
#define TARGET  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma")))
#define ELEM    uint8_t
#define WEIGHT  int8_t
#define OFFSET  128
#define VINT    __m512i
#define LANES   16
#define VECTORS 4
#define GROUP   4

#define TILE_MAX       12
#define TILES_6(X, nv) X(1, nv) X(2, nv) X(3, nv) X(4, nv) X(5, nv) X(6, nv)
#define TILES(X)                                                                                   \
    TILES_6(X, 4)                                                                                  \
    TILES_6(X, 3)                                                                                  \
    X(8, 3)                                                                                        \
    TILES_6(X, 2) X(8, 2) X(12, 2) TILES_6(X, 1) X(8, 1) X(12, 1) TILES_6(X, 0) X(8, 0) X(12, 0)

#include "fast/plain.inc"

#define VLOAD(p)                       _mm512_loadu_si512(p)
#define VBROADCAST(p)                  broadcast(p)
#define VBROADCAST_PAIR(p, q)          broadcast_pair(p, q)
#define VDOT(acc, x, w)                dot(acc, x, w)
#define VFLOAT(sum, scale, half)       finish_float(sum, scale, half)
#define VEXACT(sum, mult, left, right) requant(sum, VLOAD(mult), VLOAD(left), VLOAD(right))
#define VSTORE_BLOCK(out, y, n, f)     store_block(out, y, n, f)
#define VSTORE_ROWS(out, y, f)         store_rows(out, y, f)
#define VSTORE(out, y, n, f)           store_one(out, y, n, f)
#define VINTERLEAVE(row, at, x)        interleave(row, at, x)
#define VLOAD_BYTES(p, n)              load_bytes(p, n)
#define VADD_FLOAT(s, x, y)            add_float(s, x, y)
#define VADD_EXACT(s, x, y)            add_exact(s, x, y)

TARGET static inline __m512i broadcast(const uint8_t *p)
{
    int32_t group;
    memcpy(&group, p, sizeof group);
    return _mm512_set1_epi32(group);
}

/* Not the intrinsic: around it gcc 12 copies every sum to another register and then runs out of
 * registers, which halves the speed of a tile. */
TARGET static inline __attribute__((always_inline)) __m512i dot(__m512i sum, __m512i x, __m512i w)
{
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(x), "v"(w));
    return sum;
}

TARGET static inline __m512i broadcast_pair(const uint8_t *low, const uint8_t *high)
{
    int32_t group;
    memcpy(&group, high, sizeof group);
    return _mm512_mask_broadcastd_epi32(broadcast(low), 0xff00, _mm_cvtsi32_si128(group));
}

/* trunc(x + half with the sign of x), and 0xea is (a and b) or c. */
TARGET static inline __m512 with_sign_of(__m512 x, __m512 half)
{
    return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(
        _mm512_castps_si512(x), _mm512_set1_epi32(INT32_MIN), _mm512_castps_si512(half), 0xea));
}

TARGET static inline __m512i finish_float(__m512i sum, const float *scale, const float *half)
{
    const __m512 x = _mm512_cvtepi32_ps(sum);
    const __m512 h = with_sign_of(x, _mm512_loadu_ps(half));
    return _mm512_cvttps_epi32(_mm512_fmadd_ps(x, _mm512_loadu_ps(scale), h));
}

/* mote_requant_by, lane by lane: even and odd products apart, since they have 64 bits. */
TARGET static inline __m512i requant(__m512i x, __m512i mult, __m512i left, __m512i right)
{
    const __m512i nudge = _mm512_set1_epi64(1 << 30);
    x = _mm512_sllv_epi32(x, left);
    const __m512i even = _mm512_mul_epi32(x, mult);
    const __m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(x, 32), _mm512_srli_epi64(mult, 32));
    const __m512i h =
        _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(_mm512_add_epi64(even, nudge), 31),
                                _mm512_slli_epi64(_mm512_add_epi64(odd, nudge), 1));
    const __m512i one = _mm512_set1_epi32(1);
    const __m512i down = _mm512_srav_epi32(_mm512_add_epi32(h, _mm512_srai_epi32(h, 31)),
                                           _mm512_sub_epi32(right, one));
    return _mm512_mask_srai_epi32(h, _mm512_test_epi32_mask(right, right),
                                  _mm512_add_epi32(down, one), 1);
}

/* Four vectors to bytes, interleaved: four of each in turn. The sums saturate to 16 bits on the way,
 * far beyond what the clamp leaves. */
TARGET static inline __m512i clamp_bytes(const __m512i *y, const struct finish *f)
{
    const __m512i zero = _mm512_set1_epi16((short)f->zero);
    const __m512i a = _mm512_adds_epi16(_mm512_packs_epi32(y[0], y[1]), zero);
    const __m512i b = _mm512_adds_epi16(_mm512_packs_epi32(y[2], y[3]), zero);
    __m512i bytes = _mm512_packs_epi16(a, b);
    bytes = _mm512_max_epi8(bytes, _mm512_set1_epi8((char)f->low));
    return _mm512_min_epi8(bytes, _mm512_set1_epi8((char)f->high));
}

TARGET static inline void store_block(int8_t *out, const __m512i *y, ptrdiff_t n,
                                      const struct finish *f)
{
    const __m512i bytes = clamp_bytes(y, f);
    if (n == LANES * VECTORS)
        _mm512_storeu_si512(out, bytes);
    else
        _mm512_mask_storeu_epi8(out, (__mmask64)((UINT64_C(1) << n) - 1), bytes);
}

TARGET static inline void store_rows(int8_t *out, const __m512i *y, const struct finish *f)
{
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    _mm512_storeu_si512(out, _mm512_permutexvar_epi32(order, clamp_bytes(y, f)));
}

TARGET static inline void store_one(int8_t *out, __m512i y, ptrdiff_t n, const struct finish *f)
{
    y = _mm512_max_epi32(y, _mm512_set1_epi32(f->low - f->zero));
    y = _mm512_min_epi32(y, _mm512_set1_epi32(f->high - f->zero));
    y = _mm512_add_epi32(y, _mm512_set1_epi32(f->zero));
    const __m128i bytes = _mm512_cvtepi32_epi8(y);
    if (n == LANES)
        _mm_storeu_si128((__m128i *)(void *)out, bytes);
    else if (n == LANES / 2)
        _mm_storel_epi64((__m128i *)(void *)out, bytes);
    else
        _mm_mask_storeu_epi8(out, (__mmask16)((1u << n) - 1), bytes);
}

TARGET static inline __m512i load_row(const void *row, ptrdiff_t at)
{
    return _mm512_loadu_si512((const uint8_t *)row + at);
}

TARGET static inline void interleave(const void *const *row, ptrdiff_t at, __m512i *x)
{
    const __m512i a = load_row(row[0], at), b = load_row(row[1], at);
    const __m512i c = load_row(row[2], at), d = load_row(row[3], at);
    const __m512i ab_low = _mm512_unpacklo_epi8(a, b), ab_high = _mm512_unpackhi_epi8(a, b);
    const __m512i cd_low = _mm512_unpacklo_epi8(c, d), cd_high = _mm512_unpackhi_epi8(c, d);
    x[0] = _mm512_unpacklo_epi16(ab_low, cd_low);
    x[1] = _mm512_unpackhi_epi16(ab_low, cd_low);
    x[2] = _mm512_unpacklo_epi16(ab_high, cd_high);
    x[3] = _mm512_unpackhi_epi16(ab_high, cd_high);
}

TARGET static inline __m512i load_bytes(const int8_t *p, ptrdiff_t n)
{
    if (n == LANES)
        return _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
    return _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8((__mmask16)((1u << n) - 1), p));
}

TARGET static inline __m512 less_zero(__m512i x, int32_t zero)
{
    return _mm512_cvtepi32_ps(_mm512_sub_epi32(x, _mm512_set1_epi32(zero)));
}

TARGET static inline __m512i add_float(const struct sum *s, __m512i x, __m512i y)
{
    const __m512 b = _mm512_mul_ps(less_zero(y, s->op.b_zero), _mm512_set1_ps(s->b_scale));
    const __m512 t = _mm512_fmadd_ps(less_zero(x, s->op.a_zero), _mm512_set1_ps(s->a_scale), b);
    return _mm512_cvttps_epi32(_mm512_add_ps(t, with_sign_of(t, _mm512_set1_ps(s->half))));
}

/* All shifts of a sum go to the right. */
TARGET static inline __m512i add_exact(const struct sum *s, __m512i x, __m512i y)
{
    const struct mote_add_s8 *op = &s->op;
    const __m512i none = _mm512_setzero_si512();
    x = _mm512_slli_epi32(_mm512_sub_epi32(x, _mm512_set1_epi32(op->a_zero)), 20);
    y = _mm512_slli_epi32(_mm512_sub_epi32(y, _mm512_set1_epi32(op->b_zero)), 20);
    x = requant(x, _mm512_set1_epi32(op->a_mult), none, _mm512_set1_epi32(-op->a_shift));
    y = requant(y, _mm512_set1_epi32(op->b_mult), none, _mm512_set1_epi32(-op->b_shift));
    return requant(_mm512_add_epi32(x, y), _mm512_set1_epi32(op->out_mult), none,
                   _mm512_set1_epi32(-op->out_shift));
}

#include "fast/vector.inc"
#endif
