# Two commands: `make run` and `make test`. The first call of either sets up .venv; later ones reuse it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& echo $$p && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PYTEST := $(BIN)/python -m pytest -n 2

.PHONY: run test slow lint types docs picture reference clean

run: $(READY)
	$(BIN)/cohesion run csto --out results/run

test: $(READY)
	$(PYTEST) -m "not slow" tests

slow: $(READY)
	$(PYTEST) -m slow tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

# The documentation, in docs/_build/html: every warning is an error, the notebook is run.
docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -n -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

# The stored results that tests compare with; renew them when rules, record or posterior change.
reference: $(READY)
	for name in csto csto-2035; do \
		$(BIN)/cohesion run $$name --json --no-pictures --out results/run > results/reference/$$name.json; \
	done

# The picture in README.md, from a fresh run.
picture: run
	mkdir -p docs/images
	cp results/run/pictures/standings.png docs/images/standings.png

# Installed once, and again when what is needed changes. A set-up that fails leaves no .ready.
$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name one with PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,cluster,discovery,dashboard,docs]' -c constraints.txt
	touch $(READY)

clean:
	rm -rf $(VENV) build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
