"""Where the data that comes with the package lies: in the wheel, or in the repository."""

from pathlib import Path


def folder(name: str) -> Path:
    """The shipped `scenarios` or `calibration` folder."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "data" / name
    return inside if inside.is_dir() else package.parents[1] / name
