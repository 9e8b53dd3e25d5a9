/* kernels_c.c - the inner loops for any processor: vectors of 4 floats, which the compiler maps to
 * SSE2, NEON or plain registers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/kernels_variants.h"
#include <assert.h>
#include <string.h>

#define TARGET
#define VARIANT c
#define NAME    "c"
#define VL      4
#define VEC     f32x4

#define TILE_MAX 6
#define TILES(X) X(6) X(4) X(3) X(2) X(1)

typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t s32x4 __attribute__((vector_size(16)));

#define VSET1(x)               set_lanes(x)
#define VLOAD(p)               load_lanes(p, VL)
#define VFMA(a, b, c)          ((a) * (b) + (c))
#define VADD(a, b)             ((a) + (b))
#define VSUB(a, b)             ((a) - (b))
#define VMUL(a, b)             ((a) * (b))
#define VMIN(a, b)             choose((a) < (b), a, b)
#define VMAX(a, b)             choose((a) > (b), a, b)
#define VLOADN(p, n)           load_lanes(p, n)
#define VSTOREN(p, v, n)       store_lanes(p, v, n)
#define VEQUAL(g, x, y)        choose((x) == (y), g, set_lanes(0.0f))
#define VBETWEEN(g, y, lo, hi) choose(((y) > (lo)) & ((y) < (hi)), g, set_lanes(0.0f))

static inline f32x4 set_lanes(float x)
{
    return (f32x4){x, x, x, x};
}

static inline f32x4 load_lanes(const float *p, ptrdiff_t n)
{
    f32x4 v = {0};
    if (n == VL)
        memcpy(&v, p, sizeof v);
    else
        memcpy(&v, p, (size_t)n * sizeof *p);
    return v;
}

static inline void store_lanes(float *p, f32x4 v, ptrdiff_t n)
{
    if (n == VL)
        memcpy(p, &v, sizeof v);
    else
        memcpy(p, &v, (size_t)n * sizeof *p);
}

/* Lane by lane: a where the mask is all ones, b where it is 0. */
static inline f32x4 choose(s32x4 mask, f32x4 a, f32x4 b)
{
    return (f32x4)(((s32x4)a & mask) | ((s32x4)b & ~mask));
}

#include "train/kernels.inc"
