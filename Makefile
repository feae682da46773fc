MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint package bench translations screenshots clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing: QGIS and tools from apt, Python packages in .venv (instant when nothing is)
	@scripts/setup

demo: setup ## coverage of the sample town, or of your files: make demo BAYS=bays.csv POINTS=shops.csv
	@scripts/demo "$(BAYS)" "$(POINTS)"

test: setup ## the whole check: style, types, scan, translations, three test suites
	@scripts/test

lint: setup ## the part of the check that runs no test
	@scripts/test ruff types scan translations

package: setup ## build/joptimiz_qgis.<version>.zip from what is committed
	@scripts/package

bench: setup ## the toolkit side by side with its peers
	@.venv/bin/python -m benchmarks

translations: setup ## bring the French catalogue up to date with the sources and compile it
	@.venv/bin/python scripts/translations

screenshots: setup ## the pictures of the user guide, from a real QGIS window on a virtual screen
	@scripts/screenshots

clean: ## remove what builds and tests leave (.venv stays)
	@rm -rf build *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache .coverage .qgis-settings
	@find joptimiz_qgis tests scripts benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
