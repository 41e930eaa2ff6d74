"""Two worlds over time, state by state: share away in each, and the difference between them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..core.inputs import Floats
from . import page, palette
from .page import Picture
from .subject import Subject, decimal_year
from .text import clean, percent, shorten

MOST = 8  # panels a picture
BEFORE = 2.0  # years before the branch that are shown
_WAS, _CHANGED = "#6e6e6e", "#0f83ad"
_EFFECT = "#882255"
_CAPTIONS = {
    "forecast": "What is known up to the branch (dotted), then the same chance in both worlds: the "
    "share of histories in which each state is frozen or outside, and below it the difference.",
    "given": "History replayed with the chance that explains what happened: the record, and what "
    "would have followed with the change. How far the couplings lie apart is what the record "
    "cannot settle.",
}
_SHARE = 0.62  # of a panel's height for the shares; the rest is for their difference


def draw(subject: Subject, states: list[int], coupling: str) -> list[Picture]:
    """A picture for each question: forecast, and given what happened.

    Args:
        subject: An answer's dataset (see `counterfactual.dataset`) and the changed scenario.
        states: Whom to show, the most important first.
        coupling: The coupling of the second picture.
    """
    data = subject.data
    given = data.sel(coupling=coupling)
    shown = states[:MOST]
    if not shown:
        return []
    return [
        _picture(
            subject,
            shown,
            "forecast",
            "Forecast: what is known up to the branch, then chance",
            "as it was",
            data["forecast_base_away"].values,
            data["forecast_changed_away"].values,
            data["forecast_effect"].values,
            np.zeros((0, *data["record"].shape)),
        ),
        _picture(
            subject,
            shown,
            "given",
            f"Given what happened: history replayed ({coupling} coupling)",
            "record, then as it was" if subject.scenario.clock.known_until else "record",
            given["given_base_away"].values,
            given["given_changed_away"].values,
            given["given_effect"].values,
            data["given_changed_away"].sel(band="mean").drop_sel(coupling=coupling).values,
        ),
    ]


def _picture(
    subject: Subject, states: list[int], name: str, title: str, label: str,
    was: Floats, changed: Floats, effect: Floats, rivals: Floats,
) -> Picture:  # fmt: skip
    """One question; `rivals` [rival, time, state] is the changed world by other couplings."""
    _, subtitle = page.heading(subject, title)
    made = page.sheet(title, subtitle, len(states), panel=2.3, gap=0.58)
    dashed = Line2D([], [], color=_CHANGED, linewidth=0.9, dashes=(3, 2), label="other couplings")
    page.legend(
        made.figure,
        [
            Line2D([], [], color=_WAS, linewidth=1.4, label=label),
            Line2D([], [], color=_CHANGED, linewidth=1.4, label="with the change"),
            *([dashed] if len(rivals) else []),
            Line2D([], [], color=_EFFECT, linewidth=1.2, label="difference"),
            Patch(color="#444444", alpha=0.2, linewidth=0, label="90 % of parameter draws"),
            Line2D([], [], color=palette.INK, linewidth=0.8, label="documented change"),
            Line2D([], [], color=palette.FAINT, linewidth=0.8, linestyle=":", label="branch"),
        ],
    )
    branch = decimal_year(np.datetime64(subject.data.attrs["branch"], "D"))
    begin = max(float(subject.years[0]), branch - BEFORE)
    seen = subject.years[:-1] >= begin - 1e-9
    largest = max(0.1, float(np.max(np.abs(effect[:, seen][:, :, states]))))
    limit = np.ceil(10 * largest) / 10
    for axes, i in zip(made.panels, states, strict=True):
        below = _split(axes)
        _band(axes, subject, was[:, :, i], _WAS)
        _band(axes, subject, changed[:, :, i], _CHANGED)
        _band(below, subject, effect[:, :, i], _EFFECT)
        for rival in rivals[:, :, i]:
            y = np.append(rival, rival[-1])
            axes.step(subject.years, y, where="post", color=_CHANGED, linewidth=0.9, dashes=(3, 2))
        below.axhline(0, color=palette.FAINT, linewidth=0.6, zorder=0.5)
        for part in (axes, below):
            _time(part, subject, begin)
            part.axvline(branch, color=palette.FAINT, linewidth=0.8, linestyle=":")
            for change in subject.changes(i):
                part.axvline(decimal_year(change.day), color=palette.INK, linewidth=0.8)
        for change in subject.changes(i):
            at = decimal_year(change.day)
            if at >= begin:
                right = at > begin + 0.8 * (float(subject.years[-1]) - begin)
                axes.annotate(
                    change.verb, (at, 1.0), (-2 if right else 2, 1.5),
                    xycoords=("data", "axes fraction"), textcoords="offset points",
                    fontsize=6.5, va="bottom", ha="right" if right else "left",
                )  # fmt: skip
        axes.set_ylim(-0.02, 1.02)
        axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
        axes.tick_params(labelbottom=False)
        below.set_ylim(-limit, limit)
        below.set_yticks([-limit, 0, limit], [f"{-100 * limit:.0f}", "0", f"+{100 * limit:.0f}"])
        axes.set_title(
            shorten(subject.states[i], 34), fontsize=10, fontweight="bold", loc="left", pad=10,
            color=palette.INK, parse_math=False,
        )  # fmt: skip
        if axes.get_position().x0 < 0.2:
            axes.set_ylabel("away", fontsize=7, labelpad=1)
            below.set_ylabel("points", fontsize=7, labelpad=1)
    alt = _alt(subject, states, title, was, changed, effect)
    return Picture(name, made.figure, alt, _CAPTIONS[name])


def _split(axes: Axes) -> Axes:
    """Make room below a panel for another, and give that back."""
    whole = axes.get_position()
    axes.set_position(
        (whole.x0, whole.y0 + (1 - _SHARE) * whole.height, whole.width, _SHARE * whole.height)
    )
    below = axes.figure.add_axes(
        (whole.x0, whole.y0, whole.width, (1 - _SHARE - 0.06) * whole.height)
    )
    for side in ("top", "right"):
        below.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        below.spines[side].set_color(palette.FAINT)
    below.tick_params(labelsize=7, colors=palette.INK, length=2.5, color=palette.FAINT, pad=2)
    below.grid(axis="y", color=palette.GRID, linewidth=0.5)
    below.set_axisbelow(True)
    return below


def _band(axes: Axes, subject: Subject, values: Floats, colour: str) -> None:
    mean, low, high = (np.append(row, row[-1]) for row in values)
    axes.fill_between(subject.years, low, high, step="post", color=colour, alpha=0.2, linewidth=0)
    axes.step(subject.years, mean, where="post", color=colour, linewidth=1.4)


def _time(axes: Axes, subject: Subject, begin: float) -> None:
    page.time_axis(axes, subject)
    last = float(subject.years[-1])
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if (last - begin) / s <= 7.5), 200)
    start = -(-begin // step) * step
    ticks = np.arange(start, last + 1e-9, step)
    axes.set_xlim(begin, last)
    axes.set_xticks(ticks, [f"{tick:.0f}" for tick in ticks])


def _alt(
    subject: Subject, states: list[int], title: str, was: Floats, changed: Floats, effect: Floats
) -> str:
    ends = " ".join(
        f"{subject.states[i]}: away at the end in {percent(float(was[0, -1, i]))} without and "
        f"{percent(float(changed[0, -1, i]))} with the change, a difference of "
        f"{100 * effect[0, -1, i]:+.0f} points ({100 * effect[1, -1, i]:+.0f} to "
        f"{100 * effect[2, -1, i]:+.0f})."
        for i in states
    )
    return (
        f"{clean(title)}. One panel for each state: over time, the share of histories in which it "
        f"is frozen or outside in either world, and below it their difference. {ends}"
    )
