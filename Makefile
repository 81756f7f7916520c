# make train: set everything up and run the main job. make test: set everything up and run the tests.

PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(shell cksum < requirements/lock.txt | cut -d' ' -f1)
MINUTES ?= 5
# Each run has a folder of its own: none is ever overwritten.
RUN ?= runs/photos64-$(shell date +%Y%m%d-%H%M%S)

.PHONY: train test setup lock clean

train: setup
	$(BIN)/python train.py --run $(RUN) --minutes $(MINUTES)

test: setup
	$(BIN)/python -m pytest

setup: $(READY)

$(READY): requirements/lock.txt setup.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# Pin the whole tree again after a change of requirements/*.in.
lock:
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/test.in -o requirements/lock.txt

clean:
	rm -rf $(VENV) build *.egg-info
