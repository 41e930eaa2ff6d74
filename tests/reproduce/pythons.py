"""The same numbers on every Python: a program.

    python -m tests.reproduce.pythons [--histories 400] [--keep FOLDER] [--short]

For each of Python 3.11, 3.12 and 3.13 that is on this machine: a new environment, the wheel with
the pinned libraries, the numbers of the shipped scenarios, compared bit for bit with those of the
first. Then, in the first, on one thread, and for a processor with none of this one's special
instructions. Exit status 1 if another Python or another number of threads gives other bits; what
another processor gives is told.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
WANTED = ("3.11", "3.12", "3.13")
OTHER_PROCESSOR = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}


def interpreters() -> dict[str, Path]:
    """Pythons found on this machine, by version: on the PATH, or under `~/.pyenv`."""
    found = {}
    for version in WANTED:
        kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        own = sys.executable if sys.version_info[:2] == tuple(map(int, version.split("."))) else ""
        for place in (own, shutil.which(f"python{version}"), *kept[::-1]):
            if place and _answers(place, version):
                found[version] = Path(place)
                break
    return found


def _answers(place: str | Path, version: str) -> bool:
    words = [str(place), "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
    done = subprocess.run(words, capture_output=True, text=True)
    return done.stdout.strip() == version


def call(*words: object, **variables: str) -> str:
    """What a program prints.

    Raises:
        RuntimeError: it failed; the message is what it said.
    """
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, env=os.environ | variables
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}:\n{done.stdout}{done.stderr}")
    return done.stdout


def environment(python: Path, place: Path, wheel: Path) -> Path:
    """A new environment with the wheel and the pinned libraries; its Python."""
    call(python, "-m", "venv", "--clear", place)
    own = place / "bin" / "python"
    pip = (own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    call(*pip, wheel, "-c", ROOT / "constraints.txt")
    return own


def made_by(
    python: Path, file: Path, histories: int, *parts: str, **variables: str
) -> dict[str, str]:
    """Let an interpreter make the numbers; the versions they hang on."""
    program = Path(__file__).with_name("arrays.py")
    cache = {"NUMBA_CACHE_DIR": str(file.with_suffix(".cache")), "PYTHONPATH": ""}
    told: dict[str, str] = json.loads(
        call(python, program, file, histories, *parts, **cache, **variables).splitlines()[-1]
    )
    return told


def differences(one: Path, other: Path) -> list[str]:
    """Arrays that differ in any bit, with by how much."""
    first, second = np.load(one), np.load(other)
    found = [f"only in one: {name}" for name in sorted({*first} ^ {*second})]
    for name in sorted({*first} & {*second}):
        a, b = first[name], second[name]
        if a.tobytes() != b.tobytes():
            found.append(f"{name}: {_how_far(a, b)}")
    return found


def _how_far(a: np.ndarray, b: np.ndarray) -> str:
    if a.shape != b.shape or a.dtype != b.dtype:
        return f"{a.dtype}{a.shape} and {b.dtype}{b.shape}"
    x, y = a.astype(float), b.astype(float)
    apart = np.abs(x - y)
    apart = np.where(np.isnan(x) & np.isnan(y), 0.0, apart)
    largest = np.maximum(np.abs(x), np.abs(y)).flat[int(np.nanargmax(apart))]
    return (
        f"{(apart > 0).sum():,} of {a.size:,} values, by at most {np.nanmax(apart):.2g} "
        f"(at {largest:.3g})"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="The same numbers on every Python.")
    parser.add_argument("--histories", type=int, default=400)
    parser.add_argument("--keep", type=Path, help="keep wheel, environments and numbers here")
    parser.add_argument("--short", action="store_true", help="other Pythons, runs only")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as nowhere:
        return compare_all(asked.keep or Path(nowhere), asked.histories, short=asked.short)


def compare_all(place: Path, histories: int, *, short: bool) -> int:
    """Make all, compare all, say what is found; the exit status."""
    place.mkdir(parents=True, exist_ok=True)
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place, ROOT)
    (wheel,) = place.glob("*.whl")
    pythons = interpreters()
    for version in WANTED:
        if version not in pythons:
            print(f"Python {version}: none on this machine; skipped")
    first: Path | None = None
    failed = False
    for version, python in pythons.items():
        own = environment(python, place / version, wheel)
        file = place / f"{version}.npz"
        told = made_by(own, file, histories, *(["runs"] if short else []))
        print(", ".join(f"{name} {number}" for name, number in told.items()), flush=True)
        if first is None:
            first, front = file, own
            print(f"  {len(np.load(file).files)} arrays: the first, which the others must equal")
            continue
        failed |= tell(differences(first, file))
    if first is None:
        return 1
    if not short:
        one = place / "one-thread.npz"
        made_by(front, one, histories, NUMBA_NUM_THREADS="1")
        print("one thread")
        failed |= tell(differences(first, one))
        plain = place / "plain.npz"
        made_by(front, plain, histories, **OTHER_PROCESSOR)
        print("code for a processor with none of this one's special instructions")
        tell(differences(first, plain))
    return int(failed)


def tell(found: list[str]) -> bool:
    """Print the differences; whether there are any."""
    for line in found:
        print(f"  different: {line}")
    if not found:
        print("  the same bits")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
