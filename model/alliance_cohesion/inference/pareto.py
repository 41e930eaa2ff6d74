"""How heavy the tail of importance weights is: the shape k of a generalized Pareto distribution.

Vehtari et al. (2024), "Pareto smoothed importance sampling": below 0.7 a weighted mean can be
trusted, above it a few draws carry the answer.
"""

import numpy as np

from ..core.elementary import each, exp, log, log1p, log_sum_exp
from ..core.inputs import Floats

TRUSTED = 0.7


def pareto_k(log_weights: Floats) -> float:
    """Shape of the upper tail of the weights; minus infinity where too few differ.

    Zhang & Stephens (2009), with the weakly informative prior of Vehtari et al.
    """
    tail = int(min(len(log_weights) / 5, 3 * np.sqrt(len(log_weights))))
    ordered = np.sort(log_weights)[-tail - 1 :]
    if tail < 5 or ordered[-1] == ordered[0]:
        return float("-inf")
    weights = each(exp, ordered - ordered[-1])
    x = weights[1:] - weights[0]
    n = len(x)
    rows = 30 + int(np.sqrt(n))
    quartile = x[int(n / 4 + 0.5) - 1]
    if quartile <= 0.0:
        return float("-inf")
    scale = 1.0 - np.sqrt(rows / (np.arange(1, rows + 1) - 0.5))
    slope = scale / (3.0 * quartile) + 1.0 / x[-1]
    shape = np.array([each(log1p, -b * x).mean() for b in slope])
    likelihood = n * (each(log, -slope / shape) - shape - 1.0)
    mean = float((slope * each(exp, likelihood - log_sum_exp(likelihood))).sum())
    k = float(each(log1p, -mean * x).mean())
    return (n * k + 10 * 0.5) / (n + 10)
