"""Two processes that train a model's levels apart."""

from __future__ import annotations

import contextlib
import warnings

import numpy as np
import tensorflow as tf

from ..errors import UserError
from .apart import Part
from .link import LinkLost
from .workers import Crew, WorkerLost


class LevelCrew(Crew):
    """The two parts of a model's levels; the one that has the finest is the chief.

    Args:
        strategy: of this process; one device.
        is_finer: whether this is the part that has level 1.
        link: the `Link` to the other part.
    """

    def __init__(self, strategy, is_finer, link):
        super().__init__(strategy)
        if self.replicas > 1:
            raise UserError(f"strategy: levels that train apart have one device each, got {self.replicas}")
        self.count, self.index = 2, 0 if is_finer else 1
        self.link = link

    shard = (0, 1, 1)  # each part reads the whole batch

    @property
    def validates(self):
        return self.is_chief

    def _sum(self, array):
        self.link.send_bytes(array.tobytes())
        return array + np.frombuffer(self.link.receive_bytes(), array.dtype)

    def share(self, data):
        if not self.is_chief:
            return self.link.receive_bytes()
        self.link.send_bytes(data)
        return data

    def take_part(self, model, first, last):
        """Have a model train only some levels from now on.

        Raises:
            ValueError: when the other part has other levels than those that are left.
        """
        if self.agree([last if self.is_chief else -first])[0] != -1:
            raise UserError(f"levels: this part has {first} to {last}, and the other one not exactly the others")
        # Keras warns of each weight that the other part trains.
        warnings.filterwarnings("ignore", message="Gradients do not exist for variables")
        model.part = Part(model.graph, first, last, self.link)
        model.optimizer.sum_over_parts = model.part.sum_over_parts

    def gather(self, model):
        """Bring the weights and the optimizer's state of the coarser part to the chief."""
        if not self.is_chief:
            parts = [variable.numpy().tobytes() for variable in model.part.variables(model)]
            self.link.send_bytes(b"".join(parts))
            return
        own = {id(variable) for variable in model.part.variables(model)}
        whole = Part(model.graph, 1, max(v.level for v in model.graph.values()), self.link).variables(model)
        self.set_variables([v for v in whole if id(v) not in own], self.link.receive_bytes())

    @contextlib.contextmanager
    def errors(self, advice=""):
        try:
            yield
        except (LinkLost, tf.errors.OpError) as error:
            if not isinstance(error, LinkLost) and LinkLost.__name__ not in str(error):  # in a graph, it is text
                raise
            raise WorkerLost(f"the other part of the levels ended or can't be reached.{advice}") from error
