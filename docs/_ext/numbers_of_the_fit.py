"""The parameter tables: units and ranges from the program, beliefs and fit from `calibration/`."""

import pandas as pd
from keys import table

from alliance_cohesion.core.parameters import PARAMETERS
from alliance_cohesion.inference import draws
from alliance_cohesion.inference import priors as prior


def parameters() -> str:
    """Each parameter with the rule that uses it, its meaning, its unit and its range."""
    rows = [
        (f"`{one.name}`", one.rule, one.meaning, one.unit, f"{one.low:g} to {one.high:g}")
        for one in PARAMETERS
    ]
    return table(("name", "rule", "meaning", "unit", "allowed"), rows)


def priors() -> str:
    """What was believed of each parameter before the fit, why, and after whom."""
    rows = [
        (f"`{name}`", _words(belief), f"{belief.reason} *{belief.source}*")
        for name, belief in prior.default().beliefs.items()
    ]
    return table(("name", "believed before the fit", "why, *source*"), rows)


def posterior() -> str:
    """What the shipped fit makes of each free parameter."""
    path = draws.shipped_file("posterior")
    assert path is not None
    fitted = pd.read_csv(path)
    free = [one for one in PARAMETERS if prior.default().beliefs[one.name].pinned is None]
    rows = []
    for one in free:
        low, middle, high = fitted[one.name].quantile([0.05, 0.5, 0.95])
        rows.append((f"`{one.name}`", one.meaning, f"{middle:.2f}", f"{low:.2f} to {high:.2f}"))
    head = ("name", "meaning", "median", "90 % of draws")
    return table(head, rows) + f"\n{len(fitted):,} draws, `{path.name}`.\n"


def _words(belief: prior.Belief) -> str:
    if belief.pinned is not None:
        return f"held at {belief.pinned:g}"
    said = {
        "half-normal": f"half-normal, scale {belief.scale:g}",
        "normal": f"normal, mean {belief.mean:g}, sd {belief.sd:g}",
        "log-normal": f"log-normal, median {belief.median:g}, sd of the log {belief.sd:g}",
        "logit-normal": f"logit-normal, median {belief.median:g}, sd of the logit {belief.sd:g}",
    }[belief.distribution]
    if belief.shrunk:
        said += "; times the common scale of slopes"
    if belief.spread is not None:
        said += f"; between alliances half-normal({belief.spread:g})"
    return said
