# The table of operators comes from the tables of importer and kernels.
mote check --operators | grep -E '^\$|operator|^(RESHAPE|PACK|DEQUANTIZE) |status'
mote check --operators --json | head -n 5
mote check --operators tiny.tflite
