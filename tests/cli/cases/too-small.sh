# A target too small for the network: by how many bytes, and what would fit.
tiny_model
mote compile tiny.mote --target cortex-m4 -o out --arena 512
ls out 2>&1
mote compile tiny.mote --target cortex-m4 -o out --firmware --flash 2K | sed '/error/s/[0-9][0-9]*/N/g; /hint/s/[0-9][0-9]*/N/g'
mote compile tiny.mote --target cortex-m4 -o out --firmware --flash 6K | sed '/error/s/[0-9][0-9]*/N/g; /hint/s/[0-9][0-9]*/N/g'
ls out
# With enough for smaller kernels it is made of those.
mote compile tiny.mote --target cortex-m4 -o out --firmware --flash 8K --json | grep -c flash_bytes
