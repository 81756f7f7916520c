# make train: set everything up and run the main job. make test: set everything up and run the tests.

# The newest suitable Python that runs: a shim may stand on the PATH for one that is not installed.
PYTHON ?= $(firstword $(foreach version,3.13 3.12 3.11,$(shell \
	python$(version) -c 'import ensurepip; print("python$(version)")' 2>/dev/null)))
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(shell cat requirements/lock.txt requirements/tfjs.txt | cksum | cut -d' ' -f1)
MINUTES ?= 5
# Two parts one after the other: TensorFlow keeps every graph, and those of all tests need 16 GiB. Three processes for
# two cores: some wait for a browser, or for a training that they killed.
TEST := $(BIN)/python -m pytest -n 3 --dist loadscope
FIRST := export evaluation training tuning
# Each run has a folder of its own: none is ever overwritten.
RUN ?= runs/photos64-$(shell date +%Y%m%d-%H%M%S)

.PHONY: train test lint docs setup lock resolve dist page clean

train: setup
	$(BIN)/python train.py --run $(RUN) --minutes $(MINUTES)

test: setup
	$(TEST) $(FIRST:%=tests/%); first=$$?; \
	$(TEST) tests $(FIRST:%=--ignore=tests/%) && exit $$first

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# The pages of docs/, in site/; a link that leads nowhere is an error.
docs: setup
	$(BIN)/mkdocs build --strict --site-dir site

setup: $(READY)

$(READY): requirements/lock.txt requirements/tfjs.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "found no Python 3.11, 3.12 or 3.13; say where one is: make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/tfjs.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

UV := $(BIN)/uv pip compile --quiet --extra dev --no-header
# Pin the whole tree again after a change of pyproject.toml; UPGRADE=--upgrade takes the newest of everything.
lock: setup
	$(UV) --universal --python-version 3.11 --generate-hashes --no-emit-index-url $(UPGRADE) pyproject.toml -o requirements/lock.txt

# Show that each Python of pyproject.toml has all that is locked, on each system, and TensorFlow as a wheel.
resolve: setup
	@for python in 3.11 3.12 3.13; do for system in linux windows macos; do \
	  $(UV) --python-version $$python --python-platform $$system --only-binary tensorflow --only-binary numpy \
	    --constraint requirements/lock.txt pyproject.toml >/dev/null && echo "Python $$python on $$system: resolved" || exit 1; \
	done; done

# The sdist and the wheel, in dist/.
dist: setup
	rm -rf build dist
	$(BIN)/python -m build

# Build the page's bundle again after a change in web/.
page:
	cd web && npm ci --no-audit --no-fund && npm run build

clean:
	rm -rf $(VENV) build dist site *.egg-info web/node_modules
