# Wrong usage is status 2 and says what was expected.
mote
mote trian
mote frobnicate
mote train
mote train a.yaml b.yaml
mote train a.yaml --thread 2
mote train a.yaml --threads two
mote train a.yaml --threads
mote quantize a.mote
mote compile a.mote --target cortex-m4
mote compile a.mote --flash 64Q --target cortex-m4 -o .
mote run a.mote --output out
mote eval a.mote
