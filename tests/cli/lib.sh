# lib.sh - what the cases share: each starts in an empty folder.
mkdir tmp
source_data=/usr/share/datasets/fashion-mnist

# mote ARGS...: show the command, its output and its status.
mote() {
    echo "\$ mote $*"
    "$MOTE" "$@" 2>&1
    echo "[status $?]"
}

# be32 N: four bytes, big-endian.
be32() {
    for shift in 24 16 8 0; do
        printf "\\$(printf %03o $(($1 >> shift & 255)))"
    done
}

# The first N images and labels of the package's set SET (train, t10k) as IDX files.
cut_idx() { # SET N NAME
    { be32 2051; be32 "$2"; be32 28; be32 28
      gzip -dc $source_data/"$1"-images-idx3-ubyte.gz 2>/dev/null | tail -c +17 |
          head -c $(($2 * 784)); } >"$3-images"
    { be32 2049; be32 "$2"
      gzip -dc $source_data/"$1"-labels-idx1-ubyte.gz 2>/dev/null | tail -c +9 | head -c "$2"
    } >"$3-labels"
}

# A tiny data set and a recipe for it, tiny.yaml.
tiny() {
    cut_idx train 320 train
    cut_idx t10k 64 test
    cat >tiny.yaml <<'END'
name: tiny
seed: 1
data:
  format: idx
  train: {images: train-images, labels: train-labels}
  test: {images: test-images, labels: test-labels}
  validation: 0.2
  normalise: {mean: 0.286, std: 0.353}
network:
  - conv2d: {filters: 4, kernel: 3, stride: 2, pad: same}
  - batch_norm
  - relu
  - max_pool: {size: 2}
  - flatten
  - fully_connected: 10
  - softmax
train: {epochs: 1, batch: 32, optimizer: sgd, lr: 0.05}
quantize: {ranges: minmax, calibration: 64}
target: {board: cortex-m4, flash: 64K, arena: 16K}
END
}

# The tiny model, trained and quantised, without a word: tiny-float.mote and tiny.mote.
tiny_model() {
    tiny
    "$MOTE" train tiny.yaml >/dev/null && "$MOTE" quantize tiny-float.mote --recipe tiny.yaml \
        >/dev/null
    rm -f tiny.checkpoint
}
