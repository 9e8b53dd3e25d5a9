/* kernels_variants.h - the variants of kernels.h that are compiled in; kernels.c chooses.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TRAIN_KERNELS_VARIANTS_H
#define MOTE_HOST_TRAIN_KERNELS_VARIANTS_H
#include "train/kernels.h"

extern const struct kernels kernels_c; /* any processor */
#if defined(__x86_64__)
extern const struct kernels kernels_avx2;   /* needs AVX2 and FMA */
extern const struct kernels kernels_avx512; /* needs AVX-512 F    */
#endif
#endif
