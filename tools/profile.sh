#!/bin/sh
# profile.sh MOTE MODEL [OPTION...] - one line a board: what `mote profile` says of a model in total.
# Options go to mote profile. SPDX-License-Identifier: Apache-2.0
set -eu
[ $# -ge 2 ] || { echo "usage: tools/profile.sh MOTE MODEL [OPTION...]" >&2; exit 2; }
mote=$1 model=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
json=$(mktemp)
trap 'rm -f "$json"' EXIT
# The totals come before the layers.
total() { sed -n "s/^  \"$1\": \([0-9]*\).*/\1/p" "$json" | head -n 1; }
printf '%-11s %12s %12s %12s %9s %8s %7s\n' board instructions weighted cycles flash arena stack
while read -r board; do
    "$mote" profile "$model" --target "$board" "$@" --json >"$json"
    printf '%-11s %12s %12s %12s %9s %8s %7s\n' "$board" "$(total instructions)" \
        "$(total instructions_weighted)" "$(total cycles_predicted)" "$(total flash_bytes)" \
        "$(total arena_bytes)" "$(total stack_bytes)"
done <"$here/boards.txt"
