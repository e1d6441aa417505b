# `make help` lists what there is. Everything runs through uv and the one lock.
SHELL := /bin/bash
.DEFAULT_GOAL := help

UV := $(shell command -v uv || echo .uv/bin/uv)
RUN := $(UV) run --no-sync
PORT ?= 7860
MARK ?=

.PHONY: help setup demo lab test test-fast test-full lint build verify bench clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.uv/bin/uv:
	python3 -m venv .uv && .uv/bin/pip install --quiet uv

# The stamp is newer than the lock when the environment is the lock's. Bytecode is compiled once
# here, because a jail may not write any, and importing torch without it takes three times as long.
.venv/.ready: pyproject.toml uv.lock $(if $(filter .uv/bin/uv,$(UV)),.uv/bin/uv)
	$(UV) sync --locked --compile-bytecode
	$(RUN) glaucam doctor --mend
	touch $@

setup: .venv/.ready  ## uv, the locked environment, bubblewrap and Chromium

demo: setup  ## train the embedded model if there is none, serve the page on 127.0.0.1
	$(RUN) python -m demo_app --port $(PORT)

lab: setup  ## JupyterLab on the lessons and assignments
	$(RUN) jupyter lab --notebook-dir . --LabApp.default_url=/lab/tree/course

test: setup  ## all tests but those that train for minutes more
	$(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long" $(MARK)

test-fast: setup  ## tests that need neither minutes nor a browser nor a jail
	$(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not long and not browser and not jail and not realdata"

test-full: setup  ## all tests, the notebooks at full size
	GLAUCAM_QUICK=0 $(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder $(MARK)

lint: setup  ## ruff and mypy
	$(RUN) ruff check . && $(RUN) ruff format --check . && $(RUN) mypy

build: setup  ## assignments/ and course/lessons/ from their sources
	$(RUN) python -m autograder build

verify: setup  ## grade the grader: its bank at five seeds
	for seed in 0 1 2 3 4; do $(RUN) python -m autograder verify --all --seed $$seed || exit 1; done

bench: setup  ## the figures of the README
	$(RUN) python benchmarks/heatmap_cost.py
	$(RUN) python benchmarks/grading_throughput.py

clean:  ## remove the environment and what runs left behind
	rm -rf .venv .uv results runs
