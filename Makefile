# The only commands a contributor needs; each makes what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test check bench docs

# What the program needs to run. Modules are compiled when first used, which halves the size on disk.
$(RUNTIME): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (once)"
	@$(PIP) --no-compile -e .
	@touch $@

# What tests, types and style need besides.
$(DEV): $(RUNTIME)
	@$(PIP) -e ".[dev]"
	@touch $@

demo: $(RUNTIME)
	$(BIN)/dragoman code examples --format table
	@echo "Try it on your own: $(BIN)/dragoman code FILE --explain"

test: $(DEV)
	$(BIN)/python -m pytest

check: $(DEV)
	$(BIN)/ruff check src tests bench training
	$(BIN)/ruff format --check src tests bench training
	$(BIN)/mypy

bench: $(DEV)
	$(BIN)/python bench/run.py

docs: $(RUNTIME)
	$(BIN)/python docs/build.py
