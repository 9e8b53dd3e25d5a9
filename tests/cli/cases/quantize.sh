# From samples in files: a table, a gate, and what is wrong with files.
tiny_model
numbers='s/[0-9][0-9]*\.[0-9][0-9]* %/N %/g; s/  */ /g; s/^ N/N/; s/, equalised\|, rounded by [a-z]*\|, biases corrected\|, int4 in [0-9]*//g; s/^\(minmax\|percentile\|mse\|kl\) /RANGES /; s/ chosen//'
# Images of one grey each: bytes of one value are a float32, 0x3f3f3f3f = 0.75.
for class in 0 1 2 3 4 5 6 7 8 9; do
    mkdir -p samples/$class
    for byte in 075 076 077 274 275 276; do
        head -c 3136 /dev/zero | tr '\0' "\\$byte" >samples/$class/$byte.f32
    done
done
mote quantize tiny-float.mote --calib samples -o files.mote --max-drop 100 | sed "$numbers" | LC_ALL=C sort -u
mote quantize tiny-float.mote --calib samples/0 -o files.mote --ranges kl --methods ranges \
    --max-error 100 | sed "$numbers" | LC_ALL=C sort -u
mote quantize tiny-float.mote --calib samples/0 -o files.mote --ranges minmax --weights int4 \
    --methods ranges --json --max-error 1000 | sed 's/: [0-9][0-9.e+-]*/: N/; /name/d'
mote quantize tiny-float.mote --calib samples -o files.mote --weights mixed --ranges mse --max-drop 100 \
    --methods ranges | sed "$numbers" | LC_ALL=C sort -u
mote quantize tiny-float.mote --recipe tiny.yaml --methods all -o all.mote | sed "$numbers" | LC_ALL=C sort -u
mote eval files.mote --float tiny-float.mote --data samples | sed 's/[0-9][0-9.]* %/N %/'
rm files.mote
mote quantize tiny-float.mote --calib samples/0 -o files.mote --max-error 0.00000001 |
    sed "$numbers" | LC_ALL=C sort -u
ls files.mote
mote quantize tiny-float.mote --calib nowhere
mkdir empty
mote quantize tiny-float.mote --calib empty
head -c 100 /dev/zero >short.f32
mote quantize tiny-float.mote --calib short.f32
head -c 100 /dev/zero >short.npy
mote quantize tiny-float.mote --calib short.npy
mote quantize tiny-float.mote --calib samples --recipe tiny.yaml
mote quantize tiny-float.mote --calib samples --weights int3
mote quantize tiny-float.mote --calib samples --methods some
mote quantize tiny.mote --calib samples
mote eval tiny.mote --data samples/0
