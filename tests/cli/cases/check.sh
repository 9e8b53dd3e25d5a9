# What is supported, fits and is slow; the status tells.
# What kernels cost changes with every one that is made.
steady() {
    sed "s/[a-z0-9_]* would take [0-9]* % fewer cycles */KERNEL would take N % fewer cycles  /
         s/it takes [0-9,]* bytes more/it takes N bytes more/"
}
tiny_model
mote check tiny.mote | steady
mote check tiny.mote --target cortex-m4 --arena 512 | steady
mote check tiny.mote --target cortex-m4 --flash 2K | steady
mote check tiny.mote --target cortex-m4 --flash 4K --firmware | steady |
    sed "/^  cortex/s/ [0-9][0-9,]* / N /; /error/s/[0-9][0-9]*/N/g; /hint/s/[0-9][0-9]*/N/g"
mote check tiny.mote --target rv32imc --flash 2K --arena 512 --json | steady
mote check tiny-float.mote | steady
mote check tiny-float.mote --json | steady
mote check tiny.mote --target cortex-m99 | steady
mote check | steady
sed 's/^name: tiny/name: slow/; s/conv2d: {filters: 4,/depthwise_conv2d: {multiplier: 4,/' tiny.yaml >slow.yaml
"$MOTE" train slow.yaml --epochs 0 >/dev/null && "$MOTE" quantize slow-float.mote --recipe slow.yaml \
    >/dev/null
mote check slow.mote --target cortex-m4 | steady
