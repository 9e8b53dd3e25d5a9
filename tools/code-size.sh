#!/bin/sh
# code-size.sh - bytes of code and tables of each kernel with variants, by board, as CSV on stdout:
# compiled as in a firmware, for speed (O2) and as --optimize size does it (Os). Without the scratch
# function, which runs on the host. Empty: the board lacks what the kernel needs.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$PWD
boards=$(tr '\n' ' ' <tools/boards.txt)

# field BOARD NAME: a text field of a row of targets.def.
field() {
    sed -n "/\.name = \"$1\"/,/\.package/s/.*\.$2 = \"\([^\"]*\)\".*/\1/p" host/target/targets.def | head -n 1
}

# Operators and types of which kernels.def has more than one row, as files.
files=$(sed -n 's/^KERNEL(\([a-z0-9_]*\), \([a-z0-9]*\), \([a-z0-9_]*\),.*/\1 \2 \3/p' \
    device/kernels/kernels.def | awk '
    { n[$1 " " $2]++; row[NR] = $0 }
    END { for (i = 1; i <= NR; i++) { split(row[i], f, " ")
          if (n[f[1] " " f[2]] > 1) printf "%s/%s_%s_%s.c\n", f[1], f[1], f[2], f[3] } }')

# compile BOARD LEVEL: into lines "kernel_level board bytes".
compile() {
    dir=$work/$1-$2
    mkdir "$dir"
    compiler=$(field "$1" compiler) flags=$(field "$1" cflags)
    (cd "$dir" && $compiler $flags -std=c99 -ffp-contract=off -ffunction-sections "-$2" -c \
        -I"$root/device" -I"$root/device/include" $(printf "$root/device/kernels/%s\n" $files))
    "${compiler%gcc}size" -A "$dir"/*.o | awk -v level="$2" -v board="$1" '
        / *:$/ { n = split($1, part, "/"); kernel = part[n]; sub(/\.o$/, "", kernel) }
        $1 == ".text.mote_" kernel { has[kernel] }
        /^\.(text|rodata)/ && $1 !~ /_scratch$/ { bytes[kernel] += $2 }
        END { for (k in has) print k "," level, board, bytes[k] }' >"$work/$1-$2.sizes"
}

for board in $boards; do
    compile "$board" O2 &
    compile "$board" Os
    wait $!
done
echo "kernel,compiled,$(echo $boards | tr ' ' ',')"
cat "$work"/*.sizes | LC_ALL=C sort | awk -v boards="$boards" '
    BEGIN { n = split(boards, board, " ") }
    function line(  i, text) {
        text = name
        for (i = 1; i <= n; i++) text = text "," bytes[board[i]]
        print text
    }
    $1 != name { if (name) line(); name = $1; for (i in bytes) delete bytes[i] }
    { bytes[$2] = $3 }
    END { line() }'
