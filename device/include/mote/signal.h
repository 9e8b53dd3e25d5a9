/* signal.h - an audio front end in integers: from samples to the logarithm of mel bands.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 31, is the definition; the operators are those of
 * the TFLite Micro signal library. Nothing is kept between calls but what the caller keeps: the
 * noise estimate. */
#ifndef MOTE_SIGNAL_H
#define MOTE_SIGNAL_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* out[i] = in[i] * window[i] >> shift, held within int16. */
struct mote_signal_window_s16 {
    uint32_t n;
    uint8_t shift; /* 0..31 */
};
size_t mote_signal_window_s16_ref_scratch(const struct mote_signal_window_s16 *op);
/* `out` may be `in`. */
void mote_signal_window_s16_ref(const struct mote_signal_window_s16 *op, const int16_t *in,
                                const int16_t *window, int16_t *out, void *scratch);

/* out[i] = in[i] * 2^bits with the largest bits for which all fit. */
struct mote_fft_auto_scale_s16 {
    uint32_t n;
};
size_t mote_fft_auto_scale_s16_ref_scratch(const struct mote_fft_auto_scale_s16 *op);
/* `out` may be `in`. */
void mote_fft_auto_scale_s16_ref(const struct mote_fft_auto_scale_s16 *op, const int16_t *in,
                                 int16_t *out, int32_t *bits, void *scratch);

/* Spectrum of real samples, zeros behind them: n / 2 + 1 pairs of real and imaginary part, scaled
 * by 1 / n. Decimation in time by 4, then 2; each butterfly divides by its radix first. */
struct mote_rfft_s16 {
    uint32_t in_n;                /* samples, <= n                                       */
    uint32_t n;                   /* a power of two, 4..32768                            */
    const int16_t *twiddle;       /* [n] pairs: e^(-2 pi i k / (n / 2)), k < n / 2       */
    const int16_t *super_twiddle; /* [n / 2] pairs: e^(-pi i ((k + 1) / (n / 2) + 1 / 2)) */
};
/* 2 * n bytes, aligned for int16_t. */
size_t mote_rfft_s16_ref_scratch(const struct mote_rfft_s16 *op);
void mote_rfft_s16_ref(const struct mote_rfft_s16 *op, const int16_t *in, int16_t *out,
                       void *scratch);

/* out[i] = re^2 + im^2 for first <= i < end, 0 elsewhere. */
struct mote_spectrum_energy_s16 {
    uint32_t n, first, end; /* pairs; first <= end <= n */
};
size_t mote_spectrum_energy_s16_ref_scratch(const struct mote_spectrum_energy_s16 *op);
void mote_spectrum_energy_s16_ref(const struct mote_spectrum_energy_s16 *op, const int16_t *in,
                                  uint32_t *out, void *scratch);

/* Triangular filters side by side. Filter c begins at frequency start[c], width[c] long, with
 * weights from weight_start[c] on; what it leaves of each line, by `unweights`, goes to the one
 * before it. There is one more filter than outputs: the first has no output of its own. */
struct mote_filter_bank_u32 {
    uint32_t channels;
};
size_t mote_filter_bank_u32_ref_scratch(const struct mote_filter_bank_u32 *op);
void mote_filter_bank_u32_ref(const struct mote_filter_bank_u32 *op, const uint32_t *in,
                              const int16_t *weights, const int16_t *unweights,
                              const int16_t *start, const int16_t *weight_start,
                              const int16_t *width, uint64_t *out, void *scratch);

/* out[i] = round(sqrt(in[i])) >> (*bits modulo 32) */
struct mote_filter_bank_square_root_u64 {
    uint32_t n;
};
size_t
mote_filter_bank_square_root_u64_ref_scratch(const struct mote_filter_bank_square_root_u64 *op);
void mote_filter_bank_square_root_u64_ref(const struct mote_filter_bank_square_root_u64 *op,
                                          const uint64_t *in, const int32_t *bits, uint32_t *out,
                                          void *scratch);

/* A slow average of each channel is taken for noise and subtracted. Even and odd channels have
 * coefficients of their own, in fractions of 2^bits. */
struct mote_spectral_subtraction_u32 {
    uint32_t n;
    uint32_t smoothing[2], one_minus_smoothing[2]; /* of even and odd channels     */
    uint32_t min_signal_remaining;                 /* of the signal, at least      */
    uint8_t smoothing_bits, bits;                  /* 0..31                        */
    uint8_t clamping;                              /* noise is at most the signal? */
};
size_t mote_spectral_subtraction_u32_ref_scratch(const struct mote_spectral_subtraction_u32 *op);
/* `out` may be `in`; `noise_out` may be `noise`, of the call before. */
void mote_spectral_subtraction_u32_ref(const struct mote_spectral_subtraction_u32 *op,
                                       const uint32_t *in, const uint32_t *noise, uint32_t *out,
                                       uint32_t *noise_out, void *scratch);

/* Per-channel amplitude normalisation: a gain that a table gives for the noise, then a soft
 * knee. `table`: 4 * 32 - 3 values, see docs/spec/numerics.md. */
struct mote_pcan_u32 {
    uint32_t n;
    uint8_t snr_shift; /* 0..63 */
};
size_t mote_pcan_u32_ref_scratch(const struct mote_pcan_u32 *op);
/* `out` may be `in`. */
void mote_pcan_u32_ref(const struct mote_pcan_u32 *op, const uint32_t *in, const uint32_t *noise,
                       const int16_t *table, uint32_t *out, void *scratch);

/* out[i] = scale * ln(in[i] * 2^correction_bits), at most 32767; 0 where that is at most 1. */
struct mote_filter_bank_log_u32 {
    uint32_t n, scale;
    uint8_t correction_bits; /* 0..31 */
};
size_t mote_filter_bank_log_u32_ref_scratch(const struct mote_filter_bank_log_u32 *op);
void mote_filter_bank_log_u32_ref(const struct mote_filter_bank_log_u32 *op, const uint32_t *in,
                                  int16_t *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
