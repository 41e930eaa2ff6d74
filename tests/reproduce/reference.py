"""The stored results in `results/reference`: a program that renews them, and how they are compared.

python -m tests.reproduce.reference      (or: make reference)
"""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import alliance_cohesion as ac
from alliance_cohesion.analysis import counterfactual
from alliance_cohesion.analysis.compare import compare
from alliance_cohesion.report.run import as_json
from examples import own_alliance

FOLDER = Path(__file__).parents[2] / "results" / "reference"
PAIR = "armenia-answered-2022"
TELL = 12  # differences told one by one


def run(name: str) -> Any:
    """The table of a run, with the scenario's own number of histories and seed."""
    sim = ac.load(name)
    return as_json(sim.run())


def answered() -> Any:
    """What a counterfactual answers."""
    pair = counterfactual.load(f"counterfactuals/{PAIR}")
    return counterfactual.answer(pair).as_json()


def scored(name: str) -> Any:
    """The scorecard against history, as `cohesion compare` makes it."""
    return compare(ac.load(name)).as_json()


REFERENCES: dict[str, Callable[[], Any]] = {
    "csto": lambda: run("csto"),
    "csto-2035": lambda: run("csto-2035"),
    "cis-charter": lambda: run("cis-charter"),
    f"counterfactual-{PAIR}": answered,
    "compare-csto": lambda: scored("csto"),
    "compare-cis-charter": lambda: scored("cis-charter"),
    "own-alliance": own_alliance.tables,
}
"""Names of the stored results, and what makes them."""
SLOW = {"own-alliance"}
"""Those that take long, since they fit."""


def text(content: Any) -> str:
    """As it is stored."""
    return json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n"


def differences(stored: Any, made: Any) -> list[str]:
    """What differs, by name: words first, then numbers by how far they moved."""
    one, other = dict(_leaves(stored)), dict(_leaves(made))
    found: list[tuple[float, str]] = []
    for name in {*one, *other}:
        a, b = one.get(name, "nothing"), other.get(name, "nothing")
        if a == b and type(a) is type(b):
            continue
        both = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (a, b))
        moved = abs(a - b) if both else math.inf
        how = f"by {moved:.3g}: " if both else ""
        found.append((-moved, f"{name}: {how}stored {a!r:.60}, now {b!r:.60}"))
    return [line for _, line in sorted(found)]


def _leaves(content: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _leaves(value, f"{name}.{key}" if name else str(key))
    elif isinstance(content, list):
        yield f"{name} (how many)", len(content)
        for k, value in enumerate(content):
            yield from _leaves(value, f"{name}[{_label(value, k)}]")
    else:
        yield name, content


def _label(value: Any, number: int) -> str:
    """How a row is called: by its state and date where it has them, else by its number."""
    if isinstance(value, dict):
        words = [str(value[key]) for key in ("state", "name", "date") if key in value]
        if words:
            return f"{number} {' '.join(words)}"
    return str(number)


def main() -> None:
    for name, make in REFERENCES.items():
        (FOLDER / f"{name}.json").write_text(text(make()), encoding="utf-8", newline="\n")
        print(f"results/reference/{name}.json")


if __name__ == "__main__":
    main()
