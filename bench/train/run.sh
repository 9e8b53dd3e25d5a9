#!/bin/sh
# Train the demo network with Mote and with PyTorch (Debian's python3-torch) in turn, on the same
# data, and print samples/s of both, best and median, and the ratio. Not part of the tests.
#
#     bench/train/run.sh [ROUNDS] [THREADS] [STEPS]
#
# On a shared machine single figures mean little: rounds alternate, so both see the same weather.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-5} threads=${2:-2} steps=${3:-200}
build=${MOTE_BENCH_BUILD:-build/bench-train}
python=${PYTHON:-/usr/bin/python3}
recipe=apps/fashion-mnist/recipe.yaml
data=/usr/share/datasets/fashion-mnist

if ! version=$("$python" -c 'import torch; print(torch.__version__)' 2>/dev/null); then
    echo "run.sh: $python has no torch; install python3-torch" >&2
    exit 1
fi
cmake -S bench/train -B "$build" -G Ninja -DCMAKE_C_FLAGS="-O3 -g" >/dev/null
cmake --build "$build" --target mote_train_rate -j 2 >/dev/null

rates=$(mktemp)
trap 'rm -f "$rates"' EXIT
# one NAME COMMAND...: run it, note its rate under the name.
one() {
    name=$1
    shift
    line=$("$@")
    echo "$name ${line% *}" >>"$rates"
    echo "$name ${line% *} samples/s, ${line#* } parameters"
}
i=0
while [ "$i" -lt "$rounds" ]; do
    one mote "$build/mote_train_rate" "$recipe" "$threads" "$steps"
    one torch-channels-last "$python" bench/train/pytorch_train_rate.py "$data" "$threads" \
        "$steps" channels_last
    one torch-contiguous "$python" bench/train/pytorch_train_rate.py "$data" "$threads" \
        "$steps" contiguous
    i=$((i + 1))
done

echo
echo "threads $threads, PyTorch $version, best and median of $rounds alternating rounds:"
for name in mote torch-channels-last torch-contiguous; do
    grep "^$name " "$rates" | sort -k2 -n | awk -v name="$name" '
        { v[NR] = $2 }
        END { printf "%-20s best %7d  median %7d samples/s\n", name, v[NR], v[int((NR + 1) / 2)] }'
done
sort -k2 -n "$rates" | awk '
    $1 == "mote" { mote = $2; m[++n] = $2 }
    $1 == "torch-channels-last" { if ($2 > torch) torch = $2; a[++na] = $2 }
    $1 == "torch-contiguous" { if ($2 > torch) torch = $2; b[++nb] = $2 }
    END {
        k = int((n + 1) / 2)
        median = a[k] > b[k] ? a[k] : b[k]
        printf "Mote is %.2f times as fast as the better of both by best, %.2f by median\n",
               mote / torch, m[k] / median
    }'
