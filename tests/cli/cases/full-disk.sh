# A write that fails leaves the old file and no other.
tiny_model
echo old >tiny-float.mote
cp tiny.mote model.mote
trap '' XFSZ
(ulimit -f 1; mote train tiny.yaml) | cat
cat tiny-float.mote
(ulimit -f 1; mote compile model.mote --target cortex-m4 -o out) | cat
ls out
"$MOTE" info model.mote >/dev/full
echo "[status $?]"
ls
