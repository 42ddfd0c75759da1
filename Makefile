# Every command that anyone types. Each sets up what it needs first.
VENV := .venv
# WhACC and the libraries of its time, for bench-peers alone.
PEERS := .venv-peers
PYTHON_IN := $(VENV)/bin/python
# Where whacc_web/setup/libgomp.py links what the machine lacks. It may not exist.
export LD_LIBRARY_PATH := $(CURDIR)/$(VENV)/lib/native$(LD_LIBRARY_PATH:%=:%)
unexport PYTHONPATH PYTHONHOME

.PHONY: help run test check bench chaos fix clean

help: ## Print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/.runtime ## Start the product: prints its address and logins (PORT=8000, DEMO=1)
	@exec $(PYTHON_IN) -m whacc_web.launch

test: $(VENV)/.dev ## Run every test, those in a browser too (ARGS="-k touch")
	@$(PYTHON_IN) tests/browser/find_chromium.py --install
	$(PYTHON_IN) -m pytest -n logical --maxprocesses 4 --dist worksteal $(ARGS)

check: $(VENV)/.dev ## Check style, types, imports, templates, migrations and settings
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(PYTHON_IN) -m mypy
	$(PYTHON_IN) $(VENV)/bin/lint-imports --no-logo
	find templates -name '*.html' -exec $(VENV)/bin/djade --check --target-version 5.2 {} +
	$(PYTHON_IN) manage.py makemigrations --check --dry-run
	WHACC_HTTPS=1 $(PYTHON_IN) manage.py check --deploy --fail-level WARNING

bench: $(VENV)/.dev ## Measure every stage: frames/s, peak memory, how cost grows (ARGS="retrain rescoring" SMALL=1)
	PYTHONPATH=. $(PYTHON_IN) tests/bench/stages.py $(ARGS)

bench-peers: $(VENV)/.dev $(PEERS)/.peers ## Measure WhACC 1.4.3 and this on the same input, interleaved
	PYTHONPATH=. $(PYTHON_IN) tests/bench/peers.py $(ARGS)

bench-before: ## Measure benchmarks of an earlier commit and of this tree in turns (REF=commit ARGS="writes" ROUNDS=3)
bench-cnn: ## Measure frames to units beside Keras and a matrix product
bench-comparison: ## Measure every statistic of the comparison of annotators
bench-training: ## Measure the training of a CNN on 12,000 frames (KIND=resnet50v2 STEPS=n)
bench-parity: ## Compare with numbers that WhACC computed (ORACLE=folder MODEL=file)
bench-real: ## Measure what a retrain brings on real trials (SOURCE=file TRIALS="176 189" SEEDS=3)
bench-rescoring: ## Measure kept units to touches beside LightGBM's predict
bench-drift: ## Measure retrains on 10, 30, 100 trials of rigs never seen (OUT=folder CNN=1 SMALL=1)
bench-tracking: ## Measure tracking beside WhACC's results and decoding (ORACLE=folder)
bench-ui: ## Measure the labelling page in a browser
bench-writes: ## Measure how fast labels are written through the server

bench-%: $(VENV)/.dev tests/bench/%.py
	PYTHONPATH=. $(PYTHON_IN) tests/bench/$*.py $(ARGS)

chaos: $(VENV)/.dev ## Label while everything breaks, and lose nothing (ROUNDS=100, SEED=n: one again)
	@PYTHONPATH=. $(PYTHON_IN) -m tests.chaos

fix: $(VENV)/.dev ## Repair what the style checks can repair
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	find templates -name '*.html' -exec $(VENV)/bin/djade --target-version 5.2 {} +

clean: ## Remove what can be made again; var/, which holds your data, stays
	rm -rf $(VENV) $(PEERS) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON_IN):
	@sh whacc_web/setup/venv.sh $(VENV)

$(VENV)/.runtime: requirements.txt $(PYTHON_IN)
	@sh whacc_web/setup/install.sh $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@sh whacc_web/setup/install.sh $(VENV) requirements.txt requirements-dev.txt
	@touch $@

$(PEERS)/.peers: tests/bench/peers-requirements.txt
	@PYTHON="$${PYTHON:-python3.11}" sh whacc_web/setup/install.sh $(PEERS) $<
	@touch $@
