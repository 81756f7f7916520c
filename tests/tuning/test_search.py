"""Searches from end to end in one process."""

import csv
import json
import shlex
import socket

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

import tf_selfvae as sv
from tests.tuning.conftest import OVERRIDES, SPACE
from tf_selfvae.cli.app import main
from tf_selfvae.files import locked
from tf_selfvae.tuning import hypermodel, results, search, tune
from tf_selfvae.tuning.plot import search_plot

pytestmark = pytest.mark.usefixtures("eager")

OPTIONS = [f"--set={name}={value}" for name, value in OVERRIDES.items()]
OPTIONS += ["--kind", "vae", "--width", "8", "--mixtures", "2", "--mixtures", "3", "--precision", "float32"]


def run(*arguments):
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert "Traceback" not in result.output and not isinstance(result.exception, (ValueError, KeyError))
    return result


class Poison(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        if batch == 3:
            self.model.set_weights([weight * np.nan for weight in self.model.get_weights()])


@pytest.fixture(scope="module")
def bayesian(spec, cache, tmp_path_factory):
    """A search of three trials, the second of which diverges."""
    folder = tmp_path_factory.mktemp("search") / "bayes"
    fit, calls = hypermodel.SelfVAEHyperModel.fit, []

    def poisoned(self, hp, model, **kwargs):
        calls.append(hp.values)
        callbacks = [Poison()] if len(calls) == 2 else []
        return fit(self, hp, model, callbacks, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hypermodel.SelfVAEHyperModel, "fit", poisoned)
        arguments = ["tune", "--data", spec, "--run", folder, "--trials", 3, "--images", 80, "--cache", cache]
        result = run(*arguments, *OPTIONS)
    assert result.exit_code == 0, result.output
    return folder, result.output, arguments


def test_a_search_leaves_table_plot_and_best(bayesian):
    folder, output, _ = bayesian
    trials = results.read_trials(folder)
    assert [t["status"] for t in trials] == ["completed", "failed", "completed"]
    assert "training stopped at step 4" in trials[1]["message"] and "became NaN" in trials[1]["message"]
    assert [t["metrics"].get("images_seen") for t in trials] == [80, None, 80]
    with open(folder / "trials.csv") as file:
        table = list(csv.DictReader(file))
    assert [row["status"] for row in table] == ["completed", "completed", "failed"]
    assert float(table[0]["val_bpd"]) <= float(table[1]["val_bpd"]) and table[2]["val_bpd"] == ""
    assert float(table[0]["images_per_second"]) > 0 and int(table[0]["parameters"]) > 1000
    record = json.loads((folder / "trials.json").read_text())
    assert record["finished"] and len(record["trials"]) == 3 and record["settings"]["images"] == 80
    text = (folder / "trials.md").read_text()
    assert "2 completed, 1 failed, 0 not finished; 160 training images of completed trials" in text and text in output
    assert min(Image.open(folder / "trials.png").size) > 300
    assert not list(folder.rglob("*.h5")) and not [p for p in folder.rglob(".*") if p.name != ".lock"]


def test_the_best_configuration_goes_straight_into_train(bayesian):
    folder, output, _ = bayesian
    best = results.best(results.read_trials(folder))
    config = sv.Config.from_json((folder / "best.json").read_text())
    assert config.to_dict() == best["config"]
    assert config.optimizer.learning_rate == best["hyperparameters"]["learning_rate"]
    assert config.top.mixtures == best["hyperparameters"]["mixtures"]
    command = shlex.split(output.strip().splitlines()[-1])
    assert command[:3] == ["selfvae", "train", "--config"]
    at = command.index("--minutes")
    command[at : at + 2] = ["--epochs", "1"]
    trained = run(*command[1:])
    assert trained.exit_code == 0, trained.output
    assert sv.Run(command[command.index("--run") + 1]).read_config().top == config.top


def test_the_same_command_again_runs_nothing_again(bayesian):
    folder, _, arguments = bayesian
    before = {p: p.read_bytes() for p in folder.glob("tuner/trial_*/*")}
    again = run(*arguments, *OPTIONS)
    assert again.exit_code == 0 and "trial 0:" not in again.output
    assert {p: p.read_bytes() for p in folder.glob("tuner/trial_*/*")} == before


def test_a_worker_that_comes_too_late_is_told(bayesian, monkeypatch):
    _, _, arguments = bayesian
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("KERASTUNER_ORACLE_IP", "127.0.0.1")
        monkeypatch.setenv("KERASTUNER_ORACLE_PORT", str(taken.getsockname()[1]))
        monkeypatch.setenv("KERASTUNER_TUNER_ID", "tuner7")
        told = run(*arguments, *OPTIONS)
        assert told.exit_code == 0 and "the search is over" in told.output and "trial" not in told.output
        monkeypatch.setattr(search, "_PATIENCE", 1)
        alone = run(*arguments, *OPTIONS, "--trials", 5)
        assert alone.exit_code == 1 and "waiting for the chief" in alone.output and "no chief answered" in alone.output


@pytest.mark.parametrize(
    "changes, message",
    [
        (["--images", "160"], "images was 80, now 160"),
        (["--seed", "1"], "seed was 0, now 1"),
        (["--width", "12"], r"space.widths was [8], now [8, 12]"),
        (["--algorithm", "hyperband", "--trials", "4"], "algorithm was 'bayesian', now 'hyperband'"),
    ],
)
def test_a_folder_goes_on_with_its_own_settings_only(bayesian, changes, message):
    folder, _, arguments = bayesian
    before = (folder / "search.json").read_bytes()
    refused = run(*arguments, *OPTIONS, *changes)
    assert refused.exit_code == 1 and message in refused.output and "another folder" in refused.output
    assert (folder / "search.json").read_bytes() == before


def test_two_processes_do_not_search_in_one_folder(bayesian):
    folder, _, arguments = bayesian
    with locked(folder / ".lock"):
        refused = run(*arguments, *OPTIONS)
    assert refused.exit_code == 1 and "another process is searching" in refused.output


def test_hyperband(spec, cache, tmp_path):
    # Nine parts would need 13 trials; 4 trials: three see a third, the best of them the rest.
    trials = tune(
        spec,
        tmp_path / "hyper",
        trials=4,
        algorithm="hyperband",
        images=120,
        space=SPACE,
        cache_dir=cache,
        precision="float32",
        verbose=0,
    )
    assert [t["metrics"]["images_seen"] for t in trials] == [40, 40, 40, 120]
    assert [t["metrics"]["images_spent"] for t in trials] == [40, 40, 40, 80]
    assert trials[3]["continues"] == results.best(trials[:3])["trial"]
    assert trials[3]["config"] == results.best(trials[:3])["config"]
    assert "4 completed" in (tmp_path / "hyper" / "trials.md").read_text()
    assert "of them in this trial" in (tmp_path / "hyper" / "trials.md").read_text()
    assert not list(tmp_path.rglob("state.weights.h5"))


def test_a_search_without_a_success_says_why(spec, cache, tmp_path):
    space = {**SPACE, "learning_rate": (1e30, 1e30)}
    with pytest.raises(ValueError, match="none of 1 trials succeeded; the last: .*NaN or infinite"):
        tune(spec, tmp_path / "s", trials=1, images=400, space=space, cache_dir=cache, verbose=0)
    assert "1 failed" in (tmp_path / "s" / "trials.md").read_text()
    assert not (tmp_path / "s" / "best.json").exists()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--trials", "0"], "trials: expected a whole number"),
        (["--images", "81"], "images: expected a multiple of the batch size 8"),
        (["--trials", "3", "--algorithm", "hyperband"], "trials: Hyperband expects at least 4, got 3"),
        (["--kind", "gan"], "kinds: 'gan' is unknown"),
        (["--set", "nothing=3"], "nothing"),
        (["--silence", "0"], "silence: expected more than 0"),
        (["--levels", "5"], "halved at most 2 times"),
    ],
)
def test_bad_arguments(spec, cache, tmp_path, arguments, message):
    common = ["tune", "--data", spec, "--run", tmp_path / "s", "--cache", cache, "--images", 80]
    refused = run(*common, *OPTIONS, "--kind", "downscale-mixture", *arguments)
    assert refused.exit_code == 1 and message in refused.output
    assert not (tmp_path / "s").exists()


def test_a_training_run_is_not_searched_in(spec, cache, tmp_path):
    sv.Run(tmp_path).create(sv.Config(), {})
    with pytest.raises(ValueError, match="holds a training run"):
        tune(spec, tmp_path, cache_dir=cache)
    with pytest.raises(ValueError, match="holds no search"):
        results.read_trials(tmp_path)


@pytest.mark.parametrize(
    "variables, message",
    [
        ({"KERASTUNER_ORACLE_IP": "127.0.0.1"}, "KERASTUNER_ORACLE_PORT: a distributed search needs"),
        ({"KERASTUNER_ORACLE_IP": "127.0.0.1", "KERASTUNER_ORACLE_PORT": "80"}, "KERASTUNER_TUNER_ID: a distributed"),
        ({"KERASTUNER_ORACLE_IP": "h", "KERASTUNER_ORACLE_PORT": "x", "KERASTUNER_TUNER_ID": "a"}, "expected a port"),
    ],
)
def test_half_of_the_distributed_variables_is_refused(spec, tmp_path, monkeypatch, variables, message):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=message):
        tune(spec, tmp_path)


def test_a_plot_needs_a_trial_that_completed():
    trial = {"trial": "0", "status": "failed", "val_bpd": None, "hyperparameters": {}, "metrics": {}}
    with pytest.raises(ValueError, match="at least one that completed"):
        search_plot([trial])
    done = {**trial, "status": "completed", "val_bpd": 4.0, "hyperparameters": {"kind": "vae"}}
    assert min(search_plot([trial, done]).size) > 300
