.PHONY: help build test test-hardware soak fuzz demo bench sanitize lint format clean

# SwiftPM does not look again for a tree that was linked after a build; a variable it does notice.
ifneq ($(wildcard Vendor/onload),)
export ONLOAD_HOME ?= $(CURDIR)/Vendor/onload
endif

help: ## Lists these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

demo: ## Installs what is missing, builds for speed and shows the library at work
	@Scripts/install-needed
	swift build -c release --product efvi
	.build/release/efvi demo

test: ## Installs what is missing, builds and runs every test
	@Scripts/test

test-hardware: ## Runs the rows over the hardware backend, without a card
	@Scripts/test-hardware

soak: ## Mixes every feature under the fault plan for ten minutes
	@SOAK_SECONDS=600 Scripts/test --filter SoakTests

fuzz: ## Throws random programs at the C API for ten minutes
	@Scripts/fuzz

build: ## Installs what is missing and builds everything for speed
	@Scripts/install-needed
	swift build -c release

bench: ## Compares with plain C, DPDK and the kernel; QUICK=1 within two minutes, ONLY="cable xdp" some
	@Scripts/install-needed
	@QUICK="$(QUICK)" Benchmarks/run $(ONLY)

sanitize: ## Runs the tests under the address and the thread sanitizer
	@Scripts/sanitize

lint: ## Checks the format of the Swift files
	@Scripts/lint --strict

format: ## Rewrites the Swift files in the project's format
	@Scripts/format

clean: ## Removes what was built
	rm -rf .build .build-address .build-thread .build-hardware .build-fuzz
