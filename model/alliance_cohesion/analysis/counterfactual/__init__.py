"""Counterfactuals: paired worlds, noise that explains what happened, and guards.

>>> from alliance_cohesion.counterfactual import answer, load
>>> found = answer(load("counterfactuals/armenia-answered-2022"))  # doctest: +SKIP
>>> found.given["ordered"].effect.mean[-1]  # share away at the end, less the record
... # doctest: +SKIP
"""

from .answer import Answer, answer
from .dataset import dataset
from .library import library
from .pair import CounterfactualError, Pair, load
from .plain import as_json

__all__ = [
    "Answer",
    "CounterfactualError",
    "Pair",
    "answer",
    "as_json",
    "dataset",
    "library",
    "load",
]
