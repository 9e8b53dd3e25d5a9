#!/bin/sh
# demo.sh MOTE RECIPE OUT BOARD - the main job: train, quantise, plan, emit, build, run, tell.
# What is there already and younger than the recipe and the tool is not made again: a trained
# model is kept, an interrupted training goes on.
# SPDX-License-Identifier: Apache-2.0
set -eu
mote=$1 recipe=$2 out=$3 board=$4
name=$(sed -n 's/^name: *//p' "$recipe")
model=$out/$name.mote float=$out/$name-float.mote checkpoint=$out/$name.checkpoint

fresh() { # FILE: exists and is younger than what it is made from
    [ -f "$1" ] && [ "$1" -nt "$recipe" ] && [ "$1" -nt "$mote" ]
}

mkdir -p "$out"
if ! fresh "$float"; then
    echo "== train: $recipe"
    resume=
    if fresh "$checkpoint"; then resume=--resume; fi
    "$mote" train "$recipe" -o "$out" $resume
fi
echo "== quantise"
"$mote" quantize "$float" --recipe "$recipe" -o "$model"
echo "== plan"
"$mote" plan "$model"
echo "== compile, run, compare"
"$mote" eval "$model" --float "$float" --recipe "$recipe" --target "$board"
