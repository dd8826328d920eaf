# make build | run | test | bench | lint | deb; see README.md

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: build run test bench deb lint clean

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

build: ## the native binary, dist/ogrepo-agent
	@scripts/build.sh

run: build ## serves a demo image directory, or IMAGES=DIR
	@scripts/run.sh "$(IMAGES)"

test: deb ## all tests, end to end included
	@scripts/test.sh

bench: build ## measurements beside the real alternatives
	@scripts/install-packages.sh bench
	@scripts/bench.sh

deb: build ## the Debian package, dist/ogrepo-agent_VERSION_ARCHITECTURE.deb
	@scripts/deb.sh

lint: ## layout and style as .editorconfig says, scripts as shellcheck says
	@scripts/lint.sh

clean:
	rm -rf dist out agent/bin agent/obj tests/*/bin tests/*/obj
