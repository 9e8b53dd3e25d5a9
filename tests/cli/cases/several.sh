# Several models: one arena, one firmware, one header for all.
tiny_model
cp tiny.mote other.mote
mote compile tiny.mote other.mote --target cortex-m4 -o out --firmware --json | sed '/"firmware"/s/: .*/: .../; /flash\|data\|stack/s/[0-9][0-9]*/N/'
ls out
mote compile tiny.mote other.mote --exclusive --target cortex-m4 -o out | sed 's/stack.*/stack N/; s/flash.*/flash N/'
cat out/models.h
mote compile tiny.mote tiny.mote --target cortex-m4 -o out
mote compile tiny.mote other.mote --exclusive --target cortex-m4 -o out --arena 800
mote compile tiny.mote other.mote --target cortex-m4 -o out --name both
mote compile --target cortex-m4 -o out
