"""Documented changes of status, each predicted by fits that have not seen its cluster."""

from dataclasses import dataclass

from ..core.inputs import Inputs
from . import record, scores
from .draws import Draws
from .held_out import read


@dataclass(frozen=True)
class Episode:
    """How a documented change looked just before it, held out."""

    rank: float
    """Among the states of the same status, 1 the likeliest; states that tie share the middle."""
    of: int
    """How many states have that status."""
    risk: float
    """Probability that the state changes its status within a year at this time step's rates; at a
    renewal, that it does then."""
    base_rate: float
    """The same by the baseline, which knows only when terms end."""


def episodes(inputs: Inputs, draws: Draws) -> list[Episode] | None:
    """The changes of a record as the calibration predicted them, held out, in order of time.

    Args:
        inputs: The compiled scenario.
        draws: What its histories are made with.

    Returns:
        None if the draws have not learned from this record, or if the calibration they come from
        keeps no predictions of exactly this record.
    """
    if not draws.seen or draws.path is None:
        return None
    kept = read(draws.path, inputs)
    if kept is None:
        return None
    before, _ = record.statuses(inputs)
    risk = record.at_risk(inputs)
    result = []
    for change in record.changes(inputs):
        t, i = change.step, change.state
        place = scores.rank_of_mover(kept.rules.probability[t], before[t], risk[t], i)
        result.append(
            Episode(
                place.rank,
                place.of,
                float(kept.rules.in_a_year[t, i]),
                float(kept.baseline.in_a_year[t, i]),
            )
        )
    return result
