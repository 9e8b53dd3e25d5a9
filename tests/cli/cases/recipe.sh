# A recipe with an unknown key, a wrong value, a layer that does not fit: line and column.
tiny
sed 's/epochs/epoch/' tiny.yaml >key.yaml
mote train key.yaml
sed 's/filters: 4/filters: four/' tiny.yaml >value.yaml
mote train value.yaml
sed 's/kernel: 3, stride: 2, pad: same/kernel: 31, stride: 1, pad: valid/' tiny.yaml >fit.yaml
mote train fit.yaml
sed 's/fully_connected: 10/fully_connected: 7/' tiny.yaml >classes.yaml
mote train classes.yaml
sed 's/board: cortex-m4/board: cortex-m99/' tiny.yaml >board.yaml
mote train board.yaml
printf 'name: [unclosed\n' >syntax.yaml
mote train syntax.yaml
ls
