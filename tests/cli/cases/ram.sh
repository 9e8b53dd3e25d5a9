# A schedule for a number of bytes: what the least is, and the same results in it.
tiny_model
mote plan tiny.mote --ram 400
mote plan tiny.mote --ram 100 --feed rows
mote plan tiny.mote --ram 450 --feed rows
mote plan tiny.mote --ram 400 --feed columns
tail -c +17 test-images | head -c 784 >a
tail -c +801 test-images | head -c 784 >b
mote run tiny.mote --input a --input b --output host
mote run tiny.mote --input a --input b --output native --target native --ram 450 --feed rows
mote run tiny.mote --input a --input b --output m4 --target cortex-m4 --ram 450 --feed rows
cmp host/0.out0.bin native/0.out0.bin && cmp host/1.out0.bin native/1.out0.bin && echo same
cmp host/0.out0.bin m4/0.out0.bin && cmp host/1.out0.bin m4/1.out0.bin && echo same
mote compile tiny.mote --target cortex-m4 -o out --ram 100
ls out 2>&1
