"""The answer as a picture for a slide: 16 to 9, with what it says and how far to trust it."""

import io
import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..core.inputs import Floats, Status
from ..report import palette, style
from ..report.text import clean, shorten
from ..report.timeline import decimal_years
from . import words
from .session import AWAY, share
from .view import View

_GREY = {Status.FROZEN: "#dddddd", Status.OUT: "#999999"}
_MOST = 12  # states; of more, the one spoken of and those that moved most


def picture(shown: View, state: str) -> bytes:
    """PNG of the states' cards under the headline.

    Args:
        shown: What the page shows.
        state: Of whom the headline speaks.
    """
    answer, session = shown.answer, shown.session
    end = session.sim(shown.edits).scenario.clock.end
    before, after, _ = answer.end()
    moved = np.abs(after - before)
    moved[answer.states.index(state)] = np.inf
    order = np.argsort(-moved, kind="stable")[:_MOST]
    years = decimal_years(answer.after["time"].values.astype("datetime64[D]"))
    with style.own():
        figure = Figure(figsize=(12.8, 7.2), facecolor="white")
        rows = -(-len(order) // 4)
        panels = figure.subplots(rows, 4, squeeze=False, sharex=True, sharey=True).ravel()
        figure.subplots_adjust(0.045, 0.17, 0.985, 0.8, wspace=0.08, hspace=0.35)
        for axes in panels[len(order) :]:
            axes.axis("off")
        for axes, i in zip(panels, sorted(order), strict=False):
            _state(axes, years, shown, int(i))
        told = words.headline(session, answer, state, end, bool(shown.edits))
        _text(figure, 0.955, told, 88, 16, "bold")
        _text(figure, 0.11, _caption(shown, state), 165, 9, "normal")
        file = io.BytesIO()
        figure.savefig(file, dpi=150, format="png")
    return file.getvalue()


def _caption(shown: View, state: str) -> str:
    scenario, answer = shown.session.picked.scenario, shown.answer
    parts = ["Dark red: out, yellow: frozen, in % of simulated histories"]
    if answer.changed:
        parts.append("dashed: before the changes; grey: no more change than chance makes")
    changes = shown.edits.told(scenario)
    more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
    whose = f"{scenario.name}{': ' * bool(changes)}{', '.join(changes[:3])}{more}"
    source = f"Scenario {whose}; parameters {answer.after.attrs['parameters_from']}"
    told = f"{words.sample(answer)} {words.caution(answer, state)}"
    return shorten(clean(f"{'; '.join(parts)}. {source}. {told}"), 800)


def _text(figure: Figure, y: float, text: str, width: int, size: float, weight: str) -> None:
    figure.text(
        0.02, y, "\n".join(textwrap.wrap(text, width)), fontsize=size, fontweight=weight,
        va="top", color=palette.INK, parse_math=False,
    )  # fmt: skip


def _state(axes: Axes, years: Floats, shown: View, i: int) -> None:
    answer = shown.answer
    floor = np.zeros(len(years))
    for which, status in (((Status.OUT,), Status.OUT), (AWAY, Status.FROZEN)):
        colour = _GREY[status] if shown.states[i]["same"] else palette.STATUS[status]
        top = 100 * share(answer.after, *which)[:, i]
        axes.fill_between(years, floor, top, color=colour, lw=0)
        floor = top
        if answer.changed:
            axes.plot(years, 100 * share(answer.before, *which)[:, i], "--", color="#555555", lw=1)
    numbers = ", ".join(
        f"{n['status']} " + " \N{RIGHTWARDS ARROW} ".join(dict.fromkeys((n["before"], n["after"])))
        for n in shown.states[i]["numbers"]
    )
    axes.set_title(f"{answer.names[i]}: {numbers}", fontsize=10, loc="left", parse_math=False)
    axes.set_ylim(0, 100)
    axes.set_xlim(years[0], years[-1])
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
