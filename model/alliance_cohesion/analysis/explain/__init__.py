"""Why a state stood where it stood at a date, along the documented record.

>>> import alliance_cohesion as ac
>>> from alliance_cohesion.explain import explain
>>> explain(ac.load("csto"), "ARM", "2024-02-22").as_json()     # doctest: +SKIP
"""

from .account import explain
from .explanation import Component, Driver, Explanation, Fact, Peer, Shift, Spread, Term

__all__ = [
    "Component",
    "Driver",
    "Explanation",
    "Fact",
    "Peer",
    "Shift",
    "Spread",
    "Term",
    "explain",
]
