#!/bin/sh
# run.sh MOTE - writes reports and looks at them in headless Chromium (page.js): the demo's network,
# untrained; public models, where the shared data is; and one with markup for a tensor's name.
# Where the browser or its driver cannot be had it says why and skips. The driver, playwright-core,
# comes from npm, at the version and digest of package-lock.json, into build/.
# SPDX-License-Identifier: Apache-2.0
set -u
MOTE=$(realpath "$1")
cd "$(dirname "$0")/../.." || exit 1
data=${MOTE_DATA:-../shared/data}
work=build/report-test
log=$work/npm.log

skip() {
    echo "skipped: $1"
    echo "report: 0 passed, 0 failed, 1 skipped"
    exit 0
}

mkdir -p $work
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
    { tools/setup.sh chromium >$work/setup.log 2>&1 && browser=$(command -v chromium); } ||
    skip "no Chromium, and it could not be installed ($work/setup.log)"
command -v node >/dev/null || tools/setup.sh nodejs >$work/setup.log 2>&1 ||
    skip "no Node.js, and it could not be installed ($work/setup.log)"
command -v npm >/dev/null || tools/setup.sh npm >$work/setup.log 2>&1 ||
    skip "no npm, and it could not be installed ($work/setup.log)"
cp tests/report/package.json tests/report/package-lock.json tests/report/page.js $work/
(cd $work && npm ci --ignore-scripts --no-audit --no-fund) >$log 2>&1 ||
    skip "npm cannot install playwright-core ($log)"

status=0
mkdir -p $work/empty
# look NAME MODEL BOARD [PATH]: a report made with these programs in PATH, and the page looked at.
look() {
    if PATH=${4:-$PATH} "$MOTE" report "$2" --target "$3" --clock 168 -o "$work/$1.html" --json >"$work/$1.json"; then
        node $work/page.js "$browser" "$work/$1.html" "$work/$1.json" || status=1
    else
        echo "report $1: 0 passed, 1 failed"
        status=1
    fi
}

recipe=apps/fashion-mnist/recipe.yaml
if [ -d /usr/share/datasets/fashion-mnist ]; then
    "$MOTE" train $recipe --epochs 0 -o $work >/dev/null &&
        "$MOTE" quantize $work/fashion-float.mote --recipe $recipe >/dev/null
    look fashion $work/fashion.mote cortex-m4
    look unmeasured $work/fashion.mote rv32imc $work/empty
    export MOTE_PLUGIN=$work/none.so
    look unprofiled $work/fashion.mote cortex-m4
    unset MOTE_PLUGIN
fi
for model in mlperf-tiny/kws_ref_model mlperf-tiny/vww_96_int8 mcunet/vww; do
    if [ -f "$data/models/$model.tflite" ]; then
        look "$(echo $model | tr / -)" "$data/models/$model.tflite" cortex-m4
    else
        echo "skipped: no $data/models/$model.tflite"
    fi
done
if [ -f "$data/models/mlperf-tiny/kws_ref_model.tflite" ]; then
    # A name of the same length: offsets in the file stay.
    LC_ALL=C sed 's|functional_1/activation/|<script>alert(1)</script|g; s|input_1|<b>"x"\&|g' \
        "$data/models/mlperf-tiny/kws_ref_model.tflite" >$work/hostile.tflite
    look hostile $work/hostile.tflite cortex-m4
    if ! grep -q '&lt;script&gt;alert(1)' $work/hostile.html; then
        echo "hostile: 0 passed, 1 failed (the name is not in the page)"
        status=1
    fi
fi
exit $status
