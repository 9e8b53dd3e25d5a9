#!/bin/sh
# fuzz.sh [SECONDS [TARGET...]] - fuzz the readers of files from outside with libFuzzer, ASan and
# UBSan: each target for SECONDS (60) from the seeds that the tests build and, where they are at
# hand, small real models (MOTE_DATA, else ../shared/data). What was found before is kept in
# build/fuzz/corpus, what failed in build/fuzz/found: replay it with build/host/tests/fuzz_TARGET.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-60}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- tflite onnx ir_text
build=build/fuzz
passed=0 failed=0

seeds() { # TARGET FOLDER
    mkdir -p "$2"
    case $1 in
    tflite)
        for test in hostile operators control detect along recurrent many; do
            MOTE_SEEDS=$2 "$build/tests/import_test_$test" >/dev/null
        done
        find "${MOTE_DATA:-../shared/data}" -name '*.tflite' -size -64k -exec cp {} "$2" \;
        ;;
    onnx)
        MOTE_SEEDS=$2 "$build/tests/import_test_onnx" >/dev/null
        find "${MOTE_DATA:-../shared/data}" -name '*.onnx' ! -name 'light_*' -size -64k -exec sh -c '
            for f; do cp "$f" "$0/$(echo "$f" | cksum | cut -d " " -f 1)"; done' "$2" {} +
        for test in conv_with_autopad_same gru_defaults lstm_defaults resize_upsample_scales_linear \
            layer_normalization_2d_axis1_expanded slice softmax_axis_1 batchnorm_example; do
            cp "/usr/share/libonnx-testdata/data/node/test_$test/model.onnx" "$2/$test"
        done
        ;;
    ir_text) cp tests/passes/*.ir "$2" ;;
    esac
} 2>/dev/null

cmake --preset fuzz >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
for target; do
    cmake --build --preset fuzz --target "fuzz_$target" import_test_hostile import_test_operators \
        import_test_control import_test_detect import_test_along import_test_recurrent import_test_many \
        import_test_onnx \
        >"$build/build.log" 2>&1 || { cat "$build/build.log"; exit 1; }
    seeds "$target" "$build/seeds/$target"
    mkdir -p "$build/corpus/$target" "$build/found"
    if "$build/tests/fuzz_$target" -max_total_time="$seconds" -timeout=25 -max_len=65536 \
        -dict=tests/fuzz/words.dict -print_final_stats=1 -artifact_prefix="$build/found/" \
        "$build/corpus/$target" "$build/seeds/$target" >"$build/fuzz.log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        tail -n 60 "$build/fuzz.log"
    fi
    sed -n "s/^stat::number_of_executed_units: */fuzz $target: executions /p;
        s/^stat::average_exec_per_sec: */fuzz $target: executions a second /p" "$build/fuzz.log"
done
echo "fuzz: $passed passed, $failed failed"
[ $failed -eq 0 ]
