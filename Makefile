# `make demo` and `make test` need only Python 3.11+ (and `make`); both build on `make setup`.
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 5000
export FITECH_DATA ?= $(CURDIR)/data
STAMP := $(VENV)/.installed

.PHONY: setup demo sample test lint messages lock clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml hatch_build.py $(wildcard app/translations/*/LC_MESSAGES/*.po)
	@sh scripts/venv.sh $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

sample: setup
	@test -e $(FITECH_DATA)/current || $(BIN)/fitech build sample/fitech.toml

demo: sample
	$(BIN)/fitech serve --host 127.0.0.1 --port $(PORT)

test: setup
	$(BIN)/python -m pytest -n auto

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Collect the texts of the interface into the catalogues; then translate what is empty.
messages: setup
	$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext -k _ -k ngettext:1,2 --no-location \
		--sort-output -o $(VENV)/messages.pot .
	for language in fi sv; do $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete \
		-i $(VENV)/messages.pot -d app/translations -l $$language; done

# Needs uv on the PATH. The lock carries hashes and no address of a registry.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --output-file requirements.lock --quiet

clean:
	rm -rf $(VENV) data
