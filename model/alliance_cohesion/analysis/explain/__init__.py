"""Why a state kept or changed its status at a date, along the documented record.

>>> import alliance_cohesion as ac
>>> from alliance_cohesion.analysis.explain import explain
>>> explain(ac.load("csto"), "Armenia", "2024-02-22").terms     # doctest: +SKIP
"""

from .explanation import Explanation, explain

__all__ = ["Explanation", "explain"]
