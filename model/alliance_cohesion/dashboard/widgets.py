"""The dense parts of the page, one Vue template each: a list of rows in, what was done out."""

from collections.abc import Callable
from typing import Any

import solara

Rows = list[dict[str, Any]]


@solara.component_vue("states.vue")
def States(states: Rows, chosen: str, changed: bool, event_pick: Callable[[str], None]) -> None:
    """One card a state; a click picks it."""


@solara.component_vue("events.vue")
def Events(
    rows: Rows,
    name: str,
    kinds: Rows,
    wrong: str,
    event_add: Callable[[dict[str, Any]], None],
    event_remove: Callable[[str], None],
    event_toggle: Callable[[list[Any]], None],
    event_recode: Callable[[list[Any]], None],
    event_shift: Callable[[list[Any]], None],
) -> None:
    """The events of a state, each with a switch, a strength and a move in time; and a new one.

    What is wrong with the new one is said beside it.
    """


@solara.component_vue("parameters.vue")
def Parameters(parameters: Rows, event_hold: Callable[[list[Any]], None]) -> None:
    """The parameters, each with a slider; one that is let go of is drawn again."""


@solara.component_vue("copy.vue")
def Copy(label: str, text: str) -> None:
    """A text with a button that copies it."""


@solara.component_vue("why.vue")
def Why(why: dict[str, Any]) -> None:
    """An explanation."""
