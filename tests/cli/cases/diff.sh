# The first layer that differs, between models, after the passes, and on a board.
mask='s/[0-9,]* of \([0-9,]*\) differ/N of \1 differ/; s/^[0-9]* of 7 layers/N of 7 layers/
    s/by  .*\( of call\)/by  N: N and N, at N\1/; s/call [0-7]/call N/'
tiny_model
cp tiny-float.mote one.mote
"$MOTE" train tiny.yaml --epochs 0 --seed 2 >/dev/null && mv tiny-float.mote two.mote
tail -c +17 test-images | head -c 784 >a
tail -c +801 test-images | head -c 784 >b
mote diff tiny.mote tiny.mote
mote diff tiny.mote tiny.mote --input a --input b
mote diff one.mote two.mote | sed "$mask"
mote diff one.mote two.mote --tolerance 1e6 --all
mote diff one.mote two.mote --samples 1 --json | grep -e same -e layers_c -e '"match"' -e '"call"' |
    sort | uniq
mote diff one.mote --compiled --tolerance 0.001 --all
mote diff one.mote tiny.mote --tolerance 1e6 --all
mote diff tiny.mote --target native --samples 3
mote diff tiny.mote --target cortex-m4 --input a
mote diff tiny.mote
mote diff tiny.mote tiny.mote --compiled
mote diff tiny.mote --compiled --target native
mote diff tiny.mote tiny.mote --samples 0
mote diff tiny.mote tiny.mote --tolerance -1
mote diff tiny.mote missing.mote
mote diff tiny.mote tiny.mote --input a,b
head -c 100 a >short
mote diff tiny.mote tiny.mote --input short
