# Raw tensors in and out; repeated --input are successive calls; targets agree.
tiny_model
tail -c +17 test-images | head -c 784 >a
tail -c +801 test-images | head -c 784 >b
mote run tiny.mote --input a --input b --output host
mote run tiny.mote --input a --input b --output native --target native
mote run tiny.mote --input a --input b --output m4 --target cortex-m4
ls host
cmp host/0.out0.bin native/0.out0.bin && cmp host/1.out0.bin native/1.out0.bin && echo same
cmp host/0.out0.bin m4/0.out0.bin && cmp host/1.out0.bin m4/1.out0.bin && echo same
head -c 100 a >short
mote run tiny.mote --input short --output host
mote run tiny.mote --input a,b --output host
mote run tiny.mote --input a --output host --target cortex-m99
