# What one does with the project; `make help` lists it. A Swift toolchain (6.3) is all it needs.

PREFIX ?= /usr/local
DESTDIR ?=

SWIFT ?= swift
BUILD = $(SWIFT) build
SOURCES = Package.swift Sources Tests
# Modules may import only what Package.swift says they stand on: without this the walls would hold
# only as long as nothing else was built before.
WALLS = --explicit-target-dependency-import-check error
RELEASE = Tests/Bench/build

BINARIES = crowd-models-executor crowd-models
# SHELL:FILE below share, each written by the installed client itself.
COMPLETIONS = bash:bash-completion/completions/crowd-models \
    zsh:zsh/site-functions/_crowd-models fish:fish/vendor_completions.d/crowd-models.fish
UNITS = crowd-models-executor.service crowd-models-executor.socket

.DEFAULT_GOAL := help
.PHONY: help demo run build test swift-tests script-tests check lint profile bench format docs \
    asan-rooms asan tsan sanitize memory soak install uninstall clean

help: ## this list
	@echo "Crowd Models Executor: one socket for the language models that run on this machine."
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1@\2/p' Makefile | \
	    while IFS=@ read -r name what; do printf '%-18s%s\n' "$$name" "$$what"; done

demo: ## a minute with it: daemon, models, a streamed answer, numbers; then all is stopped
	@contrib/demo

run: ## the daemon on config.toml, until Ctrl-C
	@$(BUILD) --product crowd-models-executor
	@exec "$$($(BUILD) --show-bin-path)/crowd-models-executor" --config config.toml

build:
	$(BUILD) --build-tests $(WALLS)

test: build swift-tests script-tests ## Swift's tests, then the scripts that drive the programs

swift-tests:
	$(SWIFT) test --skip-build --disable-xctest --quiet

script-tests:
	Tests/scripts/run-all

# One part after the other, each with its time, so that one sees what takes long.
check: ## format, walls, tests, the rooms under the address sanitizer: what a change has to pass
	@for part in lint build swift-tests script-tests asan-rooms; do \
	    started=$$(date +%s); \
	    $(MAKE) --no-print-directory $$part || exit 1; \
	    echo "make $$part took $$(($$(date +%s) - started)) s"; \
	done

lint:
	$(SWIFT) format lint --strict --parallel --recursive --configuration .swift-format $(SOURCES)

format: ## rewrite the sources as .swift-format says
	$(SWIFT) format --in-place --parallel --recursive --configuration .swift-format $(SOURCES)

profile: ## take down what runs often, for release builds to go by; after a change of a hot path
	Tests/Bench/profile

bench: ## measure it beside Redis, nginx and plain C; exit 1 where one is lost
	Tests/Bench/run

docs: ## write docs/PROTOCOL.md and docs/man anew from what the programs go by
	UPDATE_DOCS=1 $(SWIFT) test --disable-xctest --filter 'ProtocolDocumentTests|ManualTests'

# A sanitizer makes a program several times slower: waits may last so many times as long.
SANITIZED = CROWD_MODELS_TEST_PATIENCE=8 $(SWIFT) test --disable-xctest --quiet --skip TidyTests
# The address sanitizer looks for leaks as well, of programs too when they end.
ADDRESS = LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.supp:print_suppressions=0 \
    ASAN_OPTIONS=detect_leaks=1
THREAD = TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/races.supp

# The rooms without processes.
asan-rooms:
	$(ADDRESS) $(SANITIZED) --sanitize=address --scratch-path .build/asan --skip EndToEndTests

asan: ## all of Swift's tests and the ledger under the address sanitizer
	$(ADDRESS) $(SANITIZED) --sanitize=address --scratch-path .build/asan
	$(ADDRESS):quarantine_size_mb=16 \
	    CROWD_MODELS_PRODUCTS=$(CURDIR)/.build/asan/debug Tests/scripts/ledger.py

tsan: ## all of Swift's tests and the ledger under the thread sanitizer
	$(THREAD) $(SANITIZED) --sanitize=thread --scratch-path .build/tsan
	$(THREAD) CROWD_MODELS_PRODUCTS=$(CURDIR)/.build/tsan/debug Tests/scripts/ledger.py

sanitize: asan tsan ## both of them

memory: ## how much a release build holds at the bounds: some three minutes
	$(RELEASE) --product crowd-models-executor
	CROWD_MODELS_PRODUCTS="$$($(RELEASE) --show-bin-path)" python3 Tests/scripts/memory.py

soak: ## an hour of mixed load on a release build: memory and descriptors stay flat
	$(RELEASE) --product crowd-models-executor
	$(RELEASE) --product lmstudio-simulator
	SOAK_SECONDS=3600 CROWD_MODELS_PRODUCTS="$$($(RELEASE) --show-bin-path)" \
	    python3 Tests/scripts/soak.py

install: ## programs, units and the manual below $(DESTDIR)$(PREFIX), built for release
	$(RELEASE) --product crowd-models-executor
	$(RELEASE) --product crowd-models
	install -d $(DESTDIR)$(PREFIX)/bin
	for name in $(BINARIES); do \
	    install -m 0755 "$$($(RELEASE) --show-bin-path)/$$name" $(DESTDIR)$(PREFIX)/bin/ && \
	    strip $(DESTDIR)$(PREFIX)/bin/$$name || exit 1; \
	done
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/lib/systemd/user
	for unit in $(UNITS); do \
	    sed 's|/usr/local/|$(PREFIX)/|' contrib/systemd/$$unit \
	        > $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit && \
	    sed 's|/usr/local/|$(PREFIX)/|' contrib/systemd/user/$$unit \
	        > $(DESTDIR)$(PREFIX)/lib/systemd/user/$$unit || exit 1; \
	done
	install -D -m 0644 contrib/systemd/sysusers.conf \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d/crowd-models.conf
	install -D -m 0644 config.toml $(DESTDIR)$(PREFIX)/share/crowd-models/config.toml
	for page in README.md docs/PROTOCOL.md docs/HTTP.md; do \
	    install -D -m 0644 $$page $(DESTDIR)$(PREFIX)/share/doc/crowd-models/$$(basename $$page); \
	done
	for name in $(BINARIES); do \
	    install -D -m 0644 docs/man/$$name.1 $(DESTDIR)$(PREFIX)/share/man/man1/$$name.1; \
	done
	for place in $(COMPLETIONS); do \
	    install -d $(DESTDIR)$(PREFIX)/share/$$(dirname $${place#*:}) && \
	    $(DESTDIR)$(PREFIX)/bin/crowd-models completions $${place%%:*} \
	        > $(DESTDIR)$(PREFIX)/share/$${place#*:} || exit 1; \
	done

uninstall: ## remove what `make install` put there
	rm -f $(BINARIES:%=$(DESTDIR)$(PREFIX)/bin/%)
	rm -f $(UNITS:%=$(DESTDIR)$(PREFIX)/lib/systemd/system/%)
	rm -f $(UNITS:%=$(DESTDIR)$(PREFIX)/lib/systemd/user/%)
	rm -f $(DESTDIR)$(PREFIX)/lib/sysusers.d/crowd-models.conf
	rm -f $(BINARIES:%=$(DESTDIR)$(PREFIX)/share/man/man1/%.1)
	for place in $(COMPLETIONS); do rm -f $(DESTDIR)$(PREFIX)/share/$${place#*:}; done
	rm -rf $(DESTDIR)$(PREFIX)/share/crowd-models $(DESTDIR)$(PREFIX)/share/doc/crowd-models

clean: ## remove what was built or fetched
	rm -rf .build .cache
