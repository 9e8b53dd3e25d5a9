/* wav.c - reading of WAV files and of folders of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/wav.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/vec.h"

#define CLASSES_MAX      1000
#define VALUES_BYTES_MAX ((uint64_t)8 << 30)
#define WAVE_PCM         1
#define WAVE_EXTENSIBLE  0xfffe

static uint32_t u16_at(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32_at(const uint8_t *p)
{
    return u16_at(p) | u16_at(p + 2) << 16;
}

/* The contents of the first chunk called `id`. A chunk that reaches past the end of the file is
 * an error: the file was cut, or is not what it says. */
static bool find_chunk(struct bytes file, const char *id, const char *place, struct bytes *out,
                       struct diag *d)
{
    size_t at = 12;
    while (file.len - at >= 8) {
        const uint8_t *p = file.data + at;
        const uint32_t len = u32_at(p + 4);
        const size_t left = file.len - at - 8;
        if (len > left)
            return diag_error(
                d, place, "truncated: a chunk at byte %zu announces %" PRIu32 " bytes, %zu follow",
                at, len, left);
        if (memcmp(p, id, 4) == 0) {
            *out = (struct bytes){p + 8, len};
            return true;
        }
        at += 8 + (size_t)len;
        at += len % 2 && at < file.len; /* chunks start at even offsets */
    }
    return diag_error(d, place, "no chunk \"%s\" in this WAV file", id);
}

static bool parse_format(struct bytes fmt, const char *place, struct wav *out, struct diag *d)
{
    if (fmt.len < 16)
        return diag_error(d, place, "its format chunk has %zu bytes, expected 16 or more", fmt.len);
    uint32_t code = u16_at(fmt.data);
    const uint32_t bits = u16_at(fmt.data + 14);
    if (code == WAVE_EXTENSIBLE && fmt.len >= 26)
        code = u16_at(fmt.data + 24);
    out->n_channels = u16_at(fmt.data + 2);
    out->rate_hz = u32_at(fmt.data + 4);
    if (code != WAVE_PCM || bits != 16) {
        diag_error(d, place,
                   "encoding %" PRIu32 " with %" PRIu32
                   " bits, only 16-bit PCM (encoding 1) is supported",
                   code, bits);
        return diag_hint(d, "convert it, e.g. with: sox in.wav -e signed -b 16 out.wav");
    }
    if (out->n_channels < 1 || out->n_channels > 2)
        return diag_error(d, place, "%" PRIu32 " channels, expected 1 or 2", out->n_channels);
    if (out->rate_hz == 0)
        return diag_error(d, place, "its sample rate is 0");
    return true;
}

bool wav_parse(struct bytes file, const char *place, struct wav *out, struct diag *d)
{
    if (file.len < 12 || memcmp(file.data, "RIFF", 4) != 0 || memcmp(file.data + 8, "WAVE", 4) != 0)
        return diag_error(d, place, "not a WAV file: it does not start with RIFF....WAVE");
    struct bytes fmt = {0}, data = {0};
    if (!find_chunk(file, "fmt ", place, &fmt, d) || !parse_format(fmt, place, out, d) ||
        !find_chunk(file, "data", place, &data, d))
        return false;
    const size_t frame_bytes = out->n_channels == 2 ? 4 : 2;
    if (data.len < frame_bytes)
        return diag_error(d, place, "it holds no samples");
    out->n_samples = (uint32_t)(data.len / frame_bytes);
    out->samples = (struct bytes){data.data, out->n_samples * frame_bytes};
    return true;
}

/* Channels averaged, scaled to [-1, 1), cut or filled with zeros. `out` is zero. */
static void decode(const struct wav *w, uint32_t n_samples, float *out)
{
    const uint32_t n = w->n_samples < n_samples ? w->n_samples : n_samples;
    const float scale = 1.0f / (32768.0f * (float)w->n_channels);
    const uint8_t *p = w->samples.data;
    for (uint32_t i = 0; i < n; i++) {
        int32_t sum = 0;
        for (uint32_t c = 0; c < w->n_channels; c++, p += 2)
            sum += (int16_t)u16_at(p);
        out[i] = (float)sum * scale;
    }
}

enum entry_kind { ENTRY_CLASS, ENTRY_CLIP };

static bool is_wanted(const char *folder_path, const char *name, enum entry_kind kind,
                      struct arena *a)
{
    struct stat st;
    if (kind == ENTRY_CLIP) {
        const size_t len = strlen(name);
        return len > 4 && strcasecmp(name + len - 4, ".wav") == 0;
    }
    return name[0] != '_' && stat(path_join(a, folder_path, name), &st) == 0 && S_ISDIR(st.st_mode);
}

/* The names in a folder that are classes or clips. */
static bool list_folder(struct arena *a, const char *path, enum entry_kind kind,
                        struct file_names *out, struct diag *d)
{
    struct file_names all;
    if (!file_list(a, path, &all, d))
        return false;
    *out = (struct file_names){0};
    for (uint32_t i = 0; i < all.list.n; i++)
        if (is_wanted(path, all.list.items[i], kind, a))
            *VEC_PUSH(a, &out->list) = all.list.items[i];
    if (out->list.n == 0)
        return diag_error(d, path,
                          kind == ENTRY_CLASS ? "no sub-folder in it, expected one a class"
                                              : "no .wav file in this class folder");
    return true;
}

/* All clips of all classes. */
struct clips {
    VEC(const char *) path;
    VEC(uint16_t) label;
};

static bool list_clips(struct arena *a, const char *folder, const struct file_names *classes,
                       struct clips *out, struct diag *d)
{
    for (uint32_t c = 0; c < classes->list.n; c++) {
        const char *path = path_join(a, folder, classes->list.items[c]);
        struct file_names files = {0};
        if (!list_folder(a, path, ENTRY_CLIP, &files, d))
            return false;
        for (uint32_t i = 0; i < files.list.n; i++) {
            *VEC_PUSH(a, &out->path) = path_join(a, path, files.list.items[i]);
            *VEC_PUSH(a, &out->label) = (uint16_t)c;
        }
    }
    return true;
}

static bool read_clip(const char *path, uint32_t n_samples, uint32_t *rate_hz, float *out,
                      struct diag *d)
{
    struct bytes file = {0};
    struct wav w = {0};
    if (!file_map(path, &file, d))
        return false;
    bool ok = wav_parse(file, path, &w, d);
    if (ok && *rate_hz && w.rate_hz != *rate_hz)
        ok = diag_error(d, path, "%" PRIu32 " samples a second, the clips before have %" PRIu32,
                        w.rate_hz, *rate_hz);
    if (ok) {
        *rate_hz = w.rate_hz;
        decode(&w, n_samples, out);
    }
    file_unmap(file);
    return ok;
}

bool wav_read(struct arena *a, const char *folder, uint32_t n_samples, struct dataset *out,
              struct diag *d)
{
    if (n_samples < 1 || n_samples > DIM_MAX)
        return diag_error(d, folder, "clips of %" PRIu32 " samples, expected 1..%d", n_samples,
                          DIM_MAX);
    struct file_names classes = {0};
    struct clips clips = {0};
    if (!list_folder(a, folder, ENTRY_CLASS, &classes, d))
        return false;
    if (classes.list.n > CLASSES_MAX)
        return diag_error(d, folder, "%" PRIu32 " sub-folders, at most %d classes are allowed",
                          classes.list.n, CLASSES_MAX);
    if (!list_clips(a, folder, &classes, &clips, d))
        return false;
    const uint64_t bytes = (uint64_t)clips.path.n * n_samples * sizeof(float);
    if (bytes > VALUES_BYTES_MAX)
        return diag_error(d, folder,
                          "%" PRIu32 " clips of %" PRIu32 " samples need %" PRIu64
                          " bytes, at most %" PRIu64 " are allowed",
                          clips.path.n, n_samples, bytes, VALUES_BYTES_MAX);
    float *values = ARENA_ARRAY(a, float, (size_t)clips.path.n *n_samples);
    uint32_t rate_hz = 0;
    for (uint32_t i = 0; i < clips.path.n; i++)
        if (!read_clip(clips.path.items[i], n_samples, &rate_hz, values + (size_t)i * n_samples, d))
            return false;
    *out = (struct dataset){.n = clips.path.n,
                            .sample = {4, {1, (int32_t)n_samples, 1, 1}},
                            .n_classes = classes.list.n,
                            .class_names = classes.list.items,
                            .f32 = values,
                            .label = clips.label.items,
                            .mean = 0,
                            .std = 1};
    return true;
}
