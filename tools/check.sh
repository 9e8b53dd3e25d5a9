#!/bin/sh
# check.sh - every test of the project, in order of how soon it tells. Each part prints
# "... N passed, N failed[, N skipped]"; the last line is the sum.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.."
mkdir -p build
log=build/check.log
: >"$log"

# part TITLE COMMAND...: run it, show its output, remember it; a command that fails without a
# counting line of its own counts as one failure.
part() {
    title=$1
    shift
    echo "== $title"
    start=$(date +%s)
    "$@" >build/part.log 2>&1
    status=$?
    cat build/part.log >>"$log"
    if [ $status -ne 0 ]; then
        cat build/part.log
        grep -q '[1-9][0-9]* failed' build/part.log || echo "$title: 0 passed, 1 failed" >>"$log"
    else
        grep -E '[0-9]+ passed, [0-9]+ failed|skipped:' build/part.log | tail -n 40
    fi
    echo "   $(($(date +%s) - start)) s"
}

# build PRESET: configure and build; a step that must work before its tests can run.
build() {
    cmake --preset "$1" && cmake --build --preset "$1" && echo "build $1: 1 passed, 0 failed"
}

# unit PRESET: ctest, its programs' own counting lines included.
unit() {
    ctest --test-dir "build/$1" --verbose >build/ctest.log 2>&1
    status=$?
    [ $status -eq 0 ] || cat build/ctest.log
    # ctest numbers the lines of a test: "12: 5 passed, 0 failed, 0 skipped".
    sed -n 's/^[0-9]*: *//p' build/ctest.log | grep -E ' passed, [0-9]+ failed|skipped:'
    return $status
}

# device BOARD: the device library as that board's compiler builds it, and what it needs.
device() {
    build "$1" || return
    cached() { sed -n "s|^$1:[A-Z]*=||p" "build/$preset/CMakeCache.txt"; }
    preset=$1
    compiler=$(sed -n 's/^set(CMAKE_C_COMPILER "\(.*\)")/\1/p' \
        "build/$preset"/CMakeFiles/*/CMakeCCompiler.cmake)
    CC=$compiler CXX=${compiler%gcc}g++ NM=$(cached CMAKE_NM) CFLAGS=$(cached CMAKE_C_FLAGS) \
        tools/check-device.sh "build/$preset"
}

part "rooms: who includes whom" tools/check-rooms.sh
part "format" tools/check-format.sh
part "build host" build host
part "unit tests" unit host
part "build host with sanitizers" build host-asan
part "unit tests with sanitizers" unit host-asan
part "device library for this machine" tools/check-device.sh build/host
for preset in $(cat tools/boards.txt); do
    part "device library for $preset" device "$preset"
    part "kernel tests on $preset" unit "$preset"
done
part "clang-tidy" tools/check-tidy.sh
part "fuzzing the model reader" tools/fuzz.sh 60 tflite
part "fuzzing the text reader" tools/fuzz.sh 20 ir_text
part "command line" tests/cli/run.sh build/host/mote
part "reports in a browser" tests/report/run.sh build/host/mote
part "real models on boards against golden outputs" tests/golden/run.sh build/host/mote
part "the demo on every board" tests/demo/run.sh build/host/mote
part "bench against bench/results.csv" tools/check-bench.sh build/host/mote

# The sum of all counting lines.
grep -oE '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$log" | tr -d ',' |
    awk '{ p += $1; f += $3; s += $5 }
         END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 || p == 0 }'
