# Without a compiler or an emulator: which package brings it.
tiny_model
PATH=/nonexistent
mote compile tiny.mote --target cortex-m4 -o out --firmware
mote compile tiny.mote --target cortex-m4 -o out
mote compile tiny.mote --target cortex-m4 -o out --json
PATH=/usr/bin:/bin
ls out
mkdir bin
ln -s /usr/bin/arm-none-eabi-gcc bin/
head -c 784 test-images >in
PATH=$PWD/bin
mote run tiny.mote --target cortex-m4 --input in --output out
