# Everything runs in its own environment, .venv, made at the first call.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: serve test check eval bench node format clean

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(READY)

serve: $(READY)  ## build what changed, then serve http://127.0.0.1:8000/
	$(BIN)/wence build
	$(BIN)/wence serve

test: $(READY)  ## all tests
	$(BIN)/pytest

check: $(READY)  ## what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --cov --cov-report=term

# What is measured is the bundled list, in a data folder of its own: yours stays as it is.
MEASURED := WENCE_DATA=build/data

eval: $(READY)  ## the evaluation report, in build/report/
	$(MEASURED) $(BIN)/wence build
	$(MEASURED) $(BIN)/wence eval report --out build/report

bench: $(READY)  ## speed side by side
	$(MEASURED) $(BIN)/wence build
	$(MEASURED) $(BIN)/python benchmarks/search_speed.py
	$(MEASURED) PYTHONPATH=. $(BIN)/python benchmarks/doors.py

node:  ## JavaScript clients and MCP's conformance suite for the tests, in build/node/ (needs npm)
	mkdir -p build/node && cp tests/node/package.json build/node/
	cd build/node && npm install --no-audit --no-fund && npm rebuild node

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv build
