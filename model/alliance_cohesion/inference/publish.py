"""Write what a calibration found: posterior, null, figures, and pages that tell of them."""

import json
from collections.abc import Callable
from pathlib import Path

from ..scenario import Scenario
from ..util.lock import locked
from ..util.together import together
from . import bench as benches
from . import fit_reactions as reactions
from . import posterior
from .figures import Figures, assemble
from .study import Bench

Pages = Callable[[Path, Path], dict[str, str]]
"""What is told of a calibration, by file name: from its files, and the folder they will be in."""


def publish(
    bench: Bench,
    plan: list[tuple[str, int]],
    folder: Path,
    command: str,
    *,
    pages: Pages = lambda draft, folder: {},
    workers: int | None = None,
    progress: benches.Progress | None = None,
) -> Figures:
    """Run the plan; write `posterior-*.csv`, `null-*.csv`, `figures.json` and the pages.

    The files appear together, and only when all are complete.

    Args:
        bench: What every task starts from.
        plan: Tasks, from `figures.plan`.
        folder: Where to write; results of single tasks are kept in its `tasks` folder.
        command: The command line, kept with the figures.
        pages: Makes the pages.
        workers: Processes.
        progress: Told of every task done.

    Raises:
        LockedError: another process calibrates there.
        LostWorkerError: a worker process died; the same call goes on where it stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        kept = folder / "tasks"
        figures = assemble(list(benches.run(bench, plan, kept, workers=workers, progress=progress)))
        with together(folder) as draft:
            figures = _write(draft, bench, figures, command)
            for name, text in pages(draft, folder).items():
                (draft / name).write_text(text, encoding="utf-8", newline="\n")
            return figures


def _write(folder: Path, bench: Bench, figures: Figures, command: str) -> Figures:
    figures["settings"] = {
        "command": command,
        "scenario": bench.case.scenario.name,
        "live": bench.live,
        "live_many": bench.live_many,
        "seed": bench.seed,
    }
    scenario: Scenario = bench.case.scenario
    about = {
        "alliances": [scenario.alliance.name],
        "scenario": scenario.name,
        "seed": bench.seed,
        "live": bench.live,
    }
    posterior.write(folder, "posterior", bench.fit, bench.prior, scenario.files, about)
    posterior.write(folder, "null", bench.null, bench.prior, scenario.files, about)
    values = bench.fit.values[bench.fit.choose(1000, bench.seed)]
    reacts = reactions.fit_reactions(scenario, bench.world, values)
    reactions.write(folder, reacts)
    figures["reactions_held_out"] = reacts["held_out"]
    figures["answers"] = dict(zip(reacts["answer_names"], reacts["answer"]["mean"], strict=True))
    text = json.dumps(figures, indent=1, sort_keys=True) + "\n"
    (folder / "figures.json").write_text(text, encoding="utf-8")
    told: Figures = json.loads(text)  # what the file tells, and no digit more
    return told
