"""One history with its states as agents, played time step by time step on Mesa's own page."""

import numpy as np
import solara
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from ..core.agents import AllianceModel
from ..core.inputs import Status
from ..report import palette
from ..report.text import clean, shorten
from ..report.timeline import decimal_years
from ..scenario.reacting import switched
from ..simulation import Simulation
from .edits import Edits
from .session import Session


@solara.component
def Played(session: Session, edits: Edits, seed: int) -> None:
    """Mesa's page for the scenario with the edits."""
    sim = solara.use_memo(lambda: session.sim(edits), [session, edits])
    played = solara.use_memo(lambda: one_history(sim, seed), [sim, seed])
    if sim.scenario.clock.known_until is not None or switched(sim.scenario):
        solara.Info(
            "Agents follow the record from the start. This scenario's rules react (R10, R11) or "
            "its histories begin late, so it runs in the ensemble only."
        )
        return
    number = {
        "type": "SliderInt", "label": "history", "value": 0, "min": 0, "max": 999, "step": 1,
    }  # fmt: skip
    solara.v.Html(
        tag="p",
        class_="ac-small",
        children=["Play, step and the number of the history are in the side panel."],
    )
    model = solara.use_memo(played, [played])
    with solara.Column(classes=["ac-played"]):
        SolaraViz(
            model,
            components=[(Alignments, 0)],
            model_params={"number": number},
            name="Alliance cohesion",
        )


def one_history(sim: Simulation, seed: int) -> type[AllianceModel]:
    """The model of a scenario: only the number of the history is left to choose."""
    draws = sim.draws(seed).values

    class History(AllianceModel):
        names = tuple(shorten(clean(name), 18) for name in sim.names)

        def __init__(self, number: int = 0):
            super().__init__(sim.inputs, draws, number, seed)

    return History


@solara.component
def Alignments(model: AllianceModel) -> None:
    """Alignment of every state so far, and where it stands now."""
    update_counter.get()
    solara.FigureMatplotlib(_draw(model), format="png", dpi=110)


def _draw(model: AllianceModel) -> Figure:
    figure = Figure(figsize=(7.5, 4.2))
    axes = figure.add_axes((0.07, 0.1, 0.66, 0.8))
    told = model.datacollector.get_agent_vars_dataframe()
    begun = model.time_step > model.inputs.drivers.first
    days = model.inputs.decided
    years = decimal_years(days)
    states = sorted(model.agents, key=lambda state: state.index)
    for state in states:
        colour, dash = palette.state(state.index)
        if begun:
            own = told[told["state"] == state.name]["alignment"].to_numpy()
            axes.plot(years[: len(own)], own, color=colour, linestyle=dash, linewidth=1.4)
        status = Status(state.status)
        place = (0.75, 0.86 - 0.09 * state.index * 8 / max(8, len(states)))
        figure.text(
            *place, f"{model.names[state.index]}: {status.label}", fontsize=9,
            color=palette.INK, parse_math=False, bbox={"facecolor": palette.STATUS[status],
            "alpha": 0.35, "edgecolor": colour, "linewidth": 1.5},
        )  # fmt: skip
    if not begun:
        axes.set_ylim(-4, 4)
    axes.axhline(0, color=palette.FAINT, linewidth=0.6)
    axes.set_xlim(years[0], decimal_years(np.array([model.inputs.end]))[0])
    axes.set_ylabel("alignment, log-odds", fontsize=8)
    axes.tick_params(labelsize=8)
    now = str(model.inputs.steps[model.time_step - 1]) if begun else "not begun: Step, or play"
    axes.set_title(f"History {model.number}, {now}", fontsize=10, loc="left")
    return figure
