# A page of what a model costs: whole or not at all, and without the board's tools it says so.
tiny_model
mote report tiny.mote --target cortex-m4 -o tiny.html
grep -c '<section' tiny.html
grep -m 1 "<title>" tiny.html
mote report tiny.mote --target cortex-m4 --json | grep -E '"(name|target|arena_bytes|clock_mhz)"'
mkdir none
(PATH=$PWD/none mote report tiny.mote --target rv32imc -o bare.html)
grep -o 'riscv64-unknown-elf-gcc is not installed' bare.html
mote report tiny.mote --target cortex-m4 -o missing/tiny.html
mote report tiny-float.mote --target cortex-m4 -o float.html
ls
mote report tiny.mote --target cortex-m4
mote report tiny.mote -o tiny.html
mote report tiny.mote --target cortex-m4 --clock 0 -o tiny.html
