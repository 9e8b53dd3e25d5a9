#!/bin/sh
# run.sh MOTE - the main job on the demo's network, and what it promises: accuracy, sizes, equal
# bytes on every board and in the emitted C on this machine, equal weights from equal seeds.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
mote=$PWD/$1
recipe=$PWD/apps/fashion-mnist/recipe.yaml
out=build/demo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

ok() { # SENTENCE COMMAND...
    sentence=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok: $sentence"
    else
        failed=$((failed + 1))
        echo "FAILED: $sentence"
        cat "$work/log"
    fi
}
value() { sed -n "s/^  \"$2\": \([-0-9.e]*\).*/\1/p" "$1" | head -n 1; } # FILE KEY
holds() { awk "BEGIN { exit !($1) }"; }                                    # EXPRESSION

tools/demo.sh "$mote" "$recipe" "$out" recipe >"$work/demo" 2>&1
status=$?
cat "$work/demo"
ok "make demo ends with status 0" test $status -eq 0
model=$out/fashion.mote

# The emitted C on this machine against the host's interpreter, all 10,000 test images.
"$mote" eval "$model" --float "$out/fashion-float.mote" --recipe "$recipe" --target native \
    --device-samples 10000 --json >"$work/native.json" 2>"$work/native.err"
ok "emitted C on this machine gives the host's bytes on 10,000 images" test -s "$work/native.json"
cat "$work/native.err"
float=$(value "$work/native.json" float_accuracy)
int8=$(value "$work/native.json" int8_accuracy)
ok "int8 accuracy $int8 >= 0.915" holds "$int8 + 0 >= 0.915"
ok "int8 loses at most 0.3 point of float's $float" holds "$float - $int8 <= 0.003"

while read -r board; do
    "$mote" eval "$model" --recipe "$recipe" --target "$board" --samples 200 \
        --device-samples 200 --json >"$work/$board.json" 2>"$work/$board.err"
    ok "$board gives the host's bytes on 200 images" test -s "$work/$board.json"
    cat "$work/$board.err"
done <tools/boards.txt
flash=$(value "$work/cortex-m4.json" flash_bytes)
arena=$(value "$work/cortex-m4.json" arena_bytes)
ok "flash on cortex-m4, $flash bytes, <= 65,536" holds "$flash + 0 > 0 && $flash <= 65536"
ok "arena, $arena bytes, <= 16,384" holds "$arena + 0 > 0 && $arena <= 16384"

# The C code of README.md: it compiles with the emitted model and answers as the model does.
"$mote" compile "$model" --target native -o "$work/readme" >/dev/null
awk '/^```c$/ { p = 1; next } /^```$/ { p = 0 } p' README.md >"$work/readme/main.c"
cat >>"$work/readme/main.c" <<'END'

#include <stdio.h>

int main(void)
{
    uint8_t pixels[28 * 28];
    while (fread(pixels, sizeof pixels, 1, stdin) == 1)
        printf("%d\n", classify(pixels));
    return 0;
}
END
ok "the C code of README.md compiles" cc -std=c11 -O2 -Wall -Wextra -Werror -Idevice \
    -Idevice/include -o "$work/readme/classify" "$work/readme/main.c" "$work/readme/fashion.c" \
    device/kernels/*/*.c
data=/usr/share/datasets/fashion-mnist
gzip -dc $data/t10k-images-idx3-ubyte.gz 2>/dev/null | tail -c +17 | head -c $((200 * 784)) |
    "$work/readme/classify" >"$work/readme/got"
gzip -dc $data/t10k-labels-idx1-ubyte.gz 2>/dev/null | tail -c +9 | head -c 200 |
    od -An -v -tu1 -w1 >"$work/readme/labels"
right=$(paste "$work/readme/got" "$work/readme/labels" | awk '$1 == $2' | wc -l)
device=$(value "$work/cortex-m4.json" device_accuracy)
ok "README's classify() is right on $right of 200, as the board is" holds "$right == $device * 200"

# Same seed, same bytes.
train() { "$mote" train "$recipe" -o "$work/$1" --epochs 1 --threads "$2"; }
ok "one epoch trains with 1 thread" train one 1
ok "one epoch trains with 2 threads" train two 2
ok "one epoch trains again" train again 2
ok "1 and 2 threads give the same weights" \
    cmp "$work/one/fashion-float.mote" "$work/two/fashion-float.mote"
ok "two runs give the same weights" \
    cmp "$work/two/fashion-float.mote" "$work/again/fashion-float.mote"

# Ctrl-C in the middle of the epoch, then --resume.
"$mote" train "$recipe" -o "$work/stopped" --epochs 1 >/dev/null 2>"$work/stopped.err" &
process=$!
sleep 3
kill -INT $process
wait $process
ok "Ctrl-C ends training with status 1" test $? -eq 1
ok "Ctrl-C says how to go on" grep -q -- --resume "$work/stopped.err"
ok "Ctrl-C leaves a checkpoint" test -s "$work/stopped/fashion.checkpoint"
ok "--resume finishes" "$mote" train "$recipe" -o "$work/stopped" --epochs 1 --resume
ok "the resumed weights are the uninterrupted run's" \
    cmp "$work/stopped/fashion-float.mote" "$work/one/fashion-float.mote"

echo "demo: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
