"""All pictures of a run, drawn and saved."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from . import alignment_plot, chance_plot, standing_plot, style
from .document import Figure
from .page import Picture
from .subject import Subject

DPI = 110
MOST_STATES = 48
"""How many states the pictures of a run show; the tables and files hold all."""


class FontWarning(UserWarning):
    """A picture holds characters that the font cannot draw."""


def draw(subject: Subject) -> list[Picture]:
    """The pictures of a run, of at most `MOST_STATES` states."""
    total = len(subject.states)
    shown = subject.most_telling(MOST_STATES)
    drawn = [
        *standing_plot.draw(shown),
        *alignment_plot.draw(shown),
        *chance_plot.draw(shown),
    ]
    if len(shown.states) == total:
        return drawn
    cut = (
        f" Shown are {len(shown.states)} of {total:,} states: those whose status changed in the "
        "record, then those most often frozen or out at the end. The files hold all."
    )
    return [replace(picture, caption=picture.caption + cut) for picture in drawn]


def saved(make: Callable[[], list[Picture]], folder: Path) -> list[Figure]:
    """Draw pictures, save them to a folder, and give them as a report shows them."""
    with style.own():
        made = [_told(picture) for picture in make()]
        save(made, folder)
    return [
        Figure(
            name=picture.name,
            png=(folder / f"{picture.name}.png").read_bytes(),
            alt=picture.alt,
            caption=picture.caption,
            spots=picture.spots,
            notes=picture.notes,
        )
        for picture in made
    ]


def _told(picture: Picture) -> Picture:
    """The picture; its caption and a warning name the characters that the font lacks."""
    lacking = style.missing(picture.figure)
    if not lacking:
        return picture
    told = f"{style.FONT}, the font of the pictures, lacks {' '.join(lacking[:20])}"
    warnings.warn(
        f"{told}; boxes stand for them. Write names in another script.",
        FontWarning,
        stacklevel=2,
    )
    return replace(picture, caption=f"{picture.caption} {told}; boxes stand for them.")


def save(pictures: list[Picture], folder: Path) -> None:
    """Write each as PNG, without dates: the same picture gives the same bytes."""
    for picture in pictures:
        picture.figure.savefig(folder / f"{picture.name}.png", dpi=DPI)
