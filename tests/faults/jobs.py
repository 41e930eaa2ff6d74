"""Commands to be killed, and what may be found where they wrote."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alliance_cohesion.cli import app
from alliance_cohesion.report import run as results
from alliance_cohesion.scenario import write_new
from alliance_cohesion.simulation import load

COUNTERFACTUAL = """name = "help-came"
base = "starter"
rewrite = "Magna had a brigade to spare in 2003."

[[change]]
name = "help came in 2003"
reason = "What if the request had been granted?"
action = "recode"
where = { id = "refused-2003" }
set = { strength = 1 }
"""
VARY = ("--vary", "b_D=1:6:6", "--vary", "event:coast-2003.days=-90:90:4")
OUT = Path("out")
"""Where every command writes, in the folder it is given in: its words are kept with the results."""
Contents = dict[str, bytes]


def command(*words: str | Path) -> None:
    """A command line, in this process.

    Raises:
        SystemExit: it ended with another status than 0.
    """
    status = app([str(word) for word in words], standalone_mode=False)
    if status:
        raise SystemExit(status)


def contents(folder: Path) -> Contents:
    """All files by name, except locks, kept parts and the moment of writing."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = path.name in (".lock", "journal.jsonl") or ".aside" in name
        if path.is_dir() or hidden or name.startswith("tasks/"):
            continue
        found[name] = _timeless(path) if path.name == "manifest.json" else path.read_bytes()
    return found


def _timeless(path: Path) -> bytes:
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest.pop("created", None)
    return json.dumps(manifest, sort_keys=True).encode()


@dataclass(frozen=True)
class Job:
    """A command, its like with an older outcome, and what may be found when it was killed."""

    name: str
    share: int
    """Of a hundred kills."""
    work: Callable[[], None]
    """Does it, or goes on with it, in the folder OUT here."""
    older: Callable[[], None] | None
    """Does the like of it, so that there is something to replace; None: nothing is replaced."""
    wrong: Callable[[Path, Contents, Contents], str]
    """Given the folder, the older contents and the new: what must not be there, or nothing."""


def whole(out: Path, older: Contents, newer: Contents) -> str:
    """A results folder is the older one, the new one, or (for a moment) not there."""
    found = contents(out) if out.exists() else {}
    return "" if found in (older, newer, {}) else f"half written: {sorted(found)}"


def readable(out: Path, older: Contents, newer: Contents) -> str:
    """A sweep's files are each what they will be; its manifest says that it is not complete."""
    found = contents(out) if out.exists() else {}
    cut = [
        name for name, content in found.items()
        if name != "manifest.json" and not name.endswith(".aside") and newer.get(name) != content
    ]  # fmt: skip
    return f"not as they will be: {cut}" if cut else ""


def together(out: Path, older: Contents, newer: Contents) -> str:
    """Each of a calibration's files is the older one or the new one."""
    found = contents(out) if out.exists() else {}
    for kept in out.glob("tasks/*.jsonl"):
        for line in kept.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):  # the last one may have been cut off
                json.loads(line)
    cut = [
        name for name, content in found.items()
        if not name.startswith(".") and content not in (older.get(name), newer.get(name))
    ]  # fmt: skip
    return f"neither older nor newer: {cut}" if cut else ""


def jobs(place: Path) -> list[Job]:
    """The jobs, on the starter scenario, which is written to `place`."""
    write_new(place / "starter")
    (place / "help-came.toml").write_text(COUNTERFACTUAL, encoding="utf-8")
    scenario, other = place / "starter", place / "help-came.toml"

    def replacing(name: str, share: int, *words: str | Path) -> Job:
        def work(histories: int) -> Callable[[], None]:
            return lambda: command(
                *words, "--histories", str(histories), "--out", OUT, "--overwrite"
            )

        return Job(name, share, work(100), work(60), whole)

    def calibrate(seed: int) -> Callable[[], None]:
        return lambda: command(
            "calibrate", scenario, "--draws", "64", "--workers", "2", "--seed", str(seed),
            "--out", OUT,
        )  # fmt: skip

    def sweep() -> None:
        begun = ["--resume"] if OUT.exists() else []
        command(
            "sweep", scenario, *VARY, "--histories", "20", "--no-pictures", "--out", OUT, *begun
        )

    return [
        replacing("run", 15, "run", scenario),
        replacing("compare", 5, "compare", scenario),
        replacing("counterfactual", 15, "counterfactual", other),
        Job("calibrate", 10, calibrate(1), calibrate(2), together),
        Job("sweep", 35, sweep, None, readable),
        Job("report", 20, report(place, 100), report(place, 60), whole),
    ]


def report(place: Path, histories: int) -> Callable[[], None]:
    """Writes a results folder from Python."""

    def work() -> None:
        results.write(load(place / "starter").run(histories), OUT, overwrite=True)

    return work
