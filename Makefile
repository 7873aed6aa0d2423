# Lode. `make` lists what can be made.
SHELL := /bin/sh
PYTHON := .venv/bin/python
RESOLVE := .venv/bin/uv pip compile -q --system-certs --no-header --universal --python-version 3.11 --generate-hashes
MAIN := requirements.txt
DEV := requirements-dev.txt
UV := requirements-uv.txt
CKAN := requirements-ckan.txt
PROGRAMS := requirements-programs.txt
# what the harvester of CKAN does without: packages that have no wheels, and large ones
UNUSED := psycopg2 pglast watchdog faker pycountry exrex ckanapi ckantoolkit docopt feedgen pysolr
# what `make test` runs; `make test-rest` runs all else
QUICK := not slow and not clients and (not browser or story)
# compiled modules are stored: the tests start hundreds of processes
export PYTHONDONTWRITEBYTECODE :=
TRANSLATIONS := geodata/lodedata/translations
.DEFAULT_GOAL := help
.PHONY: help serve test test-rest test-all coverage matrix check lint types imports fresh audit sbom lock assets bench load load-offenders fuzz fuzz-files attack translations docs clean

help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

serve: ## Set everything up and serve the site at http://127.0.0.1:8000 until Ctrl-C
	@./scripts/setup.sh serve
	@exec .venv/bin/lode serve

test: ## Set everything up and run the tests of minutes
	@./scripts/setup.sh test
	@$(PYTHON) -m pytest -n auto --dist loadgroup -m "$(QUICK)" $(ARGS)

test-rest: ## Run what `make test` leaves out: full matrices, browsers, servers, other programs
	@./scripts/setup.sh test
	@$(PYTHON) -m pytest -n auto --dist loadgroup -m "not ($(QUICK))" $(ARGS)

test-all: ## Run all tests
	@./scripts/setup.sh test
	@$(PYTHON) -m pytest -n auto --dist loadgroup $(ARGS)

coverage: ## Run the tests of minutes and list which lines of the product none of them runs
	@./scripts/setup.sh test
	@$(PYTHON) -m pytest -n auto --dist loadgroup -m "$(QUICK)" --cov --cov-report=term-missing:skip-covered $(ARGS)

matrix: ## The tests of minutes on Python 3.11 and 3.13 and PostgreSQL 15 and 17, where they are here
	@./scripts/setup.sh test
	@./scripts/matrix.sh $(ARGS)

check: ## Lint, types, import contracts, requirements, generated docs
	@./scripts/setup.sh test
	@$(MAKE) --no-print-directory lint types imports fresh

lint: ## Style of code, names and texts, formatting, types of the scripts
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(PYTHON) scripts/check_words.py
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run -s check

types: ## Types, strictly
	@.venv/bin/mypy

imports: ## One way down: web, platform, geodata
	@.venv/bin/lint-imports

fresh: ## The requirements and their hashes are what the resolver makes of pyproject.toml
	@for name in $(MAIN) $(DEV) $(UV) $(CKAN) $(PROGRAMS); do cp $$name .fresh-$$name; done
	@$(MAKE) --no-print-directory lock MAIN=.fresh-$(MAIN) DEV=.fresh-$(DEV) UV=.fresh-$(UV) CKAN=.fresh-$(CKAN) PROGRAMS=.fresh-$(PROGRAMS)
	@status=0; for name in $(MAIN) $(DEV) $(UV) $(CKAN) $(PROGRAMS); do diff -u $$name .fresh-$$name || status=1; rm -f .fresh-$$name; done; \
	  [ $$status = 0 ] || { echo "the requirements are not those of pyproject.toml; run make lock" >&2; exit 1; }

audit: ## Published vulnerabilities of the dependencies; status 3 when the databases of advisories can't be reached
	@$(PYTHON) scripts/audit.py

sbom: ## Lists of all components as CycloneDX, in the folder sbom
	@mkdir -p sbom
	@$(PYTHON) -W ignore -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml \
	  --output-reproducible --of JSON -o sbom/lode-python.cdx.json
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm -s sbom --package-lock-only --sbom-format cyclonedx \
	  --sbom-type application >../sbom/lode-front-end.cdx.json
	@ls sbom/*

lock: ## Resolve the dependencies of pyproject.toml anew (UPGRADE=--upgrade for newer versions)
	@$(RESOLVE) $(UPGRADE) --group uv -o $(UV)
	@cp $(UV) .constraints.txt
	@$(RESOLVE) $(UPGRADE) -c .constraints.txt --group uv --group build pyproject.toml -o $(MAIN)
	@cp $(MAIN) .constraints.txt
	@$(RESOLVE) $(UPGRADE) -c .constraints.txt --group uv --group build --extra dev pyproject.toml -o $(DEV)
	@rm .constraints.txt
	@$(RESOLVE) $(UPGRADE) --group ckan $(addprefix --no-emit-package ,$(UNUSED)) -o $(CKAN)
	@$(RESOLVE) $(UPGRADE) --group programs -o $(PROGRAMS)

assets: ## Pack the front end and compile the translations
	@./scripts/setup.sh serve

bench: ## Measure speed beside raw SQL and the peers (LODE_BENCH_TEN=1: at ten times the rows, LODE_BENCH_RESOLVE=1: all records compared); writes docs/measurements/benchmarks.md
	@./scripts/setup.sh test
	@$(PYTHON) -m pytest tests/benchmarks --benchmark $(ARGS)

load: ## 200 clients at once for ten minutes (LODE_LOAD_SECONDS=60 for less); writes docs/measurements/load.md
	@./scripts/setup.sh test
	@$(PYTHON) -m tests.load.load --write $(ARGS)

load-offenders: ## The same with seven offenders of every kind among them; writes docs/measurements/load-offenders.md
	@./scripts/setup.sh test
	@$(PYTHON) -m tests.load.load --offenders 7 --pause 1 --write $(ARGS)

fuzz: ## 10,000 requests made of our own OpenAPI (LODE_FUZZ_CASES=500 for less); writes docs/measurements/fuzz.md
	@./scripts/setup.sh test
	@LODE_FUZZ_CASES=$${LODE_FUZZ_CASES:-10000} LODE_FUZZ_REPORT=docs/measurements/fuzz.md $(PYTHON) -m pytest -q -m slow tests/conformance/test_schema_fuzz.py $(ARGS)

fuzz-files: ## Some 740 hostile files of every format, read, suggested and imported
	@./scripts/setup.sh test
	@LODE_FUZZ_FILES=all $(PYTHON) -m pytest -q tests/lodebase/ingest/test_hostile_files.py $(ARGS)

attack: ## Attack a fresh site and its database: payloads, posts of other sites, forged sessions, files, roles; writes docs/measurements/attack.md
	@./scripts/setup.sh test
	@$(PYTHON) -m tests.attack.attack --write $(ARGS)

translations: ## Collect the texts of all packages anew into the translation files, and compile them
	@.venv/bin/pybabel -q extract -F pyproject.toml -k msg --no-location --sort-output -o $(TRANSLATIONS)/messages.pot geodata platform web/lodeweb
	@.venv/bin/pybabel -q update -N --no-fuzzy-matching --ignore-obsolete -i $(TRANSLATIONS)/messages.pot -d $(TRANSLATIONS)
	@.venv/bin/pybabel -q compile -d $(TRANSLATIONS)

docs: ## Write the generated reference pages anew
	@$(PYTHON) docs/generate.py

clean: ## Take away what was made here (not the data in LODE_HOME)
	rm -rf .venv .venv-ckan .venv-programs .venv-pythons web/node_modules web/lodeweb/static/dist .pytest_cache .mypy_cache .ruff_cache
