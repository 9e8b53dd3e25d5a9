# Front door: each target does its own set-up. CMake does the building (CMakePresets.json).
# SPDX-License-Identifier: Apache-2.0
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup build build-tests demo check check-quick lint format golden fuzz bench bench-host \
        bench-train bench-quantize profile clean

MOTE  := build/host/mote
APP   := apps/fashion-mnist
OUT   := build/demo
BOARD ?= recipe
SECONDS ?= 60

# CMake's own chatter is shown only when it fails.
CONFIGURE := mkdir -p build && { cmake --preset host >build/configure.log 2>&1 || \
             { cat build/configure.log; exit 1; }; }

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | \
	    awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

setup: ## install the Debian packages that are missing (root or sudo)
	@tools/setup.sh

build: setup ## build the tool: build/host/mote
	@$(CONFIGURE)
	@cmake --build --preset host --target mote

build-tests: setup
	@$(CONFIGURE)
	@cmake --build --preset host

demo: build ## data -> trained int8 network -> Cortex-M4 firmware, one table (BOARD=cortex-m55 ...)
	@tools/demo.sh $(MOTE) $(APP)/recipe.yaml $(OUT) $(BOARD)

check: setup ## all tests; ends with passed, failed, skipped
	@tools/check.sh

check-quick: build-tests ## unit tests of the release build only
	@ctest --test-dir build/host --output-on-failure

lint: build ## clang-format, clang-tidy, who includes whom
	@tools/check-format.sh
	@tools/check-tidy.sh
	@tools/check-rooms.sh

format: ## lay out all C code
	@git ls-files '*.c' '*.h' ':!tests/emit/golden' | xargs clang-format-14 -i

golden: build-tests ## rewrite golden files; review the diff like code
	@MOTE_GOLDEN=1 ctest --test-dir build/host >/dev/null; MOTE_GOLDEN=1 tests/cli/run.sh $(MOTE); git diff --stat

fuzz: setup ## fuzz the readers for SECONDS=60 each
	@tools/fuzz.sh $(SECONDS)

bench: build ## instructions, flash and RAM of the demo network on every board -> bench/results.csv
	@tools/bench.sh $(MOTE) $(APP)/recipe.yaml $(OUT) > build/results.csv
	@mv build/results.csv bench/results.csv
	@git diff --stat bench/results.csv

profile: build ## what MODEL=file costs on every board, one line each (docs/spec/cycles.md)
	@tools/profile.sh $(MOTE) $(MODEL)

bench-host: setup ## inferences a second on this machine, by model and variant, beside the interpreter
	@bench/host/run.sh

bench-train: ## training speed beside PyTorch, in one run
	@tools/setup.sh python3-torch
	@bench/train/run.sh

bench-quantize: build ## what quantisation costs ResNet-8 in accuracy and saves in flash
	@tools/setup.sh libpng-dev
	@bench/quantize/run.sh $(MOTE)

clean: ## remove build/
	@rm -rf build
