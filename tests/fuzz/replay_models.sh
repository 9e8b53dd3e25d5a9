#!/bin/sh
# replay_models.sh MOTE REPLAY TEST... - let the tests write the models that they build, one for each
# class of fault and for each operator, and replay them through the fuzz target; and let `mote check`
# say of some of them what it thinks: whatever the file is, it ends with status 0 or 1.
# SPDX-License-Identifier: Apache-2.0
set -eu
mote=$1
replay=$2
shift 2
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
for test in "$@"; do
    MOTE_SEEDS=$seeds "$test" >/dev/null
done
"$replay" "$seeds"/*
n=0
for seed in "$seeds"/*; do
    n=$((n + 1))
    [ $((n % 20)) -eq 0 ] || continue
    status=0
    "$mote" check "$seed" --target cortex-m4 >"$seeds.out" 2>&1 || status=$?
    if [ $status -gt 1 ]; then
        echo "mote check ends with status $status on file $n of the seeds:"
        tail -n 5 "$seeds.out"
        exit 1
    fi
done
rm -f "$seeds.out"
echo "$((n / 20)) files checked"
