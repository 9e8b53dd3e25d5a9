# One table; the budgets of the recipe hold.
tiny_model
mote eval tiny.mote --float tiny-float.mote --recipe tiny.yaml --target recipe |
    sed '/^\[status/!s/[0-9][0-9,.]*/N/g; s/  */ /g'
mote eval tiny.mote --recipe tiny.yaml --target native --json | sed 's/: [0-9][0-9.e-]*/: N/'
mote eval tiny-float.mote --recipe tiny.yaml | sed 's/[0-9][0-9.]* %/N %/'
sed 's/arena: 16K/arena: 512/' tiny.yaml >small.yaml
mote eval tiny.mote --recipe small.yaml --target recipe
mote eval tiny-float.mote --recipe tiny.yaml --target cortex-m4
