# The only commands a contributor needs; each makes what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# The commit against which `make bench` lists gains and losses, record by record.
AGAINST ?= HEAD

EXAMPLES := $(filter-out examples/README.md,$(wildcard examples/*))

.PHONY: demo test check bench docs

# What the program needs to run. Modules are compiled when first used, which halves the size on disk.
$(RUNTIME): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (once)"
	@$(PIP) --no-compile -e ".[serve]"
	@touch $@

# What tests, types and style need besides.
$(DEV): $(RUNTIME)
	@$(PIP) -e ".[dev]"
	@$(PIP) -e ".[ray]" || echo "Ray can't be installed here: the tests of the cluster engine are left out"
	@touch $@

demo: $(RUNTIME)
	@mkdir -p build && rm -f build/demo.duckdb
	$(BIN)/dragoman code $(EXAMPLES) --store build/demo.duckdb
	$(BIN)/dragoman link build/demo.duckdb
	$(BIN)/dragoman export build/demo.duckdb --format table
	$(BIN)/dragoman dossier build/demo.duckdb SDN "Rapid Support Forces" -o demo.html
	@echo "The same in a browser, live: $(BIN)/dragoman serve build/demo.duckdb"
	@echo "Open demo.html in a browser. Try it on your own: $(BIN)/dragoman code FILE --explain"

test: $(DEV)
	@sh tests/browser/chromium.sh
	$(BIN)/python -m pytest

check: $(DEV)
	$(BIN)/ruff check src tests bench training
	$(BIN)/ruff format --check src tests bench training
	$(BIN)/mypy

bench: $(DEV)
	$(BIN)/python bench/run.py --against $(AGAINST)

docs: $(RUNTIME)
	$(BIN)/python docs/build.py
