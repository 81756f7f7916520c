# make train: set everything up and run the main job. make test: set everything up and run the tests.

PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(shell cat requirements/lock.txt requirements/tfjs.txt | cksum | cut -d' ' -f1)
MINUTES ?= 5
# Two processes, each on a part of the tests at a time: TensorFlow keeps every graph, and all of them need 24 GiB.
TEST := $(BIN)/python -m pytest -n 2 --dist loadscope
# Each run has a folder of its own: none is ever overwritten.
RUN ?= runs/photos64-$(shell date +%Y%m%d-%H%M%S)

.PHONY: train test setup lock page clean

train: setup
	$(BIN)/python train.py --run $(RUN) --minutes $(MINUTES)

test: setup
	$(TEST) tests/export tests/evaluation
	$(TEST) tests/training tests/tuning
	$(TEST) tests $(foreach part,export evaluation training tuning,--ignore=tests/$(part))

setup: $(READY)

$(READY): requirements/lock.txt requirements/tfjs.txt setup.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/tfjs.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# Pin the whole tree again after a change of requirements/*.in.
lock:
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/test.in -o requirements/lock.txt

# Build the page's bundle again after a change in web/.
page:
	cd web && npm ci --no-audit --no-fund && npm run build

clean:
	rm -rf $(VENV) build *.egg-info web/node_modules
