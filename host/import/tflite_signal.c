/* tflite_signal.c - the custom operators of the TFLite Micro signal library: an audio front end.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Their options are FlexBuffers. The noise estimate that SignalFilterBankSpectralSubtraction keeps
 * from call to call becomes a state of the graph. */
#include <inttypes.h>
#include <string.h>

#include "import/flexbuffer.h"
#include "import/tflite_parts.h"

#define INPUTS_MAX 6

static bool inputs(struct tfl *t, const struct tfl_op *op, uint32_t n, uint32_t in[INPUTS_MAX])
{
    if (op->in_ids.n != n)
        return tfl_refuse(op, "%" PRIu32 " inputs, expected %" PRIu32, op->in_ids.n, n);
    for (uint32_t k = 0; k < n; k++)
        if (!tfl_in(t, op, k, &in[k]))
            return false;
    return true;
}

/* Parameters in the order of the IR, by their names; ranges are the IR's rule. */
static bool options(const struct tfl_op *op, const char *const *names, uint32_t n, struct attrs *at)
{
    for (uint32_t k = 0; k < n; k++) {
        int64_t value;
        if (!flex_int(op->custom_options, names[k], &value))
            return tfl_refuse(op, "its options have no integer '%s'", names[k]);
        if (value < INT32_MIN || value > INT32_MAX)
            return tfl_refuse(op, "its option '%s' is %" PRId64 ", which no int32 holds", names[k],
                              value);
        at->params[k] = (int32_t)value;
    }
    return true;
}

/* An operator whose inputs and options are those of the IR. */
static bool plain(struct tfl *t, const struct tfl_op *op, uint32_t n_in, const char *const *names,
                  uint32_t n_names)
{
    struct attrs at = {0};
    uint32_t in[INPUTS_MAX] = {0};
    return inputs(t, op, n_in, in) && options(op, names, n_names, &at) &&
           tfl_add_outputs(t, op, op->kind, &at, in, n_in);
}

static bool import_window(struct tfl *t, const struct tfl_op *op)
{
    return plain(t, op, 2, (const char *const[]){"shift"}, 1);
}

static bool import_auto_scale(struct tfl *t, const struct tfl_op *op)
{
    return plain(t, op, 1, NULL, 0);
}

static bool import_rfft(struct tfl *t, const struct tfl_op *op)
{
    return plain(t, op, 1, (const char *const[]){"fft_length"}, 1);
}

static bool import_energy(struct tfl *t, const struct tfl_op *op)
{
    return plain(t, op, 1, (const char *const[]){"start_index", "end_index"}, 2);
}

static bool import_filter_bank(struct tfl *t, const struct tfl_op *op)
{
    return plain(t, op, 6, NULL, 0);
}

static bool import_square_root(struct tfl *t, const struct tfl_op *op)
{
    return plain(t, op, 2, NULL, 0);
}

static bool import_pcan(struct tfl *t, const struct tfl_op *op)
{
    return plain(t, op, 3, (const char *const[]){"snr_shift"}, 1);
}

static bool import_log(struct tfl *t, const struct tfl_op *op)
{
    return plain(t, op, 1, (const char *const[]){"output_scale", "input_correction_bits"}, 2);
}

static bool import_spectral_subtraction(struct tfl *t, const struct tfl_op *op)
{
    static const char *const names[] = {"smoothing",
                                        "one_minus_smoothing",
                                        "alternate_smoothing",
                                        "alternate_one_minus_smoothing",
                                        "min_signal_remaining",
                                        "smoothing_bits",
                                        "spectral_subtraction_bits",
                                        "clamping"};
    struct attrs at = {0};
    uint32_t in[INPUTS_MAX] = {0};
    if (!inputs(t, op, 1, in) || !options(op, names, N_PARAMS, &at))
        return false;
    const struct tensor noise = {.name = arena_printf(t->a, "%s:noise", op->out),
                                 .dtype = DT_U32,
                                 .shape = t->g->tensors.items[in[0]].shape};
    in[1] = graph_add_tensor(t->g, &noise);
    if (!tfl_add_outputs(t, op, op->kind, &at, in, 2))
        return false;
    const uint32_t next = t->g->nodes.items[t->g->nodes.n - 1].out[1];
    *VEC_PUSH(t->a, &t->g->states) = (struct state){.in = in[1], .out = next, .init = NO_TENSOR};
    return true;
}

const struct tfl_custom *tfl_signal_operator(uint32_t i)
{
    static const struct tfl_custom table[] = {
        {"SignalEnergy", import_energy, OP_SPECTRUM_ENERGY},
        {"SignalFftAutoScale", import_auto_scale, OP_FFT_AUTO_SCALE},
        {"SignalFilterBank", import_filter_bank, OP_FILTER_BANK},
        {"SignalFilterBankLog", import_log, OP_FILTER_BANK_LOG},
        {"SignalFilterBankSpectralSubtraction", import_spectral_subtraction,
         OP_SPECTRAL_SUBTRACTION},
        {"SignalFilterBankSquareRoot", import_square_root, OP_FILTER_BANK_SQUARE_ROOT},
        {"SignalPCAN", import_pcan, OP_PCAN},
        {"SignalRfft", import_rfft, OP_RFFT},
        {"SignalWindow", import_window, OP_SIGNAL_WINDOW},
    };
    return i < sizeof table / sizeof table[0] ? &table[i] : NULL;
}
