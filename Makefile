# make run · test · check are all there is to remember; each sets up what it needs.

PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
export PORT VAR

.PHONY: run test check bench messages screenshots lock setup

run: .venv/run
	@$(BIN)/python -m config.run

test: .venv/dev
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m config.catalogues --compile
ifdef ARGS
	$(BIN)/pytest $(ARGS)
else
	$(BIN)/pytest --ignore tests/journeys --numprocesses auto --dist worksteal
	$(BIN)/pytest tests/journeys --numprocesses 2 --dist loadfile --no-loadscope-reorder  # a forum and a browser each
endif

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	DATABASE_URL=postgresql://localhost/none $(BIN)/mypy .  # its plugin reads the settings, and needs no database
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/djade --check $$(find templates -name '*.html')
	DJANGO_SETTINGS_MODULE=tests.settings $(MANAGE) makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=tests.settings $(MANAGE) check
	$(BIN)/python -m config.catalogues --check

bench: .venv/dev
	$(BIN)/python -m bench

messages: .venv/dev
	$(BIN)/python -m config.catalogues

screenshots: .venv/dev
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m config.catalogues --compile
	SCREENSHOTS=docs/images $(BIN)/pytest tests/journeys/test_screenshots.py

lock: .venv/dev
	for set in base dev; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header requirements/$$set.in --output-file requirements/$$set.txt; done

setup: .venv/dev

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: .venv/bin/python requirements/base.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/dev: .venv/bin/python requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch .venv/run $@
