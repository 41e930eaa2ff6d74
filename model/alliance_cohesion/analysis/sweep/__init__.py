"""Sweeps: a scenario at many points of its inputs, in chunks that any machine can do.

A chunk is a point and a range of histories. Its result depends on that address alone, so chunks
can be made anywhere, in any order, lost and made again. All points share the histories' random
numbers: the difference between two points is the inputs' doing, not chance's.
"""

from .plan import Plan, make_plan
from .run import Report, sweep
from .store import SweepError

__all__ = ["Plan", "Report", "SweepError", "make_plan", "sweep"]
