/* dense.h - dense layers by several blocks of four outputs at a time, all but the inner loop: the
 * file that includes this has it. SPDX-License-Identifier: Apache-2.0
 *
 * Each input is loaded once for all outputs of the blocks, whose weights (host/pack/fours.h) are read
 * side by side. Where blocks run out, the last one is computed again and again: its sums are the
 * same. Order: rows; within a row the blocks. */
#ifndef MOTE_FULLY_CONNECTED_DENSE_H
#define MOTE_FULLY_CONNECTED_DENSE_H
#include "kernels/common/record.h"
#include "mote/fully_connected.h"

#define MOTE_DENSE_MAX 4 /* blocks */

/* What an inner loop is: how many blocks, inputs a round, bytes of code an input, and by how much
 * its pointers are low. */
struct mote_dense_loop {
    uint32_t blocks, round, code_bytes, low;
};

/* What it knows, by these offsets. The first round is entered behind the inputs that it does not
 * have, and pointers begin as many low. */
struct mote_dense {
    uintptr_t x, x_end;          /*  0, 4: the inputs                       */
    uint32_t skipped_code;       /*  8: bytes of the inputs that are jumped */
    int32_t *sums;               /* 12: begin with the biases               */
    uintptr_t w[MOTE_DENSE_MAX]; /* 16: weights of the blocks               */
    int32_t all_sums[4 * MOTE_DENSE_MAX];
};

/* Add the products. */
static void mote_dense_sums(struct mote_dense *d);

/* A row on its way. */
struct mote_dense_row {
    const struct mote_fully_connected_s8 *op;
    const struct mote_dense_loop *loop;
    const int8_t *w;
    const int32_t *records;
    uint32_t n_blocks, skipped, block_words; /* of the second array */
};

/* Blocks first to first + loop->blocks - 1, as far as they are there. */
static inline void mote_dense_blocks(const struct mote_dense_row *r, struct mote_dense *d,
                                     uint32_t first)
{
    for (uint32_t i = 0; i < r->loop->blocks; i++) {
        const uint32_t block = first + i < r->n_blocks ? first + i : r->n_blocks - 1;
        const int32_t *biases = r->records + block * r->block_words;
        d->w[i] =
            (uintptr_t)r->w + (uintptr_t)block * 4 * r->op->in_n - 4 * r->skipped - r->loop->low;
        for (uint32_t k = 0; k < 4; k++)
            d->all_sums[4 * i + k] = biases[k];
    }
    mote_dense_sums(d);
}

/* Bytes of the sums of n outputs. */
static inline void mote_dense_bytes(const struct mote_dense_row *r, const int32_t *sums,
                                    uint32_t first, uint32_t n, int8_t *out)
{
    const bool is_proved = r->op->is_proved;
    const size_t step = r->op->one_scale ? 0 : mote_record_words(is_proved);
    const int32_t *all = r->records + 4 * r->n_blocks,
                  *own = r->records + first * r->block_words + 4;
    for (const int8_t *end = out + n; out < end; own += r->block_words) {
        const int32_t *record = r->op->one_scale ? all : own;
        for (const int8_t *four = end - out > 4 ? out + 4 : end; out < four; record += step)
            *out++ = mote_by_record(record, is_proved, *sums++);
    }
}

static inline void mote_dense_layer(const struct mote_fully_connected_s8 *op,
                                    const struct mote_dense_loop *loop, const int8_t *in,
                                    const int8_t *w, const int32_t *records, int8_t *out)
{
    const uint32_t n_words = (uint32_t)mote_record_words(op->is_proved);
    const struct mote_dense_row r = {.op = op,
                                     .loop = loop,
                                     .w = w,
                                     .records = records,
                                     .n_blocks = (op->out_n + 3) / 4,
                                     .skipped = -op->in_n % loop->round,
                                     .block_words = op->one_scale ? 4 : 4 + 4 * n_words};
    struct mote_dense d;
    d.sums = d.all_sums;
    d.skipped_code = r.skipped * loop->code_bytes;
    for (uint32_t row = 0; row < op->rows; row++, in += op->in_n, out += op->out_n) {
        d.x = (uintptr_t)in - r.skipped - loop->low;
        d.x_end = (uintptr_t)in + op->in_n - loop->low;
        for (uint32_t i = 0; i < op->out_n; i += 4 * loop->blocks) {
            const uint32_t left = op->out_n - i, at_once = 4 * loop->blocks;
            mote_dense_blocks(&r, &d, i / 4);
            mote_dense_bytes(&r, d.all_sums, i / 4, left < at_once ? left : at_once, out + i);
        }
        mote_clamp_s8(out, op->out_n, op->out_min, op->out_max);
    }
}
#endif
