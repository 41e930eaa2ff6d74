"""Where a scenario's files go in a results folder, so that the copy can be run."""

from os.path import commonpath
from pathlib import Path, PurePosixPath

from .scenario import Scenario

_DEPTH = 3  # folders below the common one within which copied files keep their relative places


def places(scenario: Scenario) -> dict[Path, PurePosixPath]:
    """Where each file that a scenario was read from goes.

    Files near one another keep their relative places; files from far apart go to folders named
    after their own.
    """
    files = list(dict.fromkeys(path.resolve() for path in (scenario.path, *scenario.files)))
    posterior = Path(scenario.parameters.posterior)
    if posterior.is_file():
        files += [posterior.resolve(), posterior.resolve().with_suffix(".json")]
    files = [path for path in files if path.is_file()]
    common = Path(commonpath([path.parent for path in files]))
    inside = {path: path.relative_to(common) for path in files}
    if max(len(place.parts) for place in inside.values()) > _DEPTH:
        inside = _by_folder(files)
    return {path: PurePosixPath("scenario", *place.parts) for path, place in inside.items()}


def _by_folder(files: list[Path]) -> dict[Path, Path]:
    names: dict[Path, str] = {}
    for parent in dict.fromkeys(path.parent for path in files):
        name, n = parent.name or "root", 2
        while name in names.values():
            name, n = f"{parent.name or 'root'}-{n}", n + 1
        names[parent] = name
    return {path: Path(names[path.parent], path.name) for path in files}
