# Everything runs from .venv, made here with the pinned versions of constraints.txt.
# Needs python3 >= 3.11 with venv, make and git.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
FLASHCROWD := $(BIN)/flashcrowd

.PHONY: help install demo control test check bench soak capacity gate browser bluesky mapping mastodon ray screenshots constraints clean
.DEFAULT_GOAL := help

help:  ## Show what can be made.
	@sed -n 's/^\([a-z]*\):.*##/  make \1 #/p' $(MAKEFILE_LIST) | awk -F'#' '{printf "%-20s %s\n", $$1, $$2}'

install: .venv/installed  ## Make .venv with Flashcrowd and what its tests need.

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Flashcrowd needs python3 >= 3.11; $(PYTHON) is " + sys.version.split()[0])'
	@test -x $(BIN)/python || { echo "flashcrowd: making .venv"; $(PYTHON) -m venv .venv; }
	@echo "flashcrowd: installing the pinned packages into .venv (a minute or two, once)"
	@$(PIP) -e '.[test]'
	@echo "flashcrowd: compiling the society (some seconds, once)"
	@$(FLASHCROWD) simulate smoke --members 50 --days 0.02 --out .venv/first-run --quiet
	@touch $@

.venv/installed-check: .venv/installed
	@echo "flashcrowd: installing ruff and mypy"
	@$(PIP) -e '.[test,check]'
	@touch $@

demo: install  ## Run the launch day offline and live; ends with the path of the report.
	@echo "flashcrowd: 1/3 the launch day offline, 20,000 members over 3 days"
	@$(FLASHCROWD) simulate launch_day --members 20000 --days 3 --out runs/demo/offline
	@echo "flashcrowd: 2/3 the launch day live, against the reference platform"
	@$(FLASHCROWD) load launch_day --out runs/demo/live
	@echo "flashcrowd: 3/3 both in one report"
	@$(FLASHCROWD) report runs/demo/live --beside runs/demo/offline

control: demo  ## The demo, and its live run once more with members who never slow down or give up, in one report.
	@$(FLASHCROWD) report runs/demo/offline --quiet
	@$(FLASHCROWD) load launch_day --no-feedback --out runs/demo/open
	@$(FLASHCROWD) report runs/demo/live --beside runs/demo/offline --beside runs/demo/open

test: install  ## Run the tests.
	@echo "flashcrowd: running the tests"
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile

check: install .venv/installed-check  ## Format, lint, types, layers, then the tests.
	@echo "flashcrowd: format, lint, types, layers"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_layers.py
	@echo "flashcrowd: running the tests"
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile

bench: install  ## Measure the figures that are promised, beside k6 and Locust.
	@$(PIP) -e '.[test,bench]'
	@$(BIN)/python -m pytest -m bench -s tests/bench

soak: install  ## Does the harness grow? 20 minutes at 300 requests a second.
	@$(BIN)/python tests/bench/soak.py

capacity: install  ## Find capacities that are known beforehand (20 minutes, on a quiet machine).
	@$(BIN)/python -m pytest -q -s -m live tests/live/test_capacity.py

gate: install  ## Judge a regression in a small repository, as a build server does.
	@$(BIN)/python -m pytest -q -s -m live tests/live/test_regression_in_a_repository.py tests/live/test_junit_schema.py

browser: install  ## Look at reports and the small world in headless Chromium.
	@$(PIP) -e '.[test,explore]'
	@$(BIN)/python -m pytest -m browser tests/browser

bluesky: install tests/live/bluesky/node_modules  ## Load a real Bluesky network (needs Node 20, PostgreSQL, Redis).
	@$(BIN)/python tests/live/bluesky/run.py
	@echo "flashcrowd: every action of the adapter on a network of its own, and what came of it"
	@$(BIN)/python -m pytest -q -m live tests/live/test_bluesky.py

tests/live/bluesky/node_modules: tests/live/bluesky/package-lock.json
	@echo "flashcrowd: installing the Bluesky network's packages (about five minutes, once)"
	@cd tests/live/bluesky && npm ci --no-audit --no-fund --loglevel=error && touch node_modules

mapping: install  ## Drive json-server (npm) by its mapping file (needs Node).
	@$(BIN)/python -m pytest -m live -s tests/live/test_json_server.py

ray: install  ## Run a study on a Ray cluster of two nodes: the same numbers.
	@$(PIP) -e '.[test,ray]'
	@$(BIN)/python -m pytest -q -m live tests/live/test_ray.py

mastodon: install  ## Live on mastodon-mock, a server of the Mastodon API from PyPI.
	@$(BIN)/python -m pytest -m live -s tests/live/test_mastodon_mock.py

screenshots: install  ## Pictures for the README, after make control (needs chromium).
	@$(BIN)/python reports/screenshots.py runs/demo reports

constraints:  ## Pin the newest versions that fit pyproject.toml (run it on the oldest Python).
	@rm -rf build/constraints
	@$(PYTHON) -m venv build/constraints
	@build/constraints/bin/python -m pip install --quiet --disable-pip-version-check '.[test,check,bench]'
	@build/constraints/bin/python -m pip freeze --all --exclude pip --exclude flashcrowd > constraints.txt
	@rm -rf build/constraints

clean:  ## Remove what was built; runs/ stays.
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
