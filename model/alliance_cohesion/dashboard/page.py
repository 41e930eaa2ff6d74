"""The page: what is picked and edited, and the answer to it."""

from pathlib import Path
from urllib.parse import parse_qs

import solara
import solara.lab

from ..report import palette
from ..scenario import ScenarioError
from ..scenario.states import chosen as chosen_among
from . import words
from .access import STATE, WORK
from .controls import Controls
from .desk import DESK, Kept
from .details import PLAYED, WHY, Details
from .session import Session
from .view import View, view
from .widgets import States

TITLE = "Alliance cohesion"
_STYLE = Path(__file__).with_name("page.css")


@solara.component
def Layout(children: list[solara.Element]) -> None:
    """The bar and the side panel, which is open from the start where there is room for it."""
    solara.AppLayout(children=children, sidebar_open=None)


@solara.component
def Page() -> None:
    """Everything; one tab of a browser has one of its own."""
    solara.Title(TITLE)
    solara.Style(_STYLE)
    asked = parse_qs(solara.use_router().search or "")
    work, state = (asked.get(name, [""])[0] for name in (WORK, STATE))
    reference = solara.use_reactive(DESK.kept(work).reference)
    session, problem = solara.use_memo(lambda: _opened(reference.value), [reference.value])
    if session is None:
        solara.Error(problem)
        return
    Desk(reference, session, work, state).key(f"desk-{reference.value}")


@solara.component
def Desk(reference: solara.Reactive[str], session: Session, work: str, state: str) -> None:
    """The controls and the answer for one scenario; a reload of the page finds them again."""
    linked = chosen_among(
        state, session.picked.scenario.states, session.picked.scenario.alliance.names
    )
    before = DESK.kept(work)
    if before.reference != reference.value:  # another was picked
        before = Kept(reference.value)
    own = session.picked.scenario.seed
    steps = solara.use_reactive(before.steps)
    histories = solara.use_reactive(before.histories)
    seed = solara.use_reactive(own if before.seed is None else before.seed)
    made = Kept(reference.value, steps.value, histories.value, seed.value)
    solara.use_effect(lambda: DESK.keep(work, made), [made])
    chosen = solara.use_reactive(linked or "")
    tab = solara.use_reactive(0)
    asked = (steps.value.now, histories.value, seed.value)
    task = solara.lab.use_task(
        lambda: view(session, *asked), dependencies=[*asked], raise_error=False
    )
    shown: View | None = task.latest if task.latest is not None else task.value
    with solara.Sidebar():
        Controls(reference, session, steps, histories, seed, small=tab.value == PLAYED)
    if tab.value != PLAYED:  # Mesa's page brings a title of its own
        with solara.AppBarTitle():
            solara.Text(TITLE)
    with solara.Div(classes=["ac-wait"]):
        solara.ProgressLinear(task.pending)
    if task.error:
        solara.Error(str(task.exception))
    if shown is None:
        solara.Text("Making the first histories; the first time ever, the rules are compiled.")
        return
    Headline(shown, chosen)
    Cards(shown, chosen, tab, task.pending)
    Details(shown, steps, chosen, tab)


def _opened(reference: str) -> tuple[Session | None, str]:
    try:
        return DESK.session(reference), ""
    except (ScenarioError, ValueError) as error:
        return None, str(error)


@solara.component
def Headline(shown: View, chosen: solara.Reactive[str]) -> None:
    """The answer in a sentence, which stays in sight."""
    answer, session = shown.answer, shown.session
    state = chosen.value or words.foremost(answer)
    end = session.sim(shown.edits).scenario.clock.end
    solara.v.Html(
        tag="p",
        class_="ac-headline",
        children=[words.headline(session, answer, state, end, bool(shown.edits))],
        attributes={"data-edits": str(len(shown.edits)), "aria-live": "polite"},
    )


@solara.component
def Cards(shown: View, chosen: solara.Reactive[str], tab: solara.Reactive[int], busy: bool) -> None:
    """How sure the sentence is, and a card for each state."""
    answer = shown.answer
    state = chosen.value or words.foremost(answer)

    def pick(name: str) -> None:
        chosen.set(name)
        if tab.value == PLAYED:
            tab.set(WHY)

    with solara.Column(classes=["ac-busy"] if busy else [], gap="6px"):
        solara.v.Html(
            tag="p",
            class_="ac-caution",
            children=[
                f"{words.sample(answer)} {words.caution(answer, state)} Answered in "
                f"{shown.seconds:.1f} s."
            ],
        )
        Legend(answer.changed)
        States(states=shown.states, chosen=chosen.value, changed=answer.changed, event_pick=pick)
        with solara.FileDownload(
            lambda: _picture(shown, state), f"{shown.session.picked.scenario.name}.png"
        ):
            solara.Button("Download the picture", small=True, outlined=True)


def _picture(shown: View, state: str) -> bytes:
    from .picture import picture  # takes a second to import

    return picture(shown, state)


@solara.component
def Legend(changed: bool) -> None:
    """What the lines and the strip of a card mean."""
    colours = "".join(
        f'<span><i style="background:{colour}"></i>{status.label}</span>'
        for status, colour in palette.STATUS.items()
    )
    before = (
        "<span>dashed: before the changes; grey: no more change than chance makes</span>"
        if changed
        else ""
    )
    solara.HTML(
        unsafe_innerHTML=f'<div class="ac-legend">{colours}<span>strip: what happened; below: of '
        f"100 histories, how many have it out or frozen</span>{before}<span>Click a state for what "
        "moves it.</span></div>"
    )
