# Parley: `make run` serves it on http://127.0.0.1:8888, `make test` checks everything.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
# Tests mostly wait for servers and browsers: two at a time leave half of two cores idle.
WORKERS := 3
JQUERY := node_modules/.package-lock.json
SERVERS := mariadb-server-core mariadb-client-core redis-server
SOURCES := $(wildcard app demo models handlers migrations tests tools)
JS_TESTS = $(shell find tests/js -type f -name '*.test.*js' 2>/dev/null | sort)

# A venv whose Python has gone (an upgrade, a moved folder) counts as not made.
ifneq ($(shell $(BIN)/python -c 'print("works")' 2>/dev/null </dev/null),works)
$(shell rm -f $(RUNTIME) $(DEV))
endif

.PHONY: help setup dev run demo test lint types test-js test-py reliability bench bench-table \
	test-compose shots widget vendor clean distclean

help: ## What can be made
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

setup: $(RUNTIME) ## .venv with what the server needs

dev: $(DEV) ## .venv with what the tests need as well

$(RUNTIME): requirements.txt
	@tools/venv.sh requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@tools/venv.sh requirements-dev.txt
	@touch $@

run: setup ## Serve Parley; flags in ARGS, as in make run ARGS="--port 9000"
	@exec $(BIN)/python -m app serve $(ARGS) </dev/null

demo: setup ## A pretend shop on another origin, with two members side by side (http://127.0.0.1:8889)
	@exec $(BIN)/python -m demo $(ARGS) </dev/null

test: dev ## Style, types, JavaScript and Python tests, on SQLite, MariaDB and in Chromium
	@tools/need.sh $(SERVERS) chromium nodejs npm
	@tools/need.sh --if-any chromium-headless-shell
	@$(MAKE) --no-print-directory lint types test-js test-py

lint: dev ## Style and likely bugs
	@$(BIN)/ruff check $(SOURCES) </dev/null
	@$(BIN)/ruff format --check $(SOURCES) </dev/null

types: dev ## Types
	@$(BIN)/mypy </dev/null

# jQuery is there to be compared with the copy in static/vendor that we serve, axe for the browser tests.
$(JQUERY): package.json package-lock.json
	@tools/need.sh nodejs npm
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null
	@touch $@

# The files are named one by one: a folder as argument means different things to Node 18 and 22.
test-js: $(JQUERY) ## Tests of the widget's logic
	@node --test --test-reporter=spec $(or $(JS_TESTS),tests/js) </dev/null

# In the order of collection: the browser's long files come early, and no worker ends on one alone.
# Hundreds of servers are started: bytecode is kept for them, whatever the environment says.
test-py: dev $(JQUERY) ## Tests of everything else; flags in ARGS, as in make test-py ARGS="-k history"
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS) </dev/null

reliability: dev ## The long fault tests (docs/reliability.md)
	@tools/need.sh $(SERVERS) chromium
	@$(BIN)/python -m pytest -m "slow or reliability" $(ARGS) </dev/null

bench: dev $(JQUERY) ## Throughput and latency beside other designs (docs/performance.md)
	@tools/need.sh $(SERVERS) nodejs npm
	@$(BIN)/python -m tests.bench $(ARGS) </dev/null

bench-table: dev ## A page of history out of a log of ten million messages, and of a thousand
	@tools/need.sh $(SERVERS)
	@$(BIN)/python -m tests.bench --only table --table 10000000 $(ARGS) </dev/null

test-compose: dev ## Build and run the containers, with people talking through them
	@$(BIN)/python -m pytest -m compose tests/compose $(ARGS) </dev/null

widget: $(JQUERY) ## Make static/widget.js and the emoji again, after a change of the widget
	@npm run --silent build </dev/null

shots: dev ## Pictures of every state, light, dark, Chinese and Arabic, in build/shots
	@tools/need.sh chromium
	@$(BIN)/python -m tests.browser.shots build/shots </dev/null

vendor: $(JQUERY) ## Fetch jQuery again, as package-lock.json pins it
	@npm run --silent vendor </dev/null

clean: ## Remove what the checks leave behind (not your data in var/)
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis build node_modules
	@find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## Remove .venv as well
	@rm -rf $(VENV)
