# make run: install what is missing and open Studio. make test: install what is missing, then tests and checks.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check tests bench audit

run: .venv/installed-run
	@if [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  echo "There is no display: taking the guided tour instead."; \
	  QT_QPA_PLATFORM=offscreen $(BIN)/studio tour --out tour && echo "The pictures are in $(CURDIR)/tour."; \
	else $(BIN)/studio; fi

test: .venv/installed-test
	@$(MAKE) --no-print-directory -j2 check tests  # the tests leave a core to the checks

check: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

tests: .venv/installed-test
	$(BIN)/python -m pytest

bench: .venv/installed-test
	for bench in tests/bench/bench_*.py; do $(BIN)/python $$bench || exit 1; done

# Asks the package index for known weaknesses of what a release is installed from; needs a network.
audit: .venv/bin/python
	$(PYTHON) -m venv .venv/audit
	.venv/audit/bin/python -m pip install --quiet pip-audit
	.venv/audit/bin/pip-audit --requirement requirements.lock --disable-pip --no-deps --strict

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' || \
	  { echo "Studio needs Python 3.11 or 3.12; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed-run: pyproject.toml .ci/system-packages
	@PYTHON=$(PYTHON) .ci/system-packages run
	@$(MAKE) --no-print-directory .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/installed-test: pyproject.toml .ci/system-packages
	@PYTHON=$(PYTHON) .ci/system-packages test
	@$(MAKE) --no-print-directory .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ .venv/installed-run
