"""Compiled code of the copy: what holds a faulty rule is put away and the sound code put back, so
that it need not be compiled again for the next fault.
"""

import shutil
from pathlib import Path

from alliance_cohesion.util.compiled import sources

PACKAGE = "model/alliance_cohesion"
_ASIDE, _MODULES = ".compiled-aside", "modules.txt"


def set_aside(place: Path, path: str) -> None:
    """Put away the compiled code of a module and of all that import it, directly or not."""
    modules = importers(place / PACKAGE, place / path)
    aside = place / _ASIDE
    aside.mkdir()
    names = sorted(module.relative_to(place).as_posix() for module in modules)
    (aside / _MODULES).write_text("\n".join(names), encoding="utf-8")
    for file in [file for module in modules for file in _compiled(module)]:
        target = aside / file.relative_to(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, target)


def put_back(place: Path) -> None:
    """Put back what was put away, in place of what was compiled since."""
    aside = place / _ASIDE
    if not (aside / _MODULES).exists():
        return
    for name in (aside / _MODULES).read_text(encoding="utf-8").splitlines():
        for file in _compiled(place / name):
            file.unlink()
        for file in _compiled(aside / name):
            shutil.move(file, place / file.relative_to(aside))
    shutil.rmtree(aside)


def _compiled(module: Path) -> list[Path]:
    return list(module.parent.glob(f"__pycache__/{module.stem}.*.nb?"))


def importers(root: Path, changed: Path) -> set[Path]:
    """A module and every module of the package that imports it, directly or not."""
    return {module for module in root.rglob("*.py") if changed in sources(module)}
