"""The tables by which integers stand for exp, the logistic function and its scales; a codec model carries them."""

from __future__ import annotations

import numpy as np

# Grids of a head's integers: steps per unit.
LOCATION = 16  # per grey level
LOGIT = 32  # per nat
LOG_SCALE = 32  # per nat
COEFFICIENT = 64  # per unit before the hyperbolic tangent

LOGIT_LIMIT = 511  # of |logit|: 16 nats
LOCATION_LIMIT = 16 * 1023
LOG_SCALES = (-96, 192)  # 0.05 to 400 grey levels
COEFFICIENT_LIMIT = 256

WEIGHT_BITS = 14  # of a mixture's weights
MASS_BITS = 26  # of a component's distribution function
ARGUMENT_BITS = 18  # of its argument's fraction
STEP_BITS = 12  # ... of which these lie between two entries of the table
REACH = 16  # of the argument, in scales

SIZES = {
    "logistic": 2 * REACH * 2 ** (ARGUMENT_BITS - STEP_BITS) + 1,
    "exponential": 2 * LOGIT_LIMIT + 1,
    "inverse_scale": LOG_SCALES[1] - LOG_SCALES[0] + 1,
    "coefficient": 2 * COEFFICIENT_LIMIT + 1,
}
LARGEST = {
    "logistic": 2**MASS_BITS,
    "exponential": 2**WEIGHT_BITS,
    "inverse_scale": 2**ARGUMENT_BITS,
    "coefficient": 256,
}


def make():
    """Return the tables, int32 arrays by name; made once, since exp differs by a bit from library to library.

    "logistic": the logistic function from -16 to 16 in steps of 1/64, of 2^26. "exponential": exp(-i / 32), of 2^14.
    "inverse_scale": 2^18 / 32 scales, by the log-scale. "coefficient": the hyperbolic tangent, of 256.
    """
    steps = np.arange(SIZES["logistic"]) / 2 ** (ARGUMENT_BITS - STEP_BITS) - REACH
    log_scales = np.arange(LOG_SCALES[0], LOG_SCALES[1] + 1) / LOG_SCALE
    coefficients = np.arange(-COEFFICIENT_LIMIT, COEFFICIENT_LIMIT + 1) / COEFFICIENT
    tables = {
        "logistic": 2**MASS_BITS / (1 + np.exp(-steps)),
        "exponential": 2**WEIGHT_BITS * np.exp(-np.arange(SIZES["exponential"]) / LOGIT),
        "inverse_scale": 2**ARGUMENT_BITS / (2 * LOCATION * np.exp(log_scales)),
        "coefficient": 256 * np.tanh(coefficients),
    }
    return {name: np.floor(table + 0.5).astype(np.int32) for name, table in tables.items()}
