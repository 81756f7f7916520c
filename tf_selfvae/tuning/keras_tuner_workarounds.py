"""Faults of Keras Tuner 1.4.8 that a search works around, each with the upstream issue where there is one.

1. A kill while a state is written leaves half of a JSON file, and the search cannot be loaded again.
   (No issue found.) `Lasting.save`.
2. A kill between writing a trial and writing the oracle leaves a trial that is never run, or has a finished
   one run again. (No issue of its own; https://github.com/keras-team/keras-tuner/issues/439 asks what happens.)
   `Lasting.reload`.
3. Whether a folder holds a search is judged by the process's own file: a search of one process that goes
   on with a chief starts from scratch, over what was there.
   (https://github.com/keras-team/keras-tuner/issues/976 repaired the chief's own.) `LastingTuner`.
4. A worker that dies keeps its trial for ever: the chief never ends, nor do workers that wait for the trial.
   (https://github.com/keras-team/keras-tuner/issues/915) `Lasting.sweep`, `heartbeat`, `serve`.
5. An error on the chief leaves its lock taken, and everything hangs. (No issue found.) `serve`.
6. A worker that is told to wait asks again at once, without end. (No issue of its own;
   https://github.com/keras-team/keras-tuner/issues/636 shows idle workers.) `LastingTuner.pre_create_trial`.
7. Keras Tuner builds a model for each branch of the space before the first trial.
   (https://github.com/keras-team/keras-tuner/issues/604 tells where.) `LastingTuner`.
8. The Bayesian oracle proposes what was tried already.
   (https://github.com/keras-team/keras-tuner/issues/608) `LastingBayesian`.
9. Hyperband takes no number of trials, (https://github.com/keras-team/keras-tuner/issues/323) and a trial that
   failed keeps its round from ever promoting another. (No issue found.) `LastingHyperband`.
10. Every failed trial prints its stack, always. (No issue found.) `quiet`; it is in trial.json too.
11. Each condition of the space that is sent prints its value. (No issue found.) `quiet`.

The message of a failed trial does not travel to the chief (https://github.com/keras-team/keras-tuner/issues/927
repaired the crash, not the loss), and numbers travel in float32: trials leave a file, see `search`.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import warnings
from concurrent import futures
from pathlib import Path

import grpc
from sklearn.exceptions import ConvergenceWarning

from ..errors import UserError
from ..extras import needs
from ..files import write_text
from ..json_files import read_json

with needs("tune"):
    import keras_tuner
    from keras_tuner.src import config
    from keras_tuner.src.distribute import oracle_chief
    from keras_tuner.src.engine import conditions, metrics_tracking
    from keras_tuner.src.engine import oracle as oracles
    from keras_tuner.src.protos import get_service_grpc

FINISHED = ("COMPLETED", "FAILED")


@contextlib.contextmanager
def quiet():
    """Leave out what Keras Tuner prints of conditions that are sent, and of each trial that fails, in here."""
    before, config.DEBUG = config.DEBUG, False
    conditions.print = lambda *_: None  # its module calls it by the name of the builtin
    try:
        yield
    finally:
        vars(conditions).pop("print", None)
        config.DEBUG = before


class Lasting:
    """Makes an oracle survive kills, of itself and of its workers; goes before `keras_tuner.Oracle`."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._heard = {}  # of workers: when each asked last; of trials: when its worker last gave a sign
        self.verbose = 0

    def save(self):
        write_text(self._get_oracle_fname(), json.dumps(self.get_state()))

    def _save_trial(self, trial):
        write_text(Path(self._get_trial_dir(trial.trial_id)) / "trial.json", json.dumps(trial.get_state()))

    def reload(self):
        """Load the search: what did not finish waits to be run again, what never started is forgotten."""
        state = read_json(self._get_oracle_fname())
        for i in state["start_order"]:
            if not (Path(self._get_trial_dir(i)) / "trial.json").exists():
                raise UserError(f"run: the search's trial {i} has lost its trial.json")
        super().reload()
        self.trials = {i: self.trials[i] for i in self.start_order}
        done = [i for i in self.start_order if self.trials[i].status in FINISHED]
        self.end_order += [i for i in done if i not in self.end_order]
        self._retry_queue = []
        for i in reversed(self.start_order):  # the queue is taken from its end
            if i not in done:
                self._put_back(i)

    def _put_back(self, trial_id):
        self.trials[trial_id].metrics = metrics_tracking.MetricsTracker()  # else old numbers are averaged in
        self._retry_queue.append(trial_id)

    @oracles.synchronized
    def create_trial(self, tuner_id):
        trial = super().create_trial(tuner_id)
        self._heard[tuner_id] = self._heard[trial.trial_id] = time.monotonic()
        if trial.status == "STOPPED" and self.ongoing_trials:
            # Another worker's trial may come back.
            trial.status = "IDLE"
            self.tuner_ids.add(tuner_id)
        return trial

    @oracles.synchronized
    def end_trial(self, trial):
        trial_id = trial.trial_id
        if trial_id in self.end_order:  # by a worker that was given up, and was alive
            for tuner_id in [t for t, other in self.ongoing_trials.items() if other.trial_id == trial_id]:
                self.ongoing_trials.pop(tuner_id)
            return
        if trial_id in self._retry_queue:
            self._retry_queue.remove(trial_id)
        super().end_trial(trial)

    def get_trial(self, trial_id):
        self._heard[trial_id] = time.monotonic()
        return super().get_trial(trial_id)

    @oracles.synchronized
    def sweep(self, silence):
        """Give up workers that were not heard for so many seconds, and hand their trials out again.

        Returns:
            The trials that were taken back: a list of (worker, trial).
        """
        lost, now = [], time.monotonic()
        for tuner_id, trial in list(self.ongoing_trials.items()):
            if now - self._heard.get(trial.trial_id, now) > silence:
                self.ongoing_trials.pop(tuner_id)
                self._put_back(trial.trial_id)
                lost.append((tuner_id, trial.trial_id))
        if lost:
            self.save()
        for tuner_id in list(self.tuner_ids):
            if tuner_id not in self.ongoing_trials and now - self._heard.get(tuner_id, now) > silence:
                self.tuner_ids.discard(tuner_id)
        return lost

    @oracles.synchronized
    def is_idle(self):
        """Whether no worker has a trial or may still ask for one."""
        return not self.ongoing_trials and not self.tuner_ids


class LastingBayesian(Lasting, keras_tuner.oracles.BayesianOptimizationOracle):
    """Bayesian optimisation that proposes nothing twice."""

    def populate_space(self, trial_id):
        with warnings.catch_warnings():
            # A fit that stops early is one of twenty restarts: nothing that a user could act on.
            warnings.simplefilter("ignore", ConvergenceWarning)
            response = super().populate_space(trial_id)
        if response.get("values") and self._duplicate(response["values"]):
            return self._random_populate_space()
        return response


class LastingHyperband(Lasting, keras_tuner.oracles.HyperbandOracle):
    """Hyperband (Li et al. 2018) of at most `max_trials` trials, in which a failed trial is the worst.

    A bracket that was opened keeps as many of the trials that are left as it needs.
    """

    def populate_space(self, trial_id):
        failed = [trial for trial in self.trials.values() if trial.status == "FAILED"]
        sizes = [
            (len(chosen), self._get_size(bracket["bracket_num"], number))
            for bracket in self._brackets
            for number, chosen in enumerate(bracket["rounds"])
        ]
        needed = sum(max(0, size - filled) for filled, size in sizes)
        is_last = needed and self.max_trials - len(self.trials) <= needed
        before = self._current_bracket, self.hyperband_iterations
        try:
            for trial in failed:
                trial.status, trial.score = "COMPLETED", float("inf")
            if is_last:
                self._current_bracket, self.hyperband_iterations = 0, self._current_iteration + 1
            return super().populate_space(trial_id)
        finally:
            for trial in failed:
                trial.status, trial.score = "FAILED", None
            if is_last:
                self._current_bracket, self.hyperband_iterations = before


class ChiefGone(keras_tuner.errors.FatalRuntimeError):
    """A worker's chief does not answer any more."""


class LastingTuner(keras_tuner.Tuner):
    """A tuner whose search any process can go on with: alone, or as a chief."""

    def _get_tuner_fname(self):
        return os.path.join(str(self.project_dir), "oracle.json")

    def save(self):
        if not self._is_worker():
            self.oracle.save()

    def reload(self):
        if not self._is_worker():
            self.oracle.reload()

    def _populate_initial_space(self):
        hp = self.oracle.get_space()
        self.hypermodel.declare_hyperparameters(hp)
        self.oracle.update_space(hp)

    def search(self, *args, **kwargs):
        with quiet():
            super().search(*args, **kwargs)

    def pre_create_trial(self):
        if getattr(self, "_waits", False):
            time.sleep(1)
        self._waits = True

    def on_trial_begin(self, trial):
        self._waits = False

    def _run_and_update_trial(self, trial, *args, **kwargs):
        try:
            super()._run_and_update_trial(trial, *args, **kwargs)
        except grpc.RpcError as error:
            raise ChiefGone(str(error)) from error  # else the trial would count as failed


@contextlib.contextmanager
def heartbeat(oracle, trial_id, seconds):
    """Tell the chief every so often that a trial is alive."""
    over = threading.Event()

    def beat():
        while not over.wait(seconds):
            with contextlib.suppress(grpc.RpcError):  # a chief that is gone shows when the trial ends
                oracle.get_trial(trial_id)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=1)  # a call to a chief that is gone waits for its return


class _Servicer(oracle_chief.OracleServicer):
    """Keeps an error for the chief to raise, and gives the lock back that it left taken."""

    def __init__(self, oracle):
        super().__init__(oracle)
        self.error = None
        for name in ("GetSpace", "UpdateSpace", "CreateTrial", "UpdateTrial", "EndTrial", "GetTrial", "GetBestTrials"):
            setattr(self, name, self._guarded(getattr(self, name)))

    def _guarded(self, method):
        def run(request, context):
            try:
                return method(request, context)
            except Exception as error:
                self.error = error
                if oracles.THREADS[self.oracle] == threading.current_thread().name:
                    oracles.THREADS[self.oracle] = None
                    oracles.LOCKS[self.oracle].release()
                raise

        return run


def serve(oracle, address, silence, tell=lambda lost: None):
    """Serve an oracle to workers until the search is over.

    Args:
        oracle: a `Lasting` oracle.
        address: "IP:PORT".
        silence: seconds after which a worker that gives no sign is given up.
        tell: called about every second with what `sweep` took back.

    Raises:
        ValueError: when the address cannot be used.
    """
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    servicer = _Servicer(oracle)
    get_service_grpc().add_OracleServicer_to_server(servicer, server)
    try:
        server.add_insecure_port(address)
    except RuntimeError as error:
        raise UserError(f"KERASTUNER_ORACLE_PORT: cannot serve on {address} ({error})") from None
    with quiet():
        server.start()
        try:
            while servicer.error is None:
                time.sleep(0.5)
                tell(oracle.sweep(silence))
                if servicer.stop_triggered and oracle.is_idle():
                    return
            raise servicer.error
        finally:
            server.stop(grace=2).wait()
