"""What one variable got in a traversal."""

from __future__ import annotations

import dataclasses

import tensorflow as tf


@dataclasses.dataclass
class Step:
    """What one variable got in a traversal.

    Attributes:
        value: latent [B, h, w, c], or image [B, H, W, C] of integers, float32.
        log_p: log p(value | parents), nats, [B]; None where not asked for.
        log_q: log q(value | image), nats, [B]; None where the value is not from q.
        kl: KL(q || p), nats, [B]: exact between normals, else log_q - log_p.
    """

    value: tf.Tensor
    log_p: tf.Tensor | None = None
    log_q: tf.Tensor | None = None
    kl: tf.Tensor | None = None

    @property
    def cost(self):
        """The variable's term of the objective: -log p, or KL(q || p)."""
        return -self.log_p if self.kl is None else self.kl

    @property
    def log_weight(self):
        """The variable's part of log p - log q."""
        return self.log_p if self.log_q is None else self.log_p - self.log_q
