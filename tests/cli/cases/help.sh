# Every verb explains itself with an example.
mote help
for verb in train quantize plan compile run eval info check diff report profile; do
    mote help $verb
done
mote train --help | head -n 2
