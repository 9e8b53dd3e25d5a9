#!/bin/sh
# run.sh MOTE [CASE...] - run each cases/NAME.sh in an empty folder and compare what it prints with
# cases/NAME.expected. MOTE_GOLDEN=1 rewrites the expected files instead.
# SPDX-License-Identifier: Apache-2.0
set -u
MOTE=$(realpath "$1")
shift
here=$(cd "$(dirname "$0")" && pwd)
export MOTE
passed=0 failed=0
[ $# -gt 0 ] || set -- $(cd "$here/cases" && ls -- *.sh | sed 's/\.sh$//')

for name in "$@"; do
    work=$(mktemp -d)
    (cd "$work" && { cat "$here/lib.sh" "$here/cases/$name.sh"; } >../"$(basename "$work")".sh &&
        TMPDIR=$work/tmp sh ../"$(basename "$work")".sh) >"$work.out" 2>&1
    expected=$here/cases/$name.expected
    if [ -n "${MOTE_GOLDEN:-}" ]; then
        cp "$work.out" "$expected"
    elif diff -u "$expected" "$work.out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: tests/cli/cases/$name.sh"
    fi
    rm -rf "$work" "$work.sh" "$work.out"
done
echo "cli: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
