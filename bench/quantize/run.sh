#!/bin/sh
# What quantisation costs ResNet-8 in accuracy, and saves in flash on cortex-m4: the table of README.md.
# Not part of the tests.
#
#     bench/quantize/run.sh MOTE
#
# Data in $MOTE_DATA or ../shared/data: the float model of MLPerf Tiny, and images/cifar10-lossless, four
# sheets of 1,000 images. 200 of the last sheet calibrate, the first three test.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/../.."
mote=$1
data=${MOTE_DATA:-../shared/data}
model=$data/models/mlperf-tiny/pretrainedResnet.tflite
images=$data/images/cifar10-lossless
for file in "$model" "$images/labels_4000.u8"; do
    [ -f "$file" ] || {
        echo "run.sh: no $file; set MOTE_DATA" >&2
        exit 1
    }
done
out=build/bench-quantize
rm -rf "$out"
mkdir -p "$out"
cc -O2 bench/quantize/sprites.c -o "$out/sprites" -lpng
"$out/sprites" "$images/labels_4000.u8" "$out/images" "$images"/cifar10_batch_[0-3].png

for class in 0 1 2 3 4 5 6 7 8 9; do
    mkdir -p "$out/calib/$class" "$out/test/$class"
    for image in "$out/images/$class"/*.f32; do
        name=${image##*/}
        case $name in
        000*|001*|002*) mv "$image" "$out/test/$class" ;;
        0030*|0031*) mv "$image" "$out/calib/$class" ;;
        esac
    done
done

"$mote" eval "$model" --data "$out/test" | grep accuracy
try() { # NAME OPTION...
    name=$1
    shift
    "$mote" quantize "$model" --calib "$out/calib" -o "$out/q.mote" --max-drop 100 "$@" >"$out/log"
    accuracy=$("$mote" eval "$out/q.mote" --data "$out/test" | sed -n 's/.*host *\([0-9.]* %\).*/\1/p')
    flash=$("$mote" compile "$out/q.mote" --target cortex-m4 -o "$out/c" --firmware --json |
        sed -n 's/.*"flash_bytes": \([0-9]*\).*/\1/p')
    echo "$name: accuracy $accuracy, flash $flash bytes"
}
try "int8, ranges only" --methods ranges
try int8
try "mixed, 0.3" --weights mixed --max-error 0.3
try "mixed, 0.5" --weights mixed
try int4 --weights int4
try "int4, ranges only" --weights int4 --methods ranges
