# Truncated and renamed data files: place, cause, remedy; no model appears.
tiny
cp train-images whole
head -c 1000 whole >train-images
mote train tiny.yaml
cp train-labels train-images
mote train tiny.yaml
gzip -c whole | head -c 2000 >train-images
mote train tiny.yaml
cp whole train-images
printf '\377' | dd of=train-labels bs=1 seek=20 conv=notrunc 2>/dev/null
mote train tiny.yaml
rm train-labels
mote train tiny.yaml
ls
