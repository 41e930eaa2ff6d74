"""The forecast once more, where history answers back: R10 and R11 in place of the script.

From the branch on, requests, threats and offers follow the fitted rules in both worlds, with the
same chance; only the rows that the counterfactual is about stay as its two worlds have them.
"""

from datetime import date

from ...core.inputs import Codes
from ...core.simulate import simulate
from ...scenario import Scenario, reacting
from .pair import Pair, Sample


def contested(base: Scenario, changed: Scenario) -> frozenset[str]:
    """Ids of the rows in which two scenarios differ."""
    one = {event.id: event for event in base.events}
    other = {event.id: event for event in changed.events}
    return frozenset(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def forecast_by_rule(pair: Pair, sample: Sample, count: int, seed: int) -> tuple[Codes, Codes]:
    """Standings in both worlds, [history, tick from the branch on, state] each.

    Args:
        pair: The two worlds.
        sample: Parameter draws; history r uses draw r mod D.
        count: How many histories.
        seed: Of the random numbers, and of the draws of the reactions' coefficients.
    """
    scenarios = pair.base.scenario, pair.changed.scenario
    keep = contested(*scenarios)
    since: date = pair.branch_day.astype(object)
    paths = []
    for scenario, rows in zip(scenarios, (sample.base, sample.changed), strict=True):
        world, rules = reacting.world_and_reactions(
            reacting.by_rule(scenario), since, len(rows), seed, keep=keep
        )
        path = simulate(
            world, rows, count, seed, keep=count, known=pair.branch, reactions=rules
        ).path
        paths.append(path[:, pair.branch - world.forcing.first :])
    return paths[0], paths[1]
