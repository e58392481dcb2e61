# Easel. `make run` builds and opens the studio, `make test` runs every test; both install what is missing.
SHELL := /bin/bash
SWIFT_FLAGS := --explicit-target-dependency-import-check error
PREFIX ?= $(HOME)/.local

.PHONY: run build test bench install setup format clean

run: build
	@.build/release/easel

build: setup
	@swift build -c release $(SWIFT_FLAGS) --product easel

test: setup
	@.ci/test

setup:
	@.ci/setup
