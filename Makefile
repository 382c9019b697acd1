# make report | make test | make quick | make lab | make help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHROMIUM := $(firstword $(shell command -v chromium chromium-browser 2>/dev/null))
export PYTHONHASHSEED := 0

.DEFAULT_GOAL := help
.PHONY: help setup check build report lab test quick lint types unit rebuild nbval browser test-browser bench lock

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 · /p' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --compile-bytecode --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY) ## create .venv with exactly the locked packages

check: $(READY) ## verify documents, readings and codebook; change nothing
	$(BIN)/compare check

build: $(READY) ## write data/curated from documents, readings and codebook
	$(BIN)/compare build

report: $(READY) ## the main job: curated tables, executed notebooks, HTML and PDF
	$(BIN)/compare report $(if $(findstring B,$(firstword -$(MAKEFLAGS))),--force)

lab: $(READY) ## open JupyterLab with the package importable
	$(BIN)/jupyter lab notebooks

test: lint types unit rebuild nbval browser ## every check; in a browser where there is one

quick: $(READY) ## style and the quick tests, in half a minute
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow" --ignore=tests/browser

lint: $(READY) ## style of code and notebooks, direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache --no-logo

types: $(READY) ## strict types
	$(BIN)/mypy

unit: $(READY) ## unit tests and doctests
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --ignore=tests/browser

rebuild: $(READY) ## build the curated tables again and compare them with git
	$(BIN)/compare check
	$(BIN)/compare build
	git diff --exit-code -- data/curated

nbval: $(READY) ## run the notebooks again and compare outputs and bytes
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --nbval notebooks

browser: $(READY)
ifeq ($(CHROMIUM),)
	@echo "browser tests: skipped, there is no chromium on PATH ('make test-browser' says what to install)"
else
	@$(MAKE) --no-print-directory test-browser
endif

test-browser: $(READY) ## open JupyterLab, the reports and the evidence in headless Chromium
	@test -n "$(CHROMIUM)" || { echo "No chromium on PATH, and make does not install one. Do: apt-get install chromium fonts-noto-cjk (Debian)."; exit 1; }
	@echo "installing into $(VENV): playwright and axe (pinned, with hashes); using $(CHROMIUM)"
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r tests/browser/requirements.lock
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not alone" tests/browser
	$(BIN)/python -m pytest -q -m alone tests/browser

bench: $(READY) ## measure speed as ratios
	$(BIN)/python -m benchmarks

lock: ## pin all packages again, for all platforms, without addresses
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock
	$(BIN)/uv pip compile tests/browser/requirements.in --constraint requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file tests/browser/requirements.lock

.PHONY: test-office
test-office: $(READY) ## LibreOffice and other programs read what is exported
	@command -v soffice > /dev/null || echo "No LibreOffice here (Debian: apt-get install libreoffice-calc): its part is skipped."
	$(BIN)/python -m pytest -q -s tests/office/libreoffice.py
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python build/readers
	$(BIN)/uv pip install --quiet --python build/readers/bin/python -r tests/office/requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --target build/writer pyarrow
	PYTHONPATH=build/writer $(BIN)/python tests/office/export.py build/export
	build/readers/bin/python tests/office/readers.py build/export data/curated
