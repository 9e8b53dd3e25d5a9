#!/bin/sh
# check.sh [PART...] - every test of the project, or these parts of it. Two parts run at a time, each
# on half of the cores. What a part says goes to build/check/PART.log, and to the end if it fails.
# The last line is the sum of all lines "N passed, N failed[, N skipped]".
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.."
logs=build/check
mote=build/host/mote
boards=$(cat tools/boards.txt)

# What tells at once, and the build that the others need; then the others, the longest first.
first="rooms format host"
others="sanitizers unit tidy demo fuzz golden cli $boards reports"

run() { # PART
    case $1 in
    rooms) tools/check-rooms.sh ;;
    format) tools/check-format.sh ;;
    host) build host && tools/check-device.sh build/host ;;
    unit) unit host ;;
    # What runs in emulators would take as long again, and tests no more of the host.
    sanitizers) build host-asan && unit host-asan -LE board ;;
    tidy) tools/check-tidy.sh ;;
    fuzz) tools/fuzz.sh 60 tflite && tools/fuzz.sh 20 onnx && tools/fuzz.sh 10 ir_text ;;
    cli) tests/cli/run.sh $mote ;;
    reports) tests/report/run.sh $mote ;;
    golden) tests/golden/run.sh $mote ;;
    demo) tests/demo/run.sh $mote && tools/check-bench.sh $mote ;;
    *) board "$1" ;;
    esac
}

build() { # PRESET
    cmake --preset "$1" && cmake --build --preset "$1" && echo "build $1: 1 passed, 0 failed"
}

# unit PRESET [OPTION...]: its test programs. CTest numbers their lines: "12: 5 passed, 0 failed".
unit() {
    tree=build/$1
    shift
    ctest --test-dir "$tree" --verbose "$@" >"$tree/ctest.log"
    status=$?
    sed 's/^[0-9]*: *//' "$tree/ctest.log"
    return $status
}

# board BOARD: the device library as that board's compiler builds it, what it needs, and its tests
# in the emulator.
board() {
    build "$1" || return
    cached() { sed -n "s|^$1:[A-Z]*=||p" "build/$board/CMakeCache.txt"; }
    board=$1
    compiler=$(sed -n 's/^set(CMAKE_C_COMPILER "\(.*\)")/\1/p' \
        "build/$board"/CMakeFiles/*/CMakeCCompiler.cmake)
    CC=$compiler CXX=${compiler%gcc}g++ NM=$(cached CMAKE_NM) CFLAGS=$(cached CMAKE_C_FLAGS) \
        tools/check-device.sh "build/$board" && unit "$board"
}

# sum FILE...: all their counting lines in one. Its status is 1 when something failed.
sum() {
    cat "$@" | grep -oE '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' | tr -d ',' |
        awk '{ p += $1; f += $3; s += $5 }
             END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 }'
}

# one PART: run it, and say in a line how it went. What fails, or ends, without a count is one
# failure.
one() {
    log=$logs/$1.log start=$(date +%s)
    run "$1" >"$log" 2>&1
    status=$?
    if { [ $status -ne 0 ] && sum "$log" >/dev/null; } || ! grep -q '[0-9] passed, ' "$log"; then
        echo "$1: 0 passed, 1 failed (status $status)" >>"$log"
    fi
    printf '%-11s %4d s  %s\n' "$1" $(($(date +%s) - start)) "$(sum "$log")"
    sed -n 's/^ *skipped: /                     skipped: /p' "$log" | sort -u | head -n 12
}

# all N PART...: run them, N at a time, in a session of their own, which an interruption ends whole.
all() {
    JOBS=$((($(nproc) + $1 - 1) / $1))
    export JOBS CMAKE_BUILD_PARALLEL_LEVEL=$JOBS CTEST_PARALLEL_LEVEL=$JOBS
    at_a_time=$1
    shift
    printf '%s\n' "$@" >$logs/queue
    setsid xargs -a $logs/queue -n 1 -P "$at_a_time" tools/check.sh --one &
    running=$!
    wait $running || echo "check.sh: 0 passed, 1 failed (a part was killed)" >>$logs/check.log
}

if [ "${1:-}" = --one ]; then
    one "$2"
    exit 0
fi
if [ $# -gt 0 ]; then
    first=host others=$*
fi

rm -rf $logs
mkdir -p $logs
TMPDIR=$(mktemp -d)
export TMPDIR
running=
trap 'rm -rf "$TMPDIR"' EXIT
trap '[ -z "$running" ] || kill -- "-$running"; echo "check.sh: interrupted"; exit 130' INT TERM HUP

# shellcheck disable=SC2086  # lists of words
all 1 $first
# shellcheck disable=SC2086
if sum $logs/host.log >/dev/null; then
    all 2 $others
fi
for log in $logs/*.log; do
    sum "$log" >/dev/null || { echo "== $log ends:"; tail -n 50 "$log"; }
done
sum $logs/*.log
