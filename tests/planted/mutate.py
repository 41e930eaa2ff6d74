"""Mutation testing by cosmic-ray, on a copy of the tree: which small changes no test notices.

    python -m tests.planted.mutate rules
    python -m tests.planted.mutate scenario --sample 250

Interrupted, it goes on where it was when called again; `--afresh` begins anew. Survivors that
`mutation/equivalent.toml` explains are told apart: they change no behaviour, or none that a user
could meet.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from alliance_cohesion.util.lock import locked

from . import scratch

CONFIGURATIONS = Path(__file__).parent / "mutation"
SEED = 7  # of the sample


class Survivor(NamedTuple):
    """A change that no test noticed: where, and the line before and after it."""

    module: str
    was: str
    becomes: str


class Found(NamedTuple):
    """What came out of a set of mutants."""

    tried: int
    possible: int
    survivors: list[Survivor]


def mutate(name: str, sample: int | None, place: Path) -> Found:
    """Try the mutants of a configuration, or a random sample of them."""
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import WorkerOutcome, WorkResult

    scratch.copy(place)
    session, configuration = place / f"{name}.sqlite", CONFIGURATIONS / f"{name}.toml"
    environment = scratch.environment(place, NUMBA_DISABLE_JIT="1")

    def call(module: str, *words: object) -> None:
        command = [sys.executable, "-m", module, *map(str, words)]
        subprocess.run(command, cwd=place, env=environment, check=True)

    if not session.exists():
        call("cosmic_ray.cli", "init", configuration, session)
        call("cosmic_ray.tools.filters.operators_filter", session, configuration)
        if sample is not None:
            with use_db(session, WorkDB.Mode.open) as work:
                pending = sorted(work.pending_work_items, key=_address)
                chosen = random.Random(SEED).sample(pending, min(sample, len(pending)))
                left_out = {item.job_id for item in pending} - {item.job_id for item in chosen}
                for job in left_out:
                    work.set_result(job, WorkResult(WorkerOutcome.SKIPPED, "not in the sample"))
    call("cosmic_ray.cli", "baseline", configuration)
    call("cosmic_ray.cli", "exec", configuration, session)
    with use_db(session, WorkDB.Mode.open) as work:
        results = list(work.completed_work_items)
    tried = [pair for pair in results if pair[1].worker_outcome != WorkerOutcome.SKIPPED]
    out = [r for _, r in results if r.output == "not in the sample"]
    alive = [survivor(item, result.diff) for item, result in tried if not result.is_killed]
    return Found(len(tried), len(tried) + len(out), sorted(alive))


def _address(item: object) -> tuple[str, str, int]:
    (mutation,) = item.mutations
    return mutation.module_path.as_posix(), mutation.operator_name, mutation.occurrence


def survivor(item: object, diff: str) -> Survivor:
    """The line that was changed, from a unified diff."""

    def lines(sign: str) -> str:
        own = [x for x in diff.splitlines() if x.startswith(sign) and not x.startswith(sign * 3)]
        return " / ".join(line[1:].strip() for line in own)

    module = item.mutations[0].module_path.as_posix().removeprefix("model/alliance_cohesion/")
    return Survivor(module, lines("-"), lines("+"))


def explained() -> dict[Survivor, str]:
    """Reasons of the mutants that are known to change nothing."""
    rows = tomllib.loads((CONFIGURATIONS / "equivalent.toml").read_text(encoding="utf-8"))
    return {Survivor(r["module"], r["was"], r["becomes"]): r["because"] for r in rows["mutant"]}


def report(name: str, found: Found, known: dict[Survivor, str]) -> Iterable[str]:
    """What to print: the count, then each survivor that nothing explains."""
    new = [one for one in found.survivors if one not in known]
    equivalent = len(found.survivors) - len(new)
    told = found.tried - equivalent
    yield (
        f"{name}: {found.tried} of {found.possible} mutants, {found.tried - len(found.survivors)} "
        f"noticed, {equivalent} equivalent, {len(new)} survived: "
        f"{(told - len(new)) / max(told, 1):.1%}"
    )
    for module, was, becomes in new:
        yield f"  {module}\n    - {was}\n    + {becomes}"


def main() -> None:
    """The command line; exit status 1 where more than a tenth survive."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=("rules", "scoring", "scenario"))
    parser.add_argument("--sample", type=int, help="try so many, drawn at random")
    parser.add_argument("--place", type=Path, default=Path(tempfile.gettempdir(), "mutants"))
    parser.add_argument("--afresh", action="store_true", help="forget what was tried before")
    given = parser.parse_args()
    given.place.mkdir(parents=True, exist_ok=True)
    if given.afresh:
        (given.place / f"{given.name}.sqlite").unlink(missing_ok=True)
    known = explained()
    with locked(given.place):
        found = mutate(given.name, given.sample, given.place)
    print("\n".join(report(given.name, found, known)))
    unexplained = [one for one in found.survivors if one not in known]
    sys.exit(len(unexplained) > found.tried / 10)


if __name__ == "__main__":
    main()
