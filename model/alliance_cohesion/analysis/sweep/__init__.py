"""Sweeps: a scenario at many points of its inputs, in chunks that any machine can do.

A chunk is a few points and a range of histories. Its result depends on nothing else, so chunks
can be done anywhere, in any order, lost and done again. All points share the histories' random
numbers (common random numbers): the difference between two points comes from their inputs.
"""

from .plan import Plan, make_plan
from .run import Report, merge, sweep
from .work import SweepError

__all__ = ["Plan", "Report", "SweepError", "make_plan", "merge", "sweep"]
