# What is supported, fits and is slow; the status tells.
tiny_model
mote check tiny.mote
mote check tiny.mote --target cortex-m4 --arena 512
mote check tiny.mote --target cortex-m4 --flash 2K
mote check tiny.mote --target cortex-m4 --flash 4K --firmware |
    sed "/^  cortex/s/ [0-9][0-9,]* / N /; /error/s/[0-9][0-9]*/N/g; /hint/s/[0-9][0-9]*/N/g"
mote check tiny.mote --target rv32imc --flash 2K --arena 512 --json
mote check tiny-float.mote
mote check tiny-float.mote --json
mote check tiny.mote --target cortex-m99
mote check
sed 's/^name: tiny/name: slow/; s/conv2d: {filters: 4,/depthwise_conv2d: {multiplier: 4,/' tiny.yaml >slow.yaml
"$MOTE" train slow.yaml --epochs 0 >/dev/null && "$MOTE" quantize slow-float.mote --recipe slow.yaml \
    >/dev/null
mote check slow.mote --target cortex-m4
