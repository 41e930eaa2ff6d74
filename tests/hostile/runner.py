"""Run one case and judge it: it runs, or gives a clear error and leaves nothing."""

import contextlib
import os
import random
import re
import shutil
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

from typer.testing import CliRunner

from .cases import KINDS, Command

MOST_SECONDS, MOST_MEMORY = 10.0, 2**30
_ESCAPE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LONGEST_LINE = 4000
_KEEPS = ("sweep", "merge")  # what these have done they keep, and say so


@dataclass(frozen=True)
class Outcome:
    """What became of a case."""

    number: int
    kind: str
    command: Command
    status: int
    wrong: str
    """What it did that no case may; empty if nothing."""
    said: str
    seconds: float
    """Of processor time."""
    memory: int
    """Most bytes resident at once, the program's own included."""


def make(seed: int, number: int, sound: Path, place: Path) -> tuple[str, Command]:
    """Lay out case `number` in the empty folder `place`."""
    rng = random.Random(f"{seed}/{number}")
    weights = [weight for _, weight, _ in KINDS.values()]
    kind = rng.choices(list(KINDS), weights)[0]
    spoil, _, needs = KINDS[kind]
    for name in needs:
        if (sound / name).is_dir():
            shutil.copytree(sound / name, place / name)
        else:
            shutil.copyfile(sound / name, place / name)
    return kind, spoil(rng, place)


def run(seed: int, number: int, sound: Path, place: Path) -> Outcome:
    """Make a case, run it in this process, and judge it."""
    place.mkdir(parents=True)
    kind, command = make(seed, number, sound, place)
    before, here = _names(place), Path.cwd()
    os.chdir(place)
    _forget_peak()
    begin = time.process_time()
    try:
        status, out, err, error = _call(command)
    finally:
        seconds = time.process_time() - begin
        os.chdir(here)
    memory = _peak()
    wrong = error or _wrong(command, status, out, err, before, _names(place))
    if seconds > MOST_SECONDS:
        wrong = wrong or f"took {seconds:.0f} s"
    if memory > MOST_MEMORY:
        wrong = wrong or f"took {memory / 2**20:.0f} MB"
    shutil.rmtree(place, ignore_errors=True)
    return Outcome(number, kind, command, status, wrong, err[-600:], seconds, memory)


def _call(command: Command) -> tuple[int, str, str, str]:
    """Status, output, errors, and the traceback if there is one."""
    from alliance_cohesion.cli import app

    if command[0] == "read":
        return _read(command[1])
    done = CliRunner().invoke(app, command)
    crashed = done.exception is not None and not isinstance(done.exception, SystemExit)
    trace = "".join(traceback.format_exception(done.exception)) if crashed else ""
    return done.exit_code, done.stdout, done.stderr, trace


def _read(folder: str) -> tuple[int, str, str, str]:
    """Read a results folder and compare it with its scenario, as `cohesion compare` begins."""
    from alliance_cohesion.report.folder import FolderError, run_manifest
    from alliance_cohesion.scenario import ScenarioError
    from alliance_cohesion.simulation import load

    try:
        load(Path(folder, run_manifest(Path(folder))["entry"]))
    except (FolderError, ScenarioError) as error:
        return 2, "", f"Error: {error}", ""
    except Exception:
        return 1, "", "", traceback.format_exc()
    return 0, "read", "", ""


def _wrong(
    command: Command, status: int, out: str, err: str, before: set[str], after: set[str]
) -> str:
    """What a case may not do."""
    if status not in (0, 2) and not (status == 1 and "points failed" in err):
        return f"exit status {status}"
    if "Traceback" in err + out:
        return "a traceback"
    if "owned" in after - before:
        return "text from a file was run"
    if _ESCAPE.search((err + out).replace("\r", "")):
        return "a control character in what is printed"
    if status == 2 and not err.strip():
        return "no message"
    if status == 2 and out.strip():
        return "output beside the error"
    longest = _LONGEST_LINE + sum(map(len, command))  # a word of the command may be said again
    if any(len(line) > longest for line in err.splitlines()):
        return "a message too long to read"
    left = {name for name in after - before if not name.endswith("journal.jsonl")}
    if status == 2 and left and command[0] not in _KEEPS:
        return f"left behind: {sorted(left)[:5]}"
    hidden = {name for name in left if Path(name).name.startswith(".") and "lock" not in name}
    return f"left behind: {sorted(hidden)[:5]}" if hidden else ""


def _names(place: Path) -> set[str]:
    return {path.relative_to(place).as_posix() for path in place.rglob("*")}


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> int:
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found.group(1)) * 1024 if found else 0


def as_json(outcome: Outcome) -> dict[str, object]:
    """An outcome in plain types."""
    return asdict(outcome)
