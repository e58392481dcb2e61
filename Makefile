# Easel. `make run` builds and opens the studio, `make test` runs every test; both install what is
# missing. `make help` lists the rest.
SHELL := /bin/bash
SWIFT_FLAGS := --explicit-target-dependency-import-check error
PREFIX ?= $(HOME)/.local
DESTDIR ?=
BUILT := .build/release

.PHONY: help run build test bench install uninstall setup format lint clean
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: build ## build and open the studio
	@exec $(BUILT)/easel

build: setup ## build for release
	@swift build -c release $(SWIFT_FLAGS) --product easel

test: setup ## build everything and run every test, as CI does
	@.ci/test

bench: setup ## print the benchmark tables, append to .build/bench.jsonl; ONLY=sixel for one group
	@swift build -c release $(SWIFT_FLAGS) --product easel
	@swift build -c release $(SWIFT_FLAGS) --product easel-bench
	@$(BUILT)/easel-bench $(if $(ONLY),--only $(ONLY))

install: build ## install to PREFIX (~/.local)
	@install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/share/easel'
	@install -m 755 -s $(BUILT)/easel '$(DESTDIR)$(PREFIX)/bin/easel'
	@rm -rf '$(DESTDIR)$(PREFIX)/share/easel/themes' '$(DESTDIR)$(PREFIX)/share/easel/models' \
	  '$(DESTDIR)$(PREFIX)/share/easel/drawings' '$(DESTDIR)$(PREFIX)/share/easel/words'
	@cp -R themes '$(DESTDIR)$(PREFIX)/share/easel/themes'
	@cp -R Sources/EaselMuse/Models '$(DESTDIR)$(PREFIX)/share/easel/models'
	@cp -R Sources/EaselMuse/Scenes/Drawings '$(DESTDIR)$(PREFIX)/share/easel/drawings'
	@cp -R Sources/EaselMuse/Scenes/Words '$(DESTDIR)$(PREFIX)/share/easel/words'
	@rm -rf '$(DESTDIR)$(PREFIX)/share/easel/licences'
	@cp -R docs/licences '$(DESTDIR)$(PREFIX)/share/easel/licences'
	@cp NOTICE LICENSE '$(DESTDIR)$(PREFIX)/share/easel/licences/'
	@install -Dm 644 docs/easel.1 '$(DESTDIR)$(PREFIX)/share/man/man1/easel.1'
	@install -Dm 644 docs/completions/easel.bash '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/easel'
	@install -Dm 644 docs/completions/easel.zsh '$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_easel'
	@install -Dm 644 docs/completions/easel.fish '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/easel.fish'
	@echo 'installed $(PREFIX)/bin/easel'

uninstall: ## remove what install put there; pictures and settings stay
	@rm -f '$(DESTDIR)$(PREFIX)/bin/easel' '$(DESTDIR)$(PREFIX)/share/man/man1/easel.1' \
	  '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/easel' \
	  '$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_easel' \
	  '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/easel.fish'
	@rm -rf '$(DESTDIR)$(PREFIX)/share/easel/themes' '$(DESTDIR)$(PREFIX)/share/easel/models' \
	  '$(DESTDIR)$(PREFIX)/share/easel/drawings' '$(DESTDIR)$(PREFIX)/share/easel/words' \
	  '$(DESTDIR)$(PREFIX)/share/easel/licences'
	@rmdir '$(DESTDIR)$(PREFIX)/share/easel' 2>/dev/null || true

setup: ## install missing packages
	@.ci/setup

format: ## rewrite the sources in the project's format
	@swift format --in-place --recursive --parallel Package.swift Sources Tests

lint: ## check the format
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests

clean: ## remove what was built
	@rm -rf .build
