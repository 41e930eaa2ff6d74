"""An answer as a dataset: every number over the whole clock, the record before the branch."""

import numpy as np
import xarray as xr

from ... import __version__
from ...core.inputs import Floats, Standing, times
from ...inference.priors import NAMES
from .answer import Answer, Side

_BANDS = ("mean", "low", "high")


def dataset(answer: Answer) -> xr.Dataset:
    """Name the numbers of an answer.

    Dimensions are `coupling`, `band` (mean, low, high), `time` (first day of a tick), `state`
    and `standing`; `*_away` is the share frozen or outside at a tick's end, `*_effect` changed
    less base.
    """
    world = answer.pair.base.world
    record = world.record[world.forcing.first :]
    known = answer.pair.branch - world.forcing.first
    past_away = (record[:known] != Standing.MEMBER).astype(float)
    past = np.stack([record[:known] == standing for standing in Standing], axis=-1).astype(float)

    def bands(side: Side, name: str) -> Floats:
        spread = getattr(side, name)
        before = np.zeros_like(past_away) if name == "effect" else past_away
        return np.stack([np.vstack([before, getattr(spread, band)]) for band in _BANDS])

    def shares(after: Floats) -> Floats:
        return np.concatenate([past, after])

    free, sides = answer.forecast, list(answer.given.values())
    here, there = ("band", "time", "state"), ("coupling", "band", "time", "state")
    scenario = answer.pair.changed.scenario
    rule = {} if answer.by_rule is None else {
        "rule_base_away": (here, bands(answer.by_rule, "base")),
        "rule_changed_away": (here, bands(answer.by_rule, "changed")),
        "rule_effect": (here, bands(answer.by_rule, "effect")),
    }  # fmt: skip
    return xr.Dataset(
        {
            **rule,
            "record": (("time", "state"), record),
            "forecast_base_away": (here, bands(free, "base")),
            "forecast_changed_away": (here, bands(free, "changed")),
            "forecast_effect": (here, bands(free, "effect")),
            "forecast_base_share": (("time", "state", "standing"), shares(answer.forecast_base)),
            "forecast_changed_share": (("time", "state", "standing"), shares(free.standing)),
            "given_base_away": (there, np.stack([bands(side, "base") for side in sides])),
            "given_changed_away": (there, np.stack([bands(side, "changed") for side in sides])),
            "given_effect": (there, np.stack([bands(side, "effect") for side in sides])),
            "given_changed_share": (
                ("coupling", "time", "state", "standing"),
                np.stack([shares(side.standing) for side in sides]),
            ),
            "parameters": (("draw", "parameter"), answer.sample.base),
            "parameters_changed": (("draw", "parameter"), answer.sample.changed),
        },
        coords={
            "time": times(world.decided),
            "state": list(answer.states),
            "standing": [s.label for s in Standing],
            "coupling": list(answer.given),
            "band": list(_BANDS),
            "parameter": list(NAMES),
            "draw": np.arange(len(answer.sample.base)),
        },
        attrs={
            "scenario": scenario.name,
            "question": scenario.question,
            "base": answer.pair.base.scenario.name,
            "branch": str(answer.pair.branch_day),
            "histories": answer.count,
            "seed": answer.seed,
            "parameters_from": answer.sample.origin,
            "version": __version__,
        },
    )
