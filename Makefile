# Every target does its own set-up: a fresh machine needs Python 3.11 or newer, git and make.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CONFIG ?=

.DEFAULT_GOAL := help
.PHONY: help demo run test check lint types wheel wheel-test bench weights clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "regwatch needs Python 3.11 or newer with venv; set PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON) (once) …"
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $(READY)

demo: $(READY) ## the whole bot on recorded feeds: no network, no token
	@$(BIN)/regwatch demo

run: $(READY) ## the bot itself (CONFIG=FILE for another settings file)
	@$(BIN)/regwatch run $(if $(CONFIG),--config $(CONFIG))

test: $(READY) ## the test suite
	@$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(READY) ## style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(READY) ## mypy, strict
	@$(BIN)/mypy

wheel: $(READY) ## build dist/*.whl
	@rm -rf dist && $(BIN)/python -m build --wheel --outdir dist . >/dev/null && ls dist

wheel-test: wheel ## install the wheel into a clean venv and load every shipped rule
	@$(BIN)/python tests/wheel_check.py dist/*.whl

check: test lint types wheel-test ## what CI runs

bench: $(READY) ## the README's figures (takes half an hour)
	@for b in start_up parse fetch matching search poll; do echo "== $$b"; $(BIN)/python benchmarks/$$b.py || exit 1; done

weights: $(READY) ## learn what words weigh, from the labelled articles
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[learn]"
	@$(BIN)/python tests/eval/learn_weights.py

clean: ## remove what the targets made
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .hypothesis
