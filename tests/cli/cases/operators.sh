# The table of operators comes from the tables of importer and kernels.
mote check --operators | grep -E '^\$|operator|^(RESHAPE|SHAPE) |status'
mote check --operators --json | head -n 4
mote check --operators tiny.tflite
