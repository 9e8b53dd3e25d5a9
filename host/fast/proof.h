/* proof.h - may one float product stand for a requantisation? SPDX-License-Identifier: Apache-2.0
 *
 * The definition (docs/spec/numerics.md, section 5) rounds twice, in 64 bits. From sum to byte it is a
 * staircase that never falls and has at most 255 steps. So is
 *
 *     trunc( fma(sum, scale, half with the sign of sum) )       in float, scale >= 0, half >= 0
 *
 * with floats that round to nearest, as they do when a program starts. Two such staircases are the
 * same if they agree on both sides of every step of the first, and at the ends of what a sum can be.
 * That is checked here, for each channel: where it fails the definition is computed. */
#ifndef MOTE_HOST_FAST_PROOF_H
#define MOTE_HOST_FAST_PROOF_H
#include <stdbool.h>
#include <stdint.h>

/* The output of sums first..last, without the zero point: clamp(requant(sum), low, high), where
 * high - low <= 255. */
struct staircase {
    int32_t mult, shift;
    int32_t low, high;
    int32_t first, last;
};

/* False if no scale and half was found that is right for every sum. */
bool prove_float(const struct staircase *s, float *scale, float *half);
#endif
