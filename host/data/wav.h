/* wav.h - a folder with one sub-folder a class, each with WAV files: RIFF, PCM, 16 bits.
 *
 * Classes are the sub-folders in the order of their names; those that start with '.' or '_'
 * (such as _background_noise_) are left out. Within a class, files ending in .wav are taken in
 * the order of their names. All must have one sample rate. The two channels of a stereo file are
 * averaged. A clip becomes [1, samples, 1, 1] values in [-1, 1).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_WAV_H
#define MOTE_HOST_WAV_H
#include "base/str.h"
#include "data/dataset.h"

struct wav {
    uint32_t rate_hz;
    uint32_t n_channels;  /* 1 or 2 */
    uint32_t n_samples;   /* a channel */
    struct bytes samples; /* little-endian s16, channels interleaved, borrowed from the file */
};

/* Check a whole file in memory; chunks may stand in any order. */
bool wav_parse(struct bytes file, const char *place, struct wav *out, struct diag *d);

/* Clips are cut or filled with zeros to n_samples each. */
bool wav_read(struct arena *a, const char *folder, uint32_t n_samples, struct dataset *out,
              struct diag *d);
#endif
