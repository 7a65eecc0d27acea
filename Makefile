# `make` prints what there is. Everything the site writes goes to var/ (VAR_DIR moves it), the packages to .venv (VENV).
# HOST, PORT, VAR_DIR and VENV of the environment or of the command line, as in `make run PORT=9000`, reach every command.

PYTHON ?= python3
VENV ?= .venv
VAR_DIR ?= var
# How many tests run at a time, and what else to tell pytest: make test WORKERS=0 ARGS='-k routing --cov'
WORKERS ?= logical
ARGS ?=

IN := $(VENV)/bin
STATIC := $(VAR_DIR)/static/staticfiles.json
# Python keeps what it has compiled, also where a container says otherwise: each worker would compile every test anew.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(IN)/python -m pytest -n $(WORKERS) --dist worksteal
# What `check --deploy` judges: a complete production environment, with keys that open nothing.
KEY := only-for-make-check-0123456789-abcdefghijklmnopqrstuvwxyz
PRODUCTION := env -u DEMO SECRET_KEY=$(KEY)-a FIELD_KEYS=1:$(KEY)-b DIGEST_KEY=$(KEY)-c BASE_URL=https://www.example.com \
	EMAIL_URL=smtp+tls://user:password@mail.example.com:587 FROM_EMAIL=office@example.com DATABASE_URL=sqlite://:memory:

.DEFAULT_GOAL := help
.PHONY: help run test test-postgres test-thorough test-slow test-browser mutants batteries check fix lock licences audit clean packages dev-packages

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 24

run: $(STATIC) ## install, load and start the demonstration: http://127.0.0.1:8000, or HOST and PORT
	@DEMO=1 exec $(IN)/python manage.py demo

test: dev-packages ## the fast tests, on SQLite; one of them: make test ARGS='-k routing'
	$(PYTEST) -m "not browser and not slow and not thorough" $(ARGS)

test-postgres: dev-packages ## all but those in the browser, on a PostgreSQL made for them
	$(IN)/python -m tests.with_postgres --fast $(PYTEST) -m "not browser" $(ARGS)

test-thorough: dev-packages ## all of every long table, on SQLite; `make test-postgres` has them, too
	$(PYTEST) -m "thorough and not slow and not browser" $(ARGS)

test-slow: dev-packages ## on SQLite: servers and workers killed, backups, whole imports
	env -u PYTHONDONTWRITEBYTECODE $(IN)/python -m pytest -m "slow and not browser" $(ARGS)

test-browser: dev-packages ## the journeys in a real browser; needs Debian's chromium
	env -u PYTHONDONTWRITEBYTECODE $(IN)/python -m pytest -m browser $(ARGS)

mutants: dev-packages ## small mistakes in the rules that matter: does a test notice each? ARGS='--only routing'
	$(IN)/python -m tests.mutants $(ARGS)

batteries: dev-packages ## attack tools that others wrote, against a demonstration; a quarter of an hour, ARGS go to them
	$(IN)/python -m tests.batteries $(ARGS)

check: dev-packages ## lint, types, import contracts, templates, migrations, Django's checks for production
	$(IN)/ruff check
	$(IN)/ruff format --check
	find clinic articles appointments common tools tests bench -name '*.py' -exec $(IN)/django-upgrade --check --target-version 5.2 {} +
	find clinic articles appointments common -name '*.html' -exec $(IN)/djade --check --target-version 5.2 {} +
	$(IN)/lint-imports --no-logo
	$(IN)/mypy
	$(IN)/bandit -q -c pyproject.toml -r clinic articles appointments common tools manage.py
	$(PRODUCTION) $(IN)/python manage.py makemigrations --check
	$(PRODUCTION) $(IN)/python manage.py check --deploy --fail-level WARNING

fix: dev-packages ## put right what `make check` would refuse, where a tool can
	@# Both of these exit as if they had failed when they have changed something.
	find clinic articles appointments common tools tests bench -name '*.py' -exec $(IN)/django-upgrade --target-version 5.2 {} + || true
	find clinic articles appointments common -name '*.html' -exec $(IN)/djade --target-version 5.2 {} + || true
	$(IN)/ruff check --fix --exit-zero
	$(IN)/ruff format

lock: ## pin packages and their hashes anew, after a change of requirements.in or requirements-dev.in; some minutes
	@$(PYTHON) tools/lock.py

licences: packages ## what each package that runs with the site says of its licence
	@$(IN)/python tools/licences.py

audit: ## known weaknesses of the pinned packages, where the network reaches the registry's advisories
	@$(PYTHON) tools/audit.py

clean: ## remove the environment and the caches; never var/
	@[ ! -f "$(VENV)/pyvenv.cfg" ] || rm -rf "$(VENV)"
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage
	@find clinic articles appointments common tools tests bench -name __pycache__ -prune -exec rm -rf {} +

packages:
	@$(PYTHON) -I tools/install.py requirements.txt

dev-packages:
	@$(PYTHON) -I tools/install.py requirements-dev.txt

# Ours changed (a folder's time tells of a removed file), or the packages' did.
$(STATIC): requirements.txt $(shell find clinic articles appointments common -path '*/static/*' -o -name static) | packages
	@echo "Collecting and compressing static files: about a quarter of a minute"
	@DEMO=1 $(IN)/python manage.py collectstatic --noinput --verbosity 0
