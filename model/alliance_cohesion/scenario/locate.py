"""Find the file that a scenario's name or path stands for."""

import os
from collections.abc import Iterable
from pathlib import Path

from ..util import shipped
from .files import is_file, resolved
from .problems import Problem, ScenarioError, quoted
from .spelling import suggestion

FILE = "scenario.toml"


def shipped_names() -> tuple[str, ...]:
    """Names of the scenarios that come with the package, sorted."""
    return tuple(sorted(_shipped()))


def locate(reference: str | Path, near: Path | None = None, asking: Path | None = None) -> Path:
    """The scenario file that a name or path stands for.

    A path (folder or file) comes first; then the shipped scenarios by their name; then, for a
    bare name, shipped scenarios in any subfolder.

    Args:
        reference: Name or path.
        near: Folder that a relative path starts from; the working directory by default.
        asking: File that refers; never found as its own base.

    Raises:
        ScenarioError: nothing is there, or a bare name stands for several.
    """
    text = str(reference)
    path = (near or Path()) / text
    names = _shipped()
    candidates = [path, path / FILE]
    if path.name:
        candidates.append(path.with_name(f"{path.name}.toml"))
    if text in names:
        candidates.append(names[text])
    result = [file for file in candidates if is_file(file) and not _same(file, asking)]
    if result:
        return result[0]
    alike = [name for name in names if name.rpartition("/")[2] == text]
    alike = [name for name in alike if not _same(names[name], asking)]
    if len(alike) == 1:
        return names[alike[0]]
    if alike:
        raise _not_found(text, f"one of {', '.join(sorted(alike))}")
    if os.path.isdir(path):  # also of a name too long
        raise _not_found(text, f"a folder with a {FILE}, or the file itself")
    stems = {name.rpartition("/")[2]: name for name in names}
    hint = suggestion(text, [*names, *stems])
    raise _not_found(text, f"a path or a shipped scenario ({_by_folder(names)})", hint)


def _shipped() -> dict[str, Path]:
    root = shipped.folder("scenarios")
    names = {}
    for path in sorted(root.rglob("*.toml")):
        named = path.parent if path.name == FILE else path.with_suffix("")
        names[named.relative_to(root).as_posix()] = path
    return names


def _by_folder(names: Iterable[str]) -> str:
    """Names that need no folder first, then folder by folder, each folder said once."""
    folders: dict[str, list[str]] = {}
    for name in sorted(names):
        folder, _, stem = name.rpartition("/")
        folders.setdefault(folder, []).append(stem)
    return "; ".join(
        f"in {folder}: {', '.join(stems)}" if folder else ", ".join(stems)
        for folder, stems in sorted(folders.items())
    )


def _same(path: Path, other: Path | None) -> bool:
    return other is not None and resolved(path) == resolved(other)


def _not_found(text: str, allowed: str, hint: str = "") -> ScenarioError:
    return ScenarioError([Problem("", "", f"no scenario {quoted(text)}", allowed, hint)])
