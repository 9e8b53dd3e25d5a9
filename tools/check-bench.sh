#!/bin/sh
# check-bench.sh MOTE - does bench/results.csv still hold? Compared exactly when the compilers and
# the emulator are the versions recorded in it, else skipped and said.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
now=build/results.csv
tools/bench.sh "$1" apps/fashion-mnist/recipe.yaml build/demo >"$now"
versions() { grep '^#' "$1"; }
if [ "$(versions $now)" != "$(versions bench/results.csv)" ]; then
    echo "skipped: bench/results.csv was made with"
    versions bench/results.csv
    echo "bench: 0 passed, 0 failed, 1 skipped"
elif diff -u bench/results.csv $now; then
    echo "bench: $(grep -c '^[a-z0-9_-]*,[A-Za-z0-9-]*,[0-9,]*$' $now) passed, 0 failed"
else
    echo "A figure changed. If it is meant to, run make bench and commit it with the reason."
    echo "bench: 0 passed, 1 failed"
    exit 1
fi
