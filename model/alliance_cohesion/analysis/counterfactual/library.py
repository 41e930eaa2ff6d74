"""The counterfactuals that come with the package."""

from pathlib import Path

from ...util import shipped

FOLDER = "counterfactuals"


def library() -> list[Path]:
    """Their files, sorted by name."""
    return sorted((shipped.folder("scenarios") / FOLDER).glob("*.toml"))
