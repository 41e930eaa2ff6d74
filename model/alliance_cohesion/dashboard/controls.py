"""The side of the page: what to open, how long, which parameters; undo, and save."""

from datetime import date
from typing import Any

import solara

from ..core.parameters import PARAMETERS
from ..scenario import ScenarioError
from . import rows, save
from .desk import DESK
from .edits import Steps
from .session import HISTORIES, Session
from .widgets import Parameters

_RANGES = {attribute.name: (attribute.low, attribute.high) for attribute in PARAMETERS}
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
        if value is not None:
            low, high = _RANGES[name]
            value = min(max(float(value), low), high)
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
        Save(session, steps, histories.value, seed.value)


@solara.component
def Changes(session: Session, steps: solara.Reactive[Steps]) -> None:
    """What was changed so far, with a way back."""
    made, edits = steps.value, steps.value.now
    names = [change["name"] for change in edits.changes(session.picked.scenario)]
    if edits.end is not None:
        names.append(f"the clock ends on {edits.end.isoformat()}")
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


@solara.component
def Save(session: Session, steps: solara.Reactive[Steps], histories: int, seed: int) -> None:
    """Keep what was made as a scenario file."""
    name = solara.use_reactive("")
    question = solara.use_reactive("")
    rewrite = solara.use_reactive("")
    said, say = solara.use_state(("", ""))

    def keep() -> None:
        try:
            path = save.write(
                session,
                steps.value.now,
                name.value,
                DESK.folder,
                histories=histories,
                seed=seed,
                question=question.value,
                rewrite=rewrite.value,
            )
        except (save.SaveError, ScenarioError) as error:
            say(("", str(error)))
        else:
            say((str(path.resolve()), ""))

    with solara.Card("Save as a scenario file", margin=0):
        solara.InputText("Name", value=name)
        solara.InputText("What you ask (optional)", value=question)
        solara.InputText("What had to be true (for a counterfactual)", value=rewrite)
        solara.Button(
            "Save",
            on_click=keep,
            color="primary",
            disabled=not steps.value.now,
            classes=["ac-save"],
        )
        path, wrong = said
        if wrong:
            solara.Error(f"Not saved: {wrong}")
        if path:
            solara.Success(f"Saved: {path}")
            solara.Preformatted(f'cohesion run "{path}"')
            if rewrite.value.strip():
                solara.Preformatted(f'cohesion counterfactual "{path}"')
