# Everything runs in .venv, made from requirements.lock by the first target that needs it.
VENV  := .venv
PY    := $(VENV)/bin/python
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo assets test test-codex test-hooks test-web test-hostile test-gateway lint types check bench sheet lock clean

help: ## show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(READY) ## make .venv with everything that is needed

$(READY): requirements.lock pyproject.toml
	@python3 -m venv $(VENV)
	@echo "setting up $(VENV) ..."
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## draw every picture of a small MDX site into a scratch repository and show them
	@$(PY) examples/demo.py

assets: $(READY) ## make this project's own pictures
	@$(VENV)/bin/assetgen generate

# Three workers for two cores: much of what they do is to wait for processes.
test: $(READY) ## run the tests (no key, no network)
	@$(PY) -m pytest -n 3 --dist worksteal

test-hooks: $(READY) ## the hooks as installed by pre-commit and prek, husky, the action (PyPI, npm)
	@ASSETGEN_HOOKS=1 $(PY) -m pytest tests/hooks

test-hostile: $(READY) ## kills, full disks, read-only mounts (root and strace)
	@ASSETGEN_HOSTILE=1 $(PY) -m pytest tests/hostile

GATEWAY := build/litellm
test-codex: $(READY) build/codex/node_modules ## the Codex route with the real Codex CLI (npm; no login, no network)
	@ASSETGEN_CODEX=$(CURDIR)/build/codex/node_modules/.bin $(PY) -m pytest tests/codex_cli

build/codex/node_modules:
	@mkdir -p build/codex
	@npm install --silent --no-audit --no-fund --prefix build/codex @openai/codex@0.169.0

WEB := build/web
test-web: $(READY) $(WEB)/.ready ## snippets and the module in Vite, Next, Astro and Docusaurus, in Chromium (npm; builds offline)
	@ASSETGEN_WEB=$(CURDIR)/$(WEB) $(PY) -m pytest tests/web

$(WEB)/.ready: tests/web/package.json tests/web/package-lock.json
	@mkdir -p $(WEB)
	@cp tests/web/package.json tests/web/package-lock.json $(WEB)/
	@npm ci --silent --no-audit --no-fund --prefix $(WEB)
	@touch $@

test-gateway: $(READY) $(GATEWAY)/.ready ## against a real LiteLLM proxy, in an environment of its own
	@ASSETGEN_GATEWAY=$(GATEWAY) $(PY) -m pytest tests/gateway

$(GATEWAY)/.ready: tests/gateway/requirements.txt
	@python3 -m venv $(GATEWAY)
	@$(GATEWAY)/bin/python -m pip install -qq --disable-pip-version-check -r $<
	@touch $@

lint: $(READY) ## ruff: rules and format
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: $(READY) ## mypy, strict
	@$(PY) -m mypy

check: lint types test ## lint, types and tests

bench: $(READY) ## measure against peers; the Node ones need npm
	@$(PY) -m benchmarks

sheet: $(READY) ## renew docs/contact-sheet.png and the reference in docs/layouts.md
	@$(PY) tools/contact_sheet.py
	@$(PY) tools/layout_reference.py

lock: ## renew requirements.lock (needs uv)
	uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --group dev pyproject.toml -o requirements.lock

clean: ## remove what make made
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis
