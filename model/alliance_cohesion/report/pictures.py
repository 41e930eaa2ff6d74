"""Pictures saved to a folder, whatever job they are of."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from . import style
from .document import Figure
from .page import Picture

DPI = 110
SMALL_DPI = 160
"""Of pictures that are small and shown large on a desk."""


class FontWarning(UserWarning):
    """A picture holds characters that the font cannot draw."""


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
            small=picture.small,
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
        dpi = SMALL_DPI if picture.small else DPI
        picture.figure.savefig(folder / f"{picture.name}.png", dpi=dpi)
