#!/bin/sh
# check-format.sh - is every C file laid out as .clang-format says?
# Prints the files that are not, then "format: N passed, N failed".
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.."
passed=0 failed=0
for file in $(git ls-files '*.c' '*.h' ':!tests/emit/golden'); do
    if clang-format-14 --dry-run --Werror "$file" >/dev/null 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$file: not laid out; run make format"
    fi
done
echo "format: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
