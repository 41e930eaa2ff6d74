"""Models to compare the rules with: baselines and single theories, each a prior and inputs.

They are fitted and held out exactly as the rules are. A baseline with a covariate of its own
puts it where demands or offers would be, with every other input at zero.
"""

from dataclasses import dataclass, replace

import numpy as np

from ..core.inputs import Floats, Inputs, Status
from ..scenario import Event
from .placebos import drives
from .priors import NAMES, Prior

SLOPES = tuple(
    name for name in NAMES if name.startswith(("b_", "kappa")) and name not in ("b_R", "b_T")
)


@dataclass(frozen=True)
class Rival:
    """A model to fit against the rules."""

    name: str
    prior: Prior
    inputs: Inputs


def without_slopes(prior: Prior, *free: str) -> Prior:
    """All slopes held at zero but those named; thresholds as suits a worth of about zero."""
    for name, belief in prior.beliefs.items():
        if belief.flat_mean is not None:
            prior = prior.change(name, mean=belief.flat_mean)
    return prior.pin(**{name: 0.0 for name in SLOPES if name not in free})


def without_drivers(inputs: Inputs, **drivers: Floats) -> Inputs:
    """The same inputs with every driver at zero but those given, each [T, N]."""
    f = inputs.drivers
    silent = {
        name: np.zeros_like(getattr(f, name))
        for name in ("own", "members", "kept_all", "broken_all", "dependence")
    }
    nothing = {
        "pair_start": np.zeros_like(f.pair_start),
        "pair_actor": f.pair_actor[:0],
        "pair_level": f.pair_level[:0],
        "pair_outside": f.pair_outside[:0],
    }
    loud = {name: np.ascontiguousarray(values, dtype=float) for name, values in drivers.items()}
    return replace(inputs, drivers=f.change(**{**silent, **nothing}).change(**loud))


def rows_so_far(inputs: Inputs, events: tuple[Event, ...]) -> Floats:
    """[T, N] how many coded rows on a state have been dated by the end of each time step."""
    count = np.zeros((len(inputs.steps), len(inputs.states)))
    for event in events:
        if not drives(event):
            continue
        since = np.searchsorted(inputs.steps, np.datetime64(event.start), side="right") - 1
        for target in event.targets:
            who = inputs.states if target == "members" else (target,)
            for state in who:
                if state in inputs.states:
                    count[max(int(since), 0) :, inputs.states.index(state)] += 1
    return count


def left_before(inputs: Inputs) -> Floats:
    """[T, N] whether a state has ever left by the end of a time step."""
    gone = np.cumsum(inputs.record != Status.MEMBER, axis=0) > 0
    first_entry = np.arange(len(inputs.steps))[:, np.newaxis] >= inputs.drivers.entry
    return (gone & first_entry).astype(float)


def baselines(prior: Prior, inputs: Inputs, events: tuple[Event, ...]) -> list[Rival]:
    """The window-aware null first, then the others."""
    silent = without_drivers(inputs)
    no_window = replace(
        silent, drivers=silent.drivers.change(renewal=np.zeros_like(inputs.drivers.renewal))
    )
    nothing = without_slopes(prior)
    rows = without_drivers(inputs, offer=rows_so_far(inputs, events))
    again = without_drivers(inputs, demand=left_before(inputs))
    return [
        Rival("window-aware constant", nothing, silent),
        Rival("constant rate", nothing, no_window),
        Rival("number of rows so far", without_slopes(prior, "b_O"), rows),
        Rival("left before leaves again", without_slopes(prior, "b_A"), again),
    ]


def theories(prior: Prior, inputs: Inputs) -> list[Rival]:
    """Each theory alone, the rules whole, and the rivals of the interaction in R3."""
    free = {"pinned": None}
    away = prior.change("b_T", scale=-prior.beliefs["b_T"].scale, **free)
    alone = {
        "threat balancing": without_slopes(prior, "b_P"),
        "patron reliability": without_slopes(prior).change("b_R", **free),
        "threat answered (S)": without_slopes(prior, "b_S"),
        "dependence": without_slopes(prior, "b_D", "b_freeze"),
        "autonomy": without_slopes(prior, "b_A"),
        "outside offers": without_slopes(prior, "b_O"),
        "contagion": without_slopes(prior, "kappa"),
    }
    whole = {
        "all rules": prior,
        "without S": prior.pin(b_S=0.0),
        "reliability alone instead of S": prior.pin(b_S=0.0).change("b_R", **free),
        "threat binds instead of S": prior.pin(b_S=0.0).change("b_T", **free),
        "threat drives away instead of S": away.pin(b_S=0.0),
        "without P": prior.pin(b_P=0.0),
        "without A": prior.pin(b_A=0.0),
        "without O": prior.pin(b_O=0.0),
        "without D": prior.pin(b_D=0.0, b_freeze=0.0),
        "without contagion": prior.pin(kappa=0.0),
    }
    return [Rival(name, believed, inputs) for name, believed in {**alone, **whole}.items()]
