# What is in a model, for people and for scripts.
tiny_model
mote info tiny-float.mote
# Scales depend on the processor that trained.
mote info tiny.mote | sed -E 's/real = .*/real = .../; s/0\.[0-9]+, -?[0-9]+ +/S, Z  /; s/(s8 x[0-9]+) 0\.[0-9]+\.\.0\.[0-9]+ +/\1 S..S  /'
mote info tiny.mote --json | grep -v -e scale -e zero_point
mote plan tiny.mote
mote compile tiny.mote --target cortex-m4 -o out --json | sed '/flash\|data\|stack/s/[0-9][0-9]*/N/'
ls out
# The ends are int8 already, or float inside.
mote info tiny.mote --io int8 | grep '^input\|^output' | sed 's/real = .*/real = .../'
mote info tiny-float.mote --io int8
mote info tiny.mote --io float
