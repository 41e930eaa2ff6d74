"""Counterfactuals: common random numbers, abduction, and guards.

>>> from alliance_cohesion.analysis.counterfactual import answer, load
>>> result = answer(load("counterfactuals/armenia-answered-2022"))  # doctest: +SKIP
>>> result.tables["moves"].necessity_ordered                        # doctest: +SKIP
"""

from .answer import Answer, answer
from .pair import CounterfactualError, Pair, library, load

__all__ = ["Answer", "CounterfactualError", "Pair", "answer", "library", "load"]
