"""Write what a calibration found: posterior, null, figures, page."""

import json
from pathlib import Path

from ..scenario import Scenario
from . import bench as benches
from . import page, posterior, reactions
from .figures import Figures, assemble
from .tasks import Bench


def publish(
    bench: Bench,
    plan: list[tuple[str, int]],
    folder: Path,
    command: str,
    *,
    workers: int | None = None,
    progress: benches.Progress | None = None,
) -> Figures:
    """Run the plan and write `posterior-*.csv`, `null-*.csv`, `figures.json` and `README.md`.

    Args:
        bench: What every task starts from.
        plan: Tasks, from `figures.plan`.
        folder: Where to write; results of single tasks are kept in its `tasks` folder.
        command: The command line, for the page.
        workers: Processes.
        progress: Told of every task done.
    """
    results = list(benches.run(bench, plan, folder / "tasks", workers=workers, progress=progress))
    figures = assemble(results)
    figures["settings"] = {
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
    tried = folder / "specifications.toml"
    log = page.specifications(tried) if tried.exists() else []
    kept = folder / "figures.json"
    kept.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    figures = json.loads(kept.read_text(encoding="utf-8"))  # the page tells what the file tells
    (folder / "README.md").write_text(page.page(figures, log, command), encoding="utf-8")
    return figures
