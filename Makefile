# Two commands matter: `make run` and `make test`. The rest is for those who change the code.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
export UV_PYTHON_DOWNLOADS := never
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

.PHONY: run test env check bench requirements locks messages format

run: env
	@exec $(BIN)/okienko run

test: env
	@$(BIN)/python tools/browser.py
	$(BIN)/python -m pytest -n 2 --dist loadgroup

env: $(VENV)/.words

$(VENV)/.ready: pyproject.toml requirements/run.txt requirements/dev.txt requirements/uv.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --require-hashes requirements/dev.txt requirements/uv.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Words change far more often than packages: they are compiled whenever a catalogue is newer.
$(VENV)/.words: $(VENV)/.ready $(shell find src -name '*.po')
	@$(BIN)/python tools/messages.py --compile
	@touch $@

check: env
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint src --lint --quiet
	$(BIN)/python tools/vendor.py --check
	$(BIN)/okienko migrate --check
	$(BIN)/python tools/messages.py --check
	$(BIN)/python tools/locks.py --check
	$(BIN)/python tools/architecture.py --check

format: env
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench: env
	$(BIN)/python -m bench $(only)

requirements: env
	$(BIN)/python tools/requirements.py

messages: env
	$(BIN)/python tools/messages.py

locks: env
	$(BIN)/python tools/locks.py
