# Two commands: `make run` and `make test`. The first call of either sets up .venv; later ones reuse
# it. Running needs a quarter of what testing does, and installs no more.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& echo $$p && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
RUN    := $(VENV)/.ready
DEV    := $(VENV)/.ready-dev
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest -n 2

.PHONY: run test coverage slow bounds lint types docs pages figures picture picture-explore reference pins licences audit wheel planted mutation clean

run: $(RUN)
	$(BIN)/cohesion run csto --out results/run --overwrite

test: $(DEV)
	$(PYTEST) -m "not slow" tests

# Which lines of Python the everyday tests run; compiled lines and other processes do not count.
coverage: $(DEV)
	$(PYTEST) --cov=alliance_cohesion --cov-report=term:skip-covered -m "not slow" tests

slow: $(DEV)
	$(PYTEST) -m slow tests

# The model with every index checked: compiled code otherwise reads and writes out of bounds silently.
bounds: $(DEV)
	NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$$(mktemp -d) $(PYTEST) -m "not slow" tests/core tests/reactions tests/counterfactual/test_histories.py

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

# The documentation, in docs/_build/html: every warning is an error, the notebook is run.
docs: $(DEV)
	$(BIN)/python -m sphinx -W --keep-going -n -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

# The stored results that tests compare with; renew them when rules, record or posterior change.
reference: $(DEV)
	$(BIN)/python -m tests.reproduce.reference

# README.md and report.html of calibration/, from what is there; nothing is fitted.
pages: $(RUN)
	$(BIN)/cohesion calibrate --pages --out calibration

# Figures quoted in README.md and docs, from calibration/figures.json and results/reference.
figures: $(RUN)
	$(BIN)/python docs/figures.py

# The picture in README.md, from a fresh run.
picture: run
	mkdir -p docs/images
	cp results/run/pictures/free-run.png docs/images/free-run.png

# The picture in docs/explore.md, from a browser that opens the page.
picture-explore: $(DEV)
	$(BIN)/python -m tests.dashboard.picture docs/images/explore.png

# The pinned versions and their hashes, from the ranges in pyproject.toml. Versions stay as they are
# unless UPGRADE=--upgrade. The index is whatever pip's own settings say; no file names it.
COMPILE := $(BIN)/python -m uv pip compile pyproject.toml --quiet --universal --group build \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate
pins: $(DEV)
	$(COMPILE) --python-version 3.11.5 --all-extras -o requirements/dev.txt $(UPGRADE)
	sed -n 's/ *\\$$//; /^[^ ]/p' requirements/dev.txt > constraints.txt
	$(COMPILE) --python-version 3.11 -c constraints.txt -o requirements/run.txt $(UPGRADE)

# Licences of whatever an installed program brings along, into docs/licences.md.
licences: $(DEV)
	$(BIN)/python -m tests.supply.licences > docs/licences.md

# Known holes in the pinned versions; asks a service on the network.
audit: $(DEV)
	$(BIN)/python -m pip_audit --strict --require-hashes --disable-pip -r requirements/dev.txt

# The wheel; the same tree gives the same bytes.
wheel: $(DEV)
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --wheel --no-isolation

# Small faults and mutants, planted in a copy: what does no test notice? An hour each.
planted: $(DEV)
	$(BIN)/python -m tests.planted.plant
mutation: $(DEV)
	$(BIN)/python -m tests.planted.mutate rules
	$(BIN)/python -m tests.planted.mutate scoring
	$(BIN)/python -m tests.planted.mutate scenario --sample 250

# Installed once, and again when what is needed changes. A set-up that fails leaves no stamp.
# HASHES=no takes the pinned versions without their hashes, on whatever platform.
EXTRAS := dev,cluster,discovery,dashboard,docs,trust
ifeq ($(HASHES),no)
TO_RUN := -c constraints.txt hatchling editables -e .
TO_DEVELOP := -c constraints.txt -e '.[$(EXTRAS)]'
else
TO_RUN := --no-deps --require-hashes -r requirements/run.txt
TO_DEVELOP := --no-deps --require-hashes -r requirements/dev.txt
endif
REFUSED := { echo "If no file fits this platform: the same with HASHES=no. If a hash does not match: stop." >&2; \
	test -z "$$PIP_CONSTRAINT" || \
	echo "PIP_CONSTRAINT=$$PIP_CONSTRAINT is set on this machine, and pip obeys it too: try PIP_CONSTRAINT= make $@" >&2; \
	exit 1; }
# Python reads the path to the sources in the system's encoding, which may lack letters of this
# folder's name (LC_ALL=C): a path from the environment to the sources has none of them.
RELATIVE := for file in $(VENV)/lib/python*/site-packages/_editable_impl_alliance_cohesion.pth; do \
	test ! -f "$$file" || echo ../../../../model > "$$file"; done
$(RUN): pyproject.toml requirements/run.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name one with PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) $(TO_RUN) || $(REFUSED)
	$(PIP) --no-deps --no-build-isolation -e .
	$(RELATIVE)
	touch $@
$(DEV): $(RUN) requirements/dev.txt
	$(PIP) $(TO_DEVELOP) || $(REFUSED)
	$(RELATIVE)
	touch $@

clean:
	rm -rf $(VENV) build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
