#!/bin/sh
# check-tidy.sh - clang-tidy over host/, cli/ and device/kernels (needs the host build).
# Prints what it finds, then "tidy: N passed, N failed" (one check a file).
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.."
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
git ls-files 'host/*.c' 'cli/*.c' 'device/kernels/*.c' |
    xargs -P "$(nproc)" -I {} sh -c '
        if clang-tidy-14 -p build/host --quiet --extra-arg=-DMOTE_CHECKED "$1" >"$2/$$.out" 2>/dev/null; then
            echo ok >>"$2/passed"
        else
            echo "$1" >>"$2/failed"
            cat "$2/$$.out"
        fi' sh {} "$log"
passed=$(cat "$log/passed" 2>/dev/null | wc -l)
failed=$(cat "$log/failed" 2>/dev/null | wc -l)
echo "tidy: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
