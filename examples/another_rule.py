"""Try another rule: subclass `State`, override one method, compare with the standard rule.

    python examples/another_rule.py [histories]

The question here: what if nobody deserted under fire? A `Rallying` state keeps its membership
status, whatever it is, for as long as it perceives a strong threat from outside.
"""

import sys

import pandas as pd

import alliance_cohesion as ac
from alliance_cohesion import State

HIGH = 0.5  # perceived threat lies in 0 to 1; a state at war is at 0.8 or more


class Rallying(State):
    """Keeps its status while it perceives a strong threat."""

    def transition_probabilities(self) -> tuple[float, float, float]:
        """Probabilities to end this step as member, frozen and out."""
        if self.latent["E"] < HIGH:
            return super().transition_probabilities()
        member, frozen, out = (float(self.status == code) for code in range(3))
        return member, frozen, out


def at_end(sim: ac.Simulation, rule: type[State], histories: int) -> pd.DataFrame:
    """Share of histories that end with each state frozen, and with it out.

    History r of two rules uses the same parameters and common random numbers, so what differs is
    the rule.
    """
    states = sim.run(histories, engine="agents", state=rule).states
    return states.set_index("name")[["frozen", "out"]]


def main(histories: int = 200) -> None:
    """Print the comparison."""
    sim = ac.load("csto")
    rules = {"standard": State, "rallying": Rallying}
    table = pd.concat({name: at_end(sim, rule, histories) for name, rule in rules.items()}, axis=1)
    table = table.rename_axis(None)
    print(f"Share of {histories} histories in which a state ends frozen or out")
    print(table.to_string(float_format="{:.0%}".format))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
