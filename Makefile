# Two commands are the whole set-up: `make demo` and `make test`. Both install what they need and may be run again at no cost.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
JOBS ?= $(shell nproc)
PRESET_BUILD = cmake --preset $(1) >build/$(1).configure.log 2>&1 || { cat build/$(1).configure.log; exit 1; }; cmake --build build/$(1) -j$(JOBS)

.PHONY: help demo build test smoke lint tidy format bench fuzz tsan coverage clean packages-build packages-test packages-bench
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

packages-build packages-test packages-bench: packages-%:
	@tools/install_packages.sh $*

build: packages-build ## build/gatehouse, the release program
	@mkdir -p build
	@$(call PRESET_BUILD,release) --target gatehouse
	@ln -sf release/gatehouse build/gatehouse

demo: build ## the main job on the sandbox site, with embedded SQLite; stays up (ONCE=1: ends after it)
	@build/gatehouse demo $(if $(ONCE),--once)

# What fails once is run once more and ctest prints both: several end-to-end tests wait for the clock, and CI's machine is busy.
test: packages-test ## everything, under ASan and UBSan, with the services that it needs
	@mkdir -p build
	@tools/check_all.sh quick
	@$(call PRESET_BUILD,asan-ubsan)
	@ASAN_OPTIONS=$${ASAN_OPTIONS:-detect_leaks=1:detect_stack_use_after_return=1} UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
	  tools/with_postgres.sh ctest --test-dir build/asan-ubsan --output-on-failure -j$(JOBS) --repeat until-pass:2

# Left out: what reads megabytes or waits for clocks under the sanitizers. Properties are tried on fewer cases.
SMOKE_FILTER = -LongList.*:TimeOuts.*:*NeverStopsAsking*:*SlowClient*:*ADatabaseThatHangs*:*IsDoneSoonWithAnyTextOfFullSize

smoke: ## the way of a request: unit tests and golden files of the last test build (< 10 s)
	@[ -d build/asan-ubsan/test ] || { echo "There is no test build yet: make test makes it." >&2; exit 1; }
	@GTEST_FILTER='$(SMOKE_FILTER)' RC_PARAMS=max_success=10 ctest --test-dir build/asan-ubsan -L smoke --output-on-failure -j$(JOBS)

lint: packages-test ## layers, sizes, co_await, self-contained headers, docs, formatting, clang-tidy on what changed
	@mkdir -p build
	@tools/check_all.sh full

tidy: packages-test ## clang-tidy over everything (slow)
	@tools/check_tidy.sh all

format: ## clang-format in place
	@git ls-files '*.cpp' '*.h' | xargs clang-format-14 -i

bench: packages-bench ## CPU time a request beside nginx and HAProxy, one run; figures are printed (bench/README.md)
	@mkdir -p build
	@$(call PRESET_BUILD,bench)
	@bench/run.sh

fuzz: packages-test ## each fuzz target for SECONDS_EACH=60
	@mkdir -p build
	@$(call PRESET_BUILD,fuzz) --target fuzz_targets
	@tools/run_fuzz.sh build/fuzz $${SECONDS_EACH:-60}

tsan: packages-test ## unit tests and store conformance under ThreadSanitizer (clang)
	@mkdir -p build
	@$(call PRESET_BUILD,tsan) --target unit_tests test_store_conformance
	@tools/with_postgres.sh ctest --test-dir build/tsan --output-on-failure -j$(JOBS) -L 'unit|conformance'

coverage: packages-test ## line coverage of the unit tests
	@mkdir -p build
	@$(call PRESET_BUILD,coverage) --target unit_tests
	@ctest --test-dir build/coverage -L unit -j$(JOBS) && tools/print_coverage.sh build/coverage

clean: ## remove build/
	@rm -rf build
