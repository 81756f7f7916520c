"""Training a model's levels apart: which terms a part of the levels has, and what it exchanges.

The posterior factorises over levels (equation 5 of the paper): the terms of levels 1..k depend on the coarser
levels through z_{k+1} alone. So a step of the finer part needs a sample of z_{k+1} from the coarser part,
which needs the gradient of the finer terms with respect to that sample, and nothing else.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow as tf

from ..errors import UserError
from ..model.plans import Source, get_plan


def parse_levels(text, depth):
    """Read "1", "2-" or "1-2" as (first, last).

    Args:
        text: levels, the finest is 1.
        depth: number of levels, that of u included.

    Raises:
        ValueError: when it is no range of levels from the finest or up to the coarsest.
    """
    first, dash, last = str(text).partition("-")
    try:
        first = int(first)
        last = (int(last) if last else depth) if dash else first
    except ValueError:
        first = last = 0
    if not (1 <= first <= last <= depth and (first == 1) != (last == depth)):
        raise UserError(
            f"levels: expected the finest ones, as 1 or 1-2, or the others, as 2-; the model has {depth}, got {text!r}"
        )
    return first, last


class Part:
    """The levels first..last of a model, trained without the others.

    Args:
        graph: what `build_graph` gave.
        first, last: from fine to coarse; either the first is 1 or the last is the coarsest.
        link: sends and receives arrays: `send(array)`, `receive()`.
    """

    def __init__(self, graph, first, last, link):
        self._graph, self._link = graph, link
        depth = max(variable.level for variable in graph.values())
        self.is_finer = first == 1
        # z_k and p(y_{k-1} | y_k, z_k) belong to level k.
        self.names = [
            name for name, variable in graph.items() if first <= variable.level + (variable.kind == "image") <= last
        ]
        boundary = last + 1 if self.is_finer else first
        self._latent = "u" if boundary == depth else f"z{boundary}"
        self._plan = self._make_plan(boundary)

    def _make_plan(self, boundary):
        plan = get_plan("infer", self._graph)
        sources = {}
        for name, variable in self._graph.items():
            # The coarsest likelihood of the finer part reads a picture that is modelled by the other part.
            read = self.is_finer and variable.kind == "image" and variable.level == boundary - 1
            sources[name] = plan.sources[name] if read or name in self.names else Source.UNUSED
        if self.is_finer:
            sources[self._latent] = Source.GIVEN
        return dataclasses.replace(plan, name="part", sources=sources)

    def walk(self, model, images, noise):
        """Traverse the part's own variables; exchange the latent between the parts.

        Args:
            model: the `SelfVAE`.
            images: uint8 [B, H, W, C].
            noise: a `Noise`, the same for all parts.

        Returns:
            A dict of the part's own names to `Step`.
        """
        given = {"x": images}
        through = {}
        if self.is_finer:
            shape = (tf.shape(images)[0], *self._graph[self._latent].shape)
            # Any own weight: a gradient is asked for of what depends on one.
            anchor = model.likelihoods[self.names[-1]].trainable_variables[0]
            given[self._latent] = self._receive(anchor, shape)
        else:
            through[self._latent] = self._send
        steps = model.traverse(self._plan, noise, given, score=self.names, through=through)
        return {name: steps[name] for name in self.names}

    def _receive(self, anchor, shape):
        link = self._link

        @tf.custom_gradient
        def received(anchor):
            latent = tf.py_function(link.receive, [], tf.float32)
            latent = tf.ensure_shape(tf.reshape(latent, tf.stack(shape)), [None, *shape[1:]])

            def gradient(upstream, variables=None):
                sent = tf.py_function(link.send, [upstream], [])
                with tf.control_dependencies([sent]):
                    return tf.zeros_like(anchor)

            return latent, gradient

        return received(tf.convert_to_tensor(anchor))

    def _send(self, latent):
        link = self._link

        @tf.custom_gradient
        def sent(latent):
            done = tf.py_function(link.send, [latent], [])
            with tf.control_dependencies([done]):
                value = tf.identity(latent)

            def gradient(upstream):
                finer = tf.py_function(link.receive, [], tf.float32)
                return upstream + tf.reshape(finer, tf.shape(upstream))

            return value, gradient

        return sent(latent)

    def sum_over_parts(self, square):
        """Add a scalar tensor of this part to that of the other one."""
        link = self._link

        def exchange(own):
            link.send(own)
            return own + np.float32(link.receive()).reshape(())

        return tf.ensure_shape(tf.py_function(exchange, [square], tf.float32), [])

    def variables(self, model):
        """List the part's own weights and their optimizer's variables, in an order that all parts share."""
        own = {
            id(variable)
            for name in self.names
            for networks in (model.posteriors, model.priors, model.likelihoods)
            if name in networks
            for variable in networks[name].trainable_variables
        }
        optimizer = model.optimizer
        kinds = [optimizer._trainable_variables, optimizer._m, optimizer._u]
        if optimizer.use_ema:
            kinds.append(optimizer._model_variables_moving_average)
        return [kind[i] for i, v in enumerate(optimizer._trainable_variables) if id(v) in own for kind in kinds]
