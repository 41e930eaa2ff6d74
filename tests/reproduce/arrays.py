"""The numbers of the shipped scenarios, as arrays in one file: a program.

    python arrays.py FILE HISTORIES [runs]

With `runs` of runs only, which have less to compile.

It is run by other interpreters than the tests', so it stands alone.
"""

import json
import platform
import sys
from typing import Any

import numba
import numpy as np
import scipy

import alliance_cohesion as ac
from alliance_cohesion.analysis import counterfactual
from alliance_cohesion.analysis.compare import compare

RUNS = ("csto", "csto-2035")
PAIR = "counterfactuals/armenia-answered-2022"


def runs(histories: int) -> dict[str, np.ndarray]:
    """Every array of the shipped runs, by name."""
    found = {}
    for name in RUNS:
        data = ac.load(name).run(histories=histories).dataset
        for variable in ("share", "left_by", "path", "alignment", "parameters"):
            found[f"run {name}: {variable}"] = data[variable].values
    return found


def answers(histories: int) -> dict[str, np.ndarray]:
    """Every array of an answer and of a scorecard, by name."""
    found = {}
    answer = counterfactual.answer(counterfactual.load(PAIR), histories)
    for key, variable in answer.data.data_vars.items():
        if variable.dtype.kind in "fib":
            found[f"counterfactual: {key}"] = variable.values
    card = compare(ac.load("csto"), histories=histories)
    leaves = sorted(_leaves(card.as_json(), "compare"))
    for part in sorted({name.split(".")[0] for name, _ in leaves}):
        found[part] = np.array([value for name, value in leaves if name.split(".")[0] == part])
    return found


def _leaves(content: Any, name: str, depth: int = 0) -> list[tuple[str, float]]:
    """All numbers of a document, each with where it is."""
    if isinstance(content, bool) or content is None or isinstance(content, str):
        return []
    if isinstance(content, int | float):
        return [(name, float(content))]
    between = ": " if depth == 0 else "."
    items = content.items() if isinstance(content, dict) else enumerate(content)
    return [
        leaf
        for key, value in items
        for leaf in _leaves(value, f"{name}{between}{key:>06}" if isinstance(key, int) else
                            f"{name}{between}{key}", depth + 1)
    ]  # fmt: skip


def versions() -> dict[str, str]:
    """What the numbers may hang on."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "numba": numba.__version__,
        "llvmlite": __import__("llvmlite").__version__,
        "threads": str(numba.get_num_threads()),
        "cpu": str(numba.config.CPU_NAME or "this one"),
    }


if __name__ == "__main__":
    count = int(sys.argv[2])
    made = runs(count) if "runs" in sys.argv[3:] else {**runs(count), **answers(count)}
    np.savez(sys.argv[1], **made)
    print(json.dumps(versions()))
