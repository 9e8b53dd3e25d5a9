/* variants.h - the variants of kernels.h that are compiled in; kernels.c chooses.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_FAST_VARIANTS_H
#define MOTE_HOST_FAST_VARIANTS_H
#include "fast/kernels.h"

extern const struct fast_kernels fast_kernels_c; /* any processor */
#if defined(__x86_64__)
extern const struct fast_kernels fast_kernels_avx2;   /* needs AVX2 and FMA */
extern const struct fast_kernels fast_kernels_avx512; /* needs AVX-512 F, BW, DQ, VL and VNNI */
#endif
#endif
