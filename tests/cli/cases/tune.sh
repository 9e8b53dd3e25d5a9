# Costs are measured in an emulator: what is no board is refused before anything is built.
mote tune --target cortex-m4
mote tune --target native -o costs.def
mote tune --target cortex-m9 -o costs.def
ls costs.def
