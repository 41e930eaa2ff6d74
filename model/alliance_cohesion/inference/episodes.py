"""Documented changes of status, each predicted by a fit that has not seen its cluster."""

import json
from dataclasses import dataclass

from ..core.inputs import World
from ..util import shipped
from .draws import Draws, shipped_file
from .record import changes


@dataclass(frozen=True)
class Prediction:
    """How a documented change looked just before it, held out."""

    rank: float
    """Among the states of the same status, 1 the likeliest."""
    of: int
    """How many states have that status."""
    risk: float
    """Probability that the state changes its status in that year, or at that renewal."""
    base_rate: float | None
    """The same by the base-rate model, which knows only when terms end; None if not kept."""


def held_out(world: World, draws: Draws) -> list[Prediction] | None:
    """The shipped calibration's predictions of the changes of a record, in their order.

    Args:
        world: The compiled scenario.
        draws: What its histories are made with.

    Returns:
        None if the draws are not the shipped calibration or did not learn from this record, or if
        the record has other changes than those that were predicted.
    """
    shipped_posterior = shipped_file("posterior")
    if shipped_posterior is None or not draws.seen or draws.origin != shipped_posterior.name:
        return None
    figures = json.loads((shipped.folder("calibration") / "figures.json").read_text("utf-8"))
    kept = {(row["state"], row["date"], row["kind"]): row for row in figures["on_the_eve_held_out"]}
    asked = [(world.states[c.state], str(c.date), c.kind) for c in changes(world)]
    if not asked or set(asked) != set(kept):
        return None
    return [
        Prediction(row["rank"], row["of"], row["chance_in_year"], row.get("base_rate"))
        for row in map(kept.__getitem__, asked)
    ]
