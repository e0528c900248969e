# Everything a newcomer types. `make` alone lists it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench lock format clean

help:            ## this list
	@sed -n 's/^\([a-z]*\): *[^#]*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

setup: .venv/installed   ## install into .venv and build the pages
	@$(PY) frontend/build.py

.venv/installed: requirements.lock requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Jinbang needs Python 3.11 or newer: make setup PYTHON=/path/to/python3.11")'
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@echo "Installing (pinned, hashes checked) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock -r requirements-dev.lock
	@touch $@

run: setup       ## migrate, load the demo company once, serve, run the worker
	@exec $(PY) manage.py serve --demo --port $(PORT)

test: setup      ## all tests: SQLite and browser, then PostgreSQL and Redis
	@$(PY) bin/test $(ARGS)

check: setup     ## style, types, imports, migrations, translations, deployment settings
	@$(PY) bin/check

bench: setup     ## speed, as ratios against a named peer in the same run
	@$(PY) bin/bench $(ARGS)

format: setup    ## format the code
	@.venv/bin/ruff check --fix-only --quiet . ; .venv/bin/ruff format --quiet .

lock:            ## pin requirements*.in anew, with hashes (needs uv)
	uv pip compile --quiet --no-strip-extras --python-version 3.11 --universal --generate-hashes --no-emit-index-url --upgrade requirements.in -o requirements.lock
	uv pip compile --quiet --no-strip-extras --python-version 3.11 --universal --generate-hashes --no-emit-index-url --upgrade requirements-dev.in -o requirements-dev.lock

clean:           ## remove what was installed and built, keep var/
	rm -rf .venv frontend/node_modules frontend/static/build
