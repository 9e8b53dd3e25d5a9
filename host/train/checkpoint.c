/* checkpoint.c - write, read, identify (checkpoint.h has the format).
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/checkpoint.h"
#include "base/file.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <zlib.h>

#define MAGIC        "MOTECKPT"
#define MAGIC_BYTES  8
#define VERSION      1
#define HEADER_BYTES 80
#define CRC_BYTES    4

_Static_assert(sizeof(float) == 4 && sizeof(double) == 8, "the file has IEEE 754 numbers");

static uint8_t *put_u64(uint8_t *at, uint64_t v, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        *at++ = (uint8_t)(v >> (8 * i));
    return at;
}

static uint8_t *put_f64(uint8_t *at, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return put_u64(at, bits, 8);
}

static const uint8_t *get_u64(const uint8_t *at, uint64_t *v, uint32_t bytes)
{
    *v = 0;
    for (uint32_t i = 0; i < bytes; i++)
        *v |= (uint64_t)at[i] << (8 * i);
    return at + bytes;
}

static const uint8_t *get_f64(const uint8_t *at, double *v)
{
    uint64_t bits;
    at = get_u64(at, &bits, 8);
    memcpy(v, &bits, sizeof bits);
    return at;
}

static uint8_t *put_floats(uint8_t *at, const float *v, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &v[i], sizeof bits);
        at = put_u64(at, bits, 4);
    }
    return at;
}

static const uint8_t *get_floats(const uint8_t *at, float *v, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        uint64_t wide;
        at = get_u64(at, &wide, 4);
        const uint32_t bits = (uint32_t)wide;
        memcpy(&v[i], &bits, sizeof bits);
    }
    return at;
}

static size_t file_bytes(const struct checkpoint *c)
{
    return HEADER_BYTES + (size_t)c->n_arrays * (size_t)c->n * sizeof(float) + CRC_BYTES;
}

static uint64_t crc(const uint8_t *data, size_t n)
{
    return crc32_z(crc32_z(0, NULL, 0), data, n);
}

bool checkpoint_write(const char *path, const struct checkpoint *c, struct arena *scratch,
                      struct diag *d)
{
    assert(c->n_arrays <= CHECKPOINT_ARRAYS_MAX);
    const size_t bytes = file_bytes(c);
    uint8_t *file = arena_alloc(scratch, bytes), *at = file;
    memcpy(at, MAGIC, MAGIC_BYTES);
    at = put_u64(at + MAGIC_BYTES, VERSION, 4);
    at = put_u64(at, c->n_arrays, 4);
    at = put_u64(at, c->identity, 8);
    at = put_u64(at, c->n, 8);
    at = put_u64(at, c->epoch, 4);
    at = put_u64(at, c->step, 4);
    at = put_f64(at, c->loss_sum);
    at = put_u64(at, c->correct, 8);
    at = put_f64(at, c->loss);
    at = put_f64(at, c->train_accuracy);
    at = put_f64(at, c->val_accuracy);
    assert(at == file + HEADER_BYTES);
    for (uint32_t i = 0; i < c->n_arrays; i++)
        at = put_floats(at, c->arrays[i], c->n);
    at = put_u64(at, crc(file, (size_t)(at - file)), CRC_BYTES);
    assert(at == file + bytes);
    return file_write(path, file, bytes, d);
}

/* Everything about the file except its place in the training. */
static bool check_file(const char *path, struct bytes f, const struct checkpoint *c, struct diag *d)
{
    uint64_t version, n_arrays, identity, n, sum;
    if (f.len < MAGIC_BYTES || memcmp(f.data, MAGIC, MAGIC_BYTES) != 0)
        return diag_error(d, path, "not a checkpoint: it does not start with \"%s\"", MAGIC);
    if (f.len < HEADER_BYTES + CRC_BYTES)
        return diag_error(d, path, "truncated: %zu bytes, a checkpoint has at least %d", f.len,
                          HEADER_BYTES + CRC_BYTES);
    const uint8_t *at = get_u64(f.data + MAGIC_BYTES, &version, 4);
    if (version != VERSION)
        return diag_error(d, path, "checkpoint version %" PRIu64 ", this program reads %d", version,
                          VERSION);
    at = get_u64(at, &n_arrays, 4);
    at = get_u64(at, &identity, 8);
    get_u64(at, &n, 8);
    if (identity != c->identity || n_arrays != c->n_arrays || n != c->n) {
        diag_error(d, path, "the checkpoint belongs to another network, other options or data");
        return diag_hint(d, "resume with the recipe and seed it was made with, or start anew");
    }
    if (f.len != file_bytes(c))
        return diag_error(d, path,
                          "%zu bytes, a checkpoint of this network has %zu: truncated "
                          "or damaged",
                          f.len, file_bytes(c));
    get_u64(f.data + f.len - CRC_BYTES, &sum, CRC_BYTES);
    if (sum != crc(f.data, f.len - CRC_BYTES)) {
        diag_error(d, path, "damaged: checksum %08" PRIx64 ", expected %08" PRIx64,
                   crc(f.data, f.len - CRC_BYTES), sum);
        return diag_hint(d, "start anew without it");
    }
    return true;
}

static void take_file(struct bytes f, struct checkpoint *c)
{
    uint64_t epoch, step;
    const uint8_t *at = get_u64(f.data + 32, &epoch, 4);
    at = get_u64(at, &step, 4);
    c->epoch = (uint32_t)epoch;
    c->step = (uint32_t)step;
    at = get_f64(at, &c->loss_sum);
    at = get_u64(at, &c->correct, 8);
    at = get_f64(at, &c->loss);
    at = get_f64(at, &c->train_accuracy);
    at = get_f64(at, &c->val_accuracy);
    for (uint32_t i = 0; i < c->n_arrays; i++)
        at = get_floats(at, c->arrays[i], c->n);
}

bool checkpoint_read(const char *path, struct checkpoint *c, struct diag *d)
{
    struct bytes file;
    if (!file_map(path, &file, d))
        return false;
    const bool fits = check_file(path, file, c, d);
    if (fits)
        take_file(file, c);
    file_unmap(file);
    return fits;
}

/* FNV-1a, 64 bits. */
static void hash_bytes(uint64_t *h, const void *data, size_t n)
{
    const uint8_t *at = data;
    for (size_t i = 0; i < n; i++)
        *h = (*h ^ at[i]) * UINT64_C(0x100000001b3);
}

static void hash_u64(uint64_t *h, uint64_t v)
{
    uint8_t bytes[8];
    put_u64(bytes, v, 8);
    hash_bytes(h, bytes, sizeof bytes);
}

static void hash_f32(uint64_t *h, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    hash_u64(h, bits);
}

static void hash_shape(uint64_t *h, const struct shape *s)
{
    hash_u64(h, (uint64_t)s->rank);
    for (int32_t i = 0; i < s->rank; i++)
        hash_u64(h, (uint64_t)s->dim[i]);
}

static void hash_attrs(uint64_t *h, const struct attrs *a)
{
    const int32_t plain[] = {a->kernel_h,   a->kernel_w,   a->stride_h, a->stride_w,
                             a->dilation_h, a->dilation_w, a->pad_top,  a->pad_bottom,
                             a->pad_left,   a->pad_right,  a->axis,     (int32_t)a->act};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        hash_u64(h, (uint64_t)plain[i]);
    for (int32_t i = 0; i < 2 * RANK_MAX; i++)
        hash_u64(h, (uint64_t)a->pads[i]);
    hash_f32(h, a->eps);
    hash_f32(h, a->beta);
}

static void hash_graph(uint64_t *h, const struct graph *g)
{
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        hash_bytes(h, op_name(n->op), strlen(op_name(n->op)));
        hash_attrs(h, &n->attrs);
        for (uint32_t k = 0; k < n->n_in; k++) {
            hash_u64(h, n->in[k]);
            if (n->in[k] != NO_TENSOR)
                hash_shape(h, &g->tensors.items[n->in[k]].shape);
        }
        for (uint32_t k = 0; k < n->n_out; k++)
            hash_shape(h, &g->tensors.items[n->out[k]].shape);
    }
}

static void hash_options(uint64_t *h, const struct train_options *o)
{
    const uint64_t whole[] = {o->epochs,
                              o->batch,
                              o->optimizer,
                              o->schedule,
                              o->seed,
                              o->augment.flip,
                              (uint64_t)o->augment.shift,
                              (uint64_t)o->augment.crop_pad};
    const float real[] = {o->lr,         o->momentum,     o->beta1,         o->beta2,
                          o->eps,        o->weight_decay, o->warmup_epochs, o->label_smoothing,
                          o->bn_momentum};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        hash_u64(h, whole[i]);
    for (size_t i = 0; i < sizeof real / sizeof real[0]; i++)
        hash_f32(h, real[i]);
}

uint64_t checkpoint_identity(const struct graph *g, const struct train_options *opt,
                             const struct dataset_view *train)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    hash_graph(&h, g);
    hash_options(&h, opt);
    hash_u64(&h, train->ds->n);
    hash_u64(&h, train->ds->n_classes);
    hash_shape(&h, &train->ds->sample);
    hash_f32(&h, train->ds->mean);
    hash_f32(&h, train->ds->std);
    for (uint32_t i = 0; i < train->n; i++)
        hash_u64(&h, train->index[i]);
    return h;
}
