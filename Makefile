# Everything runs in .venv. The first target that needs it creates it from requirements.lock.
VENV  := .venv
PY    := $(VENV)/bin/python
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo assets test test-more test-all test-codex test-hooks test-web test-review \
	test-look test-hostile test-gateway lint types check bench sheet lock clean

# Every target that test-all runs, in this order.
ALL := lint types test test-more test-hooks test-web test-review test-look test-codex test-gateway test-hostile

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(READY) ## create .venv with all dependencies

$(READY): requirements.lock pyproject.toml
	@python3 -m venv $(VENV)
	@echo "setting up $(VENV) ..."
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## draw the images of a small MDX site in a scratch repository
	@$(PY) examples/demo.py

assets: $(READY) ## generate this project's own images
	@$(VENV)/bin/assetgen generate

# Three workers for two cores, because they often wait for processes.
test: $(READY) ## run the tests (no API key, no network)
	@$(PY) -m pytest -n 3 --dist worksteal

test-more: $(READY) ## test further rows of the same kinds, each command in a new process
	@ASSETGEN_MORE=1 $(PY) -m pytest -n 3 --dist worksteal -m more

test-all: $(READY) ## run every test target, one after the other, and print a summary
	@failed=0; summary=""; \
	for target in $(ALL); do \
	  echo "== make $$target"; start=$$(date +%s); \
	  if $(MAKE) --no-print-directory $$target; then result=passed; else result=FAILED; failed=1; fi; \
	  line=$$(printf '%-13s %-6s %5d s' $$target $$result $$(($$(date +%s) - start))); \
	  summary="$$summary$$line\n"; \
	done; \
	printf "== summary\n$$summary"; exit $$failed

test-hooks: $(READY) ## test the hooks in pre-commit, prek and husky, and the action (PyPI, npm)
	@ASSETGEN_HOOKS=1 $(PY) -m pytest tests/hooks

test-hostile: $(READY) ## test kills, full disks and read-only mounts (root, strace)
	@ASSETGEN_HOSTILE=1 $(PY) -m pytest tests/hostile

GATEWAY := build/litellm
# The oldest version of the Codex CLI that is tested, and the newest.
CODEX := 0.169.0 0.171.0
test-codex: $(READY) $(CODEX:%=build/codex-%/node_modules) ## test the Codex route with two real Codex CLIs (npm; no login)
	@for version in $(CODEX); do \
	  echo "== codex-cli $$version"; \
	  ASSETGEN_CODEX=$(CURDIR)/build/codex-$$version/node_modules/.bin \
	    $(PY) -m pytest tests/codex_cli || exit 1; \
	done

build/codex-%/node_modules:
	@mkdir -p build/codex-$*
	@npm install --silent --no-audit --no-fund --prefix build/codex-$* @openai/codex@$*

WEB := build/web
test-web: $(READY) $(WEB)/.ready ## test snippets and paths in real frameworks (npm, PyPI, Chromium)
	@ASSETGEN_WEB=$(CURDIR)/$(WEB) $(PY) -m pytest -n 2 --dist loadfile tests/web

$(WEB)/.ready: tests/web/package.json tests/web/package-lock.json tests/web/requirements.txt
	@mkdir -p $(WEB)
	@python3 -m venv $(WEB)/python
	@$(WEB)/python/bin/python -m pip install -qq --disable-pip-version-check -r tests/web/requirements.txt
	@cp tests/web/package.json tests/web/package-lock.json $(WEB)/
	@npm ci --silent --no-audit --no-fund --prefix $(WEB)
	@touch $@

REVIEW := build/review
test-review: $(READY) $(REVIEW)/.ready ## test the page of assetgen review in Chromium (npm, Chromium)
	@ASSETGEN_REVIEW=$(CURDIR)/$(REVIEW) $(PY) -m pytest -s tests/review/browser

$(REVIEW)/.ready: tests/review/browser/package.json tests/review/browser/package-lock.json
	@mkdir -p $(REVIEW)
	@cp tests/review/browser/package.json tests/review/browser/package-lock.json $(REVIEW)/
	@npm ci --silent --no-audit --no-fund --prefix $(REVIEW)
	@touch $@

test-gateway: $(READY) $(GATEWAY)/.ready ## test gateways against a real LiteLLM proxy (PyPI)
	@ASSETGEN_GATEWAY=$(GATEWAY) $(PY) -m pytest tests/gateway

$(GATEWAY)/.ready: tests/gateway/requirements.txt
	@python3 -m venv $(GATEWAY)
	@$(GATEWAY)/bin/python -m pip install -qq --disable-pip-version-check -r $<
	@touch $@

LOOK := build/look
test-look: $(READY) $(LOOK)/.ready ## read, compare and measure drawn images by other means (PyPI, npm, Chromium)
	@ASSETGEN_LOOK=$(CURDIR)/$(LOOK) $(PY) -m pytest -n 2 --dist worksteal tests/look

$(LOOK)/.ready: tests/look/requirements.txt tests/look/package.json tests/look/package-lock.json
	@mkdir -p $(LOOK)
	@python3 -m venv $(LOOK)/python
	@$(LOOK)/python/bin/python -m pip install -qq --disable-pip-version-check -r tests/look/requirements.txt
	@cp tests/look/package.json tests/look/package-lock.json $(LOOK)/
	@npm ci --silent --no-audit --no-fund --prefix $(LOOK)
	@touch $@

lint: $(READY) ## check rules and format with ruff
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: $(READY) ## check types with mypy
	@$(PY) -m mypy

check: lint types test ## run lint, types and test

bench: $(READY) ## measure speed against other tools (some need npm)
	@$(PY) -m benchmarks

sheet: $(READY) ## update the sheets in docs/ and the reference in docs/layouts.md
	@$(PY) tools/contact_sheet.py
	@$(PY) tools/compositions.py
	@$(PY) tools/layout_reference.py

lock: ## update requirements.lock (needs uv)
	uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --group dev pyproject.toml -o requirements.lock

clean: ## delete what make created
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis
