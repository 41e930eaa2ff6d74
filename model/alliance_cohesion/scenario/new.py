"""Write a small working scenario for someone to start from."""

import re
import shutil
import tempfile
from pathlib import Path

from .files import resolved
from .problems import Problem, ScenarioError, shown

_STARTER = Path(__file__).parent / "starter"
_OWN_NAME = 'name = "starter"'


def write_new(folder: Path | str) -> Path:
    """Write the starter scenario into a new or empty folder, and name it after the folder.

    Everything is written next to the folder first and moved there in one step, so that nothing
    is left half-written.

    Returns:
        The scenario file.

    Raises:
        ScenarioError: the folder is not empty, or cannot be written.
    """
    folder = Path(folder)
    target = resolved(folder)
    try:
        if target.is_symlink():
            raise _refusal(folder, "is a link to itself", "a new or an empty folder")
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise _refusal(folder, "something is there already", "a new or an empty folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as workshop:
            draft = Path(workshop) / "draft"
            shutil.copytree(_STARTER, draft, copy_function=shutil.copyfile)
            _rename(draft / "scenario.toml", target.name)
            if target.exists():
                target.rmdir()  # Windows does not rename onto a folder, even an empty one
            draft.rename(target)
    except OSError as error:
        raise _refusal(folder, f"cannot be written ({error.strerror})", "") from error
    return folder / "scenario.toml"


def _rename(file: Path, name: str) -> None:
    word = re.sub(r"[^\w-]+", "-", name).strip("-")[:100] or "starter"
    text = file.read_text(encoding="utf-8").replace(_OWN_NAME, f'name = "{word}"', 1)
    file.write_text(text, encoding="utf-8", newline="\n")


def _refusal(folder: Path, found: str, allowed: str) -> ScenarioError:
    return ScenarioError([Problem(shown(folder), "", found, allowed)])
