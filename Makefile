# The one entry point. `make` alone lists the targets. Rust is enough for `make run`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

TARGET := $(or $(CARGO_TARGET_DIR),target)
# Python tools live outside the tree, one folder for each state of their list.
PYTHON_TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/openfang/python-$(shell cksum < tests/contract/requirements.txt | cut -d' ' -f1)
PYTHON := $(PYTHON_TOOLS)/bin
NODE_CONTRACT := tests/contract/node_modules/.package-lock.json
NODE_CLIENT := generated-clients/typescript/node_modules/.package-lock.json
REDOCLY := REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true tests/contract/node_modules/.bin/redocly
COVERAGE := $(CURDIR)/.cache/coverage
# nextest gives each test a process; without it cargo's own runner does.
NEXTEST := $(shell command -v cargo-nextest)
TEST := $(if $(NEXTEST),cargo nextest run --workspace --profile $(if $(CI),ci,default),cargo test --workspace)
HAVE_POSTGRES := $(shell command -v initdb || ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)
need = command -v $(1) >/dev/null || { echo "$(1) is missing: install $(2)" >&2; exit 1; }

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## Work

.PHONY: run
run: ## Set up, build and serve with SQLite
	@$(call need,cargo,Rust 1.95 or newer)
	cargo build --bin openfang
	cargo run --quiet --bin openfang -- init
	cargo run --quiet --bin openfang -- start

.PHONY: fmt
fmt: $(PYTHON_TOOLS)/ready ## Format everything
	cargo fmt --all
	cd generated-clients/python && $(PYTHON)/ruff format --quiet . ../postman

.PHONY: spec
spec: ## Write openapi.yaml and operations.txt from the code
	cargo run --quiet --bin openfang -- openapi > openapi.yaml.new
	mv openapi.yaml.new openapi.yaml
	OPENFANG_WRITE=1 cargo test --quiet --test it -- --exact contract::operations::the_table_of_operations_is_current

.PHONY: clients
clients: $(PYTHON_TOOLS)/ready $(NODE_CLIENT) ## Write the generated clients from openapi.yaml
	generated-clients/generate.sh $(PYTHON)

.PHONY: release
release: ## Build the release binary
	cargo build --release --bin openfang
	@ls -l $(TARGET)/release/openfang

.PHONY: bench
bench: release ## Measure the release binary (QUICK=1 for a shorter run)
	@$(call need,wrk,wrk)
	python3 benches/bench.py $(TARGET)/release/openfang $(if $(QUICK),--quick)

## Checks

.PHONY: test
test: test-sqlite test-crash-points $(if $(or $(CI),$(HAVE_POSTGRES)),test-postgres,no-postgres) coverage-check clients-test ## Run all tests on SQLite and PostgreSQL, and the clients'

.PHONY: test-sqlite
test-sqlite: ## Run the tests on SQLite
	rm -rf $(COVERAGE) && mkdir -p $(COVERAGE)
	OPENFANG_COVERAGE_DIR=$(COVERAGE) $(TEST)

.PHONY: test-crash-points
test-crash-points: ## Run the tests that kill the server at a chosen point, in a build that is never released
	$(TEST) --features crash-points $(if $(NEXTEST),-E 'test(/^idempotency::/) + test(/^llm::drivers::builtin::/)',-- idempotency llm::drivers::builtin)

.PHONY: test-postgres
test-postgres: ## Run the tests on a PostgreSQL of their own
	mkdir -p $(COVERAGE)
	OPENFANG_COVERAGE_DIR=$(COVERAGE) scripts/postgres.sh $(TEST)

.PHONY: no-postgres
no-postgres:
	@echo "PostgreSQL was not tested: install postgresql (15 or newer), which has initdb and pg_ctl" >&2

.PHONY: coverage-check
coverage-check: ## Check that the tests before called every operation
	OPENFANG_COVERAGE_DIR=$(COVERAGE) cargo test --quiet --test it -- --ignored --exact contract::coverage::every_operation_was_called

.PHONY: fmt-check
fmt-check: $(PYTHON_TOOLS)/ready ## Check the format
	cargo fmt --all --check
	cd generated-clients/python && $(PYTHON)/ruff format --quiet --check . ../postman

.PHONY: lint
lint: $(PYTHON_TOOLS)/ready ## Run the linters
	cargo clippy --quiet --workspace --all-targets -- -D warnings
	cd generated-clients/python && $(PYTHON)/ruff check --quiet . ../postman

.PHONY: spec-check
spec-check: ## Check that openapi.yaml is current
	cargo run --quiet --bin openfang -- openapi | diff -u openapi.yaml - || { echo "openapi.yaml is stale: make spec clients" >&2; exit 1; }

.PHONY: spec-lint
spec-lint: $(NODE_CONTRACT) ## Lint openapi.yaml
	$(REDOCLY) lint openapi.yaml --config tests/contract/redocly.yaml

.PHONY: spec-diff
spec-diff: $(NODE_CONTRACT) ## Compare openapi.yaml with the last release; breaking changes fail
	@tag=$$(git describe --tags --abbrev=0 2>/dev/null) || { echo "there is no release to compare with"; exit 0; }; \
	mkdir -p .cache && git show "$$tag:openapi.yaml" > .cache/released.yaml; \
	$(REDOCLY) diff .cache/released.yaml openapi.yaml --config tests/contract/redocly.yaml

.PHONY: clients-check
clients-check: clients ## Check that the generated clients are current
	@changed=$$(git status --porcelain -- generated-clients); \
	[ -z "$$changed" ] || { git --no-pager diff --stat -- generated-clients; echo "$$changed"; echo "generated clients are stale: make clients, and commit" >&2; exit 1; }

.PHONY: clients-test
clients-test: $(PYTHON_TOOLS)/ready $(NODE_CLIENT) ## Run the clients' tests against a real server
	cd generated-clients/typescript && node_modules/.bin/tsc -p .
	cd generated-clients/python && $(PYTHON)/mypy
	scripts/serve-for-tests.sh generated-clients/test.sh $(PYTHON)

.PHONY: contract
contract: $(PYTHON_TOOLS)/ready ## Attack a real server with what the document allows and forbids
	scripts/serve-for-tests.sh scripts/schemathesis.sh $(PYTHON) all
	$(if $(or $(CI),$(HAVE_POSTGRES)),scripts/postgres.sh scripts/serve-for-tests.sh scripts/schemathesis.sh $(PYTHON) examples)

.PHONY: ui-test
ui-test: ## Try the chat page in a headless Chromium
	@[ -x tests/ui/run.sh ] || { echo "tests/ui/run.sh is missing" >&2; exit 1; }
	tests/ui/run.sh

.PHONY: ci
ci: ## Everything that has to pass, with a table of times
	scripts/ci.sh

## Tools

$(PYTHON_TOOLS)/ready: tests/contract/requirements.txt
	@$(call need,python3,Python 3.11 or newer with venv)
	python3 -m venv --clear $(PYTHON_TOOLS)
	$(PYTHON)/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

%/node_modules/.package-lock.json: %/package-lock.json
	@$(call need,npm,Node.js 20 or newer)
	cd $* && npm ci --no-audit --no-fund --silent
	touch $@
