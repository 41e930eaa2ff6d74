"""Compiled code of the copy. Numba notes when a function's own file changes, not when one that it
calls from another file does: with a fault in `rules.py`, stale code of `tick.py` would run on.
"""

import ast
import shutil
from pathlib import Path

PACKAGE = "model/alliance_cohesion"
_ASIDE, _MODULES = ".compiled-aside", "modules.txt"


def set_aside(place: Path, path: str) -> None:
    """Put away the compiled code of a module and of all that import it, directly or not.

    Of a module without compiled functions nothing is in anybody's compiled code, but for the
    codes and names of `world.py`.
    """
    text = (place / path).read_text(encoding="utf-8")
    holds_compiled = "njit" in text or path.endswith("/world.py")
    modules = importers(place / PACKAGE, place / path) if holds_compiled else set()
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
    imports = {module: _imported(root, module) for module in root.rglob("*.py")}
    found = {changed}
    while True:
        more = {module for module, used in imports.items() if used & found} | found
        if more == found:
            return found
        found = more


def _imported(root: Path, module: Path) -> set[Path]:
    """Modules of the package that one imports from by name, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = module.parents[node.level - 1]
            base = above.joinpath(*(node.module or "").split("."))
            for path in (base, *(base / alias.name for alias in node.names)):
                found |= {path.with_suffix(".py"), path / "__init__.py"}
    return {path for path in found if path.is_file()}
