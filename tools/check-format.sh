#!/bin/sh
# check-format.sh - is every C file laid out as .clang-format says?
# Prints the files that are not, then "format: N passed, N failed".
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.."
set -- $(git ls-files '*.c' '*.h' ':!tests/emit/golden')
# Many files a process: starting one takes longer than a file.
found=$(printf '%s\n' "$@" | xargs -n 50 -P "${JOBS:-$(nproc)}" \
    clang-format-14 --dry-run --Werror --ferror-limit=1 2>&1)
status=$?
bad=$(echo "$found" | sed -n 's/:[0-9]*:[0-9]*: error: .*//p' | sort -u)
n_bad=$(echo "$bad" | grep -c .)
if [ "$n_bad" -gt 0 ]; then
    echo "$bad" | sed 's/$/: not laid out; run make format/'
elif [ $status -ne 0 ]; then # it did not even begin
    echo "$found"
    n_bad=$#
fi
echo "format: $(($# - n_bad)) passed, $n_bad failed"
[ "$n_bad" -eq 0 ]
