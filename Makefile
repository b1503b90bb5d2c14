# Everything that is done here by hand or by CI. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help setup model train run test check fix bench soak lock clean
SHELL := /bin/bash

# What libraries would otherwise write into the user's folder.
export RASA_TELEMETRY_ENABLED := false
export MPLCONFIGDIR ?= $(CURDIR)/var/matplotlib
export KERAS_HOME ?= $(CURDIR)/var/keras
PYTEST := .venv/bin/pytest
PYTEST_ARGS ?=

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 8

setup: ## the environment .venv from requirements.lock (seconds when it is there)
	@PYTHON='$(PYTHON)' tools/setup.sh

model: setup
	@ls models/*.tar.gz >/dev/null 2>&1 || $(MAKE) --no-print-directory train

train: setup ## train a new model into models/ (about three minutes)
	@.venv/bin/hizmet train

run: model ## set up, train when there is no model, start everything
	@exec .venv/bin/hizmet run

test: model ## all tests but the long ones (PYTEST_ARGS adds arguments)
	@$(PYTEST) -n 3 --dist loadgroup -m "not soak" $(PYTEST_ARGS)

check: setup ## lint, format, types and the training messages
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/python -m bot.nlu.lint nlu_data --against ../shared/data

fix: setup ## mend what can be mended: lint and format
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: model ## durable turns a second and their times
	@.venv/bin/hizmet bench

soak: model ## the long tests: 100 kills and more
	@$(PYTEST) -m soak $(PYTEST_ARGS)

lock: ## requirements.lock anew from pyproject.toml (needs a package index)
	@PYTHON='$(PYTHON)' tools/setup.sh lock

clean: ## remove caches; keeps .venv, models and data
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build
