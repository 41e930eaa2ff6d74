"""Keep what was made on the page as a scenario file, and never over another file."""

import os
import re
import tempfile
from pathlib import Path

import tomlkit
from tomlkit.items import Table

from .. import scenario as scenarios
from ..scenario import Scenario, ScenarioError
from ..scenario.fields import tidy
from ..scenario.files import resolved
from ..scenario.locate import locate
from .edits import Edits
from .session import Session

_NAME = re.compile(r"\w[\w .-]*")  # as in a scenario file
_LONGEST = 60
_OF_WINDOWS = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789\N{SUPERSCRIPT ONE}"
    "\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT THREE}"
}  # fmt: skip
"""Names of devices there, with any ending."""


class SaveError(ValueError):
    """Nothing was written; the message says why."""


def write(
    session: Session,
    edits: Edits,
    name: str,
    folder: Path,
    *,
    histories: int,
    seed: int,
    question: str = "",
    rewrite: str = "",
) -> Path:
    """Write a scenario file `name.toml` that runs to the numbers the page shows.

    Args:
        session: The scenario that was picked.
        edits: What was changed.
        name: Of the scenario, and of the file.
        folder: Where the file goes.
        histories: As on the page.
        seed: As on the page.
        question: What is asked; the picked scenario's own question by default.
        rewrite: What had to be true for the changes; `cohesion counterfactual` asks for it.

    Raises:
        SaveError: the name is no name or is taken, or the file cannot be written.
    """
    name = tidy(name) if name.isprintable() else name
    path = folder / f"{_checked(name)}.toml"
    text = content(
        session,
        edits,
        name,
        folder,
        histories=histories,
        seed=seed,
        question=question,
        rewrite=rewrite,
    )
    try:
        _try_out(text, folder)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            try:
                file.write(text)
                file.flush()
            except OSError:
                path.unlink()
                raise
    except FileExistsError:
        where = f"is there already in {folder}; choose another name"
        raise SaveError(f'"{path.name}" {where}') from None
    except OSError as error:
        raise SaveError(f"{path}: {error.strerror}") from error
    return path


def content(
    session: Session,
    edits: Edits,
    name: str,
    folder: Path,
    *,
    histories: int,
    seed: int,
    question: str = "",
    rewrite: str = "",
) -> str:
    """The text of the scenario file that `write` writes."""
    scenario = session.picked.scenario
    document = tomlkit.document()
    document["name"] = name
    document["title"] = f"{_short(scenario.title)}, changed on the page: {name}"
    document["base"] = base_of(scenario, folder)
    if question.strip():
        document["question"] = " ".join(question.split())
    if rewrite.strip():
        document["rewrite"] = " ".join(rewrite.split())
    if edits.end is not None:
        document["clock"] = {"end": edits.end}
    document["run"] = {"histories": histories, "seed": seed}
    changes = tomlkit.aot()
    for change in edits.changes(scenario):
        changes.append(_table(change))
    if changes:
        document["change"] = changes
    return tomlkit.dumps(document)


def base_of(scenario: Scenario, folder: Path) -> str:
    """How a file in a folder names a scenario: by its shipped name, else by the way there."""
    for name in scenarios.shipped_names():
        try:
            if locate(name, near=folder).resolve() == scenario.path.resolve():
                return name
        except ScenarioError:
            continue
    path = scenario.path.resolve()
    try:
        return Path(os.path.relpath(path, resolved(folder))).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def _table(change: dict[str, object]) -> Table:
    """A change with its inner tables on one line each, as people write them."""
    table = tomlkit.table()
    for key, value in change.items():
        if isinstance(value, dict):
            inline = tomlkit.inline_table()
            inline.update(value)
            table[key] = inline
        else:
            table[key] = value
    return table


def _checked(name: str) -> str:
    """The file's stem, if the name will do for a scenario and for a file on any system."""
    if not name:
        raise SaveError("give it a name")
    if len(name) > _LONGEST or not _NAME.fullmatch(name) or name.endswith("."):
        raise SaveError(
            f"a name has letters, digits, spaces, points, dashes and underscores, begins with a "
            f"letter or digit and has at most {_LONGEST} characters"
        )
    if name.partition(".")[0].strip().casefold() in _OF_WINDOWS:
        raise SaveError(f'"{name}" is the name of a device on Windows; choose another')
    stems = {known.rpartition("/")[2].casefold() for known in scenarios.shipped_names()}
    if name.casefold() in stems:
        raise SaveError(f'"{name}" is the name of a shipped scenario; choose another')
    return name.replace(" ", "-")


def _try_out(text: str, folder: Path) -> None:
    """Read the text as a scenario, from where it will be, before it becomes a file to keep."""
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".explore-", suffix=".toml")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        scenarios.load(draft)
    except ScenarioError as error:
        raise SaveError(str(error)) from error
    finally:
        os.unlink(draft)


def _short(title: str) -> str:
    return title if len(title) <= 100 else title[:99] + "\N{HORIZONTAL ELLIPSIS}"
