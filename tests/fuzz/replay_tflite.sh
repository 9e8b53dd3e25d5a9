#!/bin/sh
# replay_tflite.sh REPLAY TEST... - let the tests write the models that they build, one for each
# class of fault and for each operator, and replay them through the fuzz target.
# SPDX-License-Identifier: Apache-2.0
set -eu
replay=$1
shift
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
for test in "$@"; do
    MOTE_SEEDS=$seeds "$test" >/dev/null
done
"$replay" "$seeds"/*
