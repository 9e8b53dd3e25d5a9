#!/usr/bin/python3
"""How many samples a second PyTorch trains: the network of apps/fashion-mnist/recipe.yaml.

    pytorch_train_rate.py FOLDER THREADS STEPS channels_last|contiguous

FOLDER holds the IDX files of Fashion-MNIST. Forward, backward and SGD with momentum on batches of
128 that are picked from images already in memory; prints samples/s (after five steps to warm up)
and the number of trained parameters, like mote_train_rate.

SPDX-License-Identifier: Apache-2.0"""
import gzip
import os
import sys
import time

THREADS = int(sys.argv[2])
os.environ["OMP_NUM_THREADS"] = str(THREADS)

import numpy
import torch
from torch import nn

BATCH = 128
WARM_UP = 5


def read_idx(path, header_bytes):
    with gzip.open(path) as f:
        return numpy.frombuffer(f.read(), dtype=numpy.uint8, offset=header_bytes)


def block(channels_in, channels_out, padding):
    return [
        nn.Conv2d(channels_in, channels_out, 3, padding=padding, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    ]


def network():
    return nn.Sequential(
        *block(1, 16, 1), nn.MaxPool2d(2),
        *block(16, 32, 1), nn.MaxPool2d(2),
        *block(32, 64, 1), nn.MaxPool2d(2),
        *block(64, 36, 0), nn.Flatten(), nn.Linear(36, 10))


def main():
    folder, steps, layout = sys.argv[1], int(sys.argv[3]), sys.argv[4]
    memory = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    x = read_idx(os.path.join(folder, "train-images-idx3-ubyte.gz"), 16)
    y = read_idx(os.path.join(folder, "train-labels-idx1-ubyte.gz"), 8)
    x = torch.from_numpy(x.reshape(-1, 1, 28, 28).astype(numpy.float32) / 255)
    x = (x - x.mean()) / x.std()
    y = torch.from_numpy(y.astype(numpy.int64))
    net = network().to(memory_format=memory).train()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=0.001)
    loss_of = nn.CrossEntropyLoss()
    order = torch.randperm(len(x))
    start = 0.0
    for step in range(WARM_UP + steps):
        if step == WARM_UP:
            start = time.perf_counter()
        index = order[(step * BATCH) % (len(x) - BATCH):][:BATCH]
        images = x[index].to(memory_format=memory)
        optimizer.zero_grad(set_to_none=True)
        loss_of(net(images), y[index]).backward()
        optimizer.step()
    rate = steps * BATCH / (time.perf_counter() - start)
    print(f"{rate:.0f} {sum(p.numel() for p in net.parameters())}")


main()
