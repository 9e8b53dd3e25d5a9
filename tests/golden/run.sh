#!/bin/sh
# run.sh MOTE - real models on emulated boards, call after call, against the outputs of the TFLite
# Micro reference kernels, byte for byte, through the forms of `mote run` that scripts rely on.
# Models and outputs are not part of the project (MOTE_DATA, else ../shared/data): without them
# every comparison is skipped.
# SPDX-License-Identifier: Apache-2.0
set -u
mote=$(realpath "$1")
cd "$(dirname "$0")/../.." || exit 1
data=${MOTE_DATA:-../shared/data}
boards="cortex-m4 cortex-m55"
models="mlperf-tiny/ad01_int8 mlperf-tiny/kws_ref_model mlperf-tiny/pretrainedResnet_quant
mlperf-tiny/str_ww_ref_model mlperf-tiny/vww_96_int8 tflm/person_detect
tflm/micro_speech_quantized micro-wake-word/alexa"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# The --input options of all calls: --input 0.in0.bin,0.in1.bin --input 1.in0.bin,1.in1.bin ...
calls() { # GOLDEN-FOLDER
    call=0
    while [ -f "$1/$call.in0.bin" ]; do
        printf ' --input %s' "$(ls "$1/$call".in*.bin | paste -sd ,)"
        call=$((call + 1))
    done
}

same_outputs() { # GOLDEN-FOLDER OUTPUT-FOLDER
    for want in "$1"/*.out*.bin; do
        cmp "$want" "$2/$(basename "$want")" || return 1
    done
}

for model in $models; do
    golden=$data/golden/outputs/$model
    for board in $boards; do
        if ! [ -f "$data/models/$model.tflite" ] || ! [ -f "$golden/0.in0.bin" ]; then
            skipped=$((skipped + 1))
            continue
        fi
        out=$work/$(basename "$model")-$board
        # shellcheck disable=SC2046
        if "$mote" run "$data/models/$model.tflite" --target "$board" $(calls "$golden") \
            --output "$out" >"$work/log" 2>&1 && same_outputs "$golden" "$out" >>"$work/log" 2>&1
        then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAILED: $model on $board"
            cat "$work/log"
        fi
    done
done
[ $skipped -eq 0 ] || echo "skipped: $skipped models on boards, without $data"
echo "golden: $passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
