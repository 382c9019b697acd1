# make report | make test | make lab | make help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PYTHONHASHSEED := 0

.DEFAULT_GOAL := help
.PHONY: help setup check build report test lint types unit doctest rebuild nbval lab lock bench clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

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
	$(BIN)/compare report
