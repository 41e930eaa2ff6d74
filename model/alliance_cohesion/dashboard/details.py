"""Below the answer: the events that move a state, why it stood there, and one history."""

from typing import Any

import solara
import solara.lab

from ..scenario import ScenarioError
from ..scenario.fields import INTERNAL
from . import rows, why, words
from .codes import WITHIN
from .edits import Edits, Steps
from .session import Session
from .view import View
from .widgets import Events, Why

WHY, EVENTS, PLAYED = range(3)
"""The tabs."""


@solara.component
def Details(
    shown: View,
    steps: solara.Reactive[Steps],
    chosen: solara.Reactive[str],
    tab: solara.Reactive[int],
) -> None:
    """What is told of one state: of the one that was picked, else of the foremost."""
    state = chosen.value or words.foremost(shown.answer)
    name = shown.answer.names[shown.answer.states.index(state)]
    with solara.lab.Tabs(value=tab, lazy=True):
        with solara.lab.Tab(f"Why {name} stood there"):
            StateWhy(shown.session, shown.edits, state).key(f"why-{state}")
        with solara.lab.Tab(f"Change what moved {name}"):
            StateEvents(shown, steps, state, name)
        with solara.lab.Tab("One history, step by step"):
            from .played import Played  # takes a second to import

            Played(shown.session, shown.edits, int(shown.answer.after.attrs["seed"]))


@solara.component
def StateEvents(shown: View, steps: solara.Reactive[Steps], state: str, name: str) -> None:
    """The events, with what can be done to them."""
    session = shown.session
    wrong, say = solara.use_state("")
    by_id = {event.id: event for event in session.picked.scenario.events}

    def then(edits: Edits) -> None:
        steps.set(steps.value.then(edits))

    def add(data: dict[str, Any]) -> None:
        event = {key: data[key] for key in ("kind", "actor", "date", "strength", "description")}
        if event["kind"] == WITHIN:
            event |= {"kind": "threat", "actor": INTERNAL}
        if event["kind"] == "response":
            event["threat_level"] = data["threat_level"]
        edits = steps.value.now.add(session.picked.scenario, event | {"target": state})
        try:
            session.sim(edits)
        except ScenarioError as error:
            say(str(error))
        else:
            say("")
            then(edits)

    def toggle(data: list[Any]) -> None:
        then(steps.value.now.switch(by_id[data[0]], bool(data[1])))

    def recode(data: list[Any]) -> None:
        then(steps.value.now.recode(by_id[data[0]], float(data[1])))

    def shift(data: list[Any]) -> None:
        months = max(-rows.FURTHEST, min(rows.FURTHEST, int(data[1] or 0)))
        then(steps.value.now.move(by_id[data[0]], months))

    Events(
        rows=rows.events(session, shown.answer, shown.edits, state, steps.value.now),
        name=name,
        kinds=rows.kinds(),
        wrong=wrong,
        event_add=add,
        event_remove=lambda event: then(steps.value.now.remove(event)),
        event_toggle=toggle,
        event_recode=recode,
        event_shift=shift,
    )


@solara.component
def StateWhy(session: Session, edits: Edits, state: str) -> None:
    """The explanation at a date."""
    dates = why.moments(session, edits, state)
    when = solara.use_reactive(dates[0])
    date = when.value if when.value in dates else dates[0]
    task = solara.lab.use_task(
        lambda: why.told(session, edits, state, date), dependencies=[edits, state, date]
    )
    solara.Select(
        "When (a change of its status, or the middle of a year)", values=dates, value=when
    )
    solara.ProgressLinear(task.pending)
    told = task.value if task.value is not None else task.latest
    if told is not None:
        Why(why=told)
