# Front door: each target does its own set-up. CMake does the building (CMakePresets.json).
# SPDX-License-Identifier: Apache-2.0
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup build demo check check-quick lint format golden bench bench-train clean

MOTE  := build/host/mote
APP   := apps/fashion-mnist
OUT   := build/demo
BOARD ?= recipe

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | \
	    awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: ## install the Debian packages that are missing (root or sudo)
	@tools/setup.sh

build: setup ## build the tool: build/host/mote
	@cmake --preset host >build-configure.log 2>&1 || { cat build-configure.log; exit 1; }
	@rm -f build-configure.log
	@cmake --build --preset host

demo: build ## data -> trained int8 network -> Cortex-M4 firmware, one table (BOARD=cortex-m55 ...)
	@tools/demo.sh $(MOTE) $(APP)/recipe.yaml $(OUT) $(BOARD)

check: setup ## all tests; ends with passed, failed, skipped
	@tools/check.sh

check-quick: build ## unit tests of the release build only
	@ctest --test-dir build/host --output-on-failure -LE slow

lint: build ## clang-format, clang-tidy, who includes whom
	@tools/check-format.sh
	@tools/check-tidy.sh
	@tools/check-rooms.sh

format: ## lay out all C code
	@git ls-files '*.c' '*.h' ':!tests/emit/golden' | xargs clang-format-14 -i

golden: build ## rewrite golden files; review the diff like code
	@MOTE_GOLDEN=1 ctest --test-dir build/host -LE slow >/dev/null; git diff --stat

bench: build ## instructions, flash and RAM of the demo network on every board -> bench/results.csv
	@tools/bench.sh $(MOTE) $(APP)/recipe.yaml $(OUT) > build/results.csv
	@mv build/results.csv bench/results.csv
	@git diff --stat bench/results.csv

bench-train: build ## training speed beside PyTorch (installs python3-torch)
	@bench/train/run.sh build/host

clean: ## remove build/
	@rm -rf build
