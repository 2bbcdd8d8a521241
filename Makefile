.PHONY: help build test soak demo bench sanitize lint format clean

help: ## Lists these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: ## Installs what is missing, builds for speed and shows the library at work
	@Scripts/install-needed
	swift build -c release --product efvi
	.build/release/efvi demo

test: ## Installs what is missing, builds and runs every test
	@Scripts/test

soak: ## Mixes every feature under the fault plan for ten minutes
	@SOAK_SECONDS=600 Scripts/test --filter SoakTests

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
	rm -rf .build .build-address .build-thread
