# What every layer costs, by class of instruction: the counts are the board's own.
tiny_model
head -c 784 /dev/zero >zeros.bin
number() { sed -n "s/^  \"$1\": \([0-9]*\).*/\1/p" "$2"; }
"$MOTE" run tiny.mote --target cortex-m4 --input zeros.bin --output out --json >run.json
for board in cortex-m4 rv32imc; do
    "$MOTE" run tiny.mote --target $board --input zeros.bin --output out --json >run.json
    "$MOTE" profile tiny.mote --target $board --json >profile.json
    for key in instructions flash_bytes arena_bytes; do
        [ "$(number $key run.json)" = "$(number $key profile.json)" ] && echo "$board: same $key"
    done
    # Every layer's classes add up to its instructions.
    awk '/^      "instructions":/ { want = $2 + 0; got = 0 }
         /^        "(load|store|multiply|simd|branch|other)":/ { got += $2 }
         /^        "other":/ { n++; if (got != want) print "classes:", got, "of", want }
         END { print n, "layers" }' profile.json
done
sed 's/: [0-9.-]*\(,*\)$/: N\1/; s/_s8_[a-z0-9]*/_s8/' profile.json | head -n 45
mote profile tiny.mote --target cortex-m4 --input zeros.bin --wait-states 5 --clock 120 |
    sed 's/_s8_[a-z0-9]*/_s8/; s/[0-9][0-9.,]*%*/N/g; s/  */ /g'
mote profile tiny.mote --target cortex-m55 --feed rows --ram 700 --json | grep -c '"step"'
mote profile tiny.mote --target cortex-m4 --hot 3 | grep -cE '^0x[0-9a-f]{8} 0x[0-9a-f]{8} .*%  [a-z_0-9]+\+0x'
(MOTE_PLUGIN=nowhere.so mote profile tiny.mote --target cortex-m4)
mote profile tiny.mote --target native
mote profile tiny.mote
mote profile tiny.mote --target cortex-m4 --wait-states 1000
mote profile tiny.mote --target cortex-m4 --input zeros.bin --input zeros.bin
mote profile tiny.mote --target cortex-m4 --clock -1
