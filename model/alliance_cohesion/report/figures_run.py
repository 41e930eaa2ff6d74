"""Pictures of a run, narrow enough to be read on a phone.

The histories against the record; the risk of leaving against that of the average member; and one
state with both and its alignment.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..core.inputs import Floats, Status
from ..result import STATUSES, Result, year_starts
from . import palette
from .marks import Mark, coded, marks
from .page import Picture, spot
from .text import clean, percent, shorten
from .timeline import Timeline, decimal_year

WIDTH = 4.6
"""Inches. On a phone of 390 points the smallest text is as large as small print."""
MOST_STATES = 48
PER_PICTURE = 12
TOLD = 5
"""Events of a state that say what they are when pointed at: the strongest."""
_SMALL, _BAND, _STRIP, _STEPS = 7.5, (0.0, 0.53), (0.57, 0.69), (-0.11, -0.02)
_ORDERS = 1.0  # of magnitude above and below the average member that are shown
_BEFORE = 3.0  # years of a followed record that are shown
_FEW = 0.02  # of histories: of fewer no risk is drawn
_ABOVE, _BELOW = "#b2182b", "#7a8fa6"
FREE_RUN = (
    "Shares of simulated histories in which each state is a member, frozen or out, under a strip "
    "with its documented status. Where the two agree, the model would have expected what happened. "
    "Time steps below are coded events that moved the state, longer if stronger."
)
RISK = (
    "The risk that a member leaves or freezes within the year, in simulated histories, relative to "
    "the average member in the same year: red above it, grey below; the scale is logarithmic. "
    "Vertical lines are documented departures."
)
ONE_STATE = (
    "Shares of histories under the record; the risk of leaving or freezing within a year, beside "
    "the average member's; and alignment, the log-odds scale on which the model decides: at 0 "
    "nothing pulls the state either way, above 0 it is held, below 0 pushed. Nobody observes it."
)


def draw(result: Result) -> list[Picture]:
    """The pictures of a run, of at most `MOST_STATES` states."""
    chosen = _most_telling(result)
    pages = [chosen[k : k + PER_PICTURE] for k in range(0, len(chosen), PER_PICTURE)]
    drawn = []
    for kind in (free_run, risk):
        for number, states in enumerate(pages, start=1):
            picture = kind(result, states)
            drawn.append(
                picture if number == 1 else replace(picture, name=f"{picture.name}-{number}")
            )
    total = len(result.simulation.names)
    if len(chosen) == total:
        return drawn
    cut = (
        f" Shown are {len(chosen)} of {total:,} states: those whose status changed in the record, "
        "then those most often frozen or out at the end. The files hold all."
    )
    return [replace(picture, caption=picture.caption + cut) for picture in drawn]


def _most_telling(result: Result) -> list[int]:
    changed = np.array([bool(found) for found in result.simulation.changes])
    order = np.lexsort((result.states["member"], ~changed))
    return sorted(int(i) for i in order[:MOST_STATES])


def free_run(result: Result, states: list[int] | None = None) -> Picture:
    """The histories against the record: a row for each state."""
    timeline = Timeline(result.dataset, result.simulation.scenario)
    states = list(range(len(timeline.states))) if states is None else states
    figure, axes = _sheet(0.82 * len(states) + 0.6)
    spots = []
    for row, i in enumerate(states):
        _shares(axes, result, timeline, i, -row)
        _strip(axes, result, timeline, i, -row)
        found = marks(timeline, i)
        _events(axes, found, -row)
        end = result.states.iloc[i]
        _row(
            axes,
            timeline,
            result.simulation.names[i],
            -row + _STRIP[1],
            f"at the end: out {percent(end['out'])}, frozen {percent(end['frozen'])}",
        )
        spots += _told(timeline, found, i, -row, _begin(result, timeline))
    axes.set_ylim(-len(states) + 0.8, 0.9)
    _left(axes, {sum(_STRIP) / 2: "record", sum(_BAND) / 2: "simulated", sum(_STEPS) / 2: "events"})
    _years(axes, result, timeline)
    patches = [Patch(color=palette.STATUS[status], label=STATUSES[status]) for status in Status]
    _legend(figure, patches)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # it is laid out
    placed = tuple(spot(axes, *one) for one in spots)
    ends = " ".join(
        f"{result.simulation.names[i]}: record {result.states['record'][i]}; at the end out in "
        f"{percent(result.states['out'][i])}, frozen in {percent(result.states['frozen'][i])} of "
        "histories."
        for i in states
    )
    alt = f"For each state, shares of histories over time under a strip with the record. {ends}"
    return Picture("free-run", figure, alt, FREE_RUN, placed, small=True)


def risk(result: Result, states: list[int] | None = None) -> Picture:
    """Each state's risk of leaving, relative to the average member: a row for each state."""
    timeline = Timeline(result.dataset, result.simulation.scenario)
    states = list(range(len(timeline.states))) if states is None else states
    figure, axes = _sheet(0.6 * len(states) + 0.6)
    own, average = _risks(result)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.clip(np.log10(own / average[:, np.newaxis]), -_ORDERS, _ORDERS)
    x = np.append(result.dataset["year"].values.astype(float), 0)
    x[-1] = x[-2] + 1
    for row, i in enumerate(states):
        y = 0.26 * np.append(ratio[:, i], ratio[-1, i]) / _ORDERS - row
        for over, colour in ((True, _ABOVE), (False, _BELOW)):
            axes.fill_between(
                x, -row, np.where((y > -row) == over, y, -row), step="post", color=colour,
                linewidth=0,
            )  # fmt: skip
        axes.plot(x[[0, -1]], [-row, -row], color=palette.FAINT, linewidth=0.6)
        for change in timeline.changes(i):
            if change.before == Status.MEMBER:
                at = decimal_year(change.day)
                axes.plot([at, at], [-row - 0.26, -row + 0.26], color=palette.INK, linewidth=1)
        last = own[np.isfinite(own[:, i]), i]
        said = f"in the last year: {_small(last[-1])}" if len(last) else ""
        _row(axes, timeline, result.simulation.names[i], -row + 0.26, said)
    axes.set_ylim(-len(states) + 0.6, 0.6)
    times = f"{10**_ORDERS:.0f}"
    _left(axes, {0.26: f"{times} times", 0: "average", -0.26: f"1/{times}"})
    _years(axes, result, timeline)
    _legend(figure, [
        Patch(color=_ABOVE, label="above the average member"),
        Patch(color=_BELOW, label="below it"),
        Line2D([], [], color=palette.INK, linewidth=1, label="left or froze"),
    ])  # fmt: skip
    highest = " ".join(
        f"{result.simulation.names[i]}: highest {_small(np.nanmax(own[:, i]))}."
        for i in states
        if np.isfinite(own[:, i]).any()
    )
    alt = f"For each state, its yearly risk of leaving over that of the average member. {highest}"
    return Picture("risk", figure, alt, RISK, small=True)


def one_state(result: Result, i: int) -> Picture:
    """One state: shares and record, risk of leaving and of coming back, alignment."""
    timeline, name = (
        Timeline(result.dataset, result.simulation.scenario),
        result.simulation.names[i],
    )
    figure = Figure(figsize=(WIDTH, 5.6), layout="constrained", facecolor="white")
    top, middle, bottom = figure.subplots(3, sharex=True, height_ratios=(1.2, 1, 1))
    for axes in (top, middle, bottom):
        _plain(axes)
    _shares(top, result, timeline, i, 0)
    _strip(top, result, timeline, i, 0)
    _events(top, marks(timeline, i), 0)
    top.set_ylim(_STEPS[0], _STRIP[1])
    top.set_yticks([*_BAND, sum(_STRIP) / 2], ["0 %", "100 %", "record"])
    own, average = _risks(result)
    few = result.counts.member[:, i] > (1 - _FEW) * result.histories
    back = np.where(few, np.nan, result.dataset["risk_of_returning"].values[:, i])
    x = result.dataset["year"].values
    for values, colour, dash, label in (
        (own[:, i], _ABOVE, "-", "leaves or freezes"),
        (average, palette.FAINT, "-", "average member"),
        (back, "#1b7837", ":", "comes back"),
    ):
        y = 100 * np.append(values, values[-1])
        middle.step([*x, x[-1] + 1], y, where="post", color=colour, linestyle=dash, label=label)
    middle.legend(
        fontsize=_SMALL, frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 0.98),
        borderaxespad=0,
    )  # fmt: skip
    middle.set_ylim(bottom=0)
    middle.set_ylabel("% a year", fontsize=_SMALL)
    band = np.quantile(result.ensemble.alignment[:, :, i], [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    times = timeline.years[1:]
    for low, high, alpha in ((0, 4, 0.18), (1, 3, 0.35)):
        bottom.fill_between(times, band[low], band[high], color="#332288", alpha=alpha, linewidth=0)
    bottom.plot(times, band[2], color="#332288")
    bottom.axhline(0, color=palette.FAINT, linewidth=0.8)
    bottom.annotate(
        "0: neither held nor pushed", (1, 0), (0, 2), xycoords=("axes fraction", "data"),
        textcoords="offset points", fontsize=_SMALL - 0.5, ha="right", color="#555555",
    )  # fmt: skip
    bottom.set_ylabel("alignment, log-odds", fontsize=_SMALL)
    for change in timeline.changes(i):
        for axes in (middle, bottom):
            axes.axvline(decimal_year(change.day), color=palette.INK, linewidth=0.8)
    _years(bottom, result, timeline)
    figure.suptitle(
        f"{clean(name)}: {result.states['record'][i]}", fontsize=10, fontweight="bold",
        x=0.01, ha="left", parse_math=False,
    )  # fmt: skip
    return Picture(f"state-{timeline.states[i]}", figure, name, ONE_STATE, small=True)


def _risks(result: Result) -> tuple[Floats, Floats]:
    """[Y, N] risk of leaving in a year, and [Y] that of the average member.

    Missing in years that follow the record, and where the state is hardly ever a member.
    """
    counts, inputs = result.counts, result.simulation.inputs
    starts = np.array(year_starts(inputs))[:, np.newaxis]
    told = (counts.member >= _FEW * result.histories) & (starts >= result.simulation.since)
    with np.errstate(invalid="ignore", divide="ignore"):
        average = counts.leaves.sum(axis=1) / counts.member.sum(axis=1)
        return np.where(told, counts.leaves / counts.member, np.nan), average


def _small(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.1 else percent(share)


def _sheet(height: float) -> tuple[Figure, Axes]:
    layout = ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.06)
    figure = Figure(figsize=(WIDTH, height), layout=layout, facecolor="white")
    axes = figure.subplots()
    _plain(axes)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    return figure, axes


def _plain(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=_SMALL, colors=palette.INK, color=palette.FAINT)


def _legend(figure: Figure, handles: Sequence[Patch | Line2D]) -> None:
    figure.legend(
        handles=handles, loc="outside upper left", ncols=len(handles), frameon=False,
        fontsize=_SMALL, handlelength=1.2, handletextpad=0.4, columnspacing=1.2, borderaxespad=0.2,
    )  # fmt: skip


def _left(axes: Axes, labels: dict[float, str]) -> None:
    """What the heights of the first row mean."""
    axes.set_yticks(list(labels), list(labels.values()))
    axes.tick_params("y", length=0, labelsize=_SMALL - 0.5)


def _row(axes: Axes, timeline: Timeline, name: str, y: float, said: str) -> None:
    """The name of a row above it, and what is said of it at the right."""
    for x, text, size, weight, place in (
        (0, shorten(clean(name), 34), 9.0, "bold", "left"),
        (1, said, _SMALL, "normal", "right"),
    ):
        axes.annotate(
            text, (x, y), (0, 1.5), xycoords=("axes fraction", "data"), textcoords="offset points",
            fontsize=size, fontweight=weight, ha=place, va="bottom", color=palette.INK,
            parse_math=False,
        )  # fmt: skip


def _begin(result: Result, timeline: Timeline) -> float:
    """First year that is shown: of a projection, shortly before the record ends."""
    since = result.simulation.since
    return float(max(timeline.years[0], timeline.years[since] - _BEFORE if since else 0))


def _years(axes: Axes, result: Result, timeline: Timeline) -> None:
    first, last = _begin(result, timeline), float(timeline.years[-1])
    axes.set_xlim(first, last)
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if (last - first) / s <= 7.5), 200)
    ticks = np.arange(-(-first // step) * step, last + 1e-9, step)
    axes.set_xticks(ticks, [f"{tick:.0f}" for tick in ticks])
    if since := result.simulation.since:
        axes.axvline(float(timeline.years[since]), color=palette.INK, linewidth=0.8, linestyle=":")


def _shares(axes: Axes, result: Result, timeline: Timeline, i: int, base: float) -> None:
    low, high = _BAND
    share = result.ensemble.status[:, i] / result.histories
    share[: result.simulation.since] = np.nan  # the record is imposed there
    floor = np.full(len(timeline.years), base + low)
    for status in (Status.OUT, Status.FROZEN, Status.MEMBER):
        value = share[:, status]
        top = floor + (high - low) * np.append(value, value[-1])
        axes.fill_between(
            timeline.years, floor, top, step="post", color=palette.STATUS[status], linewidth=0
        )
        floor = top


def _strip(axes: Axes, result: Result, timeline: Timeline, i: int, base: float) -> None:
    """The documented statuses, each from its day on, up to where the record ends."""
    known = int((result.simulation.record[:, i] >= 0).sum())
    found = timeline.changes(i)
    starts = [float(timeline.years[0]), *(decimal_year(change.day) for change in found)]
    statuses = [timeline.at_start(i), *(change.after for change in found)]
    for start, end, status in zip(
        starts, [*starts[1:], float(timeline.years[known])], statuses, strict=True
    ):
        axes.fill_between(
            [start, end], base + _STRIP[0], base + _STRIP[1], color=palette.STATUS[status],
            linewidth=0,
        )  # fmt: skip
    for at in starts[1:]:
        axes.plot([at, at], [base, base + _STRIP[1]], color=palette.INK, linewidth=0.7)


def _events(axes: Axes, found: list[Mark], base: float) -> None:
    low, high = _STEPS
    ticks = [
        [
            (mark.start, base + high),
            (mark.start, base + high - (high - low) * (0.3 + 0.7 * mark.weight)),
        ]
        for mark in found
    ]
    axes.add_collection(LineCollection(ticks, colors=palette.INK, linewidths=0.6, alpha=0.8))


def _told(
    timeline: Timeline, found: list[Mark], i: int, base: float, begin: float
) -> list[tuple[float, float, str]]:
    """Where a documented change or a strong event says what it is, and what it says."""
    strongest = sorted(found, key=lambda mark: -mark.weight)[:TOLD]
    told = [
        (decimal_year(change.day), base + sum(_STRIP) / 2, f"{change}: {change.event.description} "
         f"Source: {change.event.source}")
        for change in timeline.changes(i)
    ]  # fmt: skip
    told += [
        (mark.start, base + sum(_STEPS) / 2, f"{mark.event.date}, {coded(mark.event)}. "
         f"{mark.event.description} Source: {mark.event.source}")
        for mark in strongest
    ]  # fmt: skip
    return [one for one in told if one[0] >= begin]
