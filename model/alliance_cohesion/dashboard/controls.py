"""The side of the page: what to open, how long, which parameters; undo."""

from datetime import date
from typing import Any

import solara

from . import rows
from .desk import DESK
from .edits import Steps
from .keep import Keep
from .session import HISTORIES, Session
from .widgets import Parameters

_SEEDS = 2**63  # as in a scenario file


@solara.component
def Controls(
    reference: solara.Reactive[str],
    session: Session,
    steps: solara.Reactive[Steps],
    histories: solara.Reactive[int],
    seed: solara.Reactive[int],
    small: bool,
) -> None:
    """Everything that is not about one state; if small, only what is open and changed."""
    scenario = session.picked.scenario
    edits = steps.value.now

    def hold(data: list[Any]) -> None:
        name, value = data
        value = None if value is None else float(value)
        steps.set(steps.value.then(steps.value.now.hold(name, value)))

    def reseed(value: int | None) -> None:
        if value is not None and 0 <= value < _SEEDS:
            seed.set(value)

    with solara.Column(gap="10px"):
        solara.Select("Scenario", values=DESK.choices(), value=reference)
        solara.v.Html(tag="p", class_="ac-small", children=[scenario.question or scenario.title])
        Changes(session, steps)
        if small:
            return
        End(session, steps)
        with solara.Row(gap="12px"):
            solara.Select("Histories", values=list(HISTORIES), value=histories)
            solara.InputInt("Seed of chance", value=seed.value, on_value=reseed)
        with solara.Details("Parameters", expand=False):
            solara.v.Html(
                tag="p",
                class_="ac-small",
                children=["Drawn from the posterior unless you hold one at a value."],
            )
            Parameters(parameters=rows.parameters(session, edits), event_hold=hold)
        Keep(session, steps.value.now, histories.value, seed.value)


@solara.component
def Changes(session: Session, steps: solara.Reactive[Steps]) -> None:
    """What was changed so far, with a way back."""
    made, edits = steps.value, steps.value.now
    names = edits.told(session.picked.scenario)
    with solara.Column(gap="4px"):
        if names:
            items = [solara.v.Html(tag="li", children=[name]) for name in names]
            solara.v.Html(tag="ul", class_="ac-changes", children=items)
        else:
            solara.v.Html(tag="p", class_="ac-small", children=["Nothing changed yet."])
        with solara.Row(gap="8px"):
            solara.Button(
                "Undo", on_click=lambda: steps.set(made.undo()), disabled=not made.past,
                small=True, outlined=True,
            )  # fmt: skip
            solara.Button(
                "Reset", on_click=lambda: steps.set(made.reset()), disabled=not edits,
                small=True, outlined=True,
            )  # fmt: skip


@solara.component
def End(session: Session, steps: solara.Reactive[Steps]) -> None:
    """The last year of the clock."""
    clock = session.picked.scenario.clock
    first = (clock.known_until or clock.start).year + 1
    if first >= clock.end.year:
        return
    now = steps.value.now.end or clock.end

    def until(year: int) -> None:
        end = None if year == clock.end.year else date(year, 12, 31)
        steps.set(steps.value.then(steps.value.now.until(end)))

    solara.SliderInt(
        f"The clock ends with {now.year}", value=now.year, min=first, max=clock.end.year,
        on_value=until, thumb_label=False,
    )  # fmt: skip
