#!/bin/sh
# bench.sh MOTE RECIPE OUT - what the demo network costs on every board, as CSV on stdout; then, as a
# second table, the code size of kernels.
# The weights are those of the seed, not trained: counts depend on shapes, and the figures must
# not depend on the processor that trained. Instructions are exact (QEMU -icount), of one
# inference; flash holds start-up, the measuring main, kernels and weights.
# SPDX-License-Identifier: Apache-2.0
set -eu
mote=$1 recipe=$2 out=$3
here=$(cd "$(dirname "$0")" && pwd)
name=$(sed -n 's/^name: *//p' "$recipe")
work=$out/bench
mkdir -p "$work"
"$mote" train "$recipe" -o "$work" --epochs 0 >/dev/null
"$mote" quantize "$work/$name-float.mote" --recipe "$recipe" --ranges minmax \
    -o "$work/$name.mote" >/dev/null

echo "# $(arm-none-eabi-gcc --version | head -n 1)"
echo "# $(riscv64-unknown-elf-gcc --version | head -n 1)"
echo "# $(qemu-system-arm --version | head -n 1)"
echo "model,board,instructions,flash_bytes,weight_bytes,arena_bytes,stack_bytes"
while read -r board; do
    "$mote" eval "$work/$name.mote" --recipe "$recipe" --samples 1 --device-samples 1 \
        --target "$board" --json >"$work/$board.json"
    row=$name,$board
    for key in instructions flash_bytes weight_bytes arena_bytes stack_bytes; do
        # The first match is the model's own figure; layers come after.
        row=$row,$(sed -n "s/^  \"$key\": \([0-9]*\).*/\1/p" "$work/$board.json" | head -n 1)
    done
    echo "$row"
done <"$here/boards.txt"
"$here/code-size.sh"
