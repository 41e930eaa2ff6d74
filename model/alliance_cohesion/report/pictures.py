"""All pictures of a run, drawn and saved."""

import warnings
from pathlib import Path

from . import alignment_plot, chance_plot, standing_plot
from .document import Figure
from .page import Picture
from .subject import Subject

DPI = 110


def draw(subject: Subject) -> list[Picture]:
    """The pictures of a run."""
    return [
        *standing_plot.draw(subject),
        *alignment_plot.draw(subject),
        *chance_plot.draw(subject),
    ]


def figures(pictures: list[Picture], folder: Path) -> list[Figure]:
    """Saved pictures as a report shows them."""
    return [
        Figure(
            name=picture.name,
            png=(folder / f"{picture.name}.png").read_bytes(),
            alt=picture.alt,
            caption=picture.caption,
            spots=picture.spots,
            notes=picture.notes,
        )
        for picture in pictures
    ]


def save(pictures: list[Picture], folder: Path, *, svg: bool = False) -> None:
    """Write each as PNG (and SVG), without dates: the same picture gives the same bytes."""
    from matplotlib import rc_context

    with warnings.catch_warnings(), rc_context({"svg.hashsalt": "alliance-cohesion"}):
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        for picture in pictures:
            picture.figure.savefig(folder / f"{picture.name}.png", dpi=DPI)
            if svg:
                picture.figure.savefig(folder / f"{picture.name}.svg", metadata={"Date": None})
