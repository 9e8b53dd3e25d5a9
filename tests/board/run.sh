#!/bin/sh
# run.sh EMULATOR EMULATOR-ARGS PROGRAM [TEST...] - run a test program on an emulated board, as one
# runs it on the workstation: with names of tests, and with MOTE_SEED and the other variables of
# the environment. Its exit status is the program's.
# SPDX-License-Identifier: Apache-2.0
set -eu
emulator=$1 emulator_args=$2 program=$3
shift 3
config=enable=on,target=native,arg=$(basename "$program")
for word in $(env | grep '^MOTE_[A-Z_]*=[^ ,]*$') "$@"; do
    config=$config,arg=$word
done
# shellcheck disable=SC2086  # arguments are a list
exec "$emulator" $emulator_args -semihosting-config "$config" \
    -display none -serial null -monitor none -kernel "$program" </dev/null
