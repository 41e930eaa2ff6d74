"""Plant the faults of `bugs.toml` one at a time and count those that a test notices.

    python -m tests.planted.plant                 all of them; exit status 1 below 90 %
    python -m tests.planted.plant --handful 4     a few, chosen by the version
    python -m tests.planted.plant --only sweep    those whose file has one of these words in it

Each is planted in a copy of the tree, the tests of its room run first, then the other everyday
tests. A fault is caught when a test fails that passes without it; one that keeps the code from
being imported proves nothing and counts as broken. What was found is kept in the copy's folder, so
that an interrupted count goes on; a result holds until the program, or the tests that gave it,
change.

The posterior refuses to be used with other rules than it was made with. It would catch any fault
in the rules and so show nothing about the tests: the copy's seal is renewed with each fault.
"""

import argparse
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from alliance_cohesion.inference.basis import RULES
from alliance_cohesion.util.lock import locked

from . import scratch

BUGS = Path(__file__).with_name("bugs.toml")
ENOUGH = 0.9
_PATIENCE = 1800  # seconds for one call of pytest
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Bug:
    """A small fault, as a tired colleague would make it."""

    says: str
    file: str
    """In the package."""
    find: str
    """Occurs exactly once in the file."""
    put: str
    first: str
    """Where a test should notice, below `tests/`; several are parted by blanks."""

    @property
    def path(self) -> str:
        """The file in the tree."""
        return f"model/alliance_cohesion/{self.file}"

    @property
    def firsts(self) -> list[str]:
        """Tests to try first, in the tree."""
        return [f"tests/{name}" for name in self.first.split()]

    def planted(self, text: str) -> str:
        """The file's text with the fault in it.

        Raises:
            ValueError: its place is not there any more, or not the only one.
        """
        if text.count(self.find) != 1:
            raise ValueError(f"{self.says!r}: {text.count(self.find)} places in {self.file}")
        return text.replace(self.find, self.put)


@dataclass(frozen=True)
class Result:
    """What became of a fault."""

    outcome: str
    """`caught`, `survived`, `broken`, or `no answer` in half an hour, which counts as survived."""
    by: str
    """The test that failed first."""
    seconds: float
    key: str


def read() -> list[Bug]:
    """The faults of the data file."""
    return [Bug(**row) for row in tomllib.loads(BUGS.read_text(encoding="utf-8"))["bug"]]


def handful(bugs: list[Bug], number: int, version: str) -> list[Bug]:
    """A few faults in different files: others with each version, the same on every machine."""
    shuffled = random.Random(version).sample(bugs, len(bugs))
    one_a_file = {bug.file: bug for bug in reversed(shuffled)}
    return list(one_a_file.values())[-number:]


class Field:
    """The copy of the tree in which faults are planted."""

    def __init__(self, place: Path):
        self.place = place
        scratch.copy(place)
        self.environment = scratch.environment(place)

    def python(self, *words: str) -> tuple[int, str, str]:
        """Call Python in the copy: exit status, output, errors.

        Raises:
            subprocess.TimeoutExpired: it hangs; it and its children are ended.
        """
        process = subprocess.Popen(
            [sys.executable, *words], cwd=self.place, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        try:
            out, errors = process.communicate(timeout=_PATIENCE)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        return process.returncode, out, errors

    def tests(self, *paths: str) -> str:
        """Run everyday tests up to the first that fails: its name, or nothing."""
        status, out, errors = self.python(
            "-m", "pytest", "-x", "-p", "no:cacheprovider", "-m", "not slow",
            "--ignore=tests/test_house.py", "--ignore=tests/planted", *paths,
        )  # fmt: skip
        if status in (0, 5):
            return ""
        if status != 1:
            raise RuntimeError(out[-2000:] + errors[-2000:])
        return _FAILED.findall(out)[0]

    def plant(self, bug: Bug, quick: bool) -> tuple[str, str]:
        """Plant one fault: what became of it, and by which test."""
        file = self.place / bug.path
        module = bug.path.removeprefix("model/").removesuffix(".py").replace("/", ".")
        sound, times = file.read_text(encoding="utf-8"), file.stat()
        try:
            file.write_text(bug.planted(sound), encoding="utf-8")
            if self.python("-c", f"import {module.removesuffix('.__init__')}")[0]:
                return "broken", ""
            if bug.file in RULES:
                self.seal()
            found = self.tests(*bug.firsts) or ("" if quick else self.tests("tests"))
            return ("caught", found) if found else ("survived", "")
        except subprocess.TimeoutExpired:
            return "no answer", ""
        finally:
            file.write_text(sound, encoding="utf-8")
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
            scratch.copy(self.place)

    def seal(self) -> None:
        """Let the posterior take the planted rules for those it was made with."""
        ask = "from alliance_cohesion.inference.basis import basis; print(basis()['rules_sha256'])"
        now = self.python("-c", ask)[1].strip()
        for path in (self.place / "calibration").glob("*.json"):
            text = path.read_text(encoding="utf-8")
            path.write_text(re.sub(r'("rules_sha256": ")\w+', rf"\g<1>{now}", text), "utf-8")

    def key(self, bug: Bug, by: str) -> str:
        """A hash of what a result rests on: the fault, the program, and the tests that count."""
        names = [name for name in scratch.tracked() if name.startswith(("model/", "scenarios/"))]
        test = by.partition("::")[0]
        tests = [test] if (self.place / test).is_file() else sorted(
            path.relative_to(self.place).as_posix()
            for path in (self.place / "tests").rglob("*.py")
        )  # fmt: skip
        digest = hashlib.sha256(json.dumps(asdict(bug)).encode())
        for name in [*names, *tests]:
            digest.update((self.place / name).read_bytes())
        return digest.hexdigest()


def count(bugs: list[Bug], place: Path, quick: bool = False) -> dict[Bug, Result]:
    """Plant every fault, or take what is known of it."""
    field, kept = Field(place), place / "planted.json"
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    results = {}
    for bug in bugs:
        old = Result(**known[bug.says]) if bug.says in known else None
        if old is None or old.key != field.key(bug, old.by):
            begin = time.monotonic()
            outcome, by = field.plant(bug, quick)
            old = Result(outcome, by, round(time.monotonic() - begin, 1), field.key(bug, by))
            if by or not quick:
                known[bug.says] = asdict(old)
                kept.write_text(json.dumps(known, indent=1), encoding="utf-8")
        results[bug] = old
        print(f"{old.outcome:8} {old.seconds:6.0f} s  {bug.file}: {bug.says}", flush=True)
        print(f"{'':19}{old.by}" if old.by else "", end="\n" if old.by else "", flush=True)
    caught = {result.by.partition("[")[0] for result in results.values() if result.by}
    failing = field.tests(*sorted(caught)) if caught else ""
    if failing:
        sys.exit(f"{failing} fails without any fault: mend that first, then count again")
    return results


def share(results: Iterable[Result]) -> float:
    """Share caught of the faults that could be."""
    outcomes = Counter(result.outcome for result in results)
    return outcomes["caught"] / max(1, outcomes.total() - outcomes["broken"])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[""], help="only of files with these words")
    parser.add_argument("--handful", type=int, help="only so many, chosen by the version")
    parser.add_argument("--quick", action="store_true", help="only the tests of its own room")
    parser.add_argument("--place", type=Path, default=Path(tempfile.gettempdir(), "planted"))
    given = parser.parse_args()
    # In the background of a shell Ctrl-C is ignored, by children too: tests of it would hang.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    given.place.mkdir(parents=True, exist_ok=True)
    bugs = [bug for bug in read() if any(word in bug.file for word in given.only)]
    if given.handful:
        from alliance_cohesion import __version__

        bugs = handful(bugs, given.handful, __version__)
    with locked(given.place):
        results = count(bugs, given.place, given.quick)
    outcomes = Counter(result.outcome for result in results.values())
    print(f"\n{len(results)} planted: {dict(outcomes)}; caught {share(results.values()):.0%}")
    sys.exit(share(results.values()) < ENOUGH or bool(outcomes["broken"]))


if __name__ == "__main__":
    main()
