#!/bin/sh
# Inferences a second on one core: the interpreter and every variant of host/fast that this processor
# has, in turn, on the simplified models. Not part of the tests; the figures are this machine's.
#
#     bench/host/run.sh [ROUNDS] [MODEL...]
#
# Without models: the int8 models of MLPerf Tiny and person_detect in $MOTE_DATA or ../shared/data.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-5}
[ $# -gt 0 ] && shift
data=${MOTE_DATA:-../shared/data}
build=${MOTE_BENCH_BUILD:-build/bench-host}

if [ $# -eq 0 ]; then
    for name in mlperf-tiny/kws_ref_model mlperf-tiny/vww_96_int8 \
        mlperf-tiny/pretrainedResnet_quant mlperf-tiny/ad01_int8 mlperf-tiny/str_ww_ref_model \
        tflm/person_detect; do
        set -- "$@" "$data/models/$name.tflite"
    done
fi
for model in "$@"; do
    [ -f "$model" ] || {
        echo "run.sh: no $model; set MOTE_DATA, or name models" >&2
        exit 1
    }
done
mkdir -p build
cmake -S bench/host -B "$build" -G Ninja -DCMAKE_C_FLAGS="-O3 -g" >build/configure.log
cmake --build "$build" --target mote_host_rate -j 2 >/dev/null
sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1
"$build/mote_host_rate" "$rounds" "$@"
