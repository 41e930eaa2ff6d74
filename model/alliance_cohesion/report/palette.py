"""Colours that mean the same in every picture and that the colour-blind can tell apart."""

from ..core.inputs import Status

STATUS = {
    Status.MEMBER: "#5b8fc7",
    Status.FROZEN: "#f2cf63",
    Status.OUT: "#8c2d04",
}
"""Blue, yellow, dark red: they also differ in lightness."""

_STATES = (
    "#332288",
    "#117733",
    "#cc6677",
    "#0f83ad",
    "#aa4499",
    "#8a7a00",
    "#d55e00",
    "#44aa99",
    "#661100",
    "#6e6e6e",
)
_DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.2, 1.5)))

INK = "#222222"
FAINT = "#8a8a8a"
GRID = "#dddddd"

Dash = str | tuple[int, tuple[float, ...]]


def state(index: int) -> tuple[str, Dash]:
    """Colour and dash of the state at `index` of a scenario.

    Neighbours differ in their dash too: to some eyes a few of these colours are one.
    """
    turn = index // len(_STATES)
    return _STATES[index % len(_STATES)], _DASHES[(index % 2 + 2 * turn) % len(_DASHES)]
