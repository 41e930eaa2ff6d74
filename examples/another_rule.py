"""Try another rule: subclass `State`, override one method, compare with the standard rule.

    python examples/another_rule.py [histories]

The question here: what if nobody deserted under fire? A `Rallying` state keeps its status,
whatever it is, for as long as it perceives a strong threat from outside.
"""

import sys

import numpy as np

import alliance_cohesion as ac
from alliance_cohesion import State

HIGH = 0.5  # perceived threat lies in 0 to 1; a state at war is at 0.8 or more


class Rallying(State):
    """Does not change its status while it perceives a strong threat."""

    def transition_probabilities(self) -> tuple[float, float, float]:
        """Probabilities to end this step as member, frozen and out."""
        if self.latent["E"] < HIGH:
            return super().transition_probabilities()
        member, frozen, outside = (float(self.status == code) for code in range(3))
        return member, frozen, outside


def away_at_end(sim: ac.Simulation, rule: type[State], histories: int) -> np.ndarray:
    """Share of histories that end with each state frozen or outside.

    History r of both rules uses the same parameters and the same random numbers, so what
    differs is the rule.
    """
    data = sim.run(histories, engine="agents", state=rule).dataset
    return 1.0 - data.share.isel(time=-1).sel(status="member").values


def main(histories: int = 200) -> None:
    """Print the comparison."""
    sim = ac.load("csto")
    standard = away_at_end(sim, State, histories)
    rallying = away_at_end(sim, Rallying, histories)
    print(f"Frozen or outside at the end, share of {histories} histories")
    print(f"{'state':8}{'standard':>10}{'rallying':>10}{'change':>10}")
    for state, one, other in zip(sim.inputs.states, standard, rallying, strict=True):
        print(f"{state:8}{one:10.0%}{other:10.0%}{other - one:+10.0%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
