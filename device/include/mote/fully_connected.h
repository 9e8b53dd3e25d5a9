/* fully_connected.h - dense layer, int8. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md is the definition. */
#ifndef MOTE_FULLY_CONNECTED_H
#define MOTE_FULLY_CONNECTED_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_fully_connected_s8 {
    uint32_t rows;        /* input vectors, usually 1                        */
    uint32_t in_n, out_n; /* length of an input and of an output vector     */
    int8_t in_zero, out_zero;
    int16_t out_min, out_max;
    bool wide;           /* s16: sums and bias have 64 bits, else 32        */
    bool is_proved;      /* variants with records: host/pack/record.h       */
    uint8_t one_scale;   /* 1: mult and shift have one element, for all     */
    const int32_t *mult; /* [out_n] Q31 multiplier, borrowed                */
    const int8_t *shift; /* [out_n] -31..30, positive to the left, borrowed */
};

size_t mote_fully_connected_s8_ref_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s16_ref_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s16_opt_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s16_narrow_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s16_mve_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s8_opt_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s8_opt_w4_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s8_v7m_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s8_rv32_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s8_lanes_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s8_dsp_w4_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s8_dsp_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s8_mve_scratch(const struct mote_fully_connected_s8 *op);
size_t mote_fully_connected_s8_mve_w4_scratch(const struct mote_fully_connected_s8 *op);

/* in[rows][in_n], w[out_n][in_n], out[rows][out_n]; bias as for conv2d. opt_w4: w as
 * host/pack/nibbles.h lays it out. v7m, rv32: w and records as host/pack/fours.h lays them out;
 * lanes: as host/pack/lanes.h; dsp: as host/pack/pairs.h, in blocks of eight; dsp_w4: as
 * host/pack/octets_w4.h; mve: as host/pack/dots.h, DOTS_8; mve_w4: DOTS_8_W4. _w4 are variants for weights that all lie in -8..7. */
void mote_fully_connected_s8_ref(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                 const int8_t *w, const int32_t *bias, int8_t *out, void *scratch);
void mote_fully_connected_s8_opt(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                 const int8_t *w, const int32_t *bias, int8_t *out, void *scratch);
void mote_fully_connected_s8_opt_w4(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                    const int8_t *w, const int32_t *bias, int8_t *out,
                                    void *scratch);
void mote_fully_connected_s8_v7m(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                 const int8_t *w, const int32_t *records, int8_t *out,
                                 void *scratch);
void mote_fully_connected_s8_rv32(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                  const int8_t *w, const int32_t *records, int8_t *out,
                                  void *scratch);
void mote_fully_connected_s8_lanes(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                   const uint32_t *w, const int32_t *records, int8_t *out,
                                   void *scratch);
void mote_fully_connected_s8_dsp_w4(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                    const uint32_t *w, const int32_t *records, int8_t *out,
                                    void *scratch);
void mote_fully_connected_s8_dsp(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                 const uint32_t *w, const int32_t *records, int8_t *out,
                                 void *scratch);
void mote_fully_connected_s8_mve_w4(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                    const int8_t *w, const int32_t *records, int8_t *out,
                                    void *scratch);
void mote_fully_connected_s8_mve(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                 const int8_t *w, const int32_t *records, int8_t *out,
                                 void *scratch);
void mote_fully_connected_s16_ref(const struct mote_fully_connected_s8 *op, const int16_t *in,
                                  const int8_t *w, const void *bias, int16_t *out, void *scratch);
/* w as above, records as host/pack/shorts.h lays them out. */
void mote_fully_connected_s16_narrow(const struct mote_fully_connected_s8 *op, const int16_t *in,
                                     const int8_t *w, const int32_t *records, int16_t *out,
                                     void *scratch);
/* w and records as host/pack/dots.h lays them out, DOTS_8_S16. */
void mote_fully_connected_s16_mve(const struct mote_fully_connected_s8 *op, const int16_t *in,
                                  const int8_t *w, const int32_t *records, int16_t *out,
                                  void *scratch);
void mote_fully_connected_s16_opt(const struct mote_fully_connected_s8 *op, const int16_t *in,
                                  const int8_t *w, const void *bias, int16_t *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
