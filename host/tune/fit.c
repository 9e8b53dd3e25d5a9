/* fit.c - factors by least squares of relative errors. SPDX-License-Identifier: Apache-2.0
 *
 * With x = work / cycles of a sample, the sum of (f . x - 1)^2 is convex; f stays >= 0, so that no
 * layer is ever predicted to take less for being larger. */
#include "tune/fit.h"

#include <math.h>

#define N_ROUNDS 20000

/* The part of a sample's cycles that the factors explain. */
static double explained(const struct sample *s, const double factors[N_WORKS])
{
    double sum = 0;
    for (int i = 0; i < N_WORKS; i++)
        sum += factors[i] * s->work[i];
    return sum / s->cycles;
}

/* The best value of factor k with the others as they are. */
static double best_factor(const struct sample *samples, uint32_t n, int k,
                          const double factors[N_WORKS])
{
    double up = 0, down = 0;
    for (uint32_t i = 0; i < n; i++) {
        const double x = samples[i].work[k] / samples[i].cycles;
        up += x * (1 - explained(&samples[i], factors) + factors[k] * x);
        down += x * x;
    }
    return down > 0 ? fmax(up / down, 0) : 0;
}

double fit_factors(const struct sample *samples, uint32_t n, double factors[N_WORKS])
{
    for (int k = 0; k < N_WORKS; k++)
        factors[k] = 0;
    for (int round = 0; round < N_ROUNDS; round++)
        for (int k = 0; k < N_WORKS; k++)
            factors[k] = best_factor(samples, n, k, factors);
    double worst = 0;
    for (uint32_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(explained(&samples[i], factors) - 1));
    return worst;
}
